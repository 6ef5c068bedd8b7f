"""What the gradebook of a course shows: staff choose, read first what will happen, and can go back.

No choice takes a column or a grade away: what is in the LMS stays there, and is left as it is or written anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update

from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.moving import ask_to_send, column_of
from lti_tool.launch.gradebook.objective_columns import add_columns, turn_columns
from lti_tool.launch.gradebook.rules import Shows, Way, label_of, way_of
from lti_tool.launch.gradebook.settling import settle
from lti_tool.launch.model import CourseKey
from lti_tool.spaces.model import Objective, Space
from lti_tool.spaces.standings import hold_space


@dataclass(frozen=True)
class Choice:
    """What is shown now, and what was before: None where nobody has chosen yet."""

    shows: Shows
    before: Shows | None = None


@dataclass(frozen=True)
class Outlook:
    """What will happen if staff choose so. `is_made`: the Space's own column is in the LMS, and bears `label_now`.

    `grades` are people whose grade in it is written anew, `objectives` what would have a column of its own, of which
    `made` are in the LMS already.
    """

    shows: Shows
    now: Shows
    label: str
    label_now: str
    is_made: bool
    is_renamed: bool
    grades: int
    objectives: int
    made: int


def choice_of(course: str, space: str) -> Choice:
    own = _own(course, space)
    if own is None:
        return Choice(Shows.COMPLETED)
    return Choice(Shows(own.shows), Shows(own.shown_before) if own.shown_before else None)


def outlook(course: str, space: str, shows: str) -> Outlook:
    """Raises `Problem` bad_request for something that nobody can choose here."""
    wanted, own = _known(course, shows), _own(course, space)
    name = db.session.scalar(select(Space.name).where(Space.id == space)) or ""
    label = own.label if own else label_of(name)
    there = (own.label_there if own else None) or label
    return Outlook(
        wanted, Shows(own.shows) if own else Shows.COMPLETED, label_of(name, wanted), there,
        own is not None and own.url is not None, there == label and label_of(name, wanted) != label,
        _scores(own.id) if own else 0, _objectives(space), _made(course),
    )  # fmt: skip


def choose(course: str, space: str, shows: str) -> None:
    """Inside a transaction. The same choice again changes nothing."""
    wanted = _known(course, shows)
    hold_space(space)
    own = db.session.get_one(LineItem, column_of(course, space), populate_existing=True)
    if own.shows == wanted:
        return
    own.shows, own.shown_before = wanted, own.shows
    own.is_off = wanted in (Shows.OBJECTIVES, Shows.NOTHING)
    db.session.flush()
    picked = update(LineItem).where(LineItem.course_id == course, LineItem.id != own.id, LineItem.by_choice.is_(False))
    picked = picked.values(is_off=wanted == Shows.NOTHING)
    db.session.execute(picked.execution_options(synchronize_session=False))
    if wanted == Shows.OBJECTIVES:
        add_columns(course, space)
    turn_columns(course, on=wanted == Shows.OBJECTIVES)
    db.session.expire_all()
    settle(course)
    ask_to_send(course)


def choices_of(course: str) -> Sequence[Shows]:
    """What can be chosen here: columns of single objectives only where the platform lets us make columns."""
    key = db.session.get_one(CourseKey, course)
    may_make = way_of(key.grade_scopes, line_items=key.line_items_url, line_item=key.line_item_url) is Way.OWN
    return [one for one in Shows if may_make or one is not Shows.OBJECTIVES]


def _known(course: str, shows: str) -> Shows:
    found = next((one for one in choices_of(course) if one == shows), None)
    if found is None:
        raise Problem("bad_request")
    return found


def _own(course: str, space: str) -> LineItem | None:
    return db.session.scalar(select(LineItem).where(LineItem.course_id == course, LineItem.resource_id == space))


def _scores(column: str) -> int:
    return db.session.scalar(select(func.count()).select_from(Score).where(Score.line_item_id == column)) or 0


def _objectives(space: str) -> int:
    here = select(func.count()).select_from(Objective)
    return db.session.scalar(here.where(Objective.space_id == space, Objective.archived_at.is_(None))) or 0


def _made(course: str) -> int:
    those = select(func.count()).select_from(LineItem).join(Objective, Objective.id == LineItem.resource_id)
    return db.session.scalar(those.where(LineItem.course_id == course, LineItem.url.is_not(None))) or 0
