"""A reading of a roster that dies, comes twice, races a launch, or has nothing to read."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, insert, select, update

from lti_tool import clock
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.db import db, new_id, transaction
from lti_tool.errors import CATALOGUE, Problem
from lti_tool.launch.model import CourseKey, Deployment, Identity, Registration, RosterRead
from lti_tool.launch.roster import on_space_created, read_roster
from lti_tool.people.model import Person
from lti_tool.spaces.events import SpaceCreated
from lti_tool.spaces.model import Member, Space
from lti_tool.spaces.space import create_space
from tests.launch.roster.readings import ask, members, row, sync
from tests.launch.roster.roster_server import (
    RosterServer,
    learner,
    make_course,
)
from tests.make.person import make_person
from tests.make.space import make_space


def test_a_worker_that_dies_leaves_a_reading_that_begins_again(lms: RosterServer, course: str) -> None:
    lms.pages = [[learner("u1", "Ada")], [learner("u2", "Bob")]]
    read = ask(course)
    with transaction():
        db.session.execute(update(RosterRead).values(state="reading", pages=1, people=1))
    read_roster({"read": read})
    assert (row(str(read)).state, row(str(read)).pages, members()) == ("done", 2, {"Ada", "Bob"})


def test_a_job_that_comes_twice_changes_nothing_the_second_time(lms: RosterServer, course: str) -> None:
    lms.pages = [[learner("u1")]]
    read = sync(course).id
    read_roster({"read": read})
    assert lms.asked["/members"] == 1


def test_who_takes_a_reading_up_later_puts_the_earlier_worker_out(
    app: Flask, lms: RosterServer, course: str
) -> None:
    """The first one hangs at its first page until the second one is there; it asks for no second page."""
    lms.pages = [[learner(f"u{n}") for n in range(50)], [learner("last")]]
    read, faults = ask(course), list[BaseException]()
    hangs, second_is_there, turns = threading.Event(), threading.Event(), iter(range(100))

    def hold_the_first(path: str) -> None:
        if not path.startswith("/members"):
            return
        if next(turns) == 0:
            hangs.set()
            second_is_there.wait(20)
        else:
            second_is_there.set()

    def work() -> None:
        try:
            with app.app_context():
                read_roster({"read": read})
        except BaseException as fault:
            faults.append(fault)

    lms.before = hold_the_first
    first, second = (threading.Thread(target=work) for _ in range(2))
    first.start()
    hangs.wait(20)
    second.start()
    first.join()
    second.join()
    done = row(str(read))
    assert (faults, done.state, done.joined, len(members())) == ([], "done", 51, 51)
    assert lms.asked["/members"] == 3, "one page of the first worker, two of the second"


def test_a_reading_that_somebody_else_has_ended_is_not_applied(lms: RosterServer, course: str) -> None:
    lms.pages = [[learner("u1", "Ada")]]

    def end_first(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT roster_read") and "JOIN" not in statement:
            connection.exec_driver_sql("UPDATE roster_read SET state = 'failed'")

    event.listen(db.engine, "before_cursor_execute", end_first)
    read = ask(course)
    read_roster({"read": read})
    event.remove(db.engine, "before_cursor_execute", end_first)
    assert (row(str(read)).state, members()) == ("failed", set())


def test_somebody_who_opens_the_tool_in_the_moment_of_applying_is_one_person(
    lms: RosterServer, registration: str, organization: str, course: str
) -> None:
    lms.pages, launched = [[learner("u1", "Ada")]], list[str]()

    def launch_first(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO identity") and not launched:
            launched.append(new_id())
            connection.execute(insert(Person).values(id=launched[0], organization_id=organization))
            words = {"id": new_id(), "registration_id": registration, "sub": "u1", "person_id": launched[0]}
            connection.execute(insert(Identity).values(**words))

    event.listen(db.engine, "before_cursor_execute", launch_first)
    read = sync(course)
    event.remove(db.engine, "before_cursor_execute", launch_first)
    assert (len(launched), read.state, read.joined) == (1, "done", 1)
    assert db.session.scalar(select(func.count()).select_from(Identity)) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda: update(Registration).values(switched_off_at=clock.now()), "platform_off"),
        (lambda: update(Space).values(archived_at=clock.now()), "space_archived"),
        (lambda: update(Deployment).values(status="off"), "deployment_off"),
        (lambda: update(Deployment).values(status="pending"), "deployment_pending"),
    ],
)
def test_a_platform_that_was_switched_off_or_a_space_that_has_ended_is_not_asked(
    lms: RosterServer, course: str, change: Callable[[], Any], code: str
) -> None:
    with transaction():
        db.session.execute(change())
    assert (sync(course).problem, lms.requests) == (code, [])
    assert code in CATALOGUE


def test_a_new_space_binds_its_course_asks_for_the_roster_and_has_its_maker(
    lms: RosterServer, registration: str, organization: str
) -> None:
    course, maker = make_course(registration, lms.roster_url), make_person(organization, "Tea Cher")
    space = make_space(organization)
    with transaction():
        on_space_created(SpaceCreated(space, course, maker))
    assert db.session.get_one(CourseKey, course).space_id == space
    [member] = db.session.scalars(select(Member).where(Member.space_id == space))
    assert (member.person_id, member.role, member.role_from_launch) == (maker, "staff", True)
    assert db.session.scalars(select(RosterRead.state)).all() == ["waiting"]


def test_a_second_space_for_a_course_is_refused(organization: str, course: str) -> None:
    before = db.session.get_one(CourseKey, course).space_id
    with pytest.raises(Problem) as refused, transaction():
        create_space(
            organization=organization, name="Second", ends_on=clock.now().date() + timedelta(days=9), course=course,
            issuer=first_issuer_of(organization),
        )  # fmt: skip
    db.session.expire_all()
    assert (refused.value.code, db.session.get_one(CourseKey, course).space_id) == ("course_has_space", before)


def test_a_space_without_a_course_asks_for_nothing(organization: str) -> None:
    space = make_space(organization)
    with transaction():
        on_space_created(SpaceCreated(space, None, None))
    assert db.session.scalar(select(func.count()).select_from(RosterRead)) == 0
