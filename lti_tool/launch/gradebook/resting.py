"""A column that the LMS refuses for good rests: it is asked less and less often, and at once when somebody has done
something.

For good means: it answered, and another try answers the same until somebody mends it, as where a permission is missing.
What nobody need try before a person says so (`NEEDS_SOMEBODY`) is not tried by itself, so it does not rest.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from lti_tool import clock
from lti_tool.db import db
from lti_tool.launch.deep_linking.response import COLUMN_TAG
from lti_tool.launch.gradebook.model import LineItem
from lti_tool.launch.gradebook.moving import ask_to_send
from lti_tool.launch.model import CourseKey
from lti_tool.launch.pausing import patience
from lti_tool.spaces.standings import hold_space

NEEDS_SOMEBODY = ("column_gone", "column_missing")  # nothing is tried again before a person has done something
MAY_BE_OF_SOME = ("service_forbidden", "service_gone", "service_answer")  # in these words some LMSs refuse one person
AWAKE: dict[str, datetime | None] = {"refused_since": None, "try_again_at": None}
_SHORTEST, _LONGEST = 600.0, 3600.0  # seconds: from the turn of the sweep to an hour, in which what is mended is found
_AWAITED = timedelta(days=1)  # a teacher who picks an objective may save the link in the LMS a good while later


def is_awake() -> ColumnElement[bool]:
    """May the column be asked for now? One without a problem may, whatever else is written of it: a version that knows
    of no rests takes away the problem alone (decision 58).
    """
    is_picked = and_(LineItem.tag == COLUMN_TAG, LineItem.by_choice.is_(False))
    is_awaited = and_(is_picked, LineItem.created_at > clock.now() - _AWAITED)
    is_tried = or_(LineItem.problem.not_in(NEEDS_SOMEBODY), LineItem.refused_since.is_(None), is_awaited)
    has_rested = or_(LineItem.try_again_at.is_(None), LineItem.try_again_at <= clock.now())
    return or_(LineItem.problem.is_(None), and_(is_tried, has_rested))


def note_refusal(item: LineItem, code: str, said: str, *, of_one: bool = False) -> None:
    """It was refused for good. The first time it does not rest yet, and never for the sake of one person (`of_one`).
    Inside a transaction.
    """
    since = item.refused_since if item.problem is not None else None  # see `is_awake`
    item.problem, item.problem_said, item.troubled_since = code, said or None, None
    item.refused_since, item.try_again_at = None if of_one else since or clock.now(), None
    if since is not None and not of_one and code not in NEEDS_SOMEBODY:
        seconds = patience(since, shortest=_SHORTEST, longest=_LONGEST)
        item.try_again_at = clock.now() + timedelta(seconds=seconds)


def next_try(item: LineItem) -> datetime | None:
    """When a column that rests is asked for again, where that is still to come."""
    rests = item.problem is not None and item.troubled_since is None
    at = item.try_again_at if rests else None
    return at if at is not None and at > clock.now() else None


def wake(course_id: str) -> None:
    """The LMS says something new of its gradebook: what it refused is tried at once. Inside a transaction that holds no
    column yet, for the Space comes first.
    """
    space = db.session.scalar(select(CourseKey.space_id).where(CourseKey.id == course_id))
    if space is None:
        return
    hold_space(space)
    was_refused = or_(LineItem.refused_since.is_not(None), LineItem.try_again_at.is_not(None))
    those = update(LineItem).where(LineItem.course_id == course_id, was_refused)
    woken = db.session.execute(those.values(**AWAKE).execution_options(synchronize_session=False))
    if woken.rowcount:  # type: ignore[attr-defined]
        ask_to_send(course_id)


def wake_for_somebody_new(column: str) -> None:
    """Somebody waits whom the LMS has not refused yet. Inside a transaction of its own."""
    this = update(LineItem).where(LineItem.id == column).values(try_again_at=None)
    db.session.execute(this.execution_options(synchronize_session=False))
