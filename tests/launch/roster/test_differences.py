"""Where the platform tells what has changed, the next reading asks for that alone. (NRPS 2.0, `rel="differences"`.)"""

from datetime import timedelta

import pytest
from sqlalchemy import update
from werkzeug import Response

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.model import CourseKey
from lti_tool.launch.roster import ask_for_roster, read_roster
from tests.launch.roster.readings import members, row, sync
from tests.launch.roster.roster_server import RosterServer, answer, learner
from tests.make.person import make_person

SINCE = "since=aB%2F1&X=%C3%A4&x=&x=+"  # capitals, escapes, doubles, an empty one: none of it is ours to tidy up
CLASS = [learner(f"u{number}", f"Learner {number}") for number in range(6)]


@pytest.fixture
def read_once(lms: RosterServer, course: str) -> str:
    """A course whose list has been read from end to end, and tells where its changes are."""
    lms.pages, lms.first_links = [CLASS], f'<{lms.roster_url}?{SINCE}>; rel="differences"'
    sync(course)
    lms.requests.clear()
    return course


def told(lms: RosterServer, *people: dict[str, object], then: str = "") -> None:
    def say() -> Response:
        said = answer({"members": list(people)})
        if then:
            said.headers["Link"] = f'<{lms.roster_url}?{then}>; rel="differences"'
        return said

    lms.at[SINCE] = say


def asked(lms: RosterServer) -> list[str]:
    return [one.query_string.decode() for one in lms.requests if one.path == "/members"]


def test_only_changes_are_asked_for_and_the_address_is_kept_to_the_letter(lms: RosterServer, read_once: str) -> None:
    told(lms, {**CLASS[1], "status": "Deleted"}, learner("new", "New"), {**CLASS[2], "name": "Other"}, then="since=2")
    read = sync(read_once)
    assert asked(lms) == [SINCE]
    assert (read.state, read.is_whole, read.joined, read.changed, read.gone) == ("done", False, 1, 1, 1)
    assert members() == {"Learner 0", "Other", "Learner 3", "Learner 4", "Learner 5", "New"}
    assert str(db.session.get_one(CourseKey, read_once).roster_changes_url).endswith("?since=2")


def test_no_changes_change_nothing_and_the_address_is_good_for_the_next_time(
    lms: RosterServer, read_once: str
) -> None:
    told(lms)
    first, second = sync(read_once), sync(read_once)
    assert (first.state, second.state, asked(lms), len(members())) == ("done", "done", [SINCE, SINCE], 6)


def test_one_who_leaves_is_no_doubt_but_half_of_the_class_is(lms: RosterServer, read_once: str) -> None:
    told(lms, {**CLASS[0], "status": "Deleted"})
    one = sync(read_once)
    told(lms, *({**gone, "status": "Deleted"} for gone in CLASS[1:5]))
    many = sync(read_once)
    assert (one.state, many.state, len(members())) == ("done", "doubted", 5)


@pytest.mark.parametrize("status", [400, 404, 410])
def test_changes_that_are_not_kept_any_more_mean_the_whole_list(
    lms: RosterServer, read_once: str, status: int
) -> None:
    lms.at[SINCE] = lambda: answer({"message": "too old"}, status)
    lms.pages = [CLASS[:5]]
    read = sync(read_once)
    assert (read.state, read.is_whole, read.gone, len(members())) == ("done", True, 1, 5)


def test_any_other_refusal_is_one(lms: RosterServer, read_once: str) -> None:
    lms.at[SINCE] = lambda: answer({"message": "no"}, 403)
    assert (sync(read_once).problem, len(members())) == ("service_forbidden", 6)


def test_once_a_week_the_whole_list_is_read(lms: RosterServer, read_once: str) -> None:
    told(lms)
    with transaction():
        db.session.execute(update(CourseKey).values(roster_whole_at=clock.now() - timedelta(days=7, minutes=1)))
    assert (sync(read_once).is_whole, asked(lms)) == (True, [""])


def test_staff_who_ask_get_the_whole_list(lms: RosterServer, read_once: str, organization: str) -> None:
    told(lms)
    teacher = make_person(organization)
    with transaction():
        read = ask_for_roster(read_once, by=teacher)
    read_roster({"read": read})
    assert (row(str(read)).is_whole, asked(lms)) == (True, [""])


def test_a_platform_that_stops_telling_changes_is_read_whole(lms: RosterServer, read_once: str) -> None:
    lms.first_links = ""
    lms.at[SINCE] = lambda: answer({}, 410)
    sync(read_once)
    sync(read_once)
    assert db.session.get_one(CourseKey, read_once).roster_changes_url is None
    assert asked(lms) == [SINCE, "", ""]


def test_an_address_longer_than_any_honest_one_is_not_kept(lms: RosterServer, course: str) -> None:
    lms.pages, lms.first_links = [CLASS], f'<{lms.roster_url}?{"x" * 2000}>; rel="differences"'
    sync(course)
    assert db.session.get_one(CourseKey, course).roster_changes_url is None


def test_changes_on_another_server_get_no_token(lms: RosterServer, course: str) -> None:
    lms.pages, lms.first_links = [CLASS], '<https://elsewhere.example/m?since=1>; rel="differences"'
    sync(course)
    assert (db.session.get_one(CourseKey, course).roster_changes_url, sync(course).is_whole) == (None, True)
