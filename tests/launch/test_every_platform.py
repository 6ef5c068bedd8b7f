"""The tool against each kind of platform that the sandbox can be: its roster arrives, and one score does.

What differs is in `lti_tool/sandbox/behaviours.py`; here stands that a course notices nothing of it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.launch.model import Registration, RosterRead
from lti_tool.launch.pausing import PlatformPause
from lti_tool.launch.profiles import profile_named
from lti_tool.sandbox.behaviours import BEHAVIOURS
from lti_tool.sandbox.trouble import Trouble
from lti_tool.spaces.model import Member
from tests.flows.steps import add_objective, create_space, mark_complete
from tests.make.hands import follow, press
from tests.make.lms import Browser, Campus, campus, words

PLATFORMS = ("canvas", "moodle", "blackboard", "brightspace")


@pytest.fixture
def school(database_url: str, tmp_path: Path) -> Iterator[Campus]:
    with campus(database_url, tmp_path / "data", learners=130) as connected:
        yield connected


def behaves(school: Campus, name: str) -> None:
    """As this platform does, with what its administrator enters at the tool."""
    school.lms.faults.behave_like(name)
    audience = profile_named(BEHAVIOURS[name].family).token_audience
    with transaction():
        db.session.execute(update(Registration).values(token_audience=audience))


def in_time(school: Campus) -> None:
    """All jobs, also those that wait for their time."""
    for _ in range(4):
        school.do_jobs()
        with transaction():
            db.session.execute(update(Job).where(Job.finished_at.is_(None)).values(run_at=clock.now()))
            db.session.execute(update(PlatformPause).values(until=clock.now()))
    school.do_jobs()


def begin(school: Campus, course: str) -> tuple[Browser, requests.Response]:
    teacher, overview = create_space(school, course)
    in_time(school)
    return teacher, teacher.get(overview.url)


def last_read() -> RosterRead:
    db.session.rollback()
    return db.session.scalars(select(RosterRead).order_by(RosterRead.asked_at.desc())).all()[0]


def places() -> dict[str, tuple[str, str]]:
    db.session.rollback()
    return {one.id: (one.role, one.status) for one in db.session.scalars(select(Member))}


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_roster_of_many_pages_arrives_whole(school: Campus, name: str) -> None:
    behaves(school, name)
    begin(school, "data-literacy")
    read = last_read()
    active = [role for role, status in places().values() if status == "active"]
    assert (read.state, read.problem, read.skipped) == ("done", None, 0)
    assert len(active) == 132
    assert db.session.scalars(select(Registration.profile)).one() == BEHAVIOURS[name].family.lower()


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_list_in_any_order_with_repeats_changes_nobody(school: Campus, name: str) -> None:
    behaves(school, name)
    teacher, overview = begin(school, "data-literacy")
    before = places()
    school.lms.faults.roster_shuffled, school.lms.faults.roster_repeats = 4, 7
    press(teacher, follow(teacher, overview, "Members"), "Refresh roster")
    in_time(school)
    assert (last_read().joined, last_read().changed, last_read().gone) == (0, 0, 0)
    assert places() == before


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_page_that_is_passed_over_in_a_small_part_is_believed_and_half_a_class_is_not(
    school: Campus, name: str
) -> None:
    behaves(school, name)
    teacher, overview = begin(school, "data-literacy")
    school.lms.faults.roster_drops_pages = (2, 3)
    press(teacher, follow(teacher, overview, "Members"), "Refresh roster")
    in_time(school)
    lost = {"canvas": 82, "moodle": 0, "blackboard": 82, "brightspace": 82}[name]
    assert (last_read().state, last_read().gone) == (("doubted", lost) if lost else ("done", 0))
    assert sum(status == "active" for _, status in places().values()) == 132


@pytest.mark.parametrize("name", PLATFORMS)
def test_names_with_anything_in_them_are_the_same_in_launch_and_roster(school: Campus, name: str) -> None:
    behaves(school, name)
    teacher, overview = begin(school, "biology")
    before = words(follow(teacher, overview, "Members"))
    school.open("biology", "siobhan")
    after = words(follow(teacher, overview, "Members"))
    assert "Siobhán O'Connor" in before
    assert '<b>Robert</b> <script>alert(1)</script> & "Sons"' in before
    assert "Siobhán O'Connor" in after
    press(teacher, follow(teacher, overview, "Members"), "Refresh roster")
    in_time(school)
    assert last_read().changed == 0


@pytest.mark.parametrize("name", PLATFORMS)
def test_one_score_arrives_once(school: Campus, name: str) -> None:
    behaves(school, name)
    teacher, overview = begin(school, "biology")
    add_objective(teacher, overview)
    mark_complete(teacher, overview, "O'Connor")
    in_time(school)
    lms, sub = school.lms, school.lms.world.people["siobhan"].sub
    [column] = lms.gradebook.items("biology")
    shown = lms.gradebook.score(column, sub)
    assert shown is not None
    assert (shown.result(column.score_maximum), shown.grading_progress) == (column.score_maximum, "FullyGraded")
    assert len(lms.gradebook.history) == 1
    assert lms.gradebook.attempts[column.id, sub] <= 1
    if name == "canvas":
        assert lms.gradebook.comments[column.id, sub] == 0, "each would be one more comment on the submission"


@pytest.mark.parametrize("name", PLATFORMS)
def test_an_answer_that_gets_lost_makes_no_second_score(school: Campus, name: str) -> None:
    behaves(school, name)
    teacher, overview = begin(school, "biology")
    add_objective(teacher, overview)
    school.lms.faults.troubles.append(Trouble(504, at=("scores",), first=1, acts=True))
    mark_complete(teacher, overview, "O'Connor")
    in_time(school)
    lms, sub = school.lms, school.lms.world.people["siobhan"].sub
    [column] = lms.gradebook.items("biology")
    stamps = {score.timestamp for _, score in lms.gradebook.history}
    assert (len(stamps), lms.gradebook.attempts[column.id, sub] <= 1) == (1, True)
    assert "Refused 0" in words(follow(teacher, teacher.get(overview.url), "Progress"))


@pytest.mark.parametrize("name", PLATFORMS)
def test_who_was_asked_too_often_is_asked_again_later(school: Campus, name: str) -> None:
    behaves(school, name)
    throttled = [school.lms.faults.throttle(at=(one,), first=1) for one in ("roster", "line_items", "scores")]
    teacher, overview = begin(school, "biology")
    add_objective(teacher, overview)
    mark_complete(teacher, overview, "O'Connor")
    in_time(school)
    assert ([one.struck for one in throttled], last_read().state) == ([1, 1, 1], "done")
    assert len(school.lms.gradebook.history) == 1
