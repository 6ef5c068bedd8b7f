"""The review queue: order, claims, decisions, undoing, and two who decide at once."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update

from lti_tool import clock
from lti_tool.badges.model import Award
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.spaces.completions import complete, take_back
from lti_tool.spaces.evidence.handing_in import Typed, hand_in, withdraw
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.model import Completion, Member, Objective
from lti_tool.spaces.review.deciding import accept, claim, claim_next, give_back, undo
from lti_tool.spaces.review.queue import Where, not_handed_in, waiting_count, waiting_lines, where_it_stands
from lti_tool.spaces.review.reads import recent_decisions
from tests.make.crowd import at_once, together
from tests.make.evidence import make_evidence_objective, make_handed_in
from tests.make.person import make_person
from tests.make.recount import standing_faults
from tests.make.space import make_member
from tests.make.visit import Visitor, make_visit

CROWD = ("Ada A", "Bo B", "Cy C")


@dataclass
class Queue:
    """Three learners who have handed in, the oldest first, and two reviewers."""

    app: Flask
    organization: str
    space: str
    objective: str
    members: list[str]
    waiting: list[str]
    tess: str
    tom: str

    def next(self, by: str, beside: str | None = None, **how: bool) -> str | None:
        with transaction():
            return claim_next(self.space, None, by=by, beside=beside, **how)

    def do(self, act: Callable[..., object], number: int, **words: str) -> None:
        with transaction():
            act(self.space, self.waiting[number], by=self.tess, **words)

    def state(self, number: int) -> str:
        db.session.rollback()
        return str(db.session.scalar(select(Submission.state).where(Submission.id == self.waiting[number])))

    def browser(self, person: str | None = None) -> Visitor:
        return make_visit(self.app, organization=self.organization, person=person or self.tess, space=self.space)

    def completion(self, number: int) -> Completion | None:
        db.session.rollback()
        return db.session.scalar(select(Completion).where(Completion.member_id == self.members[number]))


@pytest.fixture
def queue(app: Flask, organization: str, space: str) -> Queue:
    objective = make_evidence_objective(space, organization, private_criteria="Look twice.")
    members = [make_member(space, organization, name) for name in CROWD]
    waiting = [make_handed_in(objective, member, f"By {name}") for member, name in zip(members, CROWD, strict=True)]
    tess, tom = (make_person(organization, name) for name in ("Tess Teacher", "Tom Tutor"))
    return Queue(app, organization, space, objective, members, waiting, tess, tom)


def count(what: type[Award] | type[Completion]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(what)) or 0


def test_the_oldest_comes_first_and_a_colleague_gets_the_next(queue: Queue) -> None:
    ada, bo, cy = queue.waiting
    assert [queue.next(queue.tess), queue.next(queue.tom), queue.next(queue.tess)] == [ada, bo, ada]
    assert [queue.next(queue.tess, ada), queue.next(queue.tess, cy)] == [cy, ada]
    assert queue.next(queue.tom, bo) is None  # the others are Tess's
    with transaction():
        db.session.execute(update(Submission).values(claimed_until=clock.now() - timedelta(seconds=1)))
    assert queue.next(queue.tom) == ada  # ten minutes are over
    assert where_it_stands(queue.space, bo, None) == Where(2, 3)


def test_next_and_previous_go_round_and_a_skipped_one_is_anybodys(queue: Queue) -> None:
    ada, bo, cy = queue.waiting
    assert queue.next(queue.tess) == ada
    assert queue.next(queue.tess, ada, lets_go=True) == bo
    assert queue.next(queue.tom) == ada
    assert queue.next(queue.tess, bo, backwards=True) == cy
    assert queue.next(queue.tess, cy) == bo  # Ada's is Tom's now


def test_what_is_complete_or_archived_or_taken_back_waits_for_nobody(queue: Queue) -> None:
    with transaction():
        complete(objective_id=queue.objective, member_id=queue.members[0], by=None, how="badge")
        withdraw(queue.objective, queue.members[1])
    assert [line.id for line in waiting_lines(queue.space, None)] == [queue.waiting[2]]
    with transaction():
        take_back(objective_id=queue.objective, member_id=queue.members[0], by=None)
    assert waiting_count(queue.space) == 2
    other = make_evidence_objective(queue.space, queue.organization, "Another")
    assert (waiting_count(queue.space, other), waiting_count(queue.space, queue.objective)) == (0, 2)
    assert [one.member for one in not_handed_in(queue.space, None)] == [queue.members[1]]
    assert [one.member for one in not_handed_in(queue.space, other)] == queue.members
    with transaction():
        db.session.get_one(Objective, queue.objective).archived_at = clock.now()
    assert waiting_count(queue.space) == 0


def test_accepting_completes_and_awards_in_one_act(queue: Queue) -> None:
    queue.do(accept, 0)
    done = queue.completion(0)
    assert done is not None
    assert (queue.state(0), done.state, done.how, done.completed_by) == ("accepted", "complete", "evidence", queue.tess)
    award = db.session.get_one(Award, done.award_id)
    assert (award.awarded_by, award.evidence, award.revoked_at) == (queue.tess, None, None)
    assert db.session.get_one(Member, queue.members[0]).points == 10
    assert standing_faults(queue.space) == []


@pytest.mark.parametrize(
    ("links", "shares", "evidence"),
    [("https://a.example/1", True, "https://a.example/1"), ("https://a.example/1", False, None),
     ("https://a.example/1\nhttps://a.example/2", True, None)],
)  # fmt: skip
def test_a_link_enters_the_award_where_the_learner_said_so(
    queue: Queue, links: str, shares: bool, evidence: str | None
) -> None:
    member = make_member(queue.space, queue.organization, "Di D")
    queue.waiting.append(make_handed_in(queue.objective, member, links=links, shares=shares))
    queue.do(accept, 3)
    assert db.session.scalars(select(Award.evidence)).all() == [evidence]


def test_an_accepted_one_that_is_undone_has_never_been(queue: Queue) -> None:
    queue.do(accept, 0)
    queue.do(undo, 0)
    assert (queue.state(0), queue.completion(0), count(Completion)) == ("waiting", None, 0)
    assert db.session.scalars(select(Award.revocation_reason)).all() == ["Accepted by mistake."]
    assert db.session.get_one(Member, queue.members[0], populate_existing=True).points == 0
    assert standing_faults(queue.space) == []
    queue.do(accept, 0)
    assert (count(Award), queue.state(0)) == (2, "accepted")


def test_undoing_takes_back_only_what_the_decision_did(queue: Queue) -> None:
    queue.do(accept, 0)
    with transaction():
        take_back(objective_id=queue.objective, member_id=queue.members[0], by=queue.tom, reason="Copied")
        complete(objective_id=queue.objective, member_id=queue.members[0], by=queue.tom)
    queue.do(undo, 0)
    done = queue.completion(0)
    assert done is not None
    assert (done.state, done.how, done.completed_by) == ("complete", "marked", queue.tom)
    assert waiting_count(queue.space) == 2


def test_a_returned_one_says_why_and_can_be_undone_until_there_is_another(queue: Queue) -> None:
    queue.do(give_back, 0, reason="Name your\nsources")
    assert (queue.state(0), recent_decisions(queue.space)[0].reason) == ("returned", "Name your\nsources")
    queue.do(undo, 0)
    assert queue.state(0) == "waiting"
    queue.do(give_back, 0, reason="Name them")
    with transaction():
        hand_in(queue.objective, queue.members[0], Typed("Better"), send=False)
    with pytest.raises(Problem, match="review_moved_on"):
        queue.do(undo, 0)
    with pytest.raises(Problem, match="review_reason_missing"):
        queue.do(give_back, 1, reason=" \n ")
    with pytest.raises(Problem, match="review_undone"):
        queue.do(undo, 1)


def test_of_two_who_decide_at_once_the_second_reads_what_the_first_decided(queue: Queue) -> None:
    submission = queue.waiting[0]
    acts = [partial(accept, queue.space, submission, by=queue.tess),
            partial(give_back, queue.space, submission, by=queue.tom, reason="Not yet")]  # fmt: skip
    outcomes = at_once(queue.app, acts)
    assert sorted(map(str, outcomes)) == ["None", "review_decided"]
    assert count(Completion) == count(Award) == (1 if queue.state(0) == "accepted" else 0)
    late = queue.browser(queue.tom).post(f"review/{submission}/decide", {"do": "return", "reason": "My long words"})
    told = " ".join(re.sub("<[^>]+>", " ", late.text).split())
    assert late.status_code == 409
    assert re.search("(Tess Teacher accepted it|Tom Tutor sent it back): .* Your decision was not counted.", told)


def test_many_who_open_the_queue_at_once_get_one_each(queue: Queue) -> None:
    people = [queue.tess, queue.tom, make_person(queue.organization, "Una")]
    assert sorted(map(str, together(queue.app, [partial(queue.next, one) for one in people]))) == sorted(queue.waiting)


def test_what_a_colleague_reviews_is_not_decided_by_another(queue: Queue) -> None:
    queue.do(claim, 0)
    answer = queue.browser(queue.tom).post(f"review/{queue.waiting[0]}/decide", {"do": "return", "reason": "My words"})
    assert (answer.status_code, queue.state(0)) == (409, "waiting")
    assert "Tess Teacher" in answer.text
    page = queue.browser(queue.tom).get(f"review/{queue.waiting[0]}").text
    assert ("is reviewing this until" in page, 'value="accept"' in page) == (True, False)


def test_looking_opens_nothing_and_shows_nothing_that_can_still_change(queue: Queue) -> None:
    page = queue.browser().get(f"review/{queue.waiting[0]}").text
    assert ("By Ada A" in page, "Review this" in page) == (False, True)
    opened = queue.browser().post(f"review/{queue.waiting[0]}/claim", follow_redirects=True).text
    for words in ("By Ada A", "Show your notes.", "Look twice.", "1 of 3 waiting", "You are reviewing this."):
        assert words in opened


def test_one_click_decides_and_brings_the_next(queue: Queue) -> None:
    browser = queue.browser()
    first = browser.post("review/next", follow_redirects=True)
    assert first.request.path.endswith(queue.waiting[0])
    nothing = browser.post(f"review/{queue.waiting[0]}/decide", {"do": "return"})
    assert (nothing.status_code, "Work that goes back needs a reason" in nothing.text) == (422, True)
    second = browser.post(f"review/{queue.waiting[0]}/decide", {"do": "accept"}, follow_redirects=True)
    assert second.request.path.endswith(queue.waiting[1])
    assert f"{queue.waiting[0]}/undo" in second.text
    third = browser.post(
        f"review/{queue.waiting[1]}/decide", {"do": "return", "preset": "Add a picture"}, follow_redirects=True
    )
    assert third.request.path.endswith(queue.waiting[2])
    end = browser.post(f"review/{queue.waiting[2]}/decide", {"do": "accept"}, follow_redirects=True)
    assert ("All caught up" in end.text, "Decided lately" in end.text) == (True, True)
    db.session.rollback()
    reasons = select(Submission.reason).where(Submission.reason.is_not(None))
    assert db.session.scalars(reasons).all() == ["Add a picture"]


def test_an_objective_of_another_space_filters_nothing(queue: Queue) -> None:
    browser = queue.browser()
    assert browser.get("review?objective=elsewhere").status_code == 404
    assert browser.post("review/next", {"objective": "elsewhere"}).status_code == 404
    assert browser.get(f"review?objective={queue.objective}").status_code == 200


def test_a_page_asks_the_same_few_questions_however_many_wait(queue: Queue) -> None:
    browser, asked = queue.browser(), list[str]()
    browser.post("review/next")

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    def statements(page: str) -> int:
        asked.clear()
        assert browser.get(page).status_code == 200
        return len(asked)

    event.listen(db.engine, "before_cursor_execute", note)
    few = [statements(page) for page in ("review", f"review/{queue.waiting[0]}", "")]
    for number in range(6):
        member = make_member(queue.space, queue.organization, f"More {number}")
        make_handed_in(queue.objective, member)
    assert [statements(page) for page in ("review", f"review/{queue.waiting[0]}", "")] == few
    assert max(few) <= 14, few
