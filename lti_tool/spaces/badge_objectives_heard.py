"""When badge objectives are looked at: whenever a badge arrives or goes, when somebody comes, and once a day."""

import time
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from lti_tool import clock
from lti_tool.badges.events import HoldingChanged
from lti_tool.db import db, transaction
from lti_tool.spaces.badge_objectives import look, tracked_in
from lti_tool.spaces.events import MembersCame
from lti_tool.spaces.looks_asked import (
    LONGEST_RUN,
    LOOKED_EVERY,
    MOST_AT_ONCE,
    ask_for_newcomers,
    ask_where_it_concerns,
)
from lti_tool.spaces.model import Objective, Space

JOB = "objectives.look"


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
    ask_where_it_concerns(JOB, happened, spaces)


def on_members_came(happened: MembersCame) -> None:
    """What they hold already counts as soon as they are here (SP-10)."""
    if db.session.scalar(tracked_in(happened.space).limit(1)) is not None:
        ask_for_newcomers(JOB, happened)


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
    now, until = clock.now(), time.monotonic() + LONGEST_RUN
    old = or_(Objective.checked_at.is_(None), Objective.checked_at < now - LOOKED_EVERY)
    due = (
        select(Objective.id, Objective.space_id)
        .join(Space, Space.id == Objective.space_id)
        .where(
            and_(Objective.kind == "badge", Objective.archived_at.is_(None), old), Space.archived_at.is_(None),
            Space.ends_on >= now.date() - timedelta(days=1),
        )
        .order_by(Objective.checked_at, Objective.id)
        .limit(MOST_AT_ONCE)
    )  # fmt: skip
    for objective, space in db.session.execute(due).all():
        with transaction():
            look(space, objectives=[objective])
        if time.monotonic() > until:
            return
