"""Opening an item, deciding it, and undoing that. Completion and award move in the same transaction.

An item is somebody's for ten minutes once they opened it: so two people never do the same work. Whoever changes one
shares the Space, then holds the member, then the submission, as the learner's own acts do.
"""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from lti_tool import clock
from lti_tool.badges.texts import clean_prose
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.spaces.completions import complete, hold_pair, undo_completion
from lti_tool.spaces.evidence.model import REASON_LENGTH, Attachment, Submission
from lti_tool.spaces.evidence.rules import ACCEPTED, RETURNED, WAITING, link_for_award
from lti_tool.spaces.model import Completion
from lti_tool.spaces.review import problems  # noqa: F401 - the words of its refusals
from lti_tool.spaces.review.queue import next_for
from lti_tool.spaces.space import open_space
from lti_tool.words import numeral, to_say

CLAIMED_FOR = timedelta(minutes=10)
_SLIP = to_say("Accepted by mistake.")


def claim(space_id: str, submission_id: str, *, by: str) -> None:
    """Open this item. Raises `Problem` review_claimed, or review_decided where it does not wait any more."""
    _open(_waiting_item(space_id, submission_id, by), by)


def claim_next(
    space_id: str, objective_id: str | None, *, by: str, group: str | None = None, beside: str | None = None,
    backwards: bool = False, lets_go: bool = False,
) -> str | None:  # fmt: skip
    """Open the next item and answer it; None when nothing else waits. `lets_go` of the one `beside`: skipped, it is
    anybody's.
    """
    open_space(space_id)
    if lets_go and beside is not None:
        _let_go(space_id, beside, by)
    found = next_for(by, space_id, objective_id, group=group, beside=beside, backwards=backwards)
    if found is None:
        return None
    _open(found, by)
    return found.id


def accept(space_id: str, submission_id: str, *, by: str) -> None:
    """The objective is complete, and its badge awarded. Raises `Problem` review_claimed or review_decided."""
    submission = _waiting_item(space_id, submission_id, by)
    link = link_for_award(shares=submission.shares, links=_links(submission))
    done = complete(
        objective_id=submission.objective_id, member_id=submission.member_id, by=by, how="evidence", evidence=link
    )
    _decide(submission, ACCEPTED, by)
    if done.changed:  # else somebody else completed it before, and undoing this takes nothing of theirs
        submission.decided_at = db.session.scalar(
            select(Completion.completed_at).where(
                Completion.objective_id == submission.objective_id, Completion.member_id == submission.member_id
            )
        )
    db.session.flush()


def give_back(space_id: str, submission_id: str, *, by: str, reason: str) -> None:
    """Not there yet: the learner reads why, and sends it again. Raises `Problem` as accepting does, or
    review_reason_missing.
    """
    submission = _waiting_item(space_id, submission_id, by)
    said = clean_prose(reason)
    if not said:
        raise Problem("review_reason_missing")
    if len(said) > REASON_LENGTH:
        most = numeral(REASON_LENGTH)
        words = _("A reason has up to %(most)s characters. Make it shorter.", most=most)
        raise Problem("review_reason_missing", words)
    _decide(submission, RETURNED, by)
    submission.reason = said
    db.session.flush()


def undo(space_id: str, submission_id: str, *, by: str) -> None:
    """As if it had not been decided: it waits again, opened by whoever undid it. Raises `Problem` review_undone or
    review_moved_on.
    """
    submission = _held(space_id, submission_id)
    if submission.state not in (ACCEPTED, RETURNED):
        raise Problem("review_undone")
    later = select(func.count()).where(
        Submission.objective_id == submission.objective_id, Submission.member_id == submission.member_id,
        Submission.attempt > submission.attempt,
    )  # fmt: skip
    if db.session.scalar(later):
        raise Problem("review_moved_on")
    if submission.state == ACCEPTED and submission.decided_at is not None:
        undo_completion(
            objective_id=submission.objective_id, member_id=submission.member_id,
            completed_at=submission.decided_at, reason=_SLIP,
        )  # fmt: skip
    submission.state, submission.reason = WAITING, None
    submission.decided_at = submission.decided_by = None
    submission.revision += 1
    _open(submission, by)


def _waiting_item(space_id: str, submission_id: str, by: str) -> Submission:
    submission = _held(space_id, submission_id)
    if submission.state != WAITING:
        raise Problem("review_decided")
    is_taken = submission.claimed_until is not None and submission.claimed_until > clock.now()
    if is_taken and submission.claimed_by != by:
        raise Problem("review_claimed")
    return submission


def _held(space_id: str, submission_id: str) -> Submission:
    """The submission, which nobody else changes until this transaction ends. Raises `Problem` not_found."""
    found = select(Submission.objective_id, Submission.member_id).where(
        Submission.id == submission_id, Submission.space_id == space_id, Submission.state != "draft"
    )
    row = db.session.execute(found).one_or_none()
    if row is None:
        raise Problem("not_found")
    hold_pair(row.objective_id, row.member_id)
    held = select(Submission).where(Submission.id == submission_id).with_for_update()
    return db.session.scalars(held.execution_options(populate_existing=True)).one()


def _open(submission: Submission, by: str) -> None:
    now = clock.now()
    submission.opened_at = submission.opened_at or now
    submission.claimed_by, submission.claimed_until = by, now + CLAIMED_FOR
    db.session.flush()


def _let_go(space_id: str, submission_id: str, by: str) -> None:
    held = select(Submission).where(
        Submission.id == submission_id, Submission.space_id == space_id, Submission.claimed_by == by
    )
    submission = db.session.scalar(held.with_for_update().execution_options(populate_existing=True))
    if submission is not None:
        submission.claimed_by = submission.claimed_until = None
        db.session.flush()


def _decide(submission: Submission, state: str, by: str) -> None:
    submission.state, submission.decided_at, submission.decided_by = state, clock.now(), by
    submission.claimed_by = submission.claimed_until = None
    submission.revision += 1
    submission.opened_at = submission.opened_at or submission.decided_at


def _links(submission: Submission) -> list[str]:
    query = select(Attachment.url).where(Attachment.submission_id == submission.id, Attachment.kind == "link")
    return [url for url in db.session.scalars(query) if url]
