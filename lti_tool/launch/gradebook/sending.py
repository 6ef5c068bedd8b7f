"""The job behind the gradebook: each column of the course is made sure of, then its waiting scores are handed in.

Rows are the truth (decision 8): whatever ends a run early leaves its scores waiting, and a run begins with what waits.
A repeat is the same score under the same timestamp (decision 10). No call is made inside a transaction.
"""

import random
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job, RetryLater
from lti_tool.launch.deep_linking.response import COLUMN_TAG
from lti_tool.launch.gradebook import rules
from lti_tool.launch.gradebook.handing_in import Course, Refusal, hand_in
from lti_tool.launch.gradebook.holding import free_to_go, hold, note_not_tried, note_refused, note_sent
from lti_tool.launch.gradebook.losing import GONE, note_gone
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.moving import hurry, key_of
from lti_tool.launch.gradebook.placing import Column, Place, keep, place_at_lms
from lti_tool.launch.gradebook.reaching import courses_reached
from lti_tool.launch.gradebook.resting import AWAKE, note_refusal
from lti_tool.launch.gradebook.sendable import Sendable, next_due, sendable
from lti_tool.launch.gradebook.settling import ask_again, await_again, settle
from lti_tool.launch.model import CourseKey, Deployment
from lti_tool.launch.pausing import end_pause, note_answered, patience, pause_platform, wait_for_platform
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.logs import log
from lti_tool.spaces.standings import hold_space

RUN = 200  # scores of one course before others have their turn
RUN_SECONDS = 60.0
NOTED_TOGETHER = 20
_SHORTEST_WAIT, _LONGEST_WAIT = 10.0, 6 * 3600.0
_LONGEST_FOR_ONE = 600.0  # what one score or column breaks keeps the others of its course no longer than a sweep's turn


class _PutOff(RetryLater):
    """The LMS breaks over one column, or over a score in it. The other columns go all the same."""


@dataclass(frozen=True)
class _Turn:
    """One column of the course, the way into it, and what waits to go there."""

    course: Course
    column: Column
    scores: list[Sendable]

    @property
    def calls(self) -> bool:
        """Is there anything to tell the LMS?"""
        return bool(self.scores) or (self.column.is_to_be_renamed and self.course.way is rules.Way.OWN)


def send_scores(arguments: Mapping[str, Any]) -> None:
    """The job. Raises `RetryLater` where something is left for later."""
    course_id = str(arguments["course"])
    if _is_sent_elsewhere(course_id):
        raise RetryLater(random.uniform(1.0, 3.0))  # noqa: S311 - no secret hangs on it
    turns = _begin(course_id)
    if any(turn.calls for turn in turns):
        wait_for_platform(turns[0].course.registration)
    ends, waits, put_off = time.monotonic() + RUN_SECONDS, list[float](), list[float]()
    for turn in turns:
        if turn.calls and time.monotonic() > ends:
            waits.append(min(put_off, default=0.0))  # an LMS that takes its time to break is not asked again at once
            continue
        try:
            wait = _send(turn, ends)
        except _PutOff as wish:
            put_off.append(wish.seconds)
            continue
        if wait is not None:
            waits.append(wait)
    if waits or put_off:
        raise RetryLater(min(waits + put_off))


def _send(turn: _Turn, ends: float) -> float | None:
    """One column's scores. Answers how long what is left of them can wait; raises `_PutOff` where the LMS breaks over
    it, and `RetryLater` where the LMS is away, for then the other columns wait too.
    """
    if turn.calls:
        asked = turn.column.url
        try:
            place = place_at_lms(turn.course, turn.column)
            asked = place.url
            _deliver(turn.course, place, turn.scores, ends)
        except ServiceRefused as refused:
            _put_off_or_stop(turn, asked, refused)
            return None
        note_answered(turn.course.registration)
    return _end(turn)


def _is_sent_elsewhere(course_id: str) -> bool:
    """Does another worker hold a job of this course beside ours? Two would make two columns."""
    held = select(func.count()).select_from(Job).where(
        Job.unique_key == key_of(course_id), Job.lease_until > clock.now(), Job.finished_at.is_(None),
        Job.failed_at.is_(None),  # the index of open jobs is asked, not the jobs of a week
    )  # fmt: skip
    count = db.session.scalar(held) or 0
    db.session.rollback()
    return count > 1


def _begin(course_id: str) -> list[_Turn]:
    """What there is to send; nothing when nothing is to be sent from this course."""
    with transaction():
        reached = courses_reached(course_id)
        if any(column.maximum != column.wanted for _, column in reached):
            settle(course_id)
        return [
            _Turn(course, column, sendable(column.row, RUN, latest=course.latest_moment()))
            for course, column in reached
        ]


def _deliver(course: Course, place: Place, scores: list[Sendable], ends: float) -> None:
    """One after the other. Several that have arrived are noted together: should the worker die before, the next one
    looks what is there. Those that have not left are not taken for tried: the one that broke the LMS comes after them.
    What may be meant for one person or for all is told by the next: it concerns all where two are refused running.

    How long the look took does not count: else a large column would be looked through for each single score.
    """
    began = time.monotonic()
    going, arrived, taken = deque(free_to_go(course, place, scores)), list[Sendable](), 0
    doubted = list[tuple[Sendable, ServiceRefused]]()  # since somebody was taken last
    ends += time.monotonic() - began
    try:
        while going:
            one = going.popleft()
            try:
                refusal = hand_in(course, place.url, one)
            except ServiceRefused as refused:
                if not refused.may_be_of_one:
                    raise
                doubted.append((one, refused))
                if _concerns_all(doubted, others_were_taken=taken > 0):
                    raise replace(refused, of_one=taken > 0) from None
            else:
                if refusal is None:
                    taken += 1
                    arrived.append(one)
                    _note_doubted(doubted)
                else:
                    _note_refusal(one, refusal)
            if len(arrived) == NOTED_TOGETHER:
                note_sent(*arrived)
                arrived.clear()
            if time.monotonic() > ends:
                break
        if doubted and not taken:
            raise replace(doubted[0][1], of_one=True)
        _note_doubted(doubted)
    finally:
        note_sent(*arrived)
        note_not_tried(*going)


