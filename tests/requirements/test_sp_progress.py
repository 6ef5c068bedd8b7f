"""Learner Progress, from everybody down to one cell, and to take along: SP-22 to SP-26, SP-31, SP-32."""

import csv
import io
import re
from dataclasses import dataclass

import pytest
from flask import Flask

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.spaces.completions import complete
from lti_tool.spaces.members import add_by_email
from lti_tool.spaces.model import Member, Space
from lti_tool.spaces.progress.cells import cell
from tests.make.badge_objective import make_badge_objective
from tests.make.evidence import learner_visit
from tests.make.reader import Reader
from tests.make.space import make_badge, make_member, make_objective
from tests.make.visit import Visitor, make_staff_visit


@dataclass
class Room:
    """A Space with two learners and three objectives, the last one for a badge, and a teacher on the page Progress."""

    space: str
    ada: str
    bo: str
    first: str
    last: str
    teacher: Visitor
    page: Reader


@pytest.fixture
def room(app: Flask, organization: str, space: str) -> Room:
    ada, bo = (make_member(space, organization, name) for name in ("Ada Able", "Bo Baker"))
    first, _ = (make_objective(space, organization, title) for title in ("Read a chart", "Draw a chart"))
    last = make_badge_objective(space, make_badge(organization, "Statistics"), "Hold the badge")
    teacher = make_staff_visit(app, organization, space)
    page = Reader(teacher.client).open(f"{teacher.path}/").follow("Progress")
    return Room(space, ada, bo, first, last, teacher, page)


def table(page: Reader) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page.answer.get_data().decode("utf-8-sig"))))


def test_sp_22_all_learners_with_what_each_has_completed(room: Room) -> None:
    """Learner Progress lists all learners, which objectives each has completed, and the overall pathway progress."""
    with transaction():
        complete(objective_id=room.first, member_id=room.ada, by=None)
    rows = [row.text_content().partition("Details")[0] for row in room.page.follow("Progress").page.xpath("//tbody/tr")]

    assert [("Able" in row, "Baker" in row) for row in rows] == [(True, False), (False, True)]
    assert ("1 of 3" in rows[0], "0 of 3" in rows[1]) == (True, True)


def test_sp_23_details_list_every_objective_of_the_member(room: Room) -> None:
    """Details at the right of each member lead to a list of all objectives with their status for that member."""
    page = room.page.follow("Details of Ada Able")

    said = [" ".join(one.text_content().split()) for one in page.page.xpath("//ul[@class='cell-list']/li")]
    assert [title in line and "Not started" in line for title, line in
            zip(("Read a chart", "Draw a chart", "Hold the badge"), said, strict=True)] == [True] * 3  # fmt: skip


def test_sp_24_an_objective_there_is_that_objective_of_that_member(room: Room) -> None:
    """Choosing an objective there leads directly to that objective of that member."""
    page = room.page.follow("Details of Bo Baker").follow("Read a chart")

    assert ("Bo Baker" in page.says, "Show your notes." in page.says) == (True, True)
    assert page.path.endswith(f"/progress/{room.bo}/{room.first}")


def test_sp_25_it_is_marked_complete_or_its_status_edited(room: Room) -> None:
    """There it is marked complete, or its status edited to mark it complete: of badge objectives, by Edit Status."""
    details = room.page.follow("Details of Bo Baker")
    details.press("Mark complete: Read a chart")
    badge = details.follow("Edit Status: Hold the badge").press("Mark complete")
    db.session.rollback()

    assert [cell(room.space, room.bo, one).state for one in (room.first, room.last)] == ["complete"] * 2
    assert "marked by hand" in badge.says
    assert "Taken back" in badge.press("Take back", reason="Too early").says


def test_sp_26_the_walk_leads_along_members_and_objectives_and_ends(room: Room) -> None:
    """At the top of these pages the previous and next members and objectives are reached in a stable order, as far
    as there are any.
    """
    page = room.page.follow("Details of Ada Able").follow("Draw a chart")
    assert "First" in page.says
    walked = [page.path]
    for step in ("Next: Bo Baker", "Next: Hold the badge", "Previous: Ada Able", "Previous: Draw a chart"):
        walked.append(page.follow(step).path)

    assert walked[-1] == walked[0]
    assert len(set(walked)) == 4
    assert "Last" in page.follow("Next: Bo Baker").says
    filtered = page.open(f"{room.teacher.path}/progress?q=ada").follow("Details of Ada Able")
    assert ("First" in filtered.says, "Last" in filtered.says) == (True, True)


def test_sp_31_the_table_holds_everybody_and_every_objective_under_the_name_that_was_chosen(room: Room) -> None:
    """Learner Progress is exported as a CSV file that the user may name, with every enrolled learner and the
    completion status of each objective.
    """
    with transaction():
        complete(objective_id=room.first, member_id=room.ada, by=None)
    page = Reader(room.teacher.client).open(f"{room.teacher.path}/progress").follow("Export as CSV")
    named = room.teacher.get("progress.csv?name=Autumn: my ../ class.csv").headers["Content-Disposition"]

    assert [[row["Name"], row["Read a chart"], row["Draw a chart"], row["Hold the badge"]] for row in table(page)] == [
        ["Ada Able", "complete", "not started", "not started"],
        ["Bo Baker", "not started", "not started", "not started"],
    ]  # fmt: skip
    assert re.search(r'filename="Autumn- my \.\.- class\.csv"', named)


def test_sp_32_everybody_is_in_it_an_ended_space_too_and_awards_stay(app: Flask, organization: str, room: Room) -> None:
    """Every learner is in the list, also without progress; an archived Space can still be exported, and awards of
    members who left stay in their backpacks.
    """
    with transaction():
        add_by_email(room.space, email="cy@example.org", name="Cy Cook")
        complete(objective_id=room.first, member_id=room.bo, by=None)
        db.session.get_one(Member, room.bo).status = "inactive"
    learner = learner_visit(app, organization, room.space, room.bo)
    with transaction():
        db.session.get_one(Space, room.space).archived_at = clock.now()
    page = Reader(room.teacher.client).open(f"{room.teacher.path}/progress").follow("Export as CSV")

    assert [(row["Name"], row["Status"]) for row in table(page)] == [
        ("Ada Able", "active"), ("Bo Baker", "left"), ("Cy Cook", "open"),
    ]  # fmt: skip
    assert "Read a chart" in Reader(learner.client).open(f"{learner.path}/backpack").says
