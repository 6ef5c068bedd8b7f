"""What staff say about single grades, or all of them: send again, write ours over it, or let the LMS's stay."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, case, select, update

from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.moving import ask_to_send, hurry
from lti_tool.launch.gradebook.resting import wake
from lti_tool.launch.gradebook.rules import Drift
from lti_tool.launch.gradebook.settling import wait_again
from lti_tool.launch.model import CourseKey
from lti_tool.spaces.standings import hold_space

DIFFERS = (Drift.CHANGED, Drift.MISSING)
_WHICH: dict[str, Any] = {
    "refused": Score.state == "refused",
    "held": Score.state == "held",
    "drifted": and_(Score.state == "sent", Score.drift.in_(DIFFERS)),
    "kept": Score.state == "kept",
}


def send_ours(course: str, which: str, score: str | None = None) -> int:
    """Scores of this kind (`refused`, `held`, `drifted` or `kept`), or the one, go under a new timestamp: staff consent
    to what was found being overwritten, and to nothing that somebody writes there from now on.

    Inside a transaction. Answers how many. Raises `Problem` bad_request for another kind.
    """
    rows = _held_rows(course, which, score)
    if which != "refused":
        seen = case(
            (Score.found_score.is_not(None), Score.found_score / Score.found_maximum), else_=Score.sent_part
        )  # fmt: skip
        _write(rows, sent_part=seen)
    wait_again(rows)
    if rows:
        wake(course)
        ask_to_send(course)
        hurry([course])
    return len(rows)


def keep_theirs(course: str, which: str, score: str | None = None) -> int:
    """The LMS's grade stays, whatever moves here, until somebody sends ours. Inside a transaction. Answers how many."""
    rows = _held_rows(course, which, score)
    _write(rows, state="kept", problem=None, problem_said=None, drift=None)
    return len(rows)


def _held_rows(course: str, which: str, score: str | None) -> Sequence[Any]:
    """(id, moved_at) of what is meant, as it stands now that the Space and these are held."""
    if which not in _WHICH:
        raise Problem("bad_request")
    hold_space(str(db.session.get_one(CourseKey, course).space_id))
    query = (
        select(Score.id, Score.moved_at)
        .join(LineItem, LineItem.id == Score.line_item_id)
        .where(LineItem.course_id == course, LineItem.is_off.is_(False), _WHICH[which])
        .order_by(Score.id)
        .with_for_update(key_share=True, of=Score)  # in the order in which everybody does: see `Score`
    )
    return db.session.execute(query.where(Score.id == score) if score else query).all()


def _write(rows: Sequence[Any], **values: Any) -> None:
    for start in range(0, len(rows), 500):
        those = update(Score).where(Score.id.in_([row.id for row in rows[start : start + 500]]))
        db.session.execute(those.values(**values).execution_options(synchronize_session=False))
