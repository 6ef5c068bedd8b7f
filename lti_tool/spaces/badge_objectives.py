"""Badge objectives complete themselves: whoever holds the badge has completed them (SP-09, SP-10).

A look compares what the backpacks hold with what the completions say, set by set, and writes what differs. Whatever
staff have said of a learner by hand stands; everything else follows the badge, there and back (decision 44).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Table,
    and_,
    bindparam,
    func,
    insert,
    null,
    select,
    update,
)
from sqlalchemy import (
    cast as as_type,
)

from lti_tool import clock
from lti_tool.badges.backpack.holding import counting_imports, holdings
from lti_tool.badges.backpack.model import ImportedBadge
from lti_tool.db import db, new_id
from lti_tool.errors import Problem
from lti_tool.spaces.badge_objective_reasons import Known
from lti_tool.spaces.model import Completion, Member, Objective
from lti_tool.spaces.moving_many import Moved, move_many
from lti_tool.spaces.space import open_space
from lti_tool.spaces.standings import hold_space

Pair = tuple[str, str]
"""A member and an objective."""

_COMPLETION = cast(Table, Completion.__table__)
_LEARNS = and_(Member.role == "member", Member.status == "active")


@dataclass(frozen=True)
class _Look:
    """What is looked at: these badge objectives of a Space, for everybody or for some persons."""

    space: str
    objectives: Sequence[Objective]
    persons: Collection[str] | None

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.objectives]

    @property
    def learners(self) -> ColumnElement[bool]:
        here = and_(Member.space_id == self.space, _LEARNS)
        return here if self.persons is None else and_(here, Member.person_id.in_(self.persons))


def look(
    space_id: str, *, objectives: Collection[str] | None = None, persons: Collection[str] | None = None
) -> int:  # fmt: skip
    """Bring completions in line with the backpacks: of all badge objectives that are not archived, or of these; for all
    learners, or for these persons. Answers how many completions have changed. In an ended Space nothing moves (SP-05).

    Inside a transaction, and before anything else of the Space is held.
    """
    hold_space(space_id)
    try:
        open_space(space_id)
    except Problem:
        return 0
    found = _Look(space_id, _tracked(space_id, objectives), persons)
    if not found.objectives or (persons is not None and not persons):
        return 0
    held, said, now = _held(found), _said(found), clock.now()
    moved = [*_complete(found, held, said, now), *_take_back(found, held, said, now)]
    move_many(space_id, moved, at=now)
    if persons is None:
        seen = update(Objective).where(Objective.id.in_(found.ids)).values(checked_at=now)
        db.session.execute(seen.execution_options(synchronize_session=False))
    return len(moved)


def tracked_in(space_id: str) -> Select[str]:
    """The badge objectives of a Space that follow their badge."""
    return select(Objective.id).where(
        Objective.space_id == space_id, Objective.kind == "badge", Objective.archived_at.is_(None)
    )


def _tracked(space_id: str, objectives: Collection[str] | None) -> Sequence[Objective]:
    query = select(Objective).where(Objective.id.in_(tracked_in(space_id)))
    if objectives is not None:
        query = query.where(Objective.id.in_(objectives))
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _held(found: _Look) -> dict[Pair, str | None]:
    """Which learner holds the badge of which objective, and an award of ours behind it."""
    ours = {one.badge_id for one in found.objectives if one.badge_id}
    rows = list(db.session.execute(_given_here(found, ours))) if ours else []
    if any(one.badge_ref for one in found.objectives):
        rows += db.session.execute(_brought_here(found))
    return {(row.member, row.objective): row.award for row in rows}


def _said(found: _Look) -> dict[Pair, Any]:
    """What completions say of these objectives and learners."""
    rows = db.session.execute(
        select(
            Completion.id, Completion.member_id, Completion.objective_id, Completion.state, Completion.how,
            Completion.points, Completion.award_id, Member.person_id,
        )
        .join(Member, Member.id == Completion.member_id)
        .where(Completion.objective_id.in_(found.ids), found.learners)
    )  # fmt: skip
    return {(row.member_id, row.objective_id): row for row in rows}


def _given_here(found: _Look, badges: Collection[str]) -> Select[*tuple[Any, ...]]:
    holding = holdings(badges, found.persons).subquery("holding")
    return (
        select(Member.id.label("member"), Objective.id.label("objective"), func.min(holding.c.award).label("award"))
        .select_from(holding)
        .join(Member, Member.person_id == holding.c.holder)
        .join(Objective, Objective.badge_id == holding.c.badge)
        .where(found.learners, Objective.id.in_(found.ids))
        .group_by(Member.id, Objective.id)
    )


def _brought_here(found: _Look) -> Select[*tuple[Any, ...]]:
    """A foreign badge counts by its id and its issuer's (decision 41): both were kept when it was chosen."""
    same = and_(
        ImportedBadge.badge_ref == Objective.badge_ref, ImportedBadge.issuer_ref == Objective.badge_issuer_ref
    )
    return (
        select(Member.id.label("member"), Objective.id.label("objective"), as_type(null(), String).label("award"))
        .select_from(Objective)
        .join(ImportedBadge, same)
        .join(Member, Member.person_id == ImportedBadge.person_id)
        .where(found.learners, Objective.id.in_(found.ids), counting_imports())
        .group_by(Member.id, Objective.id)
    )


def _complete(found: _Look, held: Mapping[Pair, str | None], said: Mapping[Pair, Any], now: datetime) -> list[Moved]:
    points = {one.id: one.points for one in found.objectives}
    fresh, again, moved = [], [], []
    for (member, objective), award in held.items():
        before = said.get((member, objective))
        facts = {"points": points[objective], "completed_at": now, "award_id": award}
        if before is None:
            fresh.append(_new(found.space, member, objective, facts))
        elif (before.how, before.state) == ("badge", "taken_back"):
            again.append({"of": before.id, **facts})
        else:
            continue
        moved.append(Moved(member, objective, points[objective], is_complete=True))
    _many(insert(_COMPLETION), fresh)
    once_more = update(_COMPLETION).where(_COMPLETION.c.id == bindparam("of")).values(
        state="complete", points=bindparam("points"), completed_at=bindparam("completed_at"),
        award_id=bindparam("award_id"), taken_back_at=None, taken_back_by=None, reason=None, gave_award=False,
    )  # fmt: skip
    _many(once_more, again)
    return moved


def _new(space: str, member: str, objective: str, said: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(), "space_id": space, "objective_id": objective, "member_id": member, "state": "complete",
        "how": "badge", "gave_award": False, **said,
    }  # fmt: skip


def _take_back(found: _Look, held: Mapping[Pair, str | None], said: Mapping[Pair, Any], now: datetime) -> list[Moved]:
    """Whoever completed one by a badge that they hold no more, with the reason in words."""
    gone = [
        row for pair, row in said.items() if (row.how, row.state) == ("badge", "complete") and pair not in held
    ]
    known = Known(now, found.objectives, gone)
    away = update(_COMPLETION).where(_COMPLETION.c.id == bindparam("of")).values(
        state="taken_back", taken_back_at=now, taken_back_by=None, reason=bindparam("why")
    )  # fmt: skip
    _many(away, [{"of": row.id, "why": known.reason_for(row)} for row in gone])
    return [Moved(row.member_id, row.objective_id, -row.points, is_complete=False) for row in gone]


def _many(statement: Any, rows: list[dict[str, Any]]) -> None:
    db.session.flush()
    for start in range(0, len(rows), 5_000):
        db.session.connection().execute(statement, rows[start : start + 5_000])
