"""What a mentor sees: the learners who were named to them, what each has done, and nobody else (decision 32).

No rank, no other person's name and no reason stands here, and of evidence only what was accepted and the learner
shares; nothing can be changed.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.model import Person
from lti_tool.people.names import code_of
from lti_tool.people.visit import current_visit
from lti_tool.spaces.evidence.model import Attachment, FileCheck, Submission
from lti_tool.spaces.evidence.reads import Part, evidence_states, part_of
from lti_tool.spaces.evidence.rules import ACCEPTED
from lti_tool.spaces.here import space_here
from lti_tool.spaces.model import Member
from lti_tool.spaces.objective_reads import own_objectives


@dataclass(frozen=True)
class Followed:
    """One learner who was named to a mentor. An address is for staff: here a name stands, or a code."""

    id: str
    name: str | None
    points: int
    completed: int
    has_left: bool

    @property
    def code(self) -> str:
        return code_of(self.id)


@needs(Permission.SPACE_FOLLOW)
def following() -> ResponseReturnValue:
    """GET /following: the list, or at once the only one"""
    space = space_here()
    found = _followed(space.id, current_visit().mentees)
    if len(found) == 1:
        return redirect(page_url("room.followed", member_id=found[0].id), 303)
    if not found:
        return render_template("spaces/home_waiting.html", why="observer")
    states = evidence_states(space.id, [one.id for one in found])
    waiting = Counter(member for (member, _), state in states.items() if state == "waiting")
    return render_template("spaces/following/list.html", space=space, followed=found, waiting=waiting)


@needs(Permission.SPACE_FOLLOW)
def followed(member_id: str) -> ResponseReturnValue:
    """GET /following/<member_id>"""
    space = space_here()
    found = _followed(space.id, current_visit().mentees)
    one = next((one for one in found if one.id == member_id), None)
    if one is None:
        raise Problem("not_found")
    states = evidence_states(space.id, [one.id])
    return render_template(
        "spaces/following/learner.html", space=space, learner=one, others=len(found) > 1,
        objectives=own_objectives(space.id, one.id), shared=_shared(space.id, one.id),
        states={objective: state for (_, objective), state in states.items()},
    )  # fmt: skip


def _followed(space_id: str, persons: Sequence[str]) -> list[Followed]:
    """Those of `persons` who learn in this Space, or did; by name."""
    query = (
        select(Member.id, Person.name, Member.points, Member.completed, Member.status == "inactive")
        .join(Person, Person.id == Member.person_id)
        .where(
            Member.space_id == space_id, Member.person_id.in_(persons), Member.role == "member",
            Member.status.in_(("active", "inactive")), Person.erased_at.is_(None),
        )
        .order_by(Member.sort_name, Member.id)
    )  # fmt: skip
    return [Followed(*row) for row in db.session.execute(query)]


def _shared(space_id: str, member_id: str) -> Mapping[str, Sequence[Part]]:
    """{objective: links and files} of what was accepted and the learner shares."""
    query = (
        select(
            Submission.objective_id, Attachment.id, Attachment.kind, Attachment.url, Attachment.name,
            Attachment.media_type, Attachment.size, FileCheck.state,
        )
        .outerjoin(FileCheck, FileCheck.digest == Attachment.file_key)
        .join(Submission, Submission.id == Attachment.submission_id)
        .where(
            Submission.space_id == space_id, Submission.member_id == member_id, Submission.state == ACCEPTED,
            Submission.shares,
        )
        .order_by(Submission.attempt, Attachment.position, Attachment.id)
    )  # fmt: skip
    found: defaultdict[str, list[Part]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row.objective_id].append(part_of(row))
    return found
