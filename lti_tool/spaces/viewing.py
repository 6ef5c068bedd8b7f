"""View as student: staff see the pages of a Space as a learner does, and change nothing until they leave the view.

They look as a preview person who has done nothing, or as one learner of this Space. What is that learner's alone stays
closed: drafts, the backpack, addresses, and awards from elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import request
from sqlalchemy import func, select

from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.outbox import record
from lti_tool.people.access import Permission, may
from lti_tool.people.audit import name_deeds, note
from lti_tool.people.model import Person
from lti_tool.people.visit import Role, Viewing, Visit
from lti_tool.spaces.events import ViewChosen
from lti_tool.spaces.model import Completion, Member
from lti_tool.spaces.objective_reads import OwnAward, own_awards
from lti_tool.words import to_say

PREVIEW = "preview"
NOBODY = ""
_ROOM = "room"
_LEAVE = f"{_ROOM}.leave_view"
_SAFE = {"GET", "HEAD", "OPTIONS"}

catalogue(
    {
        "viewing_only": Entry(
            403, "You are looking as a student", "While you look, nothing is changed, in nobody's name.",
            "you", "Leave this view, and do it as yourself if it is yours to do.",
        ),
        "view_closed": Entry(
            403, "This is not part of the view", "What lies beyond this Space is the learner's alone.",
            "you", "Go back to the Space, or leave this view.",
        ),
    }
)  # fmt: skip
name_deeds({"space.viewed": to_say("Staff looked at a Space as a student")})


def begin_view(visit: Visit, wanted: str) -> None:
    """Look as `preview`, or as a learner of this Space. Raises `Problem` not_found or not_allowed."""
    if wanted != PREVIEW:
        if not may(visit, Permission.SPACE_RUN):
            raise Problem("not_allowed")
        if _learner(visit, wanted) is None:
            raise Problem("not_found")
    who = "preview" if wanted == PREVIEW else "learner"
    note(
        "space.viewed", actor_kind="person", actor=visit.person, organization=visit.organization,
        subject=visit.space if wanted == PREVIEW else wanted, facts={"as": who, "space": visit.space},
    )  # fmt: skip
    record(ViewChosen(visit.id, wanted))


def end_view(visit: Visit) -> None:
    record(ViewChosen(visit.id, None))


def as_student(visit: Visit, viewing_as: str | None) -> Visit:
    """The visit as the one that was chosen would have it; unchanged once it may not be any more."""
    if not viewing_as or not may(visit, Permission.SPACE_BUILD):
        return visit
    looks = replace(visit, role=Role.MEMBER, assistant=False, mentees=())
    if viewing_as == PREVIEW:
        return replace(looks, person=NOBODY, person_name=None, preview=True, viewing=Viewing())
    seen = _learner(visit, viewing_as) if visit.is_staff else None
    if seen is None:
        return visit
    person, name = seen
    return replace(looks, person=person, person_name=name, viewing=Viewing(viewing_as, name))


def check_view(visit: Visit) -> None:
    """Whoever looks as a student reads this Space, and leaves. Raises `Problem` viewing_only or view_closed."""
    if visit.viewing is None or (request.endpoint or "").endswith(_LEAVE):
        return
    if request.method not in _SAFE:
        raise Problem("viewing_only")
    if not (request.blueprint or "").endswith(_ROOM):
        raise Problem("view_closed")


def awards_shown(visit: Visit) -> Sequence[OwnAward]:
    """The own badges from everywhere; to whoever else sees this learner's pages, those that belong to this Space."""
    awards = own_awards(visit.person)
    if not visit.is_seen_by_another:
        return awards
    here = select(Completion.award_id).join(Member, Member.id == Completion.member_id)
    here = here.where(Completion.space_id == visit.space, Member.person_id == visit.person)
    ids = set(db.session.scalars(here))
    return [award for award in awards if award.id in ids]


def without_drafts(visit: Visit, states: Mapping[str, str]) -> Mapping[str, str]:
    """What became of evidence, as whoever looks may know it: a draft is the learner's own."""
    if not visit.is_seen_by_another:
        return states
    return {objective: state for objective, state in states.items() if state != "draft"}


def _learner(visit: Visit, member_id: str) -> tuple[str, str | None] | None:
    """Person and name of a learner who is in the Space of the visit."""
    row = db.session.execute(
        select(Person.id, func.coalesce(Person.name, Member.name))
        .join(Member, Member.person_id == Person.id)
        .where(
            Member.id == member_id, Member.space_id == visit.space, Member.role == "member", Member.status == "active"
        )
    ).one_or_none()
    return (row[0], row[1]) if row else None
