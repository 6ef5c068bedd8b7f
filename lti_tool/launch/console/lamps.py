"""The lamps of a platform: each turns green when the thing really happened, and says until then what to do.

Roster reads and scores are kept; of launches only the last days are. So what they showed is written into
`Registration.seen` by the schedule, and what came since is looked up among the visits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.messages import Message
from lti_tool.launch.model import CourseKey, Deployment, Registration, RosterRead, VisitRow
from lti_tool.words import to_say

KEPT_EVERY = timedelta(hours=1)
_LOOKED_BACK = 3 * KEPT_EVERY  # a turn of the schedule may come late

_LAMPS = {
    "registered": (to_say("Registered"), ""),
    "launch": (to_say("Launch"), to_say("Open the tool from a course of this LMS.")),
    "deep_linking": (
        to_say("Content picked"), to_say("As a teacher, add content to a course and choose this tool."),
    ),
    "roster": (to_say("Course list read"), to_say("Create a Space in a course; its list is then read.")),
    "score": (to_say("Score sent"), to_say("Mark somebody complete in a Space.")),
    "names": (
        to_say("Names seen"),
        to_say("Let the LMS share names with this tool. Until then lists show learners without names."),
    ),
    "email": (
        to_say("E-mail addresses seen"),
        to_say("Let the LMS share them if badges shall carry them. All else works without."),
    ),
}  # fmt: skip


_NAMES = VisitRow.sent["names"].as_string()
_SHOWN_BY_VISITS: dict[str, ColumnElement[bool]] = {
    "deep_linking": VisitRow.message == Message.DEEP_LINKING.value,
    "names": _NAMES.like('%name"%'),
    "email": _NAMES.like('%"email"%'),
}


@dataclass(frozen=True)
class Lamp:
    """One thing that shows whether a platform is connected well. `advice` is what to do while it is grey."""

    name: str
    title: str
    seen: datetime | None
    advice: str


def lamps_of(registrations: Sequence[Registration]) -> dict[str, list[Lamp]]:
    """The lamps of each of these platforms, in the order in which they turn green."""
    rosters, scores = _newest_roster(), _newest_score()
    found = {}
    for one in registrations:
        seen = {
            "registered": one.created_at, "launch": _newest_launch(one), "roster": rosters.get(one.id),
            "score": scores.get(one.id), **_seen_lately(one),
            **{name: datetime.fromisoformat(at) for name, at in one.seen.items()},
        }  # fmt: skip
        found[one.id] = [Lamp(name, title, seen.get(name), advice) for name, (title, advice) in _LAMPS.items()]
    return found


def keep_what_was_seen() -> None:
    """Write down what the visits of the last hours showed, before they are forgotten. Runs on the schedule."""
    with transaction():
        for registration in db.session.scalars(select(Registration)).all():
            fresh = {name: clock.iso(at) for name, at in _seen_lately(registration).items()}
            if fresh:
                registration.seen = {**registration.seen, **fresh}


def _newest_launch(registration: Registration) -> datetime | None:
    """`launched_at` may be an hour old; the visits are forgotten one day."""
    newest = db.session.scalar(_newest_visit(registration))
    return max((one for one in (registration.launched_at, newest) if one is not None), default=None)


def _seen_lately(registration: Registration) -> dict[str, datetime]:
    """What visits of the last hours showed for the first time. What is kept already is not looked for."""
    since = clock.now() - _LOOKED_BACK
    shown = {
        name: db.session.scalar(_newest_visit(registration).where(VisitRow.created_at > since, condition))
        for name, condition in _SHOWN_BY_VISITS.items()
        if name not in registration.seen
    }
    return {name: at for name, at in shown.items() if at is not None}


def _newest_visit(registration: Registration) -> Select[datetime]:
    mine = select(VisitRow.created_at).where(VisitRow.registration_id == registration.id)
    return mine.order_by(VisitRow.created_at.desc()).limit(1)


def _newest_roster() -> dict[str, datetime]:
    query = (
        select(Deployment.registration_id, func.max(RosterRead.ended_at))
        .join(CourseKey, CourseKey.deployment_id == Deployment.id)
        .join(RosterRead, RosterRead.course_id == CourseKey.id)
        .where(RosterRead.state == "done")
        .group_by(Deployment.registration_id)
    )
    return {registration: at for registration, at in db.session.execute(query) if at is not None}


def _newest_score() -> dict[str, datetime]:
    query = (
        select(Deployment.registration_id, func.max(Score.sent_at))
        .join(CourseKey, CourseKey.deployment_id == Deployment.id)
        .join(LineItem, LineItem.course_id == CourseKey.id)
        .join(Score, Score.line_item_id == LineItem.id)
        .group_by(Deployment.registration_id)
    )
    return {registration: at for registration, at in db.session.execute(query) if at is not None}
