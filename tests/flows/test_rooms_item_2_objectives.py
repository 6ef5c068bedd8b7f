"""Rooms item 2, objectives: two types, the badge that arrives by itself, their order, and what is undone."""

from dataclasses import dataclass

import pytest
from flask import Flask

from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.db import transaction
from lti_tool.people.visit import Role
from tests.make.award import make_award
from tests.make.backpack import imported, make_learner
from tests.make.foreign_badge import ForeignPlatform, foreign_platform
from tests.make.reader import Reader
from tests.make.space import make_badge, make_member, make_member_of, make_space
from tests.make.visit import make_staff_visit, make_visit


@dataclass
class Course:
    """A teacher and a learner, each in a browser without scripts, and the learner's place."""

    organization: str
    space: str
    person: str
    teacher: Reader
    learner: Reader
    overview: str
    home: str

    def staff(self) -> Reader:
        return self.teacher.open(self.overview)

    def mine(self) -> Reader:
        return self.learner.open(self.home)


@pytest.fixture
def course(app: Flask) -> Course:
    learner = make_learner(app)
    space = make_space(learner.organization)
    make_member_of(space, learner.person)
    inside = make_visit(app, organization=learner.organization, person=learner.person, space=space, role=Role.MEMBER)
    teacher = make_staff_visit(app, learner.organization, space)
    return Course(
        learner.organization, space, learner.person, Reader(teacher.client), Reader(inside.client),
        f"{teacher.path}/", f"{inside.path}/",
    )  # fmt: skip


def add_foreign(course: Course, platform: ForeignPlatform, url: str) -> Reader:
    return course.staff().follow("Add an objective").press(
        "Add the objective", kind="badge", tracked="elsewhere", url=url, points="5"
    )  # fmt: skip


def test_badges_that_arrive_complete_their_objectives_and_take_them_back_when_they_go(course: Course) -> None:
    explorer = make_badge(course.organization, "Explorer")
    with foreign_platform() as platform:
        welding = platform.issue(name="Welding")
        course.staff().follow("Add an objective").press("Add the objective", kind="badge", tracked=explorer)
        add_foreign(course, platform, welding.url)
        waiting = course.mine().follow("Welding").says

        award = make_award(explorer, Recipient(person=course.person))
        course.learner.open(course.home + "backpack/import").press("Check and bring it", url=welding.url)
        both = course.mine().says
        row = imported(course)[0].id  # type: ignore[arg-type]  # it knows the person, as a learner does
        course.learner.open(f"{course.home}backpack/imported/{row}").press("Take it out of the backpack")
        with transaction():
            revoke_award(award, reason="A mistake.")
        neither = course.mine().says
        by_hand = course.staff().follow("Progress").follow("Details of Ada Lovelace")
        by_hand = by_hand.follow("Explorer").press("Mark complete")

    assert "Welding" in waiting
    assert "2 of 2 objectives complete" in both
    assert "0 of 2 objectives complete" in neither
    assert ("The badge was revoked." in neither, "taken out of the backpack" in neither) == (True, True)
    assert "Complete" in by_hand.says
    assert "1 of 2 objectives complete" in course.mine().says


def test_the_order_is_changed_in_one_step_and_what_is_over_is_put_away(course: Course) -> None:
    for title in ("First", "Second", "Third"):
        course.staff().follow("Add an objective").press("Add the objective", title=title, description=f"{title}.")
    course.staff().follow("Third").press("Move it there", after="first")
    moved = course.mine().says

    course.staff().follow("First").press("Archive")
    away = course.mine().says
    course.staff().follow("Archived objectives").follow("First").press("Take it out of the archive")

    assert moved.index("Third") < moved.index("First") < moved.index("Second")
    assert ("First" in away, "First" in course.mine().says) == (False, True)


def test_the_empty_the_refused_and_the_undone_case(app: Flask, course: Course) -> None:
    empty = course.staff().says, course.staff().follow("Archived objectives").says
    form = course.staff().follow("Add an objective")
    nothing = form.press("Add the objective", title="", description="")
    badge_of_nobody = nothing.press("Add the objective", kind="badge", tracked="elsewhere").says
    with foreign_platform() as platform:
        award = platform.issue()
        platform.change(award.path, revoked=True)
        revoked = add_foreign(course, platform, award.url).says

    course.staff().follow("Add an objective").press("Add the objective", title="By mistake", description="Oh.")
    gone = course.staff().follow("By mistake").press("Delete")
    deleted, back = gone.says, gone.press("Undo").says
    make_member(course.space, course.organization, "Bo Bold")
    course.staff().follow("Progress").press("Mark complete")
    page = course.staff().follow("By mistake").says

    assert ("There are no objectives yet." in empty[0], "Nothing is archived." in empty[1]) == (True, True)
    assert "Give one of the two" in badge_of_nobody
    assert "revoked" in revoked
    assert ("Deleted: By mistake" in deleted, "By mistake" in back) == (True, True)
    assert "It cannot be deleted" in page
