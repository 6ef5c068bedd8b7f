"""Before a score goes: what the LMS shows now. A grade that somebody changed there is not overwritten unasked.

Where the platform lets us read no grades, only its own refusal of an older timestamp tells (`handing_in.py`).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, tuple_, update

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
    values = {"state": "sent", "sent_at": clock.now(), "problem": None, "problem_said": None, "drift": None}
    with transaction():
        for one in those:
            if not _rewrite(one, **values, sent_part=one.standing.part):
                newer = update(Score).where(Score.id == one.id).values(sent_part=one.standing.part)
                db.session.execute(newer.execution_options(synchronize_session=False))


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
    those = tuple_(Score.id, Score.moved_at).in_([(one.id, one.standing.moved_at) for one in scores])
    tried = (
        update(Score)
        .where(those, Score.state == "waiting")
        .values(tried_at=Score.moved_at, tried_part=Score.given * 1.0 / Score.maximum)
        .returning(Score.id)
        .execution_options(synchronize_session=False)
    )
    with transaction():
        noted = set(db.session.scalars(tried))
    return [one for one in scores if one.id in noted]


def _write(one: Sendable, **values: Any) -> None:
    with transaction():
        _rewrite(one, **values)


def _rewrite(one: Sendable, **values: Any) -> bool:
    """While the score still says what `one` says: is it so? One that was sent with a later timestamp after all
    (`handing_in.py`) is as it was tried.
    """
    is_same = or_(Score.moved_at == one.standing.moved_at, Score.moved_at == Score.tried_at)
    same = update(Score).where(Score.id == one.id, is_same).values(**values)
    done = db.session.execute(same.execution_options(synchronize_session=False))
    return bool(done.rowcount)  # type: ignore[attr-defined]
