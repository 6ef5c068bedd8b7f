"""A visit has its own path and its own proof, and ends when it should (decision 5)."""

from dataclasses import replace
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.model import Deployment, Registration, VisitRow
from lti_tool.launch.visits import COOKIE, sweep_visits
from lti_tool.people.model import Person
from lti_tool.people.visit import Role
from lti_tool.spaces.model import Member, Space
from tests.make.lms import Campus, words
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.visit import Visitor, make_visit


@pytest.fixture
def visitor(app: Flask, organization: str, space: str) -> Visitor:
    return make_visit(app, organization=organization, person=make_person(organization), space=space)


def visit_id(visitor: Visitor) -> str:
    return visitor.path.rpartition("/")[2]


def change(visitor: Visitor, **values: object) -> None:
    with transaction():
        db.session.execute(update(VisitRow).where(VisitRow.id == visit_id(visitor)).values(**values))


def open_places() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Member).where(Member.status == "open")) or 0


def add(visitor: Visitor, data: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> tuple[int, int]:
    """Post the form that adds a member; answers the status and how many open places there are then."""
    fields = {"email": "new@example.org", "name": "", **(data or {})}
    return visitor.post("members", fields, headers=headers or {}).status_code, open_places()


def test_a_launch_leads_to_a_path_and_a_cookie_of_its_own(school: Campus) -> None:
    browser = school.browser()
    asked = school.begin(browser, school.lms.login_request("biology", "helena"))
    answer = browser.post("/lti/launch", school.authorize(browser, asked), allow_redirects=False)
    path = answer.headers["Location"]
    sent = [line for line in answer.raw.headers.getlist("Set-Cookie") if line.startswith(f"{COOKIE}=")]

    [morsel] = SimpleCookie(sent[0].replace("; Partitioned", "")).values()
    assert (answer.status_code, len(sent)) == (303, 1)
    assert path == f"/v/{path.split('/')[2]}/"
    assert (morsel["path"], morsel["samesite"]) == (path, "None")
    assert "; Partitioned" in sent[0]
    assert morsel["secure"]
    assert morsel["httponly"]
    assert (morsel["expires"], morsel["max-age"], morsel["domain"]) == ("", "", "")
    assert db.session.scalars(select(VisitRow)).one().secret_hash not in morsel.value
    assert morsel.value not in answer.headers["Location"]


def test_a_reload_works_and_no_other_cookie_is_set(visitor: Visitor) -> None:
    first, second = visitor.get(), visitor.get()

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.headers.getlist("Set-Cookie") == second.headers.getlist("Set-Cookie") == []


def test_without_its_cookie_a_visit_shows_nothing(app: Flask, visitor: Visitor) -> None:
    answer = app.test_client().get(f"{visitor.path}/")

    assert answer.status_code == 401
    assert "visit_over" in answer.text
    assert "Biology" not in answer.text


def test_another_visits_cookie_opens_nothing(app: Flask, visitor: Visitor, organization: str, space: str) -> None:
    other = make_visit(app, organization=organization, person=make_person(organization, "Grace Hopper"), space=space)
    cookie = other.client.get_cookie(COOKIE, path=f"{other.path}/")
    stranger = app.test_client()
    stranger.set_cookie(COOKIE, cookie.value, path=f"{visitor.path}/", domain="localhost")  # type: ignore[union-attr]

    assert stranger.get(f"{visitor.path}/").status_code == 401


def test_two_people_in_one_browser_never_mix(school: Campus) -> None:
    browser, teacher_page = school.open("biology", "helena")
    browser.submit(teacher_page, "/space")
    _, learner_page = school.open("biology", "fatima", browser=browser)

    teacher, learner = browser.get(teacher_page.url), browser.get(learner_page.url)

    assert teacher.url != learner.url
    assert browser.get(f"{teacher_page.url}members").status_code == 200
    assert browser.get(f"{learner_page.url}members").status_code == 403
    assert "Add an objective" in words(teacher) or "objective" in words(teacher).lower()


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"last_seen_at": timedelta(minutes=59)}, 200),
        ({"last_seen_at": timedelta(minutes=61)}, 401),
        ({"created_at": timedelta(hours=11, minutes=59)}, 200),
        ({"created_at": timedelta(hours=12, minutes=1)}, 401),
    ],
)
def test_a_visit_ends_after_an_hour_without_a_request_or_twelve_in_all(
    visitor: Visitor, changed: dict[str, timedelta], status: int
) -> None:
    change(visitor, **{name: clock.now() - ago for name, ago in changed.items()})

    assert visitor.get().status_code == status


def test_a_request_keeps_a_visit_alive_and_the_row_is_touched_once_a_minute(visitor: Visitor) -> None:
    change(visitor, last_seen_at=clock.now() - timedelta(minutes=59))
    visitor.get()
    db.session.rollback()
    seen = db.session.get_one(VisitRow, visit_id(visitor), populate_existing=True).last_seen_at
    visitor.get()
    db.session.rollback()

    assert clock.now() - seen < timedelta(minutes=1)
    assert db.session.get_one(VisitRow, visit_id(visitor), populate_existing=True).last_seen_at == seen


@pytest.mark.parametrize(
    ("who", "values", "code"),
    [
        (Registration, {"switched_off_at": clock.now()}, "platform_off"),
        (Deployment, {"status": "off"}, "deployment_off"),
        (Deployment, {"status": "pending"}, "deployment_off"),
        (Person, {"disabled_at": clock.now()}, "person_disabled"),
    ],
)
def test_a_visit_ends_at_once_when_what_it_stands_on_is_switched_off(
    visitor: Visitor, who: type, values: dict[str, object], code: str
) -> None:
    before = visitor.get().status_code
    with transaction():
        db.session.execute(update(who).values(**values))

    answer = visitor.get()
    assert (before, answer.status_code, code in answer.text) == (200, 403, True)
    assert add(visitor) == (403, 0)


