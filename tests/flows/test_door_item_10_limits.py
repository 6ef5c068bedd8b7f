"""Item 10, limits: who comes to nothing without end is asked to wait, and a campus that gets in is never counted."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import func, select

from lti_tool.db import db
from lti_tool.launch.model import LoginState, RefusedLaunch, VisitRow
from tests.make.hands import follow, heading
from tests.make.launch import launch_on_its_way
from tests.make.lms import Campus, campus, words

TIGHT = "3 per minute"


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def knock(school: Campus) -> int:
    """A login that nobody follows up."""
    asked = school.lms.login_request("biology", "helena")
    return school.browser().post("/lti/login", asked, allow_redirects=False).status_code


def test_a_quiet_installation_has_refused_nobody_and_keeps_nothing(school: Campus) -> None:
    assert (count(LoginState), count(RefusedLaunch), count(VisitRow)) == (0, 0, 0)


def test_a_campus_behind_one_address_gets_in_whatever_the_limits_are(database_url: str, tmp_path: Path) -> None:
    with campus(database_url, tmp_path / "data", login_limit="40 per minute", refusal_limit=TIGHT) as school:

        def come(number: int) -> int:
            return school.open("data-literacy", f"learner-{number % 30 + 1:04d}")[1].status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(come, range(120)))

        assert (set(statuses), count(VisitRow)) == ({200}, 120)


def test_launches_that_are_refused_too_often_say_so_with_the_reason_and_the_way_back(
    database_url: str, tmp_path: Path
) -> None:
    with campus(database_url, tmp_path / "data", refusal_limit=TIGHT) as school:
        answers = [launch_on_its_way(school).post_forged() for _ in range(5)]
        last = answers[-1]

        assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
        assert heading(last) == "Too many refused launches"
        assert "Why: The signature is wrong." in words(last)
        assert 0 < int(last.headers["Retry-After"]) <= 60
        assert heading(follow(school.browser(), last, "Back to the LMS")) == "Courses"
        assert count(RefusedLaunch) == 3, "what is refused as too many is not kept"
        assert heading(launch_on_its_way(school).post()) == "Create the Space of this course"


def test_logins_that_nobody_follows_up_are_stopped_and_after_a_while_taken_again(
    database_url: str, tmp_path: Path
) -> None:
    with campus(database_url, tmp_path / "data", login_limit="3 per second") as school:
        with ThreadPoolExecutor(6) as pool:
            knocks = list(pool.map(lambda _: knock(school), range(12)))
        waiting = count(LoginState)
        time.sleep(1.1)

        assert set(knocks) == {303, 429}
        assert waiting == knocks.count(303)
        assert school.open("biology", "helena")[1].status_code == 200


def test_whoever_began_no_login_fills_no_table(school: Campus) -> None:
    for number in range(20):
        school.browser().post("/lti/launch", {"state": f"made-up-{number}", "id_token": "x"})

    assert (count(LoginState), count(RefusedLaunch)) == (0, 0)


def test_what_is_longer_than_any_launch_is_turned_away_unread(school: Campus) -> None:
    answer = school.browser().post("/lti/launch", {"state": "s", "id_token": "x" * 300_000})

    assert (answer.status_code, heading(answer)) == (413, "That is too large")
