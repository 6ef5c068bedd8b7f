"""What pages show of evidence: attempts with their parts, and at a glance who waits for what."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Row, Select, select

from lti_tool.db import db
from lti_tool.people.model import Person
from lti_tool.spaces.evidence.checking import how_it_stands
from lti_tool.spaces.evidence.forgetting import FilesKept, files_kept
from lti_tool.spaces.evidence.kinds import PICTURES
from lti_tool.spaces.evidence.model import Attachment, FileCheck, Submission
from lti_tool.spaces.evidence.rules import FOR_STAFF, may_edit, own_state, shown_state, staff_may_see
from lti_tool.spaces.model import Objective
from lti_tool.words import numeral


@dataclass(frozen=True)
class Part:
    """A link or a file of an attempt. `stands`: a file is `waiting` for its check, `refused` by it, or neither."""

    id: str
    kind: str
    url: str | None
    name: str
    media_type: str | None
    size: int | None
    stands: str = ""

    @property
    def is_picture(self) -> bool:
        return self.media_type in PICTURES

    @property
    def host(self) -> str:
        """Where a link leads, whatever it looks like."""
        return urlsplit(self.url or "").hostname or ""

    @property
    def megabytes(self) -> str:
        kilobytes = (self.size or 0) / 1024
        if kilobytes < 1024:
            return f"{max(1, round(kilobytes))} KB"
        return f"{numeral(kilobytes / 1024, '#,##0.0')} MB"


@dataclass(frozen=True)
class Attempt:
    """One attempt with what is in it. `by` is who decided; `files_kept` for how long files are, in an ended Space."""

    id: str
    number: int
    state: str
    text: str
    shares: bool
    revision: int
    saved_at: datetime
    submitted_at: datetime | None
    opened_at: datetime | None
    decided_at: datetime | None
    reason: str | None
    by: str | None
    parts: Sequence[Part] = ()
    files_kept: FilesKept | None = None

    @property
    def links(self) -> list[Part]:
        return [part for part in self.parts if part.kind == "link"]

    @property
    def files(self) -> list[Part]:
        return [part for part in self.parts if part.kind == "file"]

    @property
    def base(self) -> str:
        return f"{self.id}:{self.revision}"

    @property
    def can_be_edited(self) -> bool:
        return may_edit(self.state, is_opened=self.opened_at is not None)


def attempts_of(objective_id: str, member_id: str, *, for_staff: bool) -> list[Attempt]:
    """The attempts of one learner at one objective, the latest first, with all of their parts."""
    query: Select[*tuple[Any, ...]] = (
        select(
            Submission.id, Submission.attempt, Submission.state, Submission.text, Submission.shares,
            Submission.revision, Submission.saved_at, Submission.submitted_at, Submission.opened_at,
            Submission.decided_at, Submission.reason, Person.name,
        )
        .outerjoin(Person, Person.id == Submission.decided_by)
        .where(Submission.objective_id == objective_id, Submission.member_id == member_id)
        .order_by(Submission.attempt.desc())
    )  # fmt: skip
    rows = db.session.execute(query).all()
    parts = _parts_of([row.id for row in rows])
    kept = files_kept(objective_id) if rows else None
    found = [Attempt(*[*row, parts[row.id], kept]) for row in rows]
    seen = [one for one in found if staff_may_see(one.state, is_opened=one.opened_at is not None)]
    return seen if for_staff else found


def takes_evidence(space_id: str, objective_id: str) -> str | None:
    """`none`, `allowed` or `required`; None for an objective of another Space."""
    return db.session.scalar(
        select(Objective.evidence).where(Objective.space_id == space_id, Objective.id == objective_id)
    )


def evidence_states(space_id: str, member_ids: Sequence[str]) -> Mapping[tuple[str, str], str]:
    """{(member, objective): `waiting` or `returned`} for staff, of these members; what is missing is neither. Where
    the objective is complete, that counts instead.
    """
    query = select(Submission.member_id, Submission.objective_id, Submission.state).where(
        Submission.space_id == space_id, Submission.member_id.in_(member_ids), Submission.state.in_(FOR_STAFF)
    )
    attempts: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for member, objective, state in db.session.execute(query.order_by(Submission.attempt)):
        attempts[member, objective].append(state)
    shown = {place: shown_state(states) for place, states in attempts.items()}
    return {place: state for place, state in shown.items() if state}


def own_evidence_states(space_id: str, member_id: str) -> Mapping[str, str]:
    """{objective: `draft`, `waiting`, `in_review` or `returned`} for the learner: the latest attempt, if it is open."""
    query = select(Submission.objective_id, Submission.state, Submission.opened_at).where(
        Submission.space_id == space_id, Submission.member_id == member_id
    )
    latest = {
        objective: own_state(state, is_opened=opened_at is not None)
        for objective, state, opened_at in db.session.execute(query.order_by(Submission.attempt))
    }
    return {objective: state for objective, state in latest.items() if state}


def part_of(row: Row[*tuple[Any, ...]]) -> Part:
    """Of columns of Attachment, and of what its check says, if it has one."""
    stands = how_it_stands(row.state) if row.kind == "file" else ""
    return Part(row.id, row.kind, row.url, row.name, row.media_type, row.size, stands)


def _parts_of(submissions: Sequence[str]) -> Mapping[str, Sequence[Part]]:
    found: defaultdict[str, list[Part]] = defaultdict(list)
    query = select(
        Attachment.submission_id, Attachment.id, Attachment.kind, Attachment.url, Attachment.name,
        Attachment.media_type, Attachment.size, FileCheck.state,
    ).where(Attachment.submission_id.in_(submissions))  # fmt: skip
    query = query.outerjoin(FileCheck, FileCheck.digest == Attachment.file_key)
    if submissions:
        for row in db.session.execute(query.order_by(Attachment.position, Attachment.id)):
            found[row.submission_id].append(part_of(row))
    return found
