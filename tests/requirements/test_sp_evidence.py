"""Evidence, handed in and reviewed before an award: SP-08 and what a learner does of SP-15."""

from flask import Flask
from sqlalchemy import func, select

from lti_tool.badges.model import Award
from lti_tool.db import db
from tests.make.evidence import learner_visit, make_evidence_objective
from tests.make.reader import Reader
from tests.make.space import make_member
from tests.make.visit import make_staff_visit


def awards() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Award)) or 0


def test_sp_08_evidence_is_reviewed_before_the_award(app: Flask, organization: str, space: str) -> None:
    """Evidence may be required: it is handed in and reviewed before the badge is awarded."""
    objective = make_evidence_objective(space, organization, "Explore the lab", "required")
    member = make_member(space, organization, "Ada Able")
    teacher = make_staff_visit(app, organization, space)
    learner = learner_visit(app, organization, space, member)
    at_once = teacher.post(f"progress/{member}/{objective}/complete", follow_redirects=True)
    assert ("needs evidence" in at_once.text, awards()) == (True, 0)

    page = Reader(learner.client).open(f"{learner.path}/").follow("Explore the lab").follow("Hand in evidence")
    page.press("Hand it in", text="I was there.")
    assert awards() == 0
    Reader(teacher.client).open(f"{teacher.path}/").press("Review 1 waiting").press("Accept")

    assert awards() == 1
    assert "See your badge" in page.open(f"{learner.path}/objectives/{objective}").says


def test_sp_15_learners_hand_in_evidence_where_it_is_allowed(app: Flask, organization: str, space: str) -> None:
    """Whether learners may hand in evidence is chosen for each objective."""
    make_evidence_objective(space, organization, "Explore the lab", "allowed")
    make_evidence_objective(space, organization, "Draw a map", "none")
    member = make_member(space, organization, "Ada Able")
    learner = learner_visit(app, organization, space, member)
    page = Reader(learner.client).open(f"{learner.path}/")

    assert "evidence" not in page.follow("Draw a map").says.lower()
    sent = page.open(f"{learner.path}/").follow("Explore the lab").follow("Hand in evidence")
    assert "Waiting for review since" in sent.press("Hand it in", text="I was there.").says
