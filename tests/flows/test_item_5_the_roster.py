"""Item 5, the roster: it comes by itself, says how far it is, and never takes a fault for a farewell."""

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from lti_tool.sandbox import vocabulary
from lti_tool.sandbox.faults import RosterFailure
from tests.flows.steps import add_objective, create_space, create_space_with_roster, mark_complete
from tests.make.hands import follow, heading, press
from tests.make.lms import Browser, Campus, campus, words

LEARNERS = 1200
STAFF = 2  # a teacher and an assistant: the observer is no member


@pytest.fixture
def large_school(database_url: str, tmp_path: Path) -> Iterator[Campus]:
    """The course of 1,200 learners, in pages of fifty."""
    with campus(database_url, tmp_path / "data", learners=LEARNERS) as connected:
        yield connected


def counts(page: requests.Response) -> tuple[int, int, int]:
    """Joined, changed and left, as the members page tells them."""
    found = re.search(r"Joined ([\d,]+) Changed ([\d,]+) Left ([\d,]+)", words(page))
    assert found, words(page)
    joined, changed, left = (int(number.replace(",", "")) for number in found.groups())
    return joined, changed, left


def learners(page: requests.Response) -> int:
    """How many learners the members page counts."""
    found = re.search(r"([\d,]+) learners?\b", words(page))
    assert found, words(page)
    return int(found[1].replace(",", ""))


def read_again(school: Campus, teacher: Browser, overview: requests.Response) -> requests.Response:
    """Press the button, wait for the job, and look at the members again."""
    press(teacher, follow(teacher, overview, "Members"), "Refresh roster")
    school.do_jobs()
    return follow(teacher, overview, "Members")


def watch(teacher: Browser, members: requests.Response, job: threading.Thread) -> list[str]:
    """What the members page says while the job runs."""
    seen = []
    while job.is_alive():
        seen.append(words(follow(teacher, members, "Look again")))
        time.sleep(0.05)
    return seen


def test_twelve_hundred_people_arrive_with_progress_and_every_change_is_counted(large_school: Campus) -> None:
    school, world = large_school, large_school.lms.world
    teacher, overview = create_space(school, "data-literacy")
    members = follow(teacher, overview, "Members")
    school.lms.faults.delays["roster"] = 0.05

    job = threading.Thread(target=school.do_jobs)
    job.start()
    seen = watch(teacher, members, job)
    school.lms.faults.delays.clear()
    first = teacher.get(members.url)
    world.people["learner-0001"].family_name = "Renamed"
    for leaver in ("learner-0002", "learner-0003"):
        world.withdraw("data-literacy", leaver)
    world.enrol("data-literacy", "siobhan", vocabulary.LEARNER)
    second = read_again(school, teacher, overview)
    third = read_again(school, teacher, overview)

    so_far = [int(found[1].replace(",", "")) for one in seen if (found := re.search(r"([\d,]+) people so far", one))]
    assert so_far, seen[:3]
    assert so_far == sorted(so_far)
    assert 0 < so_far[0] < LEARNERS
    assert (learners(first), learners(third)) == (LEARNERS, LEARNERS - 1)
    assert counts(first) == (LEARNERS + STAFF - 1, 0, 0), "who made the Space was there before the list"
    assert counts(second) == (1, 1, 2)
    assert counts(third) == (0, 0, 0)


def test_a_course_with_nobody_in_it_has_a_space_with_nobody_in_it(school: Campus) -> None:
    for key in [key for key in school.lms.world.courses["biology"].enrolments if key != "helena"]:
        school.lms.world.withdraw("biology", key)

    teacher, overview = create_space_with_roster(school)
    members = follow(teacher, overview, "Members")

    assert "Learners come with the course list, or when they first open the tool." in words(overview)
    assert learners(members) == 0
    assert "Nobody has opened this yet." in words(members)
    assert counts(members) == (0, 0, 0)


def test_without_a_roster_service_people_appear_when_they_first_open_the_tool(school: Campus) -> None:
    school.lms.faults.without_roster = True
    teacher, overview = create_space_with_roster(school)
    nobody = follow(teacher, overview, "Members")

    school.open("biology", "dmitri")
    school.open("biology", "fatima")
    school.open("biology", "jun")
    members = follow(teacher, overview, "Members")

    assert "This LMS does not share its list of people." in words(nobody)
    assert "Refresh roster" not in words(nobody)
    assert (learners(nobody), learners(members)) == (0, 2)
    assert "Дмитрий Соколов" in words(members)
    assert "Jun Takahashi" in words(follow(teacher, overview, "Staff")), "the assistant is among the staff"


def test_a_roster_that_breaks_on_page_3_removes_nobody_says_why_and_is_read_again(
    database_url: str, tmp_path: Path
) -> None:
    with campus(database_url, tmp_path / "data", learners=120) as school:
        teacher, overview = create_space_with_roster(school, "data-literacy")
        school.lms.world.withdraw("data-literacy", "learner-0001")
        school.lms.faults.roster_failure = RosterFailure(
            page=3, status=403, body='{"message": "The term has not begun."}', content_type="application/json"
        )

        refused = read_again(school, teacher, overview)
        school.lms.faults.roster_failure = None
        mended = read_again(school, teacher, overview)

        assert learners(refused) == 120
        assert "The LMS does not let this tool read this course." in words(refused)
        assert "The LMS says: “The term has not begun.”" in words(refused)
        assert "Code: service_forbidden" in words(refused)
        assert counts(refused) == (121, 0, 0), "what was read before still stands"
        assert learners(mended) == 119
        assert "Code:" not in words(mended)
        assert counts(mended) == (0, 0, 1)


def test_a_platform_that_gives_no_token_stops_nobody_but_the_list(school: Campus) -> None:
    school.lms.faults.token_answer = "html"
    teacher, overview = create_space_with_roster(school)

    members = follow(teacher, overview, "Members")
    _, learner = school.open("biology", "siobhan")

    assert "Last read" not in words(members)
    assert "Code: service_answer" in words(members)
    assert heading(learner) == "My progress"


def test_a_learner_may_neither_see_the_members_nor_ask_for_the_roster(school: Campus) -> None:
    create_space_with_roster(school)
    learner, home = school.open("biology", "siobhan")
    reads = school.lms.traffic["roster"]

    page = learner.get(f"{home.url}members")
    forged = learner.post(f"{home.url}roster/refresh", {})
    school.do_jobs()

    assert (page.status_code, "not_allowed" in words(page)) == (403, True)
    assert forged.status_code == 403
    assert school.lms.traffic["roster"] == reads


def test_who_left_keeps_points_and_badge_and_finds_them_again(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    mark_complete(teacher, overview, "O'Connor")
    learner, home = school.open("biology", "siobhan")
    award = follow(learner, home, "See your badge")

    school.lms.world.withdraw("biology", "siobhan")
    gone = read_again(school, teacher, overview)
    still_public = learner.get(award.url)
    school.lms.world.enrol("biology", "siobhan", vocabulary.LEARNER)
    back = read_again(school, teacher, overview)
    _, home_again = school.open("biology", "siobhan")

    assert (counts(gone), counts(back)) == ((0, 0, 1), (1, 0, 0))
    assert still_public.status_code == 200
    assert "10 points" in words(home_again)
    assert "See your badge" in words(home_again)
