"""What staff say about single grades, or all of them: send again, write ours over it, or let the LMS's stay.

They consent to what the page showed them (decision 48), so its forms say what that was: of one grade the figure, of all
of a kind the newest look of which the page knew. What was found since then is left for them to read.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, select, update

from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.launch.gradebook.graded import is_graded
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


def send_ours(course: str, which: str, score: str | None = None, *, seen: str | None = None) -> int:
    """Scores of this kind (`refused`, `held`, `drifted` or `kept`), or the one, go under a new timestamp: staff consent
    to what was found being overwritten, and to nothing that somebody writes there from now on.

    `seen` is what their page said of it: `figure_seen` of the one, `looks_seen` of all. Where the LMS shows something
    else since then, nothing is done. Inside a transaction. Answers how many. Raises `Problem` bad_request for another
    kind.
    """
    rows = _held_rows(course, which, score, seen)
    if which != "refused":
        found = case(
            (Score.found_score.is_not(None), Score.found_score / Score.found_maximum), else_=Score.sent_part
        )  # fmt: skip
        _write(rows, sent_part=found)
    wait_again(rows)
    if rows:
        wake(course)
        ask_to_send(course)
        hurry([course])
    return len(rows)


def keep_theirs(course: str, which: str, score: str | None = None, *, seen: str | None = None) -> int:
    """The LMS's grade stays, whatever moves here, until somebody sends ours. `seen` as for `send_ours`. Inside a
    transaction. Answers how many.
    """
    rows = _held_rows(course, which, score, seen)
    _write(rows, state="kept", problem=None, problem_said=None, drift=None)
    return len(rows)


def is_left(course: str, which: str, score: str | None = None) -> bool:
    """Is still any of this kind, or the one?"""
    return db.session.execute(_those(course, which, score).limit(1)).first() is not None


def figure_seen(score: float | None, maximum: float | None) -> str:
    """What the LMS showed, as a form says it."""
    return "none" if score is None else f"{score!r} of {maximum!r}"


def looks_seen(course: str) -> Mapping[str, str]:
    """When the newest grade was found of which a page knows that is made now, for each kind that staff answer at once.

    By the rows and not by the clock: what a job is about to commit was found earlier, and is on no page.
    """
    newest = {}
    for which in ("held", "drifted"):
        moment = db.session.scalar(_those(course, which).with_only_columns(func.max(Score.found_at)))
        newest[which] = _look(moment)
    return newest


def _held_rows(course: str, which: str, score: str | None, seen: str | None) -> Sequence[Any]:
    """(id, moved_at) of what is meant, as it stands now that the Space and these are held."""
    if which not in _WHICH:
        raise Problem("bad_request")
    hold_space(str(db.session.get_one(CourseKey, course).space_id))
    held = _those(course, which, score).order_by(Score.id)
    held = held.with_for_update(key_share=True, of=Score)  # in the order in which everybody does: see `Score`
    rows = db.session.execute(held).all()
    if seen is None:
        return rows
    if score:
        return [row for row in rows if figure_seen(row.found_score, row.found_maximum) == seen]
    return [row for row in rows if _look(row.found_at) <= seen]


def _those(course: str, which: str, score: str | None = None) -> Select[*tuple[Any, ...]]:
    query = (
        select(Score.id, Score.moved_at, Score.found_score, Score.found_maximum, Score.found_at)
        .select_from(Score)
        .join(LineItem, LineItem.id == Score.line_item_id)
        .join(CourseKey, CourseKey.id == LineItem.course_id)
        .where(LineItem.course_id == course, LineItem.is_off.is_(False), _WHICH[which], is_graded())
    )
    return query.where(Score.id == score) if score else query


def _look(moment: datetime | None) -> str:
    """In letters that are in the order of time; nothing for what was never looked at."""
    return "" if moment is None else moment.astimezone(UTC).isoformat(timespec="microseconds")


def _write(rows: Sequence[Any], **values: Any) -> None:
    for start in range(0, len(rows), 500):
        those = update(Score).where(Score.id.in_([row.id for row in rows[start : start + 500]]))
        db.session.execute(those.values(**values).execution_options(synchronize_session=False))
