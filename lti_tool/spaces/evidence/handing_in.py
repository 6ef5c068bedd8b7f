"""Handing in: a draft is kept, sent, changed until a reviewer has opened it, and taken back until it is decided.

Whoever changes an attempt shares the Space, then holds the member, then the attempt; reviewers do the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from lti_tool import clock
from lti_tool.badges.texts import clean_link, clean_prose
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.kept_files import forget_files, keep_file
from lti_tool.spaces.completions import hold_pair
from lti_tool.spaces.evidence import problems  # noqa: F401 - the words of its refusals
from lti_tool.spaces.evidence.checking import ask_for_check
from lti_tool.spaces.evidence.kinds import GoodFile
from lti_tool.spaces.evidence.model import Attachment, Submission
from lti_tool.spaces.evidence.rules import (
    DRAFT,
    MOST_LINKS,
    TEXT_LENGTH,
    UNDECIDED,
    WAITING,
    may_edit,
    may_withdraw,
    state_when_withdrawn,
)
from lti_tool.spaces.model import Completion, Member, Objective
from lti_tool.words import megabytes, numeral


@dataclass(frozen=True)
class Typed:
    """What a learner sends. `links` are lines; `kept` are the files of before that stay; `base` is what the page that
    they wrote on had read, as `base_of` says it.
    """

    text: str
    links: str = ""
    kept: tuple[str, ...] = ()
    shares: bool = False
    base: str = ""


def base_of(submission: Submission | None) -> str:
    """What a page has read: compared before anything is changed, so that two windows never overwrite each other."""
    return f"{submission.id}:{submission.revision}" if submission else ""


def hand_in(
    objective_id: str, member_id: str, typed: Typed, files: Sequence[GoodFile] = (), *, send: bool
) -> Submission:  # fmt: skip
    """Save what was typed, and `send` it to be reviewed. Files were looked at before; they reach the storage last.

    Raises `Problem` evidence_not_taken, evidence_done, evidence_opened, evidence_changed or evidence_refused, and
    not_found for a file to be kept that is none of this learner's at this objective.
    """
    objective, member = hold_pair(objective_id, member_id)
    _ask_that_it_takes(objective, member)
    submission = undecided(objective_id, member_id)
    if submission is not None and not may_edit(submission.state, is_opened=submission.opened_at is not None):
        raise Problem("evidence_opened")
    if typed.base != base_of(submission):
        raise Problem("evidence_changed")
    text, links = _checked_words(typed)
    earlier = _attachments(submission or latest(objective_id, member_id))
    kept = [one for one in earlier if one.kind == "file" and one.id in typed.kept]
    if len(kept) < len(set(typed.kept)):
        raise Problem("not_found")
    _ask_for_room(kept, files)
    stays_sent = send or (submission is not None and submission.state == WAITING)
    if stays_sent and not (text or links or kept or files):
        raise Problem("evidence_refused", _("There is nothing in it yet. Write something, or add a link or a file."))
    submission = submission or _new_attempt(objective, member)
    submission.text, submission.shares = text, typed.shares
    submission.revision, submission.saved_at = submission.revision + 1, clock.now()
    if send and submission.state == DRAFT:
        submission.state, submission.submitted_at = WAITING, submission.saved_at
    _put_parts(submission, links, kept, files)
    return submission


def withdraw(objective_id: str, member_id: str) -> Submission:
    """Take back what waits. Raises `Problem` evidence_decided where nothing waits any more."""
    hold_pair(objective_id, member_id)
    submission = undecided(objective_id, member_id)
    if submission is None or not may_withdraw(submission.state):
        raise Problem("evidence_decided")
    submission.state = state_when_withdrawn(is_opened=submission.opened_at is not None)
    submission.revision += 1
    submission.claimed_by = submission.claimed_until = None
    if submission.state == DRAFT:
        submission.submitted_at = None
    db.session.flush()
    return submission


def undecided(objective_id: str, member_id: str) -> Submission | None:
    """The draft, or what waits; held until the end of the transaction."""
    query = select(Submission).where(
        Submission.objective_id == objective_id, Submission.member_id == member_id, Submission.state.in_(UNDECIDED)
    )
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def latest(objective_id: str, member_id: str) -> Submission | None:
    query = select(Submission).where(Submission.objective_id == objective_id, Submission.member_id == member_id)
    return db.session.scalar(query.order_by(Submission.attempt.desc()).limit(1))


def _ask_that_it_takes(objective: Objective, member: Member) -> None:
    if objective.evidence == "none" or objective.archived_at is not None:
        raise Problem("evidence_not_taken")
    done = select(Completion.id).where(
        Completion.objective_id == objective.id, Completion.member_id == member.id, Completion.state == "complete"
    )
    if db.session.scalar(done) is not None:
        raise Problem("evidence_done")


def _checked_words(typed: Typed) -> tuple[str, list[str]]:
    text = clean_prose(typed.text)
    if len(text) > TEXT_LENGTH:
        has = {"most": numeral(TEXT_LENGTH), "has": numeral(len(text))}
        raise Problem("evidence_refused", _("The text may have %(most)s characters; it has %(has)s.", **has))
    try:
        links = [clean_link(line, f"“{line.strip()[:80]}”") for line in typed.links.split("\n")]
    except Problem as refused:
        raise Problem("evidence_refused", refused.detail) from None
    found = list(dict.fromkeys(link for link in links if link))
    if len(found) > MOST_LINKS:
        has = {"most": numeral(MOST_LINKS), "has": numeral(len(found))}
        raise Problem("evidence_refused", _("You can add %(most)s links; there are %(has)s.", **has))
    return text, found


def _ask_for_room(kept: Sequence[Attachment], files: Sequence[GoodFile]) -> None:
    settings = current_app.extensions["settings"]
    if len(kept) + len(files) > settings.evidence_files:
        most = settings.evidence_files
        raise Problem("evidence_refused", _("You can hand in %(most)s files; take some away.", most=most))
    if sum(one.size or 0 for one in kept) + sum(len(one.data) for one in files) > settings.evidence_total_bytes:
        most = megabytes(settings.evidence_total_bytes)
        words = _("All files together may have %(most)s MB. Take some away, or make them smaller.", most=most)
        raise Problem("evidence_refused", words)


def _new_attempt(objective: Objective, member: Member) -> Submission:
    last = select(func.max(Submission.attempt)).where(
        Submission.objective_id == objective.id, Submission.member_id == member.id
    )
    submission = Submission(
        space_id=objective.space_id, objective_id=objective.id, member_id=member.id, state=DRAFT, revision=0,
        attempt=(db.session.scalar(last) or 0) + 1,
    )  # fmt: skip
    db.session.add(submission)
    db.session.flush()
    return submission


def _attachments(submission: Submission | None) -> Sequence[Attachment]:
    if submission is None:
        return []
    query = select(Attachment).where(Attachment.submission_id == submission.id)
    return db.session.scalars(query.order_by(Attachment.position, Attachment.id)).all()


def _put_parts(
    submission: Submission, links: Sequence[str], kept: Sequence[Attachment], files: Sequence[GoodFile]
) -> None:  # fmt: skip
    """Exactly these. Files of an earlier attempt are named once more; those that nobody names go."""
    before = _attachments(submission)
    rows = [Attachment(kind="link", url=link, name=link[:200]) for link in links]
    rows += [
        Attachment(kind="file", name=one.name, file_key=one.file_key, media_type=one.media_type, size=one.size)
        for one in kept
    ]
    rows += [_kept_file(file) for file in files]
    db.session.execute(
        delete(Attachment)
        .where(Attachment.submission_id == submission.id)
        .execution_options(synchronize_session=False)
    )
    for place, row in enumerate(rows):
        row.submission_id, row.position = submission.id, place
    db.session.add_all(rows)
    db.session.flush()
    forget_files({one.file_key for one in before})


def _kept_file(file: GoodFile) -> Attachment:
    key = keep_file(file.data)
    ask_for_check(key)
    return Attachment(
        kind="file", name=file.name, file_key=key, media_type=file.media_type, size=len(file.data)
    )  # fmt: skip
