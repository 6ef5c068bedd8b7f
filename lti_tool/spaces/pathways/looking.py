"""How far everybody has come with the pathways of a Space, kept like other standings (decision 46).

A look reads what the backpacks hold, works out every learner's standing in one pass, and writes what differs. Whoever
completes a pathway is given its badge in the same transaction, once, and keeps it whatever becomes of a step.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, insert, or_, select, update

from lti_tool import clock
from lti_tool.badges.awards import Recipient
from lti_tool.badges.backpack.holding import counting_imports, holdings
from lti_tool.badges.backpack.model import ImportedBadge
from lti_tool.badges.pathways.completing import give_for_completion
from lti_tool.badges.pathways.model import Pathway
from lti_tool.badges.pathways.reads import trees_of
from lti_tool.badges.pathways.rules import State, Step, badges_of, every_step, key_of, progress
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.model import Person
from lti_tool.spaces.model import Member
from lti_tool.spaces.pathways.model import PathwayStanding, SpacePathway
from lti_tool.spaces.space import open_space
from lti_tool.spaces.standings import hold_space

_STANDING = cast(Table, PathwayStanding.__table__)
_AT_ONCE = 5_000
_FEW = 50
Held = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class _Followed:
    """A pathway that is looked at: its tree, and the badge that completing it gives."""

    space: str
    pathway: str
    badge: str | None
    tree: Step


def look(
    space_id: str, *, pathways: Collection[str] | None = None, persons: Collection[str] | None = None,
    at_once: bool = False,
) -> None:  # fmt: skip
    """Bring standings in line with the backpacks: of all pathways that the Space follows, or of these; of all learners,
    or of these persons. One that is being changed waits until it has settled, unless it is to be looked at `at_once`.
    In an ended Space nothing moves (SP-05).

    Inside a transaction, and before anything else of the Space is held.
    """
    hold_space(space_id)
    try:
        open_space(space_id)
    except Problem:
        return
    now = clock.now()
    followed = _followed(space_id, pathways, None if at_once else now)
    if not followed or (persons is not None and not persons):
        return
    learners = _learners(space_id, persons)
    held = held_by_members(space_id, [one.tree for one in followed], persons)
    for one in followed:
        _settle(one, learners, held, now)
    if persons is None:
        seen = update(SpacePathway).where(
            SpacePathway.space_id == space_id, SpacePathway.pathway_id.in_([one.pathway for one in followed])
        )
        seen = seen.values(checked_at=now, settles_at=None)
        db.session.execute(seen.execution_options(synchronize_session=False))


def held_by_members(space_id: str, trees: Sequence[Step], persons: Collection[str] | None = None) -> Held:
    """{member: the badges of these trees that they hold now}, for all learners who hold any; two statements at most."""
    wanted = set().union(*(badges_of(tree) for tree in trees)) if trees else set()
    steps = [step for tree in trees for step in every_step(tree)]
    found: dict[str, set[str]] = {}
    if ours := {step.badge_id for step in steps if step.badge_id}:
        holding = holdings(ours, persons).subquery("holding")
        rows = select(Member.id, holding.c.badge).join(Member, Member.person_id == holding.c.holder)
        for member, badge in db.session.execute(rows.where(_here(space_id, persons))):
            found.setdefault(member, set()).add(badge)
    if theirs := {step.badge_ref for step in steps if step.badge_ref}:
        brought = (
            select(Member.id, ImportedBadge.badge_ref, ImportedBadge.issuer_ref)
            .join(ImportedBadge, ImportedBadge.person_id == Member.person_id)
            .where(ImportedBadge.badge_ref.in_(theirs), counting_imports(), _here(space_id, persons))
        )
        for member, badge, issuer in db.session.execute(brought):
            found.setdefault(member, set()).add(key_of(None, badge, issuer))
    return {member: frozenset(badges & wanted) for member, badges in found.items()}


def _followed(space_id: str, pathways: Collection[str] | None, now: datetime | None) -> list[_Followed]:
    query = (
        select(Pathway.id, Pathway.completion_badge_id)
        .join(SpacePathway, SpacePathway.pathway_id == Pathway.id)
        .where(SpacePathway.space_id == space_id)
    )
    if pathways is not None:
        query = query.where(Pathway.id.in_(pathways))
    if now is not None:
        query = query.where(or_(SpacePathway.settles_at.is_(None), SpacePathway.settles_at <= now))
    rows = db.session.execute(query.order_by(Pathway.id)).all()
    trees = trees_of([row.id for row in rows])
    return [_Followed(space_id, row.id, row.completion_badge_id, trees[row.id]) for row in rows]


def _here(space_id: str, persons: Collection[str] | None) -> ColumnElement[bool]:
    here = and_(Member.space_id == space_id, Member.role == "member", Member.status == "active")
    return here if persons is None else and_(here, Member.person_id.in_(persons))


def _learners(space_id: str, persons: Collection[str] | None) -> dict[str, Recipient]:
    """{member: who an award to them is for}."""
    rows = select(Member.id, Member.person_id, Person.email).join(Person, Person.id == Member.person_id)
    found = db.session.execute(rows.where(_here(space_id, persons)).order_by(Member.id))
    return {member: Recipient(person, email) for member, person, email in found}


def _settle(followed: _Followed, learners: Mapping[str, Recipient], held: Held, now: datetime) -> None:
    """Write the standings that differ, and give the badge to whoever has completed the pathway and was not given it."""
    known, states = _known(followed, learners), _states(followed.tree, learners, held)
    since = {
        member: known[member].completed_at if member in known and known[member].completed_at else now
        for member, state in states.items()
        if state.is_complete or (member in known and known[member].completed_at)
    }
    awards = _give(followed, [learners[one] for one in since if one not in known or known[one].award_id is None])
    fresh, moved = [], []
    for member, state in states.items():
        old, given = known.get(member), awards.get(learners[member].person or "")
        said: dict[str, Any] = {
            "done": state.done, "total": state.total, "completed_at": since.get(member),
            "award_id": (old.award_id if old else None) or given,
        }  # fmt: skip
        if old is None and state.done:
            fresh.append({"space_id": followed.space, "pathway_id": followed.pathway, "member_id": member, **said})
        elif old is not None and said != {part: getattr(old, part) for part in said}:
            moved.append({"of": member, **{f"new_{part}": value for part, value in said.items()}})
    _write(followed, fresh, moved)


def _give(followed: _Followed, waiting: Sequence[Recipient]) -> Mapping[str, str]:
    return give_for_completion(followed.badge, waiting) if followed.badge and waiting else {}


def _known(followed: _Followed, learners: Mapping[str, Recipient]) -> dict[str, Any]:
    columns = ("member_id", "done", "total", "completed_at", "award_id")
    query = select(*(getattr(PathwayStanding, part) for part in columns)).where(
        PathwayStanding.space_id == followed.space, PathwayStanding.pathway_id == followed.pathway
    )
    if len(learners) <= _FEW:
        query = query.where(PathwayStanding.member_id.in_(learners))
    return {row.member_id: row for row in db.session.execute(query)}


def _states(tree: Step, learners: Mapping[str, Recipient], held: Held) -> dict[str, State]:
    """Everybody's, each combination of badges worked out once."""
    nothing, worked_out = frozenset[str](), dict[frozenset[str], State]()
    states: dict[str, State] = {}
    own = badges_of(tree)
    for member in learners:
        badges = held.get(member, nothing) & own
        if badges not in worked_out:
            worked_out[badges] = progress(tree, badges).whole
        states[member] = worked_out[badges]
    return states


def _write(followed: _Followed, fresh: list[dict[str, Any]], moved: list[dict[str, Any]]) -> None:
    db.session.flush()
    parts = ("done", "total", "completed_at", "award_id")
    again = update(_STANDING).where(
        _STANDING.c.space_id == followed.space, _STANDING.c.pathway_id == followed.pathway,
        _STANDING.c.member_id == bindparam("of"),
    ).values({part: bindparam(f"new_{part}") for part in parts})  # fmt: skip
    connection = db.session.connection()
    for statement, rows in ((insert(_STANDING), fresh), (again, moved)):
        for start in range(0, len(rows), _AT_ONCE):
            connection.execute(statement, rows[start : start + _AT_ONCE])
