"""Rooms item 11, view as student: as a preview person or as one learner, to look and not to touch."""

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.badges.awards import Recipient
from lti_tool.db import db, transaction
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.visit import Role
from lti_tool.spaces.model import Completion, Member
from lti_tool.spaces.staffing.model import SpaceStaff
from tests.make.award import make_award
from tests.make.board import open_board
from tests.make.evidence import learner_visit, make_evidence_objective, make_handed_in
from tests.make.home import make_home
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_badge, make_member_of, make_objective, make_space
from tests.make.visit import make_visit


class Course:
    """A Space with a learner who has done one of two objectives, and a teacher's browser."""

    def __init__(self, app: Flask) -> None:
        self.app, self.organization = app, make_organization()
        self.space = make_space(self.organization)
        self.person = make_person(self.organization, "Ada Ablett", "ada@example.org")
        self.member = make_member_of(self.space, self.person)
        self.done = make_objective(self.space, self.organization, "Cut an onion", private_criteria="Ask mum")
        self.other = make_evidence_objective(self.space, self.organization, "Draw an onion")
        self.tess = make_person(self.organization, "Tess Teacher")
        self.teacher = make_visit(app, organization=self.organization, person=self.tess, space=self.space)
        self.teacher.post(f"progress/{self.member}/{self.done}/complete")

    def first_page(self) -> Reader:
        return Reader(self.teacher.client).open(f"{self.teacher.path}/")

    def as_learner(self) -> Reader:
        return self.first_page().open(f"{self.teacher.path}/progress/{self.member}").press("View as this learner")


@pytest.fixture
def course(app: Flask) -> Course:
    return Course(app)


def deeds() -> list[tuple[str, str | None, str | None, object]]:
    db.session.rollback()
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "space.viewed").order_by(AuditEntry.at))
    return [(row.actor_kind, row.actor, row.subject, row.facts["as"]) for row in rows]


def main_of(page: Reader) -> str:
    return " ".join(page.page.get_element_by_id("content").text_content().split())


def test_one_click_from_any_staff_page_shows_what_a_new_student_sees(course: Course) -> None:
    for page in ("", "progress", "members", "leaderboard", f"progress/{course.member}", f"objectives/{course.done}"):
        seen = Reader(course.teacher.client).open(f"{course.teacher.path}/{page}").press("View as student")
        assert "0 of 2 objectives complete" in seen.says, page
        assert "You see this Space as a student who has just come." in seen.says
        assert "Progress" not in [" ".join(one.text_content().split()) for one in seen.page.xpath("//nav//a")]
        left = seen.press("Leave this view")
        assert "You see this Space" not in left.says
        assert "View as student" in left.says

    assert deeds() == [("person", course.tess, course.space, "preview")] * 6


def test_a_chosen_learner_is_seen_exactly_as_they_see_it_but_for_what_is_theirs_alone(course: Course) -> None:
    make_award(make_badge(course.organization, "Elsewhere"), Recipient(person=course.person))
    own = learner_visit(course.app, course.organization, course.space, course.member)

    view = course.as_learner()
    mine = Reader(own.client).open(f"{own.path}/")

    assert main_of(view) == main_of(mine).replace("Hand in evidence: Draw an onion ", "")
    assert "You see this Space as Ada Ablett sees it." in view.says
    assert main_of(view.follow("Cut an onion")) == main_of(mine.follow("Cut an onion"))
    assert "Ask mum" not in view.says
    make_handed_in(course.other, course.member, "My first try", send=False)
    assert "Draft" not in main_of(view.open(f"{course.teacher.path}/"))
    draft = view.open(f"{course.teacher.path}/objectives/{course.other}").says
    assert "draft" not in draft.replace("drafts and badges", "").lower()
    assert ("In this view nothing can be handed in." in draft, "Hand in evidence" in draft) == (True, False)
    form = view.open(f"{course.teacher.path}/objectives/{course.other}/evidence")
    assert "My first try" not in form.answer.text
    awards = main_of(view.open(f"{course.teacher.path}/awards"))
    assert ("Cut an onion" in awards, "Elsewhere" in awards) == (True, False)
    for private in ("backpack", "addresses", "backpack/collections", "issuers", "launch"):
        closed = course.teacher.get(private)
        assert closed.status_code in (403, 404), private
        assert "ada@example.org" not in closed.text
    back = view.open(f"{course.teacher.path}/").press("Leave this view")
    assert back.path == f"{course.teacher.path}/progress/{course.member}"
    assert deeds() == [("person", course.tess, course.member, "learner")]


