"""Rooms item 8, "Why not yet?": on every objective, for the learner and for staff who look at that learner."""

import pytest
from flask import Flask

from lti_tool import clock
from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.db import db, transaction
from lti_tool.spaces.model import Objective, Space
from lti_tool.spaces.review.deciding import give_back
from tests.make.award import make_award
from tests.make.badge_objective import foreign, make_badge_objective
from tests.make.evidence import learner_visit, make_evidence_objective, make_handed_in
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_badge, make_member_of, make_objective, make_space
from tests.make.visit import Visitor, make_staff_visit


class Course:
    """A Space with one learner, a teacher, and the browsers of both."""

    def __init__(self, app: Flask) -> None:
        self.organization = make_organization()
        self.space = make_space(self.organization)
        self.person = make_person(self.organization, "Ada Ablett", "ada@example.org")
        self.member = make_member_of(self.space, self.person)
        self.teacher = make_staff_visit(app, self.organization, self.space)
        self.learner = learner_visit(app, self.organization, self.space, self.member)

    def asks(self, visitor: Visitor, title: str) -> str:
        """From the first page to the objective: the second click (target 5)."""
        return Reader(visitor.client).open(f"{visitor.path}/").follow(title).says

    def staff_see(self, title: str) -> str:
        grid = Reader(self.teacher.client).open(f"{self.teacher.path}/progress/{self.member}")
        return grid.follow(title).says


@pytest.fixture
def course(app: Flask) -> Course:
    return Course(app)


def test_the_list_follows_the_evidence_from_nothing_to_the_award(course: Course) -> None:
    objective = make_evidence_objective(course.space, course.organization, "Cut an onion", private_criteria="Ask mum")
    nothing, for_staff = course.asks(course.learner, "Cut an onion"), course.staff_see("Cut an onion")
    draft = make_handed_in(objective, course.member, "I did", send=False)
    own_draft, staff_draft = course.asks(course.learner, "Cut an onion"), course.staff_see("Cut an onion")
    form = Reader(course.learner.client).open(f"{course.learner.path}/").follow("Cut an onion")
    form.follow("Go on with your draft").press("Hand it in", text="I did")
    waiting, staff_waiting = course.asks(course.learner, "Cut an onion"), course.staff_see("Cut an onion")
    reviewer = make_person(course.organization, "Tom")
    with transaction():
        give_back(course.space, draft, by=reviewer, reason="Show the *onion*.")
    returned, staff_returned = course.asks(course.learner, "Cut an onion"), course.staff_see("Cut an onion")

    assert "Not yet: You hand in evidence" in nothing
    assert "Next: You can do this. Hand in evidence" in nothing
    assert "Evidence is needed, and none was handed in yet. Next: The learner can do this." in for_staff
    assert "Your evidence is a draft." in own_draft
    assert "Evidence is needed, and none was handed in yet." in staff_draft
    assert "Your teacher reviews it: waiting since" in waiting
    assert "Next: You and other staff can do this. Review it" in staff_waiting
    assert "Not there yet: it came back on" in returned
    assert "The reason: Show the *onion*." in returned
    assert "It was returned on" in staff_returned
    assert "Looked up on" in returned
    assert not [page for page in (nothing, own_draft, waiting, returned) if "Ask mum" in page]


def test_an_objective_without_evidence_says_who_marks_it_and_staff_see_all_on_one_page(course: Course) -> None:
    make_objective(course.space, course.organization, "Peel a carrot")
    own = course.asks(course.learner, "Peel a carrot")
    page = Reader(course.teacher.client).open(f"{course.teacher.path}/progress/{course.member}")

    assert "Your teacher marks it complete when you have done it." in own
    assert "Why not yet? Peel a carrot Nobody of the staff has marked it complete yet." in page.says


def test_a_badge_that_has_not_arrived_and_one_that_is_gone(course: Course) -> None:
    badge = make_badge(course.organization, "Welder")
    ours = make_badge_objective(course.space, badge, "Hold ours")
    make_badge_objective(course.space, foreign("https://x.example/b", "https://x.example/i"), "Hold theirs")
    before, theirs = course.asks(course.learner, "Hold ours"), course.asks(course.learner, "Hold theirs")
    award = make_award(badge, Recipient(person=course.person))
    with transaction():
        revoke_award(award, reason="By mistake")
    after, staff_after = course.asks(course.learner, "Hold ours"), course.staff_see("Hold ours")

    assert "The badge has not arrived in your backpack." in before
    assert "Prove an address" in before
    assert "If you have it, import it." in theirs
    assert "Import the badge" in theirs
    assert "Backpacks were last looked at on" in before or db.session.get_one(Objective, ours).checked_at is None
    assert "It is not complete any more: The badge was revoked." in after
    assert "It is not complete any more: The badge was revoked." in staff_after


def test_what_was_taken_back_says_why_and_when_it_is_given_again_all_is_well(course: Course) -> None:
    objective = make_objective(course.space, course.organization, "Peel a carrot")
    here = f"progress/{course.member}/{objective}"
    course.teacher.post(f"{here}/complete")
    course.teacher.post(f"{here}/take-back", {"reason": "That was a potato."})
    gone, for_staff = course.asks(course.learner, "Peel a carrot"), course.staff_see("Peel a carrot")
    course.teacher.post(f"{here}/complete")
    again, staff_again = course.asks(course.learner, "Peel a carrot"), course.staff_see("Peel a carrot")

    assert "It was complete, and was taken back on" in gone
    assert "The reason: That was a potato." in gone
    assert "was taken back on" in for_staff
    assert ("Where you stand Complete since" in again, "Why not yet?" in again) == (True, False)
    assert "Why not yet?" not in staff_again


def test_in_an_ended_space_and_for_a_preview_nobody_can_act(app: Flask, course: Course) -> None:
    make_objective(course.space, course.organization, "Peel a carrot")
    tester = make_person(course.organization, "Test Student")
    member = make_member_of(course.space, tester, preview=True)
    preview = learner_visit(app, course.organization, course.space, member, preview=True)
    seen = course.asks(preview, "Peel a carrot")
    with transaction():
        db.session.get_one(Space, course.space).archived_at = clock.now()

    ended = Reader(course.learner.client).open(f"{course.learner.path}/").follow("Peel a carrot").says

    assert "Staff and previews earn nothing." in seen
    assert "The Space has ended: nothing is completed any more." in ended
    assert "Nobody can change this here." in ended


def test_one_learner_cannot_ask_about_another(course: Course, app: Flask) -> None:
    objective = make_objective(course.space, course.organization, "Peel a carrot")
    other = learner_visit(
        app, course.organization, course.space, make_member_of(course.space, make_person(course.organization, "Bo"))
    )
    elsewhere = make_staff_visit(app, course.organization, make_space(course.organization, "Chemistry"))

    assert other.get(f"progress/{course.member}/{objective}").status_code == 403
    assert elsewhere.get(f"progress/{course.member}/{objective}").status_code == 404
    assert elsewhere.get(f"objectives/{objective}").status_code == 404
