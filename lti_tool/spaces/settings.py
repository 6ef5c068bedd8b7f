"""What staff change of a Space itself: its words and days, its end by hand and going on, and that it goes away."""

from datetime import date

from sqlalchemy import delete, exists, or_, select, update

from lti_tool import clock
from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.kept_files import forget_files
from lti_tool.outbox import record
from lti_tool.people.audit import Fact, name_deeds
from lti_tool.people.deeds import note_deed
from lti_tool.spaces.days import end_of_day, notices_behind, today_in
from lti_tool.spaces.events import SpaceDeleted
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.groups.model import SpaceGroup
from lti_tool.spaces.model import Completion, Member, Objective, Space, StandingBand
from lti_tool.spaces.pathways.model import PathwayStanding, SpacePathway
from lti_tool.spaces.space import ask_that_it_fits, has_ended, known_zone, space_name
from lti_tool.spaces.staffing.model import SpaceInvitation, SpaceStaff
from lti_tool.words import to_say

# Groups take their members' places in them along: before the members go.
_OWN_ROWS = (SpaceGroup, PathwayStanding, SpacePathway, SpaceInvitation, SpaceStaff, Objective, StandingBand, Member)

catalogue(
    {
        "space_changed": Entry(
            409, "These settings were changed in the meantime",
            "Somebody else has saved them since you opened the page.", "you",
            "Look at what stands now, then save what shall stand. Nothing was changed by you yet.",
        ),
        "space_in_use": Entry(
            409, "This Space cannot be deleted",
            "Somebody has completed an objective in it or has begun to hand something in.", "you",
            "End it instead: then nothing changes any more, and everything can still be read.",
        ),
    }
)  # fmt: skip
name_deeds(
    {
        "space.changed": to_say("The settings of a Space were changed"),
        "space.ended": to_say("A Space was ended by hand"),
        "space.reopened": to_say("A Space that had ended goes on"),
        "space.deleted": to_say("A Space in which nothing had happened was deleted"),
    }
)


def change_settings(space_id: str, *, name: str, ends_on: date, time_zone: str, seen: int) -> Space:
    """Another name, end or time zone. A later end lets a Space that has ended go on.

    `seen` is the revision that whoever writes has seen. Raises `Problem` space_changed if it is another one by now,
    and bad_request.
    """
    space = _held(space_id, seen)
    zone, was_over = known_zone(time_zone), has_ended(space)
    moves = ends_on != space.ends_on
    if moves or not was_over:
        ask_that_it_fits(ends_on, zone)
    elif space.archived_at is None:  # over, and another zone does not bring it back
        space.archived_at = end_of_day(space.ends_on, space.time_zone)
    space.name, space.ends_on, space.time_zone = space_name(name), ends_on, zone
    if moves:
        space.noticed_days = notices_behind((ends_on - today_in(zone)).days)
    space.revision += 1
    if moves and was_over:
        _go_on(space)
    _note("space.changed", space, {"ends_on": ends_on.isoformat()})
    db.session.flush()
    return space


def end_now(space_id: str, *, seen: int) -> None:
    """Before its date. A Space that has ended stays as it is. Raises `Problem` space_changed."""
    space = _held(space_id, seen)
    if has_ended(space):
        return
    space.archived_at = clock.now()
    space.revision += 1
    _note("space.ended", space)
    db.session.flush()


def go_on(space_id: str, *, seen: int) -> None:
    """Undo its end by hand. Raises `Problem` space_changed, and bad_request where its date has passed as well."""
    space = _held(space_id, seen)
    ask_that_it_fits(space.ends_on, space.time_zone)
    if space.archived_at is not None:
        space.revision += 1
        _go_on(space)
    db.session.flush()


def may_be_deleted(space_id: str) -> bool:
    """Has nothing happened in it yet: nothing completed, nothing handed in?"""
    done = exists().where(Completion.space_id == space_id)
    return not db.session.scalar(select(or_(done, exists().where(Submission.space_id == space_id))))


def delete_space(space_id: str, *, seen: int) -> None:
    """With its objectives and everybody's place in it; badges stay. Raises `Problem` space_in_use and space_changed."""
    space = _held(space_id, seen)
    if not may_be_deleted(space_id):
        raise Problem("space_in_use")
    _note("space.deleted", space)
    record(SpaceDeleted(space_id))
    pictures = db.session.scalars(select(Objective.badge_picture_key).where(Objective.space_id == space_id)).all()
    for table in _OWN_ROWS:
        db.session.execute(delete(table).where(table.space_id == space_id))
    db.session.delete(space)
    db.session.flush()
    forget_files(pictures)


def _held(space_id: str, seen: int) -> Space:
    """The Space as it is now; nobody changes it, and nobody moves in it, until this transaction ends."""
    space = db.session.get(Space, space_id, with_for_update=True, populate_existing=True)
    if space is None:
        raise Problem("not_found")
    if space.revision != seen:
        raise Problem("space_changed")
    return space


def _go_on(space: Space) -> None:
    """Badges that have come in the meantime count: everybody's backpack is looked at again by the schedule."""
    space.archived_at = None
    for row, looked_for in ((Objective, Objective.kind == "badge"), (SpacePathway, None)):
        again = update(row).where(row.space_id == space.id).values(checked_at=None)
        again = again if looked_for is None else again.where(looked_for)
        db.session.execute(again.execution_options(synchronize_session=False))
    _note("space.reopened", space)


def _note(deed: str, space: Space, facts: dict[str, Fact] | None = None) -> None:
    note_deed(deed, subject=space.id, organization=space.organization_id, scope=space.issuer_id, facts=facts)
