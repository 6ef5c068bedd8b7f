"""Steps of the stories about copied courses: a Space with a term behind it, the copy, and who opens it."""

from typing import Any

import requests
from sqlalchemy import select

from lti_tool.db import db
from lti_tool.launch.copies.model import CourseCopy
from lti_tool.launch.model import CourseKey
from lti_tool.sandbox import vocabulary
from lti_tool.sandbox.gradebook import LineItem
from lti_tool.sandbox.world import Course
from tests.flows.picking import choose, go_back, open_picker
from tests.flows.steps import add_objective, create_space
from tests.make.hands import press
from tests.make.lms import Browser, Campus

BRING = "Bring them along"
OFFER = "Bring last term's objectives, pathway and settings, no people"


def space_of_last_term(school: Campus, *objectives: str) -> tuple[Browser, requests.Response]:
    """The biology course's Space with these objectives. Answers the teacher's browser and the overview."""
    teacher, overview = create_space(school)
    for title in objectives or ("Explore the lab",):
        add_objective(teacher, overview, title)
    return teacher, teacher.get(overview.url)


def add_link(school: Campus, title: str) -> str:
    """A teacher adds a link to this objective, with a column of its own. Answers the link's key in the course."""
    browser, picker = open_picker(school, accept_lineitem=True)
    before, _, _ = picker.text.partition(f"<bdi>{title}</bdi></label>")
    view = before.rpartition('value="')[2].partition('"')[0]
    go_back(browser, choose(browser, picker, view, column="on"))
    [placement] = school.lms.deep_links.answers[-1].placements
    return placement.key


def next_term(school: Campus, course: str = "biology", *, learners: tuple[str, ...] = ("siobhan",)) -> Course:
    """The LMS copies the course, and these learners are enrolled in the copy."""
    copy = school.lms.copy_course(course)
    for learner in learners:
        school.lms.world.enrol(copy.key, learner, vocabulary.LEARNER)
    return copy


def known_by(school: Campus, *ways: str) -> None:
    """The LMS says only so that a course is a copy: by `notice`, `history`, `link`, or not at all."""
    school.lms.faults.notices.without = "notice" not in ways
    for name, way in (("context_history", "history"), ("link_history", "link")):
        if way not in ways:
            school.lms.tools.first.custom.pop(name, None)


def bring(school: Campus, course: Course, person: str = "helena") -> tuple[Browser, requests.Response]:
    """A teacher opens the copy and takes the offer. Answers the browser and the overview of the new Space."""
    teacher, offer = school.open(course.key, person)
    return teacher, press(teacher, offer, BRING)


def space_of(course: Course) -> str | None:
    """The id of the Space that the course reaches."""
    db.session.rollback()
    return db.session.scalar(select(CourseKey.space_id).where(CourseKey.context_id == course.context_id))


def noted(course: Course) -> set[tuple[str, str]]:
    """(how it is known, origin) of a copy."""
    db.session.rollback()
    rows = db.session.scalars(select(CourseCopy).where(CourseCopy.context_id == course.context_id))
    return {(row.known_by, row.origin) for row in rows}


def columns(school: Campus, course: Course | str, **members: Any) -> list[LineItem]:
    """The columns of a course in the LMS's gradebook."""
    return school.lms.gradebook.items(course if isinstance(course, str) else course.key, **members)
