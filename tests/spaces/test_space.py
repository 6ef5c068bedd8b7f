"""The Space itself: made in one click, ended by its date, archived by the schedule."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from lti_tool import clock, wiring
from lti_tool.badges.issuers import create_issuer
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.people.model import Organization
from lti_tool.spaces.model import Member, Space
from lti_tool.spaces.space import (
    archive_ended_spaces,
    create_space,
    end_date_problem,
    open_space,
    space_facts,
    suggested_end,
)
from lti_tool.spaces.space_reads import spaces_page
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_space

TODAY = date(2026, 11, 24)


def create(organization: str, **words: object) -> str:
    given = {"name": "Biology", "ends_on": clock.now().date() + timedelta(days=9), **words}
    with transaction():
        return create_space(organization=organization, **given).id  # type: ignore[arg-type]


def end(space: str, ends_on: date) -> None:
    with transaction():
        db.session.execute(update(Space).where(Space.id == space).values(ends_on=ends_on))


@pytest.mark.parametrize(
    ("course_ends", "suggested"),
    [
        (None, date(2027, 5, 25)),
        (TODAY, TODAY),
        (date(2027, 1, 31), date(2027, 1, 31)),
        (date(2026, 11, 23), date(2027, 5, 25)),
    ],
)
def test_the_suggested_end_is_the_courses_own_or_half_a_year_on(course_ends: date | None, suggested: date) -> None:
    assert suggested_end(course_ends, TODAY) == suggested


@pytest.mark.parametrize(
    ("ends_on", "today", "fits"),
    [
        (TODAY, TODAY, True),
        (TODAY - timedelta(days=1), TODAY, False),
        (date(2032, 11, 24), TODAY, True),
        (date(2032, 11, 25), TODAY, False),
        (date(2034, 2, 28), date(2028, 2, 29), True),
    ],
)
def test_a_space_ends_today_or_later_and_within_six_years(ends_on: date, today: date, fits: bool) -> None:
    assert (end_date_problem(ends_on, today) is None) == fits


def test_a_new_space_is_of_the_first_issuer_and_its_maker_runs_it_without_being_listed(organization: str) -> None:
    teacher = make_person(organization, "Tess Teacher")

    space = create(organization, name="  Biology \n 101 ", by=teacher)

    facts = space_facts(space)
    assert facts is not None
    assert (facts.name, facts.organization, facts.archived, facts.leaderboard_on) == (
        "Biology 101", organization, False, False
    )  # fmt: skip
    assert db.session.query(Member).count() == 0


def test_another_issuer_may_be_chosen(organization: str) -> None:
    with transaction():
        issuer = create_issuer(
            organization=organization, name="Faculty", url="https://faculty.example", email="f@example.org"
        ).id

    facts = space_facts(create(organization, issuer=issuer))

    assert facts is not None
    assert facts.issuer == issuer


@pytest.mark.parametrize(
    "words", [{"name": " \u200b "}, {"ends_on": date(2020, 1, 1)}, {"ends_on": date(2099, 1, 1)}]
)
def test_a_space_without_a_name_or_with_a_wrong_end_is_refused(organization: str, words: dict[str, object]) -> None:
    with pytest.raises(Problem) as refused:
        create(organization, **words)

    assert (refused.value.code, bool(refused.value.detail), db.session.query(Space).count()) == ("bad_request", True, 0)


def test_an_organization_whose_spaces_are_switched_off_makes_none(organization: str) -> None:
    with transaction():
        db.session.get_one(Organization, organization).may_use_spaces = False

    with pytest.raises(Problem) as refused:
        create(organization)

    assert refused.value.code == "spaces_off"


def test_the_schedule_archives_what_ended_yesterday_and_nothing_else(organization: str) -> None:
    today = clock.now().date()
    ended, last_day, _ = (make_space(organization, name) for name in ("Ended", "Last day", "Running"))
    end(ended, today - timedelta(days=1))
    end(last_day, today)
    long_ended = make_space(organization, "Archived before")
    before = clock.now() - timedelta(days=30)
    with transaction():
        db.session.execute(
            update(Space).where(Space.id == long_ended).values(ends_on=today - timedelta(days=31), archived_at=before)
        )

    archive_ended_spaces()
    archive_ended_spaces()

    kept = {space.name: space.archived_at for space in db.session.query(Space).populate_existing()}
    assert kept["Ended"] is not None
    assert (kept["Last day"], kept["Running"], kept["Archived before"]) == (None, None, before)


def test_archiving_is_on_the_schedule() -> None:
    assert wiring.SCHEDULE["spaces.archive"][1] is archive_ended_spaces


def test_a_space_whose_end_has_passed_is_closed_before_the_schedule_comes(organization: str) -> None:
    space = make_space(organization)
    end(space, clock.now().date() - timedelta(days=1))

    with pytest.raises(Problem) as refused:
        open_space(space)

    facts = space_facts(space)
    assert facts is not None
    assert (refused.value.code, facts.archived) == ("space_archived", True)


def test_a_space_that_is_not_there_is_not_found(app: Flask) -> None:
    with pytest.raises(Problem) as refused:
        open_space("nothing")

    assert (refused.value.code, space_facts("nothing")) == ("not_found", None)


def test_an_organization_sees_its_own_spaces_alone(organization: str) -> None:
    make_space(make_organization("Elsewhere"))
    own = [make_space(organization, name) for name in ("First", "Second")]

    assert [one.id for one in spaces_page(organization, limit=9)] == own
