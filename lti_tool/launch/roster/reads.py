"""What the members page shows of a course's roster: the last reading, the one under way, or that there is none."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lti_tool.db import db
from lti_tool.errors import CATALOGUE, Entry
from lti_tool.launch.model import CourseKey, RosterRead
from lti_tool.launch.roster.asking import UNDER_WAY


@dataclass(frozen=True)
class Reading:
    """One reading. `refusal` says why it failed, or why it waits; `said` is the LMS's own sentence.

    `asks`: it would remove `gone` of `before` people, and staff have not said a word; `kept`: they want to keep these.
    `can_be_undone`: it removed people because staff said so. `whole`: it was the list and not its changes.
    """

    id: str
    under_way: bool
    done: bool
    asks: bool
    kept: bool
    can_be_undone: bool
    whole: bool
    ended_at: datetime | None
    pages: int
    people: int
    skipped: int
    joined: int
    changed: int
    gone: int
    before: int
    code: str | None
    refusal: Entry | None
    said: str | None


@dataclass(frozen=True)
class RosterState:
    """`last` is the newest reading, `good` the newest that was applied from end to end, or else of its changes."""

    offered: bool
    last: Reading | None
    good: Reading | None


def roster_state(course_id: str) -> RosterState:
    url = db.session.scalar(select(CourseKey.roster_url).where(CourseKey.id == course_id))
    newest = (
        select(RosterRead)
        .where(RosterRead.course_id == course_id)
        .order_by(RosterRead.asked_at.desc(), RosterRead.id.desc())
        .limit(1)
    )
    last = db.session.scalar(newest)
    good = last if last and last.state == "done" else db.session.scalar(newest.where(RosterRead.state == "done"))
    return RosterState(url is not None, _reading(last), _reading(good))


def is_put_back(course_id: str, read_id: str) -> bool:
    """Was this reading undone?"""
    here = select(RosterRead.id).where(RosterRead.id == read_id, RosterRead.course_id == course_id)
    return db.session.scalar(here.where(RosterRead.undone_at.is_not(None))) is not None


def _reading(row: RosterRead | None) -> Reading | None:
    if row is None:
        return None
    return Reading(
        row.id, row.state in UNDER_WAY, row.state == "done", row.state == "doubted", row.state == "kept",
        row.state == "done" and row.agreed > 0 and row.left_at is not None and row.undone_at is None,
        row.is_whole, row.ended_at, row.pages, row.people, row.skipped, row.joined, row.changed, row.gone, row.before,
        row.problem, CATALOGUE.get(row.problem or ""), row.problem_said,
    )  # fmt: skip
