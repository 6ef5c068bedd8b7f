"""Before a score goes: what the LMS shows now. A grade that somebody changed there is not overwritten unasked.

Where the platform lets us read no grades, only its own refusal of an older timestamp tells (`handing_in.py`).
"""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, or_, select, tuple_, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.gradebook import columns, rules
from lti_tool.launch.gradebook.handing_in import Course
from lti_tool.launch.gradebook.model import Score
from lti_tool.launch.gradebook.placing import Place
from lti_tool.launch.gradebook.rules import Result
from lti_tool.launch.gradebook.sendable import Sendable
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.logs import log

_SCORE = cast(Table, Score.__table__)


def free_to_go(course: Course, place: Place, scores: Sequence[Sendable]) -> list[Sendable]:
    """Those that overwrite nobody's grade, noted as tried. The others are held, and what has arrived already is sent.

    Raises `ServiceRefused` for a platform that is away.
    """
    shown = {} if place.is_new else _shown(course, place.url, scores)
    free = []
    for one in scores:
        result = shown.get(one.user)
        if result is not None and not one.is_ours(result):
            hold(one, result)
        elif result is not None and one.is_repeat and rules.shows(result.part, one.standing.part):
            note_sent(one)  # only the answer was lost: a second time would be a second submission in some LMSs
        else:
            free.append(one)
    return _noted_as_tried(free)


def hold(one: Sendable, found: Result) -> None:
    """Staff are asked whose grade shall stand, unless it has moved meanwhile: then it is looked at again."""
    _write(one, state="held", problem="grade_changed", problem_said=None, **found_now(found))


def note_sent(*those: Sendable) -> None:
    """The LMS shows them. Where one has moved meanwhile, the newer one waits its turn, and knows what is there."""
    if not those:
        return
    is_same = or_(_as_they_were(those), Score.moved_at == Score.tried_at)
    sent = {
        "state": "sent", "sent_at": clock.now(), "sent_part": _part(), "problem": None, "problem_said": None,
        "drift": None,
    }  # fmt: skip
    with transaction():
        noted = _rewritten(those, is_same, **sent)
        for one in those:
            if one.id not in noted:
                newer = update(Score).where(Score.id == one.id).values(sent_part=one.standing.part)
                db.session.execute(newer.execution_options(synchronize_session=False))


def note_not_tried(*those: Sendable) -> None:
    """They were about to go and have not left: the LMS may show what it might have shown before, and no more."""
    rows = [
        {"of": one.id, "noted": one.standing.moved_at, "part": one.tried_part}
        for one in sorted(those, key=lambda one: one.id)
        if not one.is_repeat
    ]
    if not rows:
        return
    again = update(_SCORE).where(_SCORE.c.id == bindparam("of"), _SCORE.c.tried_at == bindparam("noted"))
    with transaction() as connection:
        connection.execute(again.values(tried_at=None, tried_part=bindparam("part")), rows)


def note_refused(one: Sendable, code: str, said: str) -> None:
    """The LMS does not take it, unless it has moved meanwhile."""
    _write(one, state="refused", problem=code, problem_said=said or None)


def found_now(found: Result | None) -> dict[str, Any]:
    """What the LMS shows at this moment, for a row."""
    score, maximum = (found.score, found.maximum) if found else (None, None)
    return {"found_score": score, "found_maximum": maximum, "found_at": clock.now()}


def _shown(course: Course, url: str, scores: Sequence[Sendable]) -> dict[str, Result | None]:
    if rules.RESULTS not in course.scopes or not scores:
        return {}
    users, page_size = [one.user for one in scores], course.profile.results_page_size
    try:
        return columns.results_of(course.connector, url, users, page_size=page_size)
    except ServiceRefused as refused:
        if refused.may_pass:
            raise
        log.warning("grades_not_read", course=course.id, code=refused.code)
        return {}  # it promises grades and gives none: scores go as where none may be read


def _noted_as_tried(scores: list[Sendable]) -> list[Sendable]:
    """In one transaction before anything leaves. What has moved since it was read waits for the next run."""
    if not scores:
        return []
    waits = and_(_as_they_were(scores), Score.state == "waiting")
    with transaction():
        noted = _rewritten(scores, waits, tried_at=Score.moved_at, tried_part=_part())
    return [one for one in scores if one.id in noted]


def _write(one: Sendable, **values: Any) -> None:
    with transaction():
        _rewritten([one], or_(_as_they_were([one]), Score.moved_at == Score.tried_at), **values)


def _as_they_were(scores: Sequence[Sendable]) -> ColumnElement[bool]:
    """Those that still say what was read. One that was sent with a later timestamp after all (`handing_in.py`) is as it
    was tried.
    """
    return tuple_(Score.id, Score.moved_at).in_([(one.id, one.standing.moved_at) for one in scores])


def _rewritten(scores: Sequence[Sendable], where: ColumnElement[bool], **values: Any) -> set[str]:
    """The ids of those that were written: held one after the other first, as everybody does (`model.Score`)."""
    ids = [one.id for one in scores]
    in_turn = select(Score.id).where(Score.id.in_(ids)).order_by(Score.id).with_for_update(key_share=True)
    change = update(Score).where(Score.id.in_(in_turn), where).values(**values).returning(Score.id)
    return set(db.session.scalars(change.execution_options(synchronize_session=False)))


def _part() -> Any:
    """Which part of the whole a score is, for an update."""
    return Score.given * 1.0 / Score.maximum
