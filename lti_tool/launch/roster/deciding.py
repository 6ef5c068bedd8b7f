"""What staff say of a list that would remove many at once: take it over, leave everybody here, or put them back."""

from sqlalchemy import or_, select

from lti_tool import clock
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.launch.model import CourseKey, RosterRead
from lti_tool.launch.roster.asking import ask_for_roster
from lti_tool.people.audit import name_deeds, note
from lti_tool.spaces.model import Space
from lti_tool.spaces.putting_back import put_back_left
from lti_tool.words import to_say

name_deeds(
    {
        "roster.taken": to_say("A course list that removes many people was taken over"),
        "roster.kept": to_say("A course list that removes many people was not taken over"),
        "roster.put_back": to_say("The people whom a course list had removed were put back"),
    }
)


def take_over(course_id: str, read_id: str, *, by: str) -> None:
    """Read the list again, and let as many leave as it said. Raises `Problem` roster_decided.

    It is read again because it may have been mended meanwhile. If more would leave by then, staff are asked again.
    """
    read = _undecided(course_id, read_id)
    _decide(read, "taken", by)
    _note("roster.taken", _space(read.course_id), by, read, read.gone)
    ask_for_roster(course_id, by=by, agreed=read.gone)


def keep_everybody(course_id: str, read_id: str, *, by: str) -> None:
    """Leave the members as they are; the same list is not asked about again. Raises `Problem` roster_decided."""
    read = _undecided(course_id, read_id)
    _decide(read, "kept", by)
    _note("roster.kept", _space(read.course_id), by, read, read.gone)


def put_everybody_back(course_id: str, read_id: str, *, by: str) -> int:
    """Undo a list that was taken over: who left by it is here again. Raises `Problem` roster_decided."""
    read = _held(course_id, read_id)
    if read.state != "done" or not read.agreed or read.left_at is None or read.undone_at is not None:
        raise Problem("roster_decided")
    read.undone_at, read.decided_by = clock.now(), by
    space = _space(course_id)
    back = put_back_left(space.id, read.left_at)
    _note("roster.put_back", space, by, read, back)
    return back


def is_kept_already(course_id: str, *, people: int, gone: int) -> bool:
    """Have staff decided before that such a list removes nobody, and is this one no worse?"""
    last = db.session.scalars(
        select(RosterRead)
        .where(
            RosterRead.course_id == course_id, RosterRead.decided_at.is_not(None) | RosterRead.undone_at.is_not(None),
            or_(RosterRead.state == "kept", RosterRead.state == "taken", RosterRead.undone_at.is_not(None)),
        )
        .order_by(RosterRead.asked_at.desc(), RosterRead.id.desc())
        .limit(1)
    ).first()  # fmt: skip
    if last is None or last.state == "taken":
        return False
    return people >= last.people and gone <= last.gone


def _undecided(course_id: str, read_id: str) -> RosterRead:
    """A list that waits for a word, or was left alone before; the newest one of the course."""
    read = _held(course_id, read_id)
    newest = select(RosterRead.id).where(RosterRead.course_id == course_id)
    newest = newest.order_by(RosterRead.asked_at.desc(), RosterRead.id.desc()).limit(1)
    if read.state not in ("doubted", "kept") or db.session.scalar(newest) != read.id:
        raise Problem("roster_decided")
    return read


def _held(course_id: str, read_id: str) -> RosterRead:
    read = db.session.scalar(
        select(RosterRead).where(RosterRead.id == read_id, RosterRead.course_id == course_id).with_for_update()
    )
    if read is None:
        raise Problem("not_found")
    return read


def _decide(read: RosterRead, state: str, by: str) -> None:
    read.state, read.decided_by, read.decided_at = state, by, clock.now()


def _space(course_id: str) -> Space:
    return db.session.get_one(Space, str(db.session.get_one(CourseKey, course_id).space_id))


def _note(deed: str, space: Space, by: str, read: RosterRead, people: int) -> None:
    note(
        deed, actor_kind="person", actor=by, subject=space.id, organization=space.organization_id,
        facts={"people": people, "listed": read.people},
    )  # fmt: skip
