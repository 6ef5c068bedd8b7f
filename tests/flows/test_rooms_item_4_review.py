"""Rooms item 4, the review queue: two clicks to the first item, one for each next, and every one can be undone."""

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import func, select

from lti_tool.badges.model import Award
from lti_tool.db import db
from lti_tool.people.visit import Role
from tests.make.evidence import make_evidence_objective, make_handed_in
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_member
from tests.make.visit import make_visit

CROWD = ("Ada Able", "Bo Brown", "Cy Clay")


@dataclass
class Course:
    """A teacher and an assistant, each in a browser without scripts, at the Overview."""

    teacher: Reader
    assistant: Reader


@pytest.fixture
def course(app: Flask, organization: str, space: str) -> Course:
    objective = make_evidence_objective(space, organization, "Explore the lab", private_criteria="Newts count double.")
    make_evidence_objective(space, organization, "Draw a map")
    for name in CROWD:
        make_handed_in(objective, make_member(space, organization, name), f"By {name}")
    make_member(space, organization, "Di Dunn")
    readers = []
    for name, is_assistant in (("Tess Teacher", False), ("Tom Tutor", True)):
        person = make_person(organization, name)
        visit = make_visit(
            app, organization=organization, person=person, space=space, role=Role.STAFF, assistant=is_assistant
        )
        readers.append(Reader(visit.client).open(f"{visit.path}/"))
    return Course(*readers)


def held() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Award.revoked_at.is_(None))) or 0


def test_one_click_for_each_and_a_slip_is_undone(course: Course) -> None:
    first = course.teacher.press("Review 3 waiting")  # the second click; the first one opened the course's tool
    for words in ("Ada Able: Explore the lab", "1 of 3 waiting", "By Ada Able", "Newts count double."):
        assert words in first.says
    second = course.assistant.press("Review 3 waiting")
    assert "Bo Brown: Explore the lab" in second.says  # what a colleague has is passed over

    third = first.press("Accept")
    assert "Cy Clay: Explore the lab" in third.says
    assert ("Accepted: Ada Able" in third.says, held()) == (True, 1)
    again = third.press("Undo")
    assert ("Ada Able: Explore the lab" in again.says, "You are reviewing this." in again.says) == (True, True)
    assert held() == 0

    after = again.press("Skip").press("Return with this reason", preset=third_reason(again))
    assert ("Sent back: Cy Clay" in after.says, "Ada Able" in after.says) == (True, True)
    course.assistant.press("Accept")
    end = after.press("Accept")
    for words in ("All caught up", "Di Dunn", "Tom Tutor", "Decided lately"):
        assert words in end.says
    assert held() == 2


def third_reason(item: Reader) -> str:
    """A reason as it stands in the list of those to begin with."""
    return str(item.form_of("Return with this reason").inputs["preset"].value_options[3])


def test_the_empty_the_refused_and_the_undone_case(course: Course) -> None:
    empty = course.assistant.open(f"{course.assistant.path}review")
    empty.answer = empty.client.get(f"{empty.path}?objective=", follow_redirects=True)
    chosen = next(one for one in empty.page.xpath("//option") if one.text == "Draw a map").get("value")
    assert "All caught up" in empty.open(f"{empty.path}?objective={chosen}").says

    item = course.teacher.press("Review 3 waiting")
    submission = item.path.rpartition("/")[2]
    nothing = item.press("Return with this reason")
    assert (nothing.answer.status_code, "Say what is missing" in nothing.says) == (422, True)
    early = empty.open(f"{empty.path}/{submission}")
    assert "Tess Teacher is reviewing this until" in early.says

    nothing.press("Return with this reason", reason="One more sentence, please.")
    late = empty.follow("Review queue").follow("Ada Able")
    assert ("Tess Teacher sent it back" in late.says, "One more sentence, please." in late.says) == (True, True)
    undone = late.press("Undo this decision")
    assert "Undone. It waits again, and you are reviewing it." in undone.says
    twice = undone.client.post(
        f"{undone.path}/undo", data={"form_token": undone.form_of("Accept").fields["form_token"]},
        headers={"Origin": "http://localhost:8000"},
    )  # fmt: skip
    assert (twice.status_code, "There is nothing to undo" in twice.text) == (409, True)
