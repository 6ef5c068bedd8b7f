"""Rooms item 3, evidence: written, saved, handed in, changed, opened, returned, sent again, accepted."""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.badges.model import Award
from lti_tool.db import db, transaction
from lti_tool.launch.model import VisitRow
from tests.make.evidence import a_picture, learner_visit, make_evidence_objective
from tests.make.reader import Reader
from tests.make.space import make_member
from tests.make.visit import make_staff_visit

LINK = "https://lab.example/ada"


@dataclass
class Course:
    """A learner and a teacher, each in a browser without scripts."""

    learner: Reader
    teacher: Reader
    home: str
    overview: str

    def at_the_objective(self) -> Reader:
        return self.learner.open(self.home).follow("Explore the lab")

    def review(self) -> Reader:
        return self.teacher.open(self.overview).press("Review 1 waiting")


@pytest.fixture
def course(app: Flask, organization: str, space: str) -> Course:
    make_evidence_objective(space, organization, "Explore the lab")
    learner = learner_visit(app, organization, space, make_member(space, organization, "Ada Able"))
    teacher = make_staff_visit(app, organization, space)
    return Course(Reader(learner.client), Reader(teacher.client), f"{learner.path}/", f"{teacher.path}/")


def test_evidence_goes_back_once_and_earns_the_badge_the_second_time(course: Course) -> None:
    form = course.at_the_objective().follow("Hand in evidence")
    form.press("Save draft", text="I went there.")
    form = course.at_the_objective().follow("Go on with your draft")
    sent = form.press("Hand it in", links=LINK, files=a_picture(), shares="y")
    assert "Waiting for review since" in sent.says
    changed = sent.follow("Change it or take it back").press("Save changes", text="I went there twice.")
    assert "Saved." in changed.says

    item = course.review()
    for words in ("I went there twice.", LINK, "badge.png", "Show your notes."):
        assert words in item.says
    assert "In review" in course.at_the_objective().says
    assert "Save changes" not in course.learner.follow("See it or take it back").says
    item.press("Return with this reason", reason="Say what you saw there.")

    back = course.at_the_objective()
    assert ("Not there yet" in back.says, "Say what you saw there." in back.says) == (True, True)
    form = back.follow("Improve and send again")
    assert form.form_of("Hand it in").fields["text"].strip() == "I went there twice."
    form.press("Hand it in", text="I went there twice, and saw a newt.")
    again = course.review()
    for words in ("saw a newt", "attempt 2", "Attempt 1", "I went there twice.", "Say what you saw", "badge.png"):
        assert words in again.says
    again.press("Accept")

    mine = course.at_the_objective()
    for words in ("Complete", "See your badge", "Attempt 2", "Accepted", "Attempt 1", "Say what you saw there."):
        assert words in mine.says
    db.session.rollback()
    assert db.session.scalars(select(Award.evidence)).all() == [LINK]


def test_the_empty_the_refused_and_the_undone_case(course: Course) -> None:
    form = course.at_the_objective().follow("Hand in evidence")
    empty = form.press("Hand it in")
    assert (empty.answer.status_code, "There is nothing in it yet." in empty.says) == (422, True)
    program = (BytesIO(b"MZ\x90\0 a program"), "report.pdf")
    refused = form.press("Hand it in", text="My report", files=program)
    assert (refused.answer.status_code, "“report.pdf” is a program." in refused.says) == (422, True)
    assert refused.form_of("Hand it in").fields["text"].strip() == "My report"

    sent = refused.press("Hand it in")
    back = sent.follow("Change it or take it back").press("Take it back")
    assert "You took it back." in back.says
    assert "All caught up" in course.teacher.open(f"{course.overview}review").says

    with transaction():
        db.session.execute(update(VisitRow).values(last_seen_at=clock.now() - timedelta(hours=2)))
    late = back.press("Hand it in", text="Another hour of work")
    assert (late.answer.status_code, "What you wrote is still here" in late.says) == (401, True)
    assert "Another hour of work" in late.says
