"""A column that the LMS refuses for good rests: it is asked less and less often, and at once when somebody has done
something.

For good means: it answered, and another try answers the same until somebody mends it, as where a permission is missing.
What nobody need try before a person says so (`NEEDS_SOMEBODY`) is not tried by itself, so it does not rest.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, update

from lti_tool import clock
from lti_tool.db import db
from lti_tool.launch.gradebook.model import LineItem
from lti_tool.launch.gradebook.moving import ask_to_send
from lti_tool.launch.pausing import patience

NEEDS_SOMEBODY = ("column_gone", "column_missing")  # nothing is tried again before a person has done something
AWAKE: dict[str, datetime | None] = {"refused_since": None, "try_again_at": None}
_SHORTEST, _LONGEST = 600.0, 86_400.0  # seconds: from the turn of the sweep to a day


def is_awake() -> ColumnElement[bool]:
    """May the column be asked for now?"""
    return or_(LineItem.try_again_at.is_(None), LineItem.try_again_at <= clock.now())


def lay_to_rest(item: LineItem) -> None:
    """It was refused for good. The first time it does not rest yet: some LMSs refuse one person as they refuse a whole
    course, and the next run, which begins with somebody else, tells which it is. Inside a transaction.
    """
    again = item.refused_since is not None and item.problem not in NEEDS_SOMEBODY
    item.refused_since, item.try_again_at = item.refused_since or clock.now(), None
    if again:
        seconds = patience(item.refused_since, shortest=_SHORTEST, longest=_LONGEST)
        item.try_again_at = clock.now() + timedelta(seconds=seconds)


def wake(course_id: str) -> None:
    """The LMS says something new of its gradebook: what rests is tried at once. Inside a transaction."""
    those = update(LineItem).where(LineItem.course_id == course_id, LineItem.try_again_at.is_not(None))
    woken = db.session.execute(those.values(**AWAKE).execution_options(synchronize_session=False))
    if woken.rowcount:  # type: ignore[attr-defined]
        ask_to_send(course_id)