def test_while_looking_every_change_is_refused_but_leaving(course: Course) -> None:
    open_board(course.space)
    course.as_learner()
    for rule in course.app.url_map.iter_rules():
        if rule.rule.startswith("/v/") and "POST" in (rule.methods or ()) and rule.endpoint != "room.leave_view":
            page = rule.rule.split("/", 3)[3].replace("<member_id>", course.member)
            page = page.replace("<objective_id>", course.other).replace("<", "").replace(">", "")
            answer = course.teacher.post(page, {"choice": "hide", "as": "preview", "do": "send", "text": "Hello"})
            assert answer.status_code in (403, 404), (rule.rule, answer.status_code)
    db.session.rollback()

    assert db.session.get_one(Member, course.member).hides is False
    assert len(db.session.scalars(select(Completion)).all()) == 1
    refused = course.teacher.post("leaderboard/me", {"choice": "hide"})
    assert "You are looking as a student" in refused.text
    assert "Leave this view" in refused.text
    assert len(deeds()) == 1
    assert course.teacher.post("view-as/leave").status_code == 303
    assert course.teacher.post(f"progress/{course.member}/{course.done}/take-back").status_code == 303


def test_nobody_looks_as_somebody_who_is_no_learner_here_or_without_being_staff(course: Course) -> None:
    elsewhere = make_space(course.organization, "Chemistry")
    stranger = make_member_of(elsewhere, make_person(course.organization, "Bo Bakewell"))
    staff = make_member_of(course.space, make_person(course.organization, "Cy Cookson"), role="staff")
    designer, learner = (
        make_visit(
            course.app, organization=course.organization, person=make_person(course.organization), space=course.space,
            role=role,
        )
        for role in (Role.DESIGNER, Role.MEMBER)
    )  # fmt: skip
    asked = [course.teacher.post("view-as", {"as": one}).status_code for one in (stranger, staff, "nobody", "")]

    assert asked == [404, 404, 404, 400]
    assert designer.post("view-as", {"as": course.member}).status_code == 403
    assert learner.post("view-as", {"as": "preview"}).status_code == 403
    assert deeds() == []
    assert designer.post("view-as", {"as": "preview"}).status_code == 303
    assert "0 of 2 objectives complete" in Reader(designer.client).open(f"{designer.path}/").says


def test_a_view_of_somebody_who_has_left_is_over(course: Course) -> None:
    course.as_learner()
    with transaction():
        db.session.get_one(Member, course.member).status = "inactive"

    page = course.first_page()

    assert "You see this Space" not in page.says
    assert "View as student" in page.says


def test_at_home_it_holds_for_that_space_only_and_ends_there(course: Course) -> None:
    other = make_space(course.organization, "Chemistry")
    with transaction():
        for space in (course.space, other):
            db.session.add(SpaceStaff(space_id=space, person_id=course.tess, role="teacher"))
    home = make_home(course.app, course.tess)
    here, there = f"spaces/{course.space}", f"spaces/{other}"

    assert home.post(f"{here}/view-as", {"as": course.member}).status_code == 303
    seen, elsewhere = (home.client.get(f"/home/{space}/").text for space in (here, there))
    refused = home.post(f"{here}/progress/{course.member}/{course.done}/take-back")
    left = home.post(f"{here}/view-as/leave")

    assert "as Ada Ablett sees it" in seen
    assert "sees it" not in elsewhere
    assert refused.status_code == 403
    assert left.location.endswith(f"/home/{here}/progress/{course.member}")
    assert "sees it" not in home.client.get(f"/home/{here}/").text
    assert home.post(f"{here}/progress/{course.member}/{course.done}/take-back").status_code == 303