def _note_refusal(one: Sendable, refusal: Refusal) -> None:
    if refusal.found is not None:
        hold(one, refusal.found)
    else:
        note_refused(one, refusal.code, refusal.said)


def _concerns_all(doubted: Sequence[tuple[Sendable, ServiceRefused]], *, others_were_taken: bool) -> bool:
    """Were so many refused running that it is no matter of single people? Beside somebody who was taken, those who were
    tried before do not count: they come last of each run, so it is them whom the LMS refuses.
    """
    counted = [one for one, _ in doubted if not (others_were_taken and one.is_repeat)]
    return len(counted) > 1


def _note_doubted(doubted: list[tuple[Sendable, ServiceRefused]]) -> None:
    """Others were taken beside them, so it was meant for these people."""
    for one, refused in doubted:
        note_refused(one, "score_refused", refused.said)
    doubted.clear()


def _end(turn: _Turn) -> float | None:
    """All went well; more that waits is sent at once, and what lies too far ahead when its time has come."""
    row = turn.column.row
    if turn.calls:
        keep(row, problem=None, problem_said=None, troubled_since=None, **AWAKE)
    due = next_due(row)
    db.session.rollback()
    return None if due is None else max((due - turn.course.latest_moment()).total_seconds(), 0.0)


def _put_off_or_stop(turn: _Turn, asked: str | None, refused: ServiceRefused) -> None:
    """A platform that is away or busy is tried again, each time later, and so is what it breaks over, but after a while
    no later; what somebody must mend is told and rests.

    `asked` is the address of the column, where there is one.
    """
    row = turn.column.row
    log.warning("scores_refused", column=row, code=refused.code, wait=refused.wait)
    with transaction():
        if not refused.may_pass:
            _stop(turn, asked, refused)
            return
        item = db.session.get_one(LineItem, row)
        item.problem, item.problem_said, item.try_again_at = refused.code, refused.said or None, None
        since = item.troubled_since = item.troubled_since or clock.now()
        is_there = not refused.of_platform or _has_taken(turn.course.id, since)
    wait = _wait(since, refused.wait, longest=_LONGEST_FOR_ONE if is_there else _LONGEST_WAIT)
    pause_platform(turn.course.registration, refused, _SHORTEST_WAIT if is_there else wait)
    raise RetryLater(wait) if refused.of_platform else _PutOff(wait)


def _has_taken(course_id: str, since: datetime) -> bool:
    """Has the LMS taken scores of the course since the trouble began? Then it is one of them that it breaks over."""
    taken = select(Score.id).join(LineItem, LineItem.id == Score.line_item_id)
    taken = taken.where(LineItem.course_id == course_id, Score.sent_at > since)
    return db.session.scalar(taken.limit(1)) is not None


def _stop(turn: _Turn, asked: str | None, refused: ServiceRefused) -> None:
    """Inside a transaction. A picked column is given up also where we may not ask whether the LMS still knows it."""
    row = turn.column.row
    if refused.code == GONE:
        if note_gone(row, asked, refused.said) and turn.column.is_picked:
            await_again(turn.course.id, row)
        return
    is_lost = turn.column.is_picked and asked is not None and refused.code == "service_gone" and not refused.of_one
    if is_lost:
        await_again(turn.course.id, row)
    code = GONE if is_lost else refused.code
    note_refusal(db.session.get_one(LineItem, row), code, refused.said, of_one=refused.of_one)


def _wait(since: datetime, asked: float | None, *, longest: float) -> float:
    """As long as it has lasted already, and never shorter than the LMS asks for."""
    seconds = patience(since, shortest=_SHORTEST_WAIT, longest=longest)
    return max(seconds, asked or 0.0) + random.uniform(0.0, 1.0)  # noqa: S311 - no secret hangs on it


def send_again(course_id: str) -> None:
    """Staff ask for it: what was refused goes again under a new timestamp, and a column that is gone is made anew."""
    key = db.session.get_one(CourseKey, course_id)
    hold_space(str(key.space_id))
    held = select(LineItem).where(LineItem.course_id == course_id).order_by(LineItem.created_at, LineItem.id)
    items = db.session.scalars(held.execution_options(populate_existing=True)).all()
    for item in items:
        if item.problem and item.troubled_since is None and (item.by_choice or item.tag != COLUMN_TAG):
            _look_for_anew(item, key)
        else:
            ask_again(item, everybody=False)
        item.problem = item.problem_said = item.troubled_since = item.refused_since = item.try_again_at = None
    if items:
        end_pause(db.session.get_one(Deployment, key.deployment_id).registration_id)
        hurry([course_id])


def _look_for_anew(item: LineItem, key: CourseKey) -> None:
    ask_again(item, everybody=item.problem == GONE)
    if item.problem in (GONE, "service_gone") and item.url == key.line_item_url:
        key.line_item_url = None  # the next launch names the link's column of then
    item.url = item.maximum = None
