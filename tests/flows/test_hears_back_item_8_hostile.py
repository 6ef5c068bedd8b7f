"""Hears back, item 8: an LMS at its worst, and a course that notices nothing of it."""

from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.launch.model import RosterRead
from lti_tool.launch.pausing import PlatformPause
from lti_tool.sandbox.trouble import SERVICES, Trouble
from tests.flows.steps import add_objective, create_space, create_space_with_roster, mark_complete
from tests.make.hands import follow, heading, press
from tests.make.lms import Campus, words


def in_time(school: Campus) -> None:
    """All jobs, also those that wait for their time."""
    for _ in range(6):
        school.do_jobs()
        with transaction():
            db.session.execute(update(Job).where(Job.finished_at.is_(None)).values(run_at=clock.now()))
            db.session.execute(update(PlatformPause).values(until=clock.now()))
    school.do_jobs()


def last_read() -> RosterRead:
    db.session.rollback()
    return db.session.scalars(select(RosterRead).order_by(RosterRead.asked_at.desc(), RosterRead.id.desc())).all()[0]


def test_a_course_at_an_lms_at_its_worst_has_everybody_and_every_score_once(school: Campus) -> None:
    lms = school.lms
    lms.faults.troubles = [
        Trouble(429, at=("roster",), first=1, retry_after=1),
        Trouble(429, at=("line_items",), first=1, retry_after=1, as_date=True),
        Trouble(504, at=("scores",), first=1, acts=True),
        Trouble(503, at=SERVICES, share=0.1, seed=3),
    ]
    lms.faults.roster_shuffled, lms.faults.roster_repeats, lms.faults.clock_skew = 1, 3, 40
    teacher, overview = create_space(school)
    in_time(school)
    lms.keys.rotate()
    lms.keys.retire()
    teacher, overview = school.open("biology", "helena")
    add_objective(teacher, overview)
    mark_complete(teacher, overview, "O'Connor")
    in_time(school)

    [column] = lms.gradebook.items("biology")
    shown = lms.gradebook.score(column, lms.world.people["siobhan"].sub)
    assert (last_read().state, last_read().people) == ("done", 14)
    assert shown is not None
    assert shown.result(column.score_maximum) == column.score_maximum
    assert len(lms.gradebook.history) == 1


def test_an_lms_without_trouble_is_asked_no_more_than_it_must_be(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    once = school.lms.traffic["token"], school.lms.traffic["roster"]
    press(teacher, follow(teacher, overview, "Members"), "Refresh roster")
    school.do_jobs()
    assert once[1] == 1
    assert (school.lms.traffic["token"], school.lms.traffic["roster"]) == (once[0], 2)
    assert (last_read().state, last_read().changed) == ("done", 0)


def test_a_clock_that_is_far_out_is_refused_in_words_and_once_it_is_mended_all_is_well(school: Campus) -> None:
    school.lms.faults.clock_skew = 3600
    _, refused = school.open("biology", "helena")
    school.lms.faults.reset()
    teacher, overview = create_space_with_roster(school)

    assert refused.status_code >= 400
    assert "clock" in words(refused)
    assert "learners" in words(follow(teacher, overview, "Members"))


def test_a_platform_that_answers_nothing_but_faults_says_so_and_the_button_tries_again(school: Campus) -> None:
    trouble = Trouble(500, at=SERVICES)
    school.lms.faults.troubles.append(trouble)
    teacher, overview = create_space(school)
    school.do_jobs()
    told = follow(teacher, overview, "Members")
    school.lms.faults.reset()
    press(teacher, told, "Refresh roster")
    school.do_jobs()

    assert "The LMS could not be reached" in words(told)
    assert "Something went wrong" not in words(told), "a page of the LMS is never shown raw"
    assert (last_read().state, heading(told)) == ("done", "Members")
