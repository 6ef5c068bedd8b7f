"""The LMS hears back, item 2: what is sent, waiting, refused or shown otherwise, in plain words."""

from datetime import UTC, datetime, timedelta

import requests
from sqlalchemy import update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.launch.gradebook import read_back_by_schedule
from lti_tool.launch.pausing import PlatformPause
from lti_tool.sandbox.trouble import Trouble
from tests.flows.steps import add_objective, create_space_with_roster, mark_complete
from tests.make.hands import follow, press
from tests.make.lms import Browser, Campus, words


def begin(school: Campus) -> tuple[Browser, requests.Response]:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    return teacher, overview


def gradebook_page(teacher: Browser, overview: requests.Response) -> requests.Response:
    return teacher.get(f"{overview.url}gradebook")


def do_jobs_later(school: Campus) -> None:
    with transaction():
        db.session.execute(update(Job).where(Job.finished_at.is_(None)).values(run_at=clock.now()))
        db.session.execute(update(PlatformPause).values(until=clock.now()))
    school.do_jobs()


def own_line(school: Campus, learner: str) -> str:
    _, page = school.open("biology", learner)
    return words(page)


def test_a_learner_reads_on_its_way_and_then_since_when(school: Campus) -> None:
    teacher, overview = begin(school)
    assert "gradebook" not in own_line(school, "siobhan")

    mark_complete(teacher, overview, "Siobhán O'Connor")
    assert "On its way to the gradebook." in own_line(school, "siobhan")
    assert "gradebook" not in own_line(school, "ngozi"), "and nobody reads it of somebody else"

    school.do_jobs()
    assert "In the gradebook since" in own_line(school, "siobhan")


def test_while_many_go_staff_see_how_far_it_is_and_the_figures_come_by_themselves(school: Campus) -> None:
    teacher, overview = begin(school)
    mark_complete(teacher, overview, "Siobhán O'Connor")
    mark_complete(teacher, overview, "Ngozi Okafor")

    page = gradebook_page(teacher, overview)
    assert "In the gradebook: 0 of 2. The rest is on its way." in words(page)
    assert 'hx-trigger="every 2s"' in page.text

    school.do_jobs()
    figures = teacher.get(f"{overview.url}gradebook/status", headers={"HX-Request": "true"})
    assert "Sent 2 Waiting 0 Refused 0" in words(figures)
    assert "hx-trigger" not in figures.text
    assert "Show the page as it is now" in words(figures)


def test_a_refusal_is_told_in_plain_words_and_sent_again_for_one_or_for_all(school: Campus) -> None:
    teacher, overview = begin(school)
    enrolments = school.lms.world.courses["biology"].enrolments
    for learner in ("siobhan", "ngozi"):
        enrolments[learner].status = "Inactive"
    mark_complete(teacher, overview, "Siobhán O'Connor")
    mark_complete(teacher, overview, "Ngozi Okafor")
    school.do_jobs()

    page = gradebook_page(teacher, overview)
    assert "The LMS did not take this grade." in words(page)
    assert "userId is not an active learner of the course" in words(page)

    enrolments["siobhan"].status = "Active"
    assert "Not in the gradebook yet. Your teacher sees why." in own_line(school, "siobhan")
    page = press(teacher, page, "Send again: Siobhán O'Connor")
    school.do_jobs()
    page = gradebook_page(teacher, overview)
    assert "Sent 1 Waiting 0 Refused 1" in words(page)

    enrolments["ngozi"].status = "Active"
    press(teacher, page, "Send again all that was refused")
    school.do_jobs()
    assert "Sent 2 Waiting 0 Refused 0" in words(gradebook_page(teacher, overview))


def test_an_lms_that_is_away_is_nobodys_fault_and_all_arrives_once(school: Campus) -> None:
    teacher, overview = begin(school)
    school.lms.faults.troubles = [Trouble(503, at=("scores",), retry_after=60, first=1)]
    mark_complete(teacher, overview, "Siobhán O'Connor")
    school.do_jobs()

    page = gradebook_page(teacher, overview)
    assert "The LMS could not be reached. The grades are sent by themselves as soon as it answers." in words(page)
    assert "<h1>Something went wrong" not in page.text

    do_jobs_later(school)
    assert "Sent 1 Waiting 0 Refused 0" in words(gradebook_page(teacher, overview))
    assert len(school.lms.gradebook.history) == 1


def test_a_lost_answer_makes_no_second_score(school: Campus) -> None:
    teacher, overview = begin(school)
    school.lms.faults.troubles = [Trouble(502, at=("scores",), first=1, acts=True)]
    mark_complete(teacher, overview, "Siobhán O'Connor")
    school.do_jobs()
    do_jobs_later(school)

    assert len(school.lms.gradebook.history) == 1
    assert "Sent 1" in words(gradebook_page(teacher, overview))


def test_in_the_night_the_grades_are_compared_and_what_differs_is_explained(school: Campus) -> None:
    teacher, overview = begin(school)
    for name in ("Siobhán O'Connor", "Ngozi Okafor"):
        mark_complete(teacher, overview, name)
    school.do_jobs()
    [column] = school.lms.gradebook.items("biology")
    sub = school.lms.world.people["siobhan"].sub
    school.lms.gradebook.grade(column, sub, 0.5, at=datetime.now(UTC) - timedelta(minutes=5))

    read_back_by_schedule()
    do_jobs_later(school)

    page = follow(teacher, follow(teacher, overview, "Progress"), "Gradebook: 1 grade asks for you")
    assert "Last compared with the LMS" in words(page)
    assert "Somebody has changed the grade in the LMS." in words(page)
    press(teacher, page, "Send ours: Siobhán O'Connor")
    school.do_jobs()
    shown = school.lms.gradebook.score(column, sub)
    assert shown is not None
    assert shown.given == 1
