"""When badge objectives are looked at: whenever a badge arrives or goes, when somebody comes, and once a day.

A look takes the Space for itself for a moment. So it never runs in the transaction that gave cause to it, which holds
members of other Spaces by then: it is a job, and where few are concerned whoever gave cause does it at once, after
their commit.
"""

import time
from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import and_, or_, select

from lti_tool import clock
from lti_tool.badges.backpack.holding import FEW
from lti_tool.badges.events import HoldingChanged
from lti_tool.db import after_commit, db, transaction, waiting_for_commit
from lti_tool.jobs import enqueue, run_job
from lti_tool.people.home.model import ProvenAddress
from lti_tool.people.model import Person
from lti_tool.spaces.badge_objectives import look, tracked_in
from lti_tool.spaces.events import MembersCame
from lti_tool.spaces.model import Member, Objective, Space

JOB = "objectives.look"
LOOKED_EVERY = timedelta(hours=20)
_LONGEST_RUN = 240.0
_MOST_AT_ONCE = 2_000
_MOST_ACTS = 2 * FEW  # whoever does more in one transaction does not look person by person


def on_holding_changed(happened: HoldingChanged) -> None:
    """Look in every Space that has an objective with this badge and somebody whom it may concern."""
    named = Objective.badge_ref == happened.badge_ref
    if happened.badge is not None:
        named = Objective.badge_id == happened.badge
    spaces = (
        select(Objective.space_id)
        .join(Space, Space.id == Objective.space_id)
        .where(named, Objective.kind == "badge", Objective.archived_at.is_(None), Space.archived_at.is_(None))
    )
    found = sorted(set(db.session.scalars(spaces)))
    if not found:
        return
    persons = concerned(happened)
    if persons is not None:
        here = select(Member.space_id).where(Member.space_id.in_(found), Member.person_id.in_(persons))
        found = sorted(set(db.session.scalars(here)))
    for space in found:
        ask_to_look(JOB, space, persons)


def on_members_came(happened: MembersCame) -> None:
    """What they hold already counts as soon as they are here (SP-10)."""
    if db.session.scalar(tracked_in(happened.space).limit(1)) is not None:
        ask_to_look(JOB, happened.space, happened.persons if len(happened.persons) <= FEW else None)


def look_by_job(arguments: dict[str, Any]) -> None:
    """At some persons in one transaction; at everybody objective by objective, so that nobody waits for long."""
    space, persons = arguments["space"], arguments["persons"]
    if persons is not None:
        with transaction():
            look(space, persons=persons)
        return
    for objective in db.session.scalars(tracked_in(space).order_by(Objective.id)).all():
        with transaction():
            look(space, objectives=[objective])


def look_by_schedule() -> None:
    """Once a day at everybody: nobody tells when an award expires. Runs on the schedule."""
    now, until = clock.now(), time.monotonic() + _LONGEST_RUN
    old = or_(Objective.checked_at.is_(None), Objective.checked_at < now - LOOKED_EVERY)
    due = (
        select(Objective.id, Objective.space_id)
        .join(Space, Space.id == Objective.space_id)
        .where(
            and_(Objective.kind == "badge", Objective.archived_at.is_(None), old), Space.archived_at.is_(None),
            Space.ends_on >= now.date() - timedelta(days=1),
        )
        .order_by(Objective.checked_at, Objective.id)
        .limit(_MOST_AT_ONCE)
    )  # fmt: skip
    for objective, space in db.session.execute(due).all():
        with transaction():
            look(space, objectives=[objective])
        if time.monotonic() > until:
            return


def ask_to_look(job: str, space: str, persons: Sequence[str] | None) -> None:
    """Right after the commit for a few people; by a worker for everybody, and where one transaction does a lot."""
    if persons is None or waiting_for_commit() > _MOST_ACTS:
        enqueue(job, {"space": space, "persons": None}, key=f"{job}:{space}")
        return
    after_commit(partial(run_job, enqueue(job, {"space": space, "persons": list(persons)})))


def concerned(happened: HoldingChanged) -> Sequence[str] | None:
    """Everybody whom it may concern; None for many: then it costs less to look at all who are there."""
    if len(happened.persons) + len(happened.addresses) > FEW:
        return None
    found = {*happened.persons, *_behind(happened.addresses)}
    return sorted(found) if len(found) <= FEW else None


def _behind(addresses: Collection[str]) -> set[str]:
    """Whoever has proved one of the addresses, or is said to have it."""
    if not addresses:
        return set()
    proved = select(ProvenAddress.person_id).where(ProvenAddress.address.in_(addresses))
    said = select(Person.id).where(Person.email.in_(addresses))
    return {*db.session.scalars(proved), *db.session.scalars(said)}
