"""When standings on pathways are looked at: whenever a badge arrives or goes, when somebody comes, when a pathway has
been changed, and once a day.
"""

import time
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update

from lti_tool import clock
from lti_tool.badges.events import AwardCorrected, HoldingChanged, PathwayChanged, PathwayDeleted
from lti_tool.badges.pathways.model import PathwayElement
from lti_tool.db import db, transaction
from lti_tool.jobs import RetryLater, enqueue
from lti_tool.spaces.events import MembersCame
from lti_tool.spaces.looks_asked import (
    LONGEST_RUN,
    LOOKED_EVERY,
    MOST_AT_ONCE,
    ask_for_newcomers,
    ask_where_it_concerns,
)
from lti_tool.spaces.model import Space
from lti_tool.spaces.pathways.looking import look
from lti_tool.spaces.pathways.model import PathwayStanding, SpacePathway

JOB, SETTLE = "pathways.look", "pathways.settle"
SETTLES_AFTER = timedelta(minutes=10)


def on_holding_changed(happened: HoldingChanged) -> None:
    """Look in every Space that follows a pathway with this badge and has somebody whom it may concern."""
    named = PathwayElement.badge_ref == happened.badge_ref
    if happened.badge is not None:
        named = PathwayElement.badge_id == happened.badge
    spaces = (
        select(SpacePathway.space_id)
        .join(PathwayElement, PathwayElement.pathway_id == SpacePathway.pathway_id)
        .join(Space, Space.id == SpacePathway.space_id)
        .where(named, PathwayElement.removed_at.is_(None), Space.archived_at.is_(None))
    )
    ask_where_it_concerns(JOB, happened, spaces)


def on_members_came(happened: MembersCame) -> None:
    """What they hold already counts as soon as they are here."""
    followed = select(SpacePathway.pathway_id).where(SpacePathway.space_id == happened.space)
    if db.session.scalar(followed.limit(1)) is not None:
        ask_for_newcomers(JOB, happened)


def on_pathway_changed(happened: PathwayChanged) -> None:
    """Whoever builds is left in peace: nobody completes a pathway that has only half of its steps for a moment."""
    waits = update(SpacePathway).where(SpacePathway.pathway_id == happened.pathway)
    waits = waits.values(settles_at=clock.now() + SETTLES_AFTER).returning(SpacePathway.space_id)
    if db.session.scalars(waits.execution_options(synchronize_session=False)).all():
        enqueue(
            SETTLE, {"pathway": happened.pathway}, key=f"{SETTLE}:{happened.pathway}",
            delay=SETTLES_AFTER.total_seconds(),
        )  # fmt: skip


def on_pathway_deleted(happened: PathwayDeleted) -> None:
    """Nobody follows it any more; how far people had come goes with it, and their awards stay."""
    gone = delete(PathwayStanding).where(PathwayStanding.pathway_id == happened.pathway)
    db.session.execute(gone.execution_options(synchronize_session=False))


def on_award_corrected(happened: AwardCorrected) -> None:
    """The new award stands for the completion."""
    points_on = update(PathwayStanding).where(PathwayStanding.award_id == happened.old)
    points_on = points_on.values(award_id=happened.new)
    db.session.execute(points_on.execution_options(synchronize_session=False))


def look_by_job(arguments: dict[str, Any]) -> None:
    """At some persons in one transaction; at everybody pathway by pathway, so that nobody waits for long."""
    space, persons = arguments["space"], arguments["persons"]
    if persons is not None:
        with transaction():
            look(space, persons=persons)
        return
    followed = select(SpacePathway.pathway_id).where(SpacePathway.space_id == space)
    for pathway in db.session.scalars(followed.order_by(SpacePathway.pathway_id)).all():
        with transaction():
            look(space, pathways=[pathway])


def settle_by_job(arguments: dict[str, Any]) -> None:
    """A while after the last change of a pathway, in every Space that follows it."""
    pathway, now = arguments["pathway"], clock.now()
    waiting = select(SpacePathway.space_id, SpacePathway.settles_at).where(
        SpacePathway.pathway_id == pathway, SpacePathway.settles_at.is_not(None)
    )
    rows = db.session.execute(waiting.order_by(SpacePathway.space_id)).all()
    left = max((row.settles_at - now for row in rows), default=timedelta(0))
    if left > timedelta(0):
        raise RetryLater(left.total_seconds() + 1)
    for space, _ in rows:
        with transaction():
            look(space, pathways=[pathway])


def look_by_schedule() -> None:
    """Once a day at everybody: nobody tells when an award expires. Runs on the schedule."""
    now, until = clock.now(), time.monotonic() + LONGEST_RUN
    due = (
        select(SpacePathway.space_id, SpacePathway.pathway_id)
        .join(Space, Space.id == SpacePathway.space_id)
        .where(
            or_(SpacePathway.checked_at.is_(None), SpacePathway.checked_at < now - LOOKED_EVERY),
            Space.archived_at.is_(None), Space.ends_on >= now.date() - timedelta(days=1),
        )
        .order_by(SpacePathway.checked_at, SpacePathway.space_id)
        .limit(MOST_AT_ONCE)
    )  # fmt: skip
    for space, pathway in db.session.execute(due).all():
        with transaction():
            look(space, pathways=[pathway])
        if time.monotonic() > until:
            return
