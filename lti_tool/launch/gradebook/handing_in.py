"""One score handed in, and what the LMS's answer means: taken, there already, refused for this person, or for all.

Whatever concerns the whole course is raised as `ServiceRefused`. LMSs say the same thing with different statuses: an
old timestamp is 409 in Moodle and 400 in Canvas, and somebody who is no student is 400, 403, 404 or 422.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.gradebook import columns, rules
from lti_tool.launch.gradebook.model import Score
from lti_tool.launch.gradebook.rules import Result, Standing, next_moment
from lti_tool.launch.gradebook.sendable import Sendable
from lti_tool.launch.model import CourseKey
from lti_tool.launch.profiles import Profile
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.launch.services import SafeServiceConnector
from lti_tool.spaces.standings import hold_space

_OF_ONE_PERSON = frozenset({400, 409, 413, 422})


@dataclass(frozen=True)
class Course:
    """A course as its scores reach it. `address` is its list of columns, or the one column that we may use, `skew` the
    platform's clock minus ours in seconds.
    """

    id: str
    registration: str
    way: rules.Way
    address: str
    line_item: str | None
    scopes: frozenset[str]
    connector: SafeServiceConnector
    profile: Profile
    skew: int

    def latest_moment(self) -> datetime:
        return rules.latest_moment(clock.now(), self.skew)


@dataclass(frozen=True)
class Refusal:
    """Why the LMS does not take one person's score: a code of the catalogue, and the LMS's own words. `found` is
    somebody else's grade that stands there.
    """

    code: str
    said: str
    found: Result | None = None


def hand_in(course: Course, column: str, one: Sendable) -> Refusal | None:
    """None when the LMS shows the score now. Raises `ServiceRefused` for what concerns everybody's, or may do so."""
    try:
        _post(course, column, one.user, one.standing)
    except ServiceRefused as refused:
        if refused.may_pass or refused.status == 401:
            raise
        if refused.status in (404, 410):
            return _missing(course, column, refused)
        if refused.status in _OF_ONE_PERSON:
            return _unwanted(course, column, one, refused)
        raise
    return None


def _post(course: Course, column: str, user: str, standing: Standing) -> None:
    columns.post_score(course.connector, column, user, standing, course.profile)


def knows_column(course: Course, column: str) -> bool | None:
    """Does the LMS still know the column? None where we may not ask. Raises `ServiceRefused`."""
    reading = next((scope for scope in (rules.FIND, rules.MAKE) if scope in course.scopes), None)
    return None if reading is None else columns.stands(course.connector, column, scope=reading)


def _missing(course: Course, column: str, refused: ServiceRefused) -> Refusal:
    """Is it the column that the LMS does not know, or the person? Where we may not ask, it may be either."""
    known = knows_column(course, column)
    if known is None:
        raise refused
    if not known:
        raise ServiceRefused("column_gone", refused.said)
    return Refusal("score_refused", refused.said)


def _unwanted(course: Course, column: str, one: Sendable, refused: ServiceRefused) -> Refusal | None:
    """A score that is there already is delivered; a newer one of somebody else stays (a teacher's, as a rule)."""
    if rules.RESULTS not in course.scopes:
        return _unseen(one, refused)
    page_size = course.profile.results_page_size
    try:
        shown = columns.results_of(course.connector, column, [one.user], page_size=page_size).get(one.user)
    except ServiceRefused as unread:
        if unread.may_pass:
            raise
        return _unseen(one, refused)  # it promises grades and gives none
    if shown is not None and rules.shows(shown.part, one.standing.part):
        return None
    if refused.status == 409 and (shown is None or one.is_ours(shown)):
        return _once_more(course, column, one, refused)
    return _refusal(refused, shown)


def _unseen(one: Sendable, refused: ServiceRefused) -> Refusal | None:
    """What the answer means where no grade can be read."""
    is_there = one.is_repeat and refused.status == 409
    return None if is_there else _refusal(refused)


def _refusal(refused: ServiceRefused, found: Result | None = None) -> Refusal:
    if refused.status == 409:
        return Refusal("grade_newer", refused.said, found)
    return Refusal("score_refused", refused.said)


def _once_more(course: Course, column: str, one: Sendable, refused: ServiceRefused) -> Refusal | None:
    """Nobody else's grade stands there, only a time: one later timestamp overwrites nothing, a second try would be
    blind.
    """
    later = _later(course, one)
    if later is None:
        return _refusal(refused)  # it has moved meanwhile: the newer score waits, and this one did not arrive
    try:
        _post(course, column, one.user, later)
    except ServiceRefused as again:
        if again.may_pass:
            raise
        return _refusal(refused)
    return None


def _later(course: Course, one: Sendable) -> Standing | None:
    with transaction():
        hold_space(str(db.session.get_one(CourseKey, course.id).space_id))
        score = db.session.get(Score, one.id, populate_existing=True)
        if score is None or score.moved_at != one.standing.moved_at:
            return None
        score.moved_at = score.tried_at = next_moment(
            score.moved_at, min(clock.now(), course.latest_moment())
        )  # fmt: skip
        return replace(one.standing, moved_at=score.moved_at)
