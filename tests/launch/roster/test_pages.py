"""The roster on the members page: what staff read there, and the button that asks for a new reading."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.model import CourseKey, RosterRead
from lti_tool.people.visit import Role
from lti_tool.spaces.model import Space
from tests.make.person import make_person
from tests.make.space import make_space
from tests.make.visit import Visitor, make_course, make_registration, make_visit

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def course(organization: str) -> str:
    """A course with a Space on a platform that offers its roster."""
    course = make_course(make_registration(organization), make_space(organization))
    with transaction():
        db.session.execute(
            update(CourseKey).where(CourseKey.id == course).values(roster_url="https://lms.example/members")
        )
    return course


@pytest.fixture
def staff(app: Flask, organization: str, course: str) -> Visitor:
    return visit(app, organization, course)


def visit(app: Flask, organization: str, course: str, **options: Any) -> Visitor:
    return make_visit(app, organization=organization, person=make_person(organization), course=course, **options)


def note(course: str, **values: Any) -> None:
    """A reading of the course's roster as the job would have left it."""
    with transaction():
        db.session.add(RosterRead(course_id=course, **values))


def panel(staff: Visitor) -> str:
    answer = staff.get("roster/status", headers=FRAGMENT)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_a_finished_reading_says_when_and_what_it_changed(staff: Visitor, course: str) -> None:
    note(course, state="done", ended_at=clock.now(), people=1200, pages=24, joined=7, changed=5, gone=3, skipped=2)
    shown = panel(staff)
    assert "<time" in shown
    assert "1,200 people" in shown
    for word, count in (("Joined", 7), ("Changed", 5), ("Left", 3)):
        assert f'{word}</dt><dd>{count}</dd>' in shown
    assert "2 entries of the list could not be read" in shown
    assert "hx-trigger" not in shown


def test_progress_is_polled_and_can_be_followed_without_scripts(staff: Visitor, course: str) -> None:
    note(course, state="reading", pages=4, people=200)
    shown = panel(staff)
    assert "200 people so far, 4 pages." in shown
    assert f'hx-get="{staff.path}/roster/status" hx-trigger="every 2s" hx-swap="outerHTML"' in shown
    assert re.search(rf'<a [^>]*href="{staff.path}/roster/status"[^>]*>Look again</a>', shown)


def test_a_refusal_is_told_in_plain_words_with_code_and_advice(staff: Visitor, course: str) -> None:
    note(course, state="done", ended_at=clock.now(), people=30)
    note(course, state="failed", ended_at=clock.now(), problem="token_refused", problem_said="<b>Invalid</b> client")
    shown = panel(staff)
    assert "The LMS gave no access" in shown
    assert "&lt;b&gt;Invalid&lt;/b&gt; client" in shown
    assert "<code>token_refused</code>" in shown
    assert "Ask the administrator of the LMS" in shown
    assert "30 people" in shown


def test_a_busy_platform_is_no_failure(staff: Visitor, course: str) -> None:
    note(course, state="waiting", problem="service_busy")
    shown = panel(staff)
    assert "read again by itself" in shown
    assert "<code>" not in shown


def test_a_platform_without_a_roster_is_said_to_have_none(staff: Visitor, course: str) -> None:
    with transaction():
        db.session.execute(update(CourseKey).values(roster_url=None))
    shown = panel(staff)
    assert "This LMS does not share its list of people. People appear here when they first open the tool." in shown
    assert "<form" not in shown


def test_the_panel_hangs_in_the_members_page(staff: Visitor) -> None:
    answer = staff.get("members")
    assert (answer.status_code, answer.text.count('id="roster"')) == (200, 1)


def test_the_status_is_a_whole_page_without_scripts(staff: Visitor) -> None:
    answer = staff.get("roster/status")
    assert "<h1" in answer.text
    assert 'id="roster"' in answer.text


def test_refreshing_asks_once_and_leads_back_to_the_members(staff: Visitor) -> None:
    for _ in range(2):
        answer = staff.post("roster/refresh")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{staff.path}/members")
    assert db.session.scalars(select(RosterRead.state)).all() == ["waiting"]


def test_the_refresh_button_carries_the_form_token(staff: Visitor) -> None:
    shown = panel(staff)
    assert f'action="{staff.path}/roster/refresh"' in shown
    assert f'name="form_token" value="{staff.form_token}"' in shown


def test_a_space_that_has_ended_offers_and_takes_no_refresh(staff: Visitor) -> None:
    with transaction():
        db.session.execute(update(Space).values(archived_at=clock.now()))
    assert "<form" not in panel(staff)
    assert staff.post("roster/refresh").status_code == 409
    assert db.session.scalar(select(func.count()).select_from(RosterRead)) == 0


def test_a_forged_refresh_asks_for_nothing(staff: Visitor) -> None:
    assert staff.post("roster/refresh", {"form_token": "forged"}).status_code == 403
    assert db.session.scalar(select(func.count()).select_from(RosterRead)) == 0


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OBSERVER, Role.SUPPORT, Role.GUEST])
def test_only_staff_see_and_refresh_the_roster(app: Flask, organization: str, course: str, role: Role) -> None:
    other = visit(app, organization, course, role=role)
    assert other.get("roster/status").status_code == 403
    assert other.post("roster/refresh").status_code == 403
    assert db.session.scalar(select(func.count()).select_from(RosterRead)) == 0


def test_looking_writes_nothing(staff: Visitor, course: str) -> None:
    note(course, state="done", ended_at=clock.now())
    before = db.session.execute(select(RosterRead.id, RosterRead.state)).all()
    panel(staff)
    assert db.session.execute(select(RosterRead.id, RosterRead.state)).all() == before
