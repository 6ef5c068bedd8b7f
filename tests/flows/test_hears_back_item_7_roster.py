"""Hears back, item 7: a list that shrinks asks first, changes are read where they are told, groups are filters."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import html5lib
import pytest
import requests
from sqlalchemy import func, select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.model import CourseKey, RosterRead
from lti_tool.people.admin.model import AuditEntry
from lti_tool.sandbox import vocabulary
from lti_tool.spaces.model import Member
from tests.flows.steps import add_objective, create_space_with_roster, mark_complete
from tests.make.hands import buttons, follow, press, rows
from tests.make.lms import Browser, Campus, campus, words

PEOPLE = 300


@pytest.fixture
def large(database_url: str, tmp_path: Path) -> Iterator[Campus]:
    with campus(database_url, tmp_path / "data", learners=PEOPLE) as connected:
        yield connected


def read_again(school: Campus, teacher: Browser, overview: requests.Response) -> requests.Response:
    press(teacher, follow(teacher, overview, "Members"), "Refresh roster")
    school.do_jobs()
    return follow(teacher, overview, "Members")


def here() -> int:
    db.session.rollback()
    counted = select(func.count()).select_from(Member).where(Member.status == "active", Member.role == "member")
    return db.session.scalar(counted) or 0


def last_read() -> RosterRead:
    db.session.rollback()
    return db.session.scalars(select(RosterRead).order_by(RosterRead.asked_at.desc(), RosterRead.id.desc())).all()[0]


def test_a_list_of_two_after_three_hundred_asks_a_teacher_who_says_yes_and_takes_it_back(large: Campus) -> None:
    teacher, overview = create_space_with_roster(large, "data-literacy")
    for number in range(3, PEOPLE + 1):
        large.lms.world.withdraw("data-literacy", f"learner-{number:04d}")

    asked = read_again(large, teacher, overview)
    before = here()
    press(teacher, asked, "Yes, take it over")
    large.do_jobs()
    taken = follow(teacher, overview, "Members")
    gone = here()
    back = press(teacher, taken, "Undo")
    after = here()
    quiet = read_again(large, teacher, overview)

    assert "The LMS now lists 3 of 301 people. Take it over?" in words(asked)
    assert "298 people would be listed as left." in words(asked)
    assert "Until you decide, nobody is removed." in words(asked)
    assert (before, gone, after, here()) == (PEOPLE, 2, PEOPLE, PEOPLE)
    assert "298 people are listed as left. Badges and completions stay." in words(taken)
    assert "Everybody whom the list had removed is here again." in words(back)
    assert "Nobody was removed, because it was decided to keep everybody." in words(quiet)
    assert "Take it over?" not in words(quiet)
    deeds = db.session.scalars(select(AuditEntry.deed).where(AuditEntry.deed.startswith("roster.")))
    assert list(deeds) == ["roster.taken", "roster.put_back"]


def test_an_empty_list_asks_too_and_no_keeps_everybody(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    count = here()
    for key in [key for key in school.lms.world.courses["biology"].enrolments if key != "helena"]:
        school.lms.world.suspend("biology", key)
    school.lms.world.suspend("biology", "helena")

    asked = read_again(school, teacher, overview)
    kept = press(teacher, asked, "No, keep everybody")

    assert "Take it over?" in words(asked)
    assert (here(), "Take it over after all" in buttons(kept)) == (count, True)
    assert "Take it over?" not in words(kept)


def test_a_course_with_nobody_in_it_is_asked_nothing(school: Campus) -> None:
    for key in [key for key in school.lms.world.courses["biology"].enrolments if key != "helena"]:
        school.lms.world.withdraw("biology", key)
    teacher, overview = create_space_with_roster(school)

    members, grid = read_again(school, teacher, overview), follow(teacher, overview, "Progress")

    assert "Take it over" not in words(members)
    assert "All groups" not in words(grid)
    assert "Groups" not in words(follow(teacher, overview, "Leaderboard"))


def test_who_does_not_run_the_space_decides_nothing(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    for key in [key for key in school.lms.world.courses["biology"].enrolments if key not in ("helena", "siobhan")]:
        school.lms.world.withdraw("biology", key)
    read_again(school, teacher, overview)
    learner, home = school.open("biology", "siobhan")
    count, read = here(), last_read().id

    forged = learner.post(f"{home.url}roster/decision", {"do": "take", "read": read})
    strange = teacher.submit(
        follow(teacher, overview, "Members"), "/roster/decision", do="burn", read=read
    )
    school.do_jobs()

    assert (forged.status_code, strange.status_code, here()) == (403, 400, count)
    assert last_read().state == "doubted"


def test_a_teacher_who_decides_late_is_told_that_it_was_decided(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    for key in [key for key in school.lms.world.courses["biology"].enrolments if key != "helena"]:
        school.lms.world.withdraw("biology", key)
    asked = read_again(school, teacher, overview)
    press(teacher, asked, "Yes, take it over")

    late = press(teacher, asked, "No, keep everybody")

    assert (late.status_code, "This has been decided already" in words(late)) == (409, True)


def test_where_the_lms_tells_changes_the_clock_asks_for_these_alone(school: Campus) -> None:
    school.lms.faults.roster_differences = True
    teacher, overview = create_space_with_roster(school)
    world = school.lms.world
    count = here()
    first = school.lms.traffic["roster"]
    world.people["amelie"].family_name = "Renamed"
    world.withdraw("biology", "dmitri")
    tomorrow(school)
    school.open("biology", "helena")
    school.do_jobs()

    page = words(follow(teacher, overview, "Members"))
    assert (school.lms.traffic["roster"], last_read().is_whole, here()) == (first + 1, False, count - 1)
    assert "The LMS told only what has changed." in page
    assert "Renamed" in page
    assert last_read().state == "done"


def tomorrow(school: Campus) -> None:
    """A day goes by."""
    with transaction():
        day = timedelta(days=1)
        db.session.execute(update(CourseKey).values(opened_on=clock.now().date() - day))
        for read in db.session.scalars(select(RosterRead)):
            read.asked_at -= day


def test_the_first_launch_of_a_day_reads_a_list_of_yesterday_and_the_second_does_not(school: Campus) -> None:
    create_space_with_roster(school)
    school.lms.world.enrol("biology", "pat", vocabulary.LEARNER)
    reads, count = school.lms.traffic["roster"], here()
    school.open("biology", "siobhan")
    school.do_jobs()
    same_day = school.lms.traffic["roster"]
    tomorrow(school)
    school.open("biology", "siobhan")
    school.open("biology", "amelie")
    school.do_jobs()

    assert (same_day, school.lms.traffic["roster"], here()) == (reads, reads + 1, count + 1)


def grouped(school: Campus) -> None:
    world = school.lms.world
    learners = [key for key, one in world.courses["biology"].enrolments.items() if one.is_graded]
    world.put_in_group("biology", "Tuesdays", *learners[:6])
    world.put_in_group("biology", "Fridays", *learners[6:8])


def test_groups_of_the_lms_filter_grid_and_queue_and_have_totals(school: Campus) -> None:
    grouped(school)
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, evidence="allowed")
    grid = follow(teacher, overview, "Progress")
    everybody = len(rows(grid, "progress-grid"))

    red = press(teacher, grid, "Search", group=choice(grid, "Tuesdays"))
    blue = press(teacher, grid, "Search", group=choice(grid, "Fridays"))
    first = rows(red, "progress-grid")[0][0]
    mark_complete(teacher, overview, first.split("\n")[0][:12])
    board, queue = follow(teacher, overview, "Leaderboard"), teacher.get(f"{overview.url}review")

    assert everybody > 8
    assert (len(rows(red, "progress-grid")), len(rows(blue, "progress-grid"))) == (6, 2)
    assert "All groups" in words(queue)
    assert "Nothing waits for review." in words(press(teacher, queue, "Show", group=choice(queue, "Tuesdays")))
    teams = rows(board, "board-of-teams")
    assert [team[:3] for team in teams] == [["Tuesdays", "6", "10"], ["Fridays", "2", "0"]]


def choice(page: requests.Response, name: str) -> str:
    """The value of the group with this name in the filter."""
    for option in html5lib.parse(page.text).iter("{http://www.w3.org/1999/xhtml}option"):
        if "".join(option.itertext()).startswith(name):
            return str(option.get("value"))
    raise AssertionError(f"{name} is no choice on {page.url}")


def test_learners_see_no_group_so_small_that_it_tells_on_somebody(school: Campus) -> None:
    grouped(school)
    teacher, overview = create_space_with_roster(school)
    press(teacher, follow(teacher, overview, "Leaderboard"), "Turn the leaderboard on")

    learner, home = school.open("biology", "siobhan")
    board = words(follow(learner, home, "Leaderboard"))

    assert "Tuesdays" in board
    assert "Fridays" not in board


def test_groups_that_the_lms_gives_up_are_shown_no_more(school: Campus) -> None:
    grouped(school)
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    before = "All groups" in words(follow(teacher, overview, "Progress"))
    red = choice(follow(teacher, overview, "Progress"), "Tuesdays")
    for group in school.lms.world.courses["biology"].groups.values():
        group.people = ()
    read_again(school, teacher, overview)

    assert before
    assert "All groups" not in words(follow(teacher, overview, "Progress"))
    for filtered in ("progress", "review"):  # who had it chosen sees why nobody is listed, and gets out of it
        page = teacher.get(f"{overview.url}{filtered}?group={red}")
        assert choice(page, "A group that is not here any more") == red
        assert choice(page, "All groups") == ""
