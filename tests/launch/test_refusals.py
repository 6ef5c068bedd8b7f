"""Refused launches are kept for the administrator: why and how, never who, and never without end."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from lti_tool import clock
from lti_tool.db import db, new_id, transaction
from lti_tool.launch.messages import C
from lti_tool.launch.model import Deployment, LoginState, RefusedLaunch, Registration, VisitRow
from lti_tool.launch.refusals import KEPT_OF_ONE_PLATFORM, sweep_refusals
from tests.make.launch import OnItsWay, launch_on_its_way
from tests.make.lms import Campus, words
from tests.make.organization import make_organization
from tests.make.visit import make_registration


def kept() -> list[RefusedLaunch]:
    db.session.rollback()
    return list(db.session.scalars(select(RefusedLaunch).order_by(RefusedLaunch.at)))


def test_a_refused_launch_leaves_its_code_its_reference_and_the_proof_that_was_asked_for(school: Campus) -> None:
    answer = launch_on_its_way(school).post_forged()

    [row] = kept()
    assert (row.registration_id, row.code, row.said) == (school.registration, "signature_wrong", None)
    assert (row.message, row.proof) == (None, "window"), "an unproven token says nothing"
    assert f"Reference {row.reference} " in words(answer)


def test_a_proven_launch_that_is_refused_leaves_its_message_too(school: Campus) -> None:
    with transaction():
        db.session.execute(update(Deployment).values(status="off"))
    on_its_way = launch_on_its_way(school)

    on_its_way.post()

    [row] = kept()
    assert (row.code, row.message) == ("deployment_off", "LtiResourceLinkRequest")


def test_a_browser_that_proves_nothing_leaves_why(school: Campus) -> None:
    on_its_way = launch_on_its_way(school)

    on_its_way.post(by=school.browser())

    [row] = kept()
    assert (row.code, row.said) == ("browser_unproven", "The cookie of this login did not come with the launch.")


def test_nothing_that_is_kept_says_who_it_was_or_what_was_sent(school: Campus) -> None:
    on_its_way = launch_on_its_way(school, **{C + "message_type": "LtiStartProctoring"})
    on_its_way.post()
    launch_on_its_way(school).post_forged()

    told = [" ".join(str(value) for value in vars(row).values()) for row in kept()]
    secrets = [*on_its_way.fields.values(), on_its_way.asked["nonce"], "Helena", "Brandt", "sandbox.example.edu"]
    assert len(told) == 2
    assert not [secret for secret in secrets if any(secret in one for one in told)]
    assert "LtiStartProctoring" in told[0]


@pytest.mark.parametrize("fields", [{}, {"state": "made-up"}, {"state": "made-up", "id_token": "x.y.z"}])
def test_whoever_began_no_login_leaves_nothing(school: Campus, fields: dict[str, str]) -> None:
    for _ in range(5):
        assert school.browser().post("/lti/launch", fields).status_code in (400, 401)

    assert kept() == []


def test_a_good_launch_leaves_its_trace_in_its_visit_alone(school: Campus) -> None:
    school.open("biology", "helena")

    assert kept() == []
    visit = db.session.scalars(select(VisitRow)).one()
    assert (visit.message, visit.proof) == ("LtiResourceLinkRequest", "window")
    assert "Helena" not in str(visit.sent)


def test_what_a_frame_proved_is_kept_with_the_visit(school: Campus) -> None:
    school.open("biology", "helena", browser=school.browser(in_frame=True))

    assert db.session.scalars(select(VisitRow.proof)).one() == "frame"


def fill(registration: str, number: int, *, age: timedelta = timedelta()) -> None:
    now = clock.now() - age
    rows = [
        {"id": new_id(), "at": now - timedelta(seconds=one), "registration_id": registration, "code": "replayed",
         "reference": f"R{one}"}
        for one in range(number)
    ]  # fmt: skip
    with transaction():
        db.session.execute(insert(RefusedLaunch), rows)


def test_the_sweep_keeps_the_newest_of_each_platform(app: Flask) -> None:
    busy, quiet = (make_registration(make_organization(name)) for name in ("Busy", "Quiet"))
    fill(busy, KEPT_OF_ONE_PLATFORM + 30)
    fill(quiet, 3)

    sweep_refusals()

    db.session.rollback()
    assert Counter(row.registration_id for row in kept()) == {busy: KEPT_OF_ONE_PLATFORM, quiet: 3}
    assert {f"R{one}" for one in range(KEPT_OF_ONE_PLATFORM)} == {
        row.reference for row in kept() if row.registration_id == busy
    }


def test_the_sweep_forgets_what_is_older_than_thirty_days(app: Flask) -> None:
    registration = make_registration(make_organization())
    fill(registration, 2, age=timedelta(days=30, minutes=1))
    fill(registration, 1, age=timedelta(days=29))

    sweep_refusals()

    assert len(kept()) == 1


def seen(school: Campus) -> Registration:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Registration, school.registration)


def note(school: Campus, **values: Any) -> None:
    with transaction():
        db.session.execute(update(Registration).values(**values))


def launched(school: Campus, ahead: int = 0) -> None:
    """A good launch of a platform whose clock is so many seconds ahead."""
    now = int(clock.now().timestamp()) + ahead
    on_its_way = launch_on_its_way(school, iat=now, exp=now + 900)
    assert on_its_way.post().status_code == 200


def test_the_first_launch_of_a_platform_is_noted_with_its_clock(school: Campus) -> None:
    launched(school, ahead=40)

    noted = seen(school)
    assert noted.launched_at is not None
    assert noted.clock_skew in (38, 39, 40)


@pytest.mark.parametrize(
    ("before", "skew", "ahead", "is_noted"),
    [
        (timedelta(minutes=59), 0, 0, False),
        (timedelta(minutes=61), 0, 0, True),
        (timedelta(minutes=5), 0, 45, True),
        (timedelta(minutes=5), 0, 20, False),
        (timedelta(minutes=5), 0, -200, False),
        (timedelta(minutes=61), 0, -200, True),
        (timedelta(minutes=5), -200, 0, True),
    ],
    ids=["within the hour", "after it", "its clock runs ahead", "the network was slow", "somebody was slow",
         "its clock is behind", "it was somebody slow after all"],
)  # fmt: skip
def test_a_later_launch_is_noted_only_when_it_says_something_new(
    school: Campus, before: timedelta, skew: int, ahead: int, is_noted: bool
) -> None:
    then = clock.now() - before
    note(school, launched_at=then, clock_skew=skew)

    launched(school, ahead)

    assert (seen(school).launched_at != then) == is_noted


def test_a_refused_launch_is_no_launch(school: Campus) -> None:
    launch_on_its_way(school).post_forged()

    assert seen(school).launched_at is None


Wrong = Callable[[OnItsWay], dict[str, str]]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda way: {"state": way.fields["state"], "error": "login_required"},
        lambda way: {"state": way.fields["state"]},
        lambda way: {"state": way.fields["state"], "id_token": "a.b.c"},
    ],
    ids=["the LMS's no", "no token", "no token that one could read"],
)
def test_every_refusal_of_a_login_that_waits_is_kept(school: Campus, wrong: Wrong) -> None:
    on_its_way = launch_on_its_way(school)

    on_its_way.browser.post("/lti/launch", wrong(on_its_way))

    assert len(kept()) == 1


def test_the_refusal_of_a_login_that_waited_too_long_is_kept_too(school: Campus) -> None:
    on_its_way = launch_on_its_way(school)
    with transaction():
        db.session.execute(update(LoginState).values(expires_at=clock.now() - timedelta(seconds=1)))

    on_its_way.post()

    assert [row.code for row in kept()] == ["state_expired"]
