"""A course is copied for the next term, in a real browser: a click in the LMS, one in the tool, and links that work."""

import pytest
from playwright.sync_api import Page, expect

from lti_tool.sandbox import vocabulary
from tests.browser.conftest import Browsers
from tests.browser.stage import course_page
from tests.browser.walk import add_objective, create_space, open_course, stands_at, tool
from tests.flows.copying import add_link
from tests.make.lms import Campus

pytestmark = pytest.mark.browser


def test_the_next_term_begins_with_one_click(school: Campus, browsers: Browsers) -> None:
    teachers = browsers()
    teacher = open_course(teachers, school, "biology", "helena")
    create_space(teacher)
    add_objective(teacher, "Draw a cell", {"Points": "5"})
    link = add_link(school, "Draw a cell")
    school.do_jobs()

    copy = _copy_the_course(teacher, school)
    school.do_jobs()
    school.lms.world.enrol(copy, "siobhan", vocabulary.LEARNER)
    learner = open_course(browsers(), school, copy, "siobhan", link)
    stands_at(tool(learner), "Your teacher is still setting this up")

    teacher.goto(course_page(school.lms, copy, "helena"))
    frame = tool(teacher)
    expect(frame.get_by_text("1 objective with its badge, points and criteria")).to_be_visible()
    expect(frame.get_by_label("End date of the new term")).not_to_have_value("")
    frame.get_by_role("button", name="Bring them along").click()
    stands_at(frame, "Overview")
    expect(frame.get_by_text("1 objective came along from last term, and no people.")).to_be_visible()

    _undo_and_do_again(teacher)
    learner.reload()
    stands_at(tool(learner), "Draw a cell")


def _copy_the_course(teacher: Page, school: Campus) -> str:
    """By the button of the LMS. Answers the new course's key."""
    teacher.get_by_role("button", name="Copy this course for the next term").click()
    expect(teacher.get_by_role("heading", name="Biology 101, next term")).to_be_visible()
    return list(school.lms.world.courses)[-1]


def _undo_and_do_again(teacher: Page) -> None:
    frame = tool(teacher)
    frame.get_by_role("button", name="Undo").click()
    stands_at(frame, "Create the Space of this course")
    frame.get_by_role("button", name="Bring them along").click()
    expect(frame.get_by_role("link", name="Draw a cell", exact=True)).to_be_visible()
