"""Lamps turn green when the thing really happened, and stay green when what showed it is forgotten."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from lti_tool import clock
from lti_tool.db import db, new_id, transaction
from lti_tool.launch.console.lamps import Lamp, keep_what_was_seen, lamps_of
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.model import CourseKey, Deployment, Registration, RosterRead, VisitRow
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.visit import make_course, make_registration

AN_HOUR_AGO = timedelta(hours=1)


@pytest.fixture
def registration(organization: str) -> str:
    return make_registration(organization)


def lamps(registration: str) -> dict[str, Lamp]:
    db.session.rollback()
    db.session.expire_all()
    found = db.session.get_one(Registration, registration)
    return {lamp.name: lamp for lamp in lamps_of([found])[registration]}


def green(registration: str) -> set[str]:
    return {name for name, lamp in lamps(registration).items() if lamp.seen}


def launch(registration: str, organization: str, *, ago: timedelta = timedelta(0), **said: Any) -> None:
    person = make_person(organization)
    with transaction():
        deployment = db.session.query(Deployment).filter_by(registration_id=registration).one()
        db.session.add(
            VisitRow(
                id=new_id(), secret_hash="x", registration_id=registration, deployment_id=deployment.id,
                person_id=person, role="member", created_at=clock.now() - ago, **said,
            )
        )  # fmt: skip


def test_a_platform_that_was_only_registered_has_one_green_lamp_and_advice_for_the_others(registration: str) -> None:
    found = lamps(registration)

    assert green(registration) == {"registered"}
    assert all(lamp.advice for name, lamp in found.items() if name != "registered")


def test_each_thing_that_a_launch_shows_lights_its_lamp(registration: str, organization: str) -> None:
    launch(registration, organization)
    assert green(registration) == {"registered", "launch"}
    launch(registration, organization, message="LtiDeepLinkingRequest", sent={"names": []})
    assert green(registration) == {"registered", "launch", "deep_linking"}
    launch(registration, organization, sent={"names": ["given_name"], "custom": ["email"]})
    assert green(registration) == {"registered", "launch", "deep_linking", "names"}
    launch(registration, organization, sent={"names": ["email"]})
    assert green(registration) == {"registered", "launch", "deep_linking", "names", "email"}


def test_a_roster_lamp_needs_a_reading_that_was_done(registration: str) -> None:
    course = make_course(registration, None)
    with transaction():
        db.session.add(RosterRead(course_id=course, state="failed", ended_at=clock.now()))
    assert "roster" not in green(registration)
    with transaction():
        db.session.add(RosterRead(course_id=course, state="done", ended_at=clock.now()))

    assert "roster" in green(registration)


def test_a_score_lamp_needs_a_score_that_arrived(registration: str, organization: str) -> None:
    course, person = make_course(registration, None), make_person(organization)
    with transaction():
        column = LineItem(course_id=course, resource_id="space", tag="space", label="Space")
        db.session.add(column)
        db.session.flush()
        score = Score(line_item_id=column.id, person_id=person, given=1, maximum=2, moved_at=clock.now())
        db.session.add(score)
        db.session.flush()
        score_id = score.id
    assert "score" not in green(registration)
    with transaction():
        sent = db.session.get_one(Score, score_id)
        sent.state, sent.sent_at = "sent", clock.now()

    assert "score" in green(registration)


def test_one_platforms_launch_lights_nobody_elses_lamp(registration: str, organization: str) -> None:
    other = make_registration(make_organization("Elsewhere"))
    launch(registration, organization, sent={"names": ["name", "email"]})

    assert green(other) == {"registered"}


def test_what_launches_showed_stays_when_they_are_forgotten(registration: str, organization: str) -> None:
    launch(registration, organization, message="LtiDeepLinkingRequest", sent={"names": ["name", "email"]})
    before = {name: lamp.seen for name, lamp in lamps(registration).items()}
    keep_what_was_seen()
    with transaction():
        db.session.execute(delete(VisitRow))

    assert green(registration) == {"registered", "deep_linking", "names", "email"}
    kept, seen = lamps(registration)["names"].seen, before["names"]
    assert kept is not None
    assert seen is not None
    assert abs(kept - seen) < timedelta(seconds=1)


def test_keeping_twice_writes_once(registration: str, organization: str) -> None:
    launch(registration, organization, ago=AN_HOUR_AGO, sent={"names": ["name"]})
    keep_what_was_seen()
    first = lamps(registration)["names"].seen
    launch(registration, organization, sent={"names": ["name"]})
    keep_what_was_seen()

    assert lamps(registration)["names"].seen == first


def test_the_course_that_nobody_opened_lights_nothing(registration: str) -> None:
    with transaction():
        deployment = db.session.query(Deployment).filter_by(registration_id=registration).one()
        db.session.add(CourseKey(deployment_id=deployment.id, context_id="c", title="Empty"))

    assert green(registration) == {"registered"}
