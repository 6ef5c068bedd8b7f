"""A column that was deleted in the LMS took every grade in it along: what was found there is found no more."""

from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db
from lti_tool.launch.gradebook.handing_in import Course, knows_column
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.resting import note_refusal
from lti_tool.launch.gradebook.rules import Drift
from lti_tool.launch.model import CourseKey
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.spaces.standings import hold_space

GONE = "column_gone"


def is_gone(course: Course, url: str, refused: ServiceRefused) -> bool:
    """Is it the column that the LMS does not know, or only its grades? Asks the LMS where we may; raises
    `ServiceRefused` where that is refused too. Not inside a transaction.
    """
    return refused.status in (404, 410) and knows_column(course, url) is False


def note_gone(row: str, url: str | None, said: str) -> bool:
    """Nobody is shown a figure that stands nowhere: neither a grade that staff left to the LMS nor one that they are
    asked about. `url` is what the LMS denied: False, and nothing done, where the column lies elsewhere by now.

    Inside a transaction that holds nothing of it yet: first the Space is held, then the column, then the scores.
    """
    of_row = select(CourseKey.space_id).join(LineItem, LineItem.course_id == CourseKey.id).where(LineItem.id == row)
    hold_space(str(db.session.scalar(of_row)))
    item = db.session.get_one(LineItem, row, populate_existing=True)
    if item.url != url:
        return False
    note_refusal(item, GONE, said)
    db.session.flush()
    held = select(Score.id).where(Score.line_item_id == row, Score.state.in_(("kept", "held"))).order_by(Score.id)
    ids = db.session.scalars(held.with_for_update(key_share=True)).all()  # in the order in which everybody does
    none = {"found_score": None, "found_maximum": None, "found_at": clock.now(), "drift": Drift.MISSING.value}
    for start in range(0, len(ids), 500):
        those = update(Score).where(Score.id.in_(ids[start : start + 500])).values(**none)
        db.session.execute(those.execution_options(synchronize_session=False))
    return True