def test_a_form_of_this_visit_from_our_own_page_is_accepted(visitor: Visitor) -> None:
    assert add(visitor) == (303, 1)


def test_the_token_may_come_in_a_header_as_scripts_send_it(visitor: Visitor) -> None:
    assert add(visitor, data={"form_token": ""}, headers={"X-Form-Token": visitor.form_token}) == (303, 1)


@pytest.mark.parametrize("token", ["", "0" * 64, "ключ", "a\x00b"])
def test_a_form_without_the_visits_own_token_changes_nothing(visitor: Visitor, token: str) -> None:
    assert add(visitor, data={"form_token": token}) == (403, 0)


def test_another_visits_token_changes_nothing(app: Flask, visitor: Visitor, organization: str, space: str) -> None:
    other = make_visit(app, organization=organization, person=make_person(organization), space=space)

    assert add(replace(visitor, form_token=other.form_token)) == (403, 0)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "", "http://localhost:8001", "http://localhost", "HTTP://LOCALHOST:8000"]
)
def test_a_change_from_elsewhere_is_refused_though_it_knows_the_token(visitor: Visitor, origin: str) -> None:
    assert add(visitor, headers={"Origin": origin}) == (403, 0)


def test_a_change_that_does_not_say_where_it_comes_from_is_refused(visitor: Visitor) -> None:
    answer = visitor.client.post(
        f"{visitor.path}/members", data={"form_token": visitor.form_token, "email": "new@example.org"}
    )

    assert (answer.status_code, open_places()) == (403, 0)


def test_through_somebody_elses_account_every_page_says_so_and_no_form_changes_anything(
    app: Flask, organization: str, space: str
) -> None:
    masked = make_visit(app, organization=organization, person=make_person(organization), space=space, masked=True)

    answer = masked.post("members", {"email": "new@example.org", "name": ""})

    assert (answer.status_code, open_places(), "Nothing can be changed here" in answer.text) == (403, 0, True)
    for page in ("", "members", "progress", "leaderboard", "about"):
        assert "You are looking through this account; nothing can be changed." in masked.get(page).text


def test_whoever_uses_their_own_account_reads_no_such_thing(visitor: Visitor) -> None:
    assert "looking through this account" not in visitor.get().text


def test_head_and_options_ask_for_no_token_and_change_nothing(visitor: Visitor) -> None:
    head = visitor.client.head(f"{visitor.path}/members")
    options = visitor.client.options(f"{visitor.path}/members")

    assert (head.status_code, head.data) == (200, b"")
    assert (options.status_code, options.data, open_places()) == (200, b"", 0)
    assert set(options.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_options_of_a_strangers_browser_are_refused_like_everything_else(app: Flask, visitor: Visitor) -> None:
    assert app.test_client().options(f"{visitor.path}/members").status_code == 401


def test_only_the_lms_may_frame_the_pages_of_a_visit(visitor: Visitor) -> None:
    policy = visitor.get().headers["Content-Security-Policy"]

    assert "frame-ancestors 'self' https://lms.example" in policy
    assert "X-Frame-Options" not in visitor.get().headers


@pytest.mark.parametrize("page", ["nowhere", "objectives/nowhere", "progress/nowhere"])
def test_a_refusal_inside_a_visit_can_be_read_in_the_lms(visitor: Visitor, page: str) -> None:
    answer = visitor.get(page)
    ancestors = answer.headers["Content-Security-Policy"].split("frame-ancestors ")[1]

    assert answer.status_code == 404
    assert "https://lms.example" in ancestors or ancestors == "*"


def test_the_end_of_a_visit_can_be_read_in_the_lms(app: Flask, visitor: Visitor) -> None:
    answer = app.test_client().get(f"{visitor.path}/")

    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert answer.headers["Cache-Control"] == "no-store"


def test_links_on_a_visits_page_stay_in_the_visit(visitor: Visitor) -> None:
    assert f'href="{visitor.path}/members' in visitor.get().text


def test_an_observer_sees_no_room(app: Flask, organization: str, space: str) -> None:
    observer = make_visit(
        app, organization=organization, person=make_person(organization), space=space, role=Role.OBSERVER
    )

    assert observer.get().status_code == 200
    for page in ("members", "progress", "leaderboard", "awards", "progress.csv"):
        assert observer.get(page).status_code == 403


def test_a_visit_acts_for_the_organization_that_its_deployment_was_given(app: Flask, organization: str) -> None:
    school = make_organization("Second School")
    teacher = make_visit(app, organization=organization, person=make_person(organization), space=None)
    with transaction():
        db.session.execute(update(Deployment).values(organization_id=school))

    answer = teacher.post("space", {"name": "Course", "ends_on": (clock.now() + timedelta(days=9)).date().isoformat()})

    assert answer.status_code == 303
    assert db.session.scalars(select(Space.organization_id)).one() == school


def test_the_sweep_forgets_visits_after_a_week_and_no_sooner(app: Flask, organization: str) -> None:
    visitors = [make_visit(app, organization=organization, person=make_person(organization)) for _ in range(2)]
    change(visitors[0], created_at=clock.now() - timedelta(days=7, minutes=1))
    change(visitors[1], created_at=clock.now() - timedelta(days=6, hours=23))

    sweep_visits()

    assert db.session.scalars(select(VisitRow.id)).all() == [visit_id(visitors[1])]
