"""The reading of a roster as a job: from a row that waits to one that is done or failed, over real HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import RetryLater
from lti_tool.launch.model import CourseKey, Registration, RosterRead
from lti_tool.launch.pausing import PlatformPause
from lti_tool.launch.roster import read_roster
from lti_tool.launch.roster.paging import with_page_size
from tests.launch.roster.readings import ask, members, row, sync
from tests.launch.roster.roster_server import (
    MENTOR,
    RosterServer,
    answer,
    learner,
    roster_server,
    teacher,
)


def test_every_page_is_read_and_then_applied(lms: RosterServer, course: str) -> None:
    lms.pages = [[teacher("t1", "Tea")], [learner("u1", "Ada"), {"roles": []}], [learner("u2", "Bob")]]
    read = sync(course)
    assert (read.state, read.pages, read.people, read.skipped) == ("done", 3, 3, 1)
    assert (read.joined, read.changed, read.gone, read.problem) == (3, 0, 0, None)
    assert read.ended_at is not None
    assert members() == {"Tea", "Ada", "Bob"}


def test_a_compressed_roster_is_read(lms: RosterServer, course: str) -> None:
    lms.pages, lms.gzipped = [[learner("u1", "Ada")]], True
    assert (sync(course).state, members()) == ("done", {"Ada"})


def test_asking_twice_answers_the_reading_that_is_under_way(course: str) -> None:
    first = ask(course)
    assert ask(course) == first
    assert db.session.scalar(select(func.count()).select_from(RosterRead)) == 1


def test_after_the_end_of_one_reading_another_can_be_asked_for(lms: RosterServer, course: str) -> None:
    lms.pages = [[learner("u1")]]
    first, second = sync(course), sync(course)
    assert (first.id != second.id, second.state, second.joined) == (True, "done", 0)


def test_a_reading_without_a_job_does_not_block_the_course_for_ever(course: str) -> None:
    lost = ask(course)
    assert lost is not None
    with transaction():
        db.session.execute(update(RosterRead).values(state="reading", asked_at=clock.now() - timedelta(hours=3)))
    assert ask(course) != lost
    assert row(lost).state == "failed"


@pytest.mark.parametrize("missing", ["roster_url", "space_id"])
def test_without_a_roster_service_or_a_space_nothing_is_written(course: str, missing: str) -> None:
    with transaction():
        db.session.execute(update(CourseKey).values({missing: None}))
    assert ask(course) is None
    assert db.session.scalar(select(func.count()).select_from(RosterRead)) == 0


def test_progress_is_seen_while_the_roster_is_read(app: Flask, lms: RosterServer, course: str) -> None:
    seen: list[tuple[str, int, int]] = []
    lms.pages = [[learner("u1"), learner("u2")], [learner("u3")]]
    read = ask(course)

    def look(_path: str) -> None:
        with app.app_context():
            now = db.session.execute(select(RosterRead.state, RosterRead.pages, RosterRead.people)).one()
            seen.append((now.state, now.pages, now.people))
            db.session.remove()

    lms.before = look
    read_roster({"read": read})
    assert seen == [("reading", 0, 0), ("reading", 0, 0), ("reading", 1, 2)]


def test_a_fault_on_a_later_page_removes_and_adds_nobody(lms: RosterServer, course: str) -> None:
    lms.pages = [[learner("u1", "Ada")], [learner("u2", "Bob")], [learner("u3", "Cy")]]
    sync(course)
    lms.pages = [[learner("u9", "New")], [], []]
    lms.instead[3] = [answer({"message": "Out of order"}, 400)]
    read = sync(course)
    assert (read.state, read.problem, read.problem_said) == ("failed", "service_answer", "Out of order")
    assert members() == {"Ada", "Bob", "Cy"}


def test_a_token_that_ends_in_the_middle_is_renewed(lms: RosterServer, course: str) -> None:
    lms.pages = [[learner("u1")], [learner("u2")]]
    lms.instead[2] = [answer({}, 401)]
    assert (sync(course).people, lms.asked["/token"]) == (2, 2)


def test_a_busy_platform_is_asked_again(lms: RosterServer, course: str) -> None:
    lms.pages = [[learner("u1")], [learner("u2")]]
    lms.instead[2] = [answer({}, 503, Retry_After="0"), answer({}, 429, Retry_After="0")]
    assert sync(course).state == "done"


def test_a_platform_that_stays_out_of_order_is_given_up(lms: RosterServer, course: str) -> None:
    lms.instead[1] = [answer({}, 500, Retry_After="0") for _ in range(5)]
    assert sync(course).problem == "service_unreachable"
    assert lms.asked["/members"] == 3


def test_a_long_wait_is_the_jobs_and_not_the_workers(lms: RosterServer, course: str) -> None:
    lms.pages, lms.instead[1] = [[learner("u1")]], [answer({"message": "Slow down"}, 429, Retry_After="120")]
    read = ask(course)
    assert read is not None
    with pytest.raises(RetryLater) as later:
        read_roster({"read": read})
    waiting = row(read)
    assert (later.value.seconds, waiting.state, waiting.problem) == (120.0, "waiting", "service_busy")
    with transaction():  # two minutes later
        db.session.execute(update(PlatformPause).values(until=clock.now()))
    read_roster({"read": read})
    assert (row(read).state, row(read).problem) == ("done", None)


def test_after_an_hour_of_waiting_the_reading_fails(lms: RosterServer, course: str) -> None:
    lms.instead[1] = [answer({}, 429, Retry_After="120")]
    read = ask(course)
    with transaction():
        db.session.execute(update(RosterRead).values(asked_at=clock.now() - timedelta(minutes=59)))
    read_roster({"read": read})
    assert row(str(read)).problem == "service_busy"


def test_a_list_that_leads_back_to_its_beginning_is_stopped(lms: RosterServer, course: str) -> None:
    lms.pages, lms.loops = [[learner("u1")], [learner("u2")]], True
    read = sync(course)
    assert (read.state, read.problem, members()) == ("failed", "roster_loops", set())
    assert lms.asked["/members"] <= 3


def test_a_next_link_to_another_server_ends_the_reading(lms: RosterServer, course: str) -> None:
    with roster_server() as stranger:
        body = {"members": [learner("u1")]}
        lms.instead[1] = [answer(body, Link=f"<{stranger.roster_url}?Page=P2>; rel=next")]
        assert sync(course).problem == "service_answer"
        assert stranger.requests == []


def test_more_people_than_a_course_has_are_refused(lms: RosterServer, course: str) -> None:
    lms.pages = [[0] * 100_001, [0] * 100_000]
    assert (sync(course).problem, members()) == ("roster_too_long", set())


@pytest.mark.parametrize("body", [{}, {"members": None}, {"members": {}}, {"error": "no"}, [], "<html>", ""])
def test_a_document_without_a_list_of_members_is_no_empty_roster(lms: RosterServer, course: str, body: Any) -> None:
    lms.pages = [[learner("u1", "Ada")]]
    sync(course)
    lms.instead[1] = [answer(body)]
    assert (sync(course).problem, members()) == ("service_answer", {"Ada"})


@pytest.mark.parametrize("page", [[], [learner("o1", roles=[MENTOR])], [{"user_id": 7}]])
def test_an_empty_list_after_people_were_there_removes_nobody(
    lms: RosterServer, course: str, page: list[object]
) -> None:
    lms.pages = [[learner("u1", "Ada")]]
    sync(course)
    lms.pages = [page]
    read = sync(course)
    assert (read.state, read.problem, members()) == ("doubted", "roster_empty", {"Ada"})


def test_an_empty_first_roster_is_nothing_wrong(lms: RosterServer, course: str) -> None:
    assert (sync(course).state, members()) == ("done", set())


def test_a_role_filter_that_the_platform_forgets_is_applied_here(lms: RosterServer, course: str) -> None:
    lms.pages = [[learner("u1", "Ada")], [learner("o1", "Obs", roles=[MENTOR]), teacher("t1", "Tea")]]
    assert (sync(course).people, members()) == (2, {"Ada", "Tea"})


@pytest.mark.parametrize(
    ("url", "size", "first"),
    [
        ("https://lms.example/m", 50, "https://lms.example/m?limit=50"),
        ("https://lms.example/m?b=&b=2&a=%2F", 50, "https://lms.example/m?b=&b=2&a=%2F&limit=50"),
        ("https://lms.example/m?", 50, "https://lms.example/m?limit=50"),
        ("https://lms.example/m?limit=10", 50, "https://lms.example/m?limit=10"),
        ("https://lms.example/m#part", 50, "https://lms.example/m?limit=50"),
        ("https://lms.example/m?a=1", None, "https://lms.example/m?a=1"),
    ],
)
def test_the_page_size_is_added_to_the_first_address_only(url: str, size: int | None, first: str) -> None:
    assert with_page_size(url, size) == first


def test_the_profile_of_the_platform_says_the_page_size(lms: RosterServer, registration: str, course: str) -> None:
    lms.pages = [[learner("u1")], [learner("u2")]]
    with transaction():
        db.session.execute(update(Registration).values(profile="moodle"))
    sync(course)
    asked = [one.query_string.decode() for one in lms.requests if one.path == "/members"]
    assert asked == ["limit=500", "Page=P2"]
