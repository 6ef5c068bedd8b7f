"""Objectives: SP-06, SP-07, SP-09 to SP-14, SP-16 and SP-17, in the LMS's frame."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.badges.awards import Recipient
from lti_tool.badges.badge_classes import create_badge
from lti_tool.badges.issuers import create_issuer
from lti_tool.badges.model import Award
from lti_tool.badges.pictures_kept import drawn_picture
from lti_tool.db import db, transaction
from lti_tool.people.model import Organization
from lti_tool.people.visit import Role
from lti_tool.spaces.completions import complete
from lti_tool.spaces.model import Completion, Objective
from tests.api.program import make_program
from tests.make.award import make_award
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_badge, make_member_of, make_objective, make_space
from tests.make.visit import make_staff_visit, make_visit

SECRET = "Look into the log file yourself."


@dataclass
class Room:
    """A teacher and a learner, each in a browser without scripts. `home` and `mine` are their first pages."""

    app: Flask
    organization: str
    space: str
    person: str
    member: str
    teacher: Reader
    learner: Reader
    home: str
    mine: str

    def form(self) -> Reader:
        return self.teacher.open(self.home).follow("Add an objective")

    def add(self, **fields: Any) -> str:
        """Fill in the form and send it. Answers the newest objective."""
        self.form().press("Add the objective", **fields)
        here = select(Objective.id).where(Objective.space_id == self.space)
        return db.session.scalars(here.order_by(Objective.position.desc())).first() or ""

    def is_complete(self, objective: str) -> bool:
        db.session.rollback()
        state = select(Completion.state).where(Completion.objective_id == objective)
        return db.session.scalar(state.where(Completion.member_id == self.member)) == "complete"

    def at_the_cell(self, objective: str) -> Reader:
        return self.teacher.open(f"{self.home}progress/{self.member}/{objective}")


@pytest.fixture
def room(app: Flask, organization: str, space: str) -> Room:
    person = make_person(organization, "Ada Able", "ada@example.org")
    member = make_member_of(space, person)
    teacher = make_staff_visit(app, organization, space)
    learner = make_visit(app, organization=organization, person=person, space=space, role=Role.MEMBER)
    readers = Reader(teacher.client), Reader(learner.client)
    return Room(app, organization, space, person, member, *readers, f"{teacher.path}/", f"{learner.path}/")


def part(page: Reader, legend: str) -> list[str]:
    """The labels of one part of a form, without what is asked only for one of its choices."""
    [found] = [one for one in page.page.iter("fieldset") if one.findtext("legend").strip() == legend]
    for asked_then in found.xpath(".//div[@data-shown-when]"):
        asked_then.getparent().remove(asked_then)
    return [label.text_content() for label in found.iter("label")]


def test_sp_06_objectives_have_two_types_chosen_from_a_list(room: Room) -> None:
    """Objectives have two types, Manual and Badge, chosen from an Objective Type list."""
    form = room.form().form_of("Add the objective")
    kinds = form.xpath(".//label[text()='Objective Type']/following::select[1]/option")

    assert [one.get("value") for one in kinds] == ["manual", "badge"]
    assert [one.text.partition(":")[0] for one in kinds] == ["Manual", "Badge"]


def test_sp_07_marking_complete_awards_the_badge(room: Room) -> None:
    """A manual objective is for something done outside: staff mark a learner complete, and its badge is awarded."""
    objective = room.add(title="Visit the lab", description="Was there.")

    room.at_the_cell(objective).press("Mark complete")

    assert room.is_complete(objective)
    assert db.session.scalars(select(Award).where(Award.person_id == room.person)).one().revoked_at is None


def test_sp_09_a_badge_objective_is_complete_where_the_badge_is_earned(room: Room) -> None:
    """A badge objective looks for one specific badge in the learner's backpack; where it is earned, the objective is
    complete by itself.
    """
    explorer, other = make_badge(room.organization), make_badge(room.organization, "Other")
    objective = room.add(kind="badge", tracked=explorer)
    make_award(other, Recipient(person=room.person))
    before = room.is_complete(objective)

    make_award(explorer, Recipient(person=room.person))

    assert (before, room.is_complete(objective)) == (False, True)
    assert "Complete since" in room.learner.open(room.mine).follow("Explorer").says


def test_sp_10_it_counts_what_was_awarded_elsewhere_and_before(room: Room) -> None:
    """It counts badges that the issuer or its organization awarded outside this Space, and those earned before the
    member or the objective was added.
    """
    with transaction():
        library = create_issuer(
            organization=room.organization, name="Library", url="https://l.example", email="l@l.example"
        ).id
    of_the_library, outside = make_badge_of(library), make_badge(room.organization, "Outside")
    make_award(of_the_library, Recipient(person=room.person))
    there = make_objective(make_space(room.organization, "Another room"), room.organization, badge=outside)
    late = make_person(room.organization, "Late Lee")
    make_award(outside, Recipient(person=late))

    before_the_objective = room.add(kind="badge", tracked=of_the_library)
    elsewhere = room.add(kind="badge", tracked=outside)
    first = room.is_complete(elsewhere)
    mark_there(room, there)
    after = room.is_complete(elsewhere), room.is_complete(before_the_objective)
    room.member = make_member_of(room.space, late)

    assert (first, after, room.is_complete(elsewhere)) == (False, (True, True), True)


def make_badge_of(issuer: str) -> str:
    with transaction():
        return create_badge(
            issuer=issuer, name="Reader", description="Reads.", criteria="Read.", picture=drawn_picture()
        ).id  # fmt: skip


def mark_there(room: Room, objective: str) -> None:
    member = make_member_of(db.session.get_one(Objective, objective).space_id, room.person)
    with transaction():
        complete(objective_id=objective, member_id=member, by=None)


def test_sp_11_the_form_of_a_manual_objective(room: Room) -> None:
    """The form of a manual objective has the badge that it awards, leaderboard points, public criteria and private
    criteria.
    """
    badge = make_badge(room.organization, "Explorer")
    labels = part(room.form(), "A manual objective")

    objective = room.add(
        title="Explore", badge=badge, points="25", public_criteria="Show notes.", private_criteria="Ask."
    )  # fmt: skip

    row = db.session.get_one(Objective, objective)
    assert (row.badge_id, row.points, row.public_criteria, row.private_criteria) == (badge, 25, "Show notes.", "Ask.")
    assert {"Badge", "What learners read: how to complete it", "Notes for staff only"} <= set(labels)


def test_sp_12_points_differ_only_where_the_features_allow_it(room: Room) -> None:
    """Points differ from objective to objective only where the organization's features allow it; otherwise all give
    the same.
    """
    different = db.session.get_one(Objective, room.add(title="A", description="A.", points="25")).points
    with transaction():
        db.session.get_one(Organization, room.organization).may_weigh_points = False

    same = db.session.get_one(Objective, room.add(title="B", description="B.", points="25")).points

    assert (different, same) == (25, 10)


def test_sp_13_public_criteria_are_shown_to_members(room: Room) -> None:
    """Public criteria, how a member earns it, are shown to members."""
    room.add(title="Explore", description="Explored.", public_criteria="Show your notes.")

    assert "Show your notes." in room.learner.open(room.mine).follow("Explore").says


def test_sp_14_private_criteria_are_seen_by_staff_only(room: Room) -> None:
    """Private criteria are seen by staff only: they are on no learner's page, in no table, in no award and not in
    leaderboard or progress of the API.
    """
    objective = room.add(title="Explore", description="Explored.", private_criteria=SECRET)
    room.at_the_cell(objective).press("Mark complete")
    award, program = db.session.scalars(select(Award.id)).one(), make_program(room.app, room.organization)
    pages = ["", f"objectives/{objective}", "awards", "leaderboard", "backpack"]
    seen = [room.learner.open(room.mine + page).answer.get_data() for page in pages]
    seen += [room.teacher.open(room.home + "progress.csv").answer.get_data()]
    public = [f"assertions/{award}", f"assertions/{award}/image.svg", f"credentials/{award}.json"]
    seen += [room.app.test_client().get(f"/public/{one}").get_data() for one in public]
    told = ("leaderboard", "progress.csv", "members")
    seen += [program.get(f"/spaces/{room.space}/{one}").get_data() for one in told]

    assert SECRET in room.at_the_cell(objective).says
    assert not any(SECRET.encode() in one for one in seen)


def test_sp_16_whether_the_badge_goes_with_the_objective(room: Room) -> None:
    """Whether the badge is revoked with the objective is chosen: if it is, taking the objective back revokes the
    award, otherwise the award stays.
    """
    objectives = [room.add(title=title, description=".") for title in ("Goes", "Stays")]
    keeping = room.teacher.open(f"{room.home}objectives/{objectives[1]}").follow("Change")
    keeping.press("Save", revoke_with_objective="")
    for objective in objectives:
        room.at_the_cell(objective).press("Mark complete").press("Take back")

    query = select(Completion.state, Award.revoked_at.is_not(None)).join(Award, Award.id == Completion.award_id)
    assert [tuple(row) for row in db.session.execute(query.order_by(Completion.id))] == [
        ("taken_back", True), ("taken_back", False),
    ]  # fmt: skip


def test_sp_17_the_form_of_a_badge_objective(room: Room) -> None:
    """The form of a badge objective has only the badge to look for and its points."""
    badge = make_badge(room.organization, "Explorer")
    labels = part(room.form(), "A badge objective")

    row = db.session.get_one(Objective, room.add(kind="badge", tracked=badge, points="15"))

    assert labels == ["Badge to look for"]
    assert (row.kind, row.badge_id, row.title, row.points, row.evidence) == ("badge", badge, "Explorer", 15, "none")
