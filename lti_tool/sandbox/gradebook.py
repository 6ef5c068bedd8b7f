"""Line items and scores the tool has sent, kept per course (Assignment and Grade Services 2.0)."""

import itertools
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from lti_tool.sandbox.behaviours import Behaviour


@dataclass
class LineItem:
    """A column of the gradebook. `members` are what the tool wrote, without `id`."""

    id: str
    course: str
    members: dict[str, Any]

    @property
    def label(self) -> str:
        """The column's heading."""
        return str(self.members["label"])

    @property
    def review(self) -> dict[str, Any]:
        """How the tool wants submissions reviewed (`submissionReview`; AGS 2.0, 3.2.6)."""
        said = self.members.get("submissionReview")
        return said if isinstance(said, dict) else {}

    @property
    def score_maximum(self) -> float:
        """The most points, greater than nought."""
        return float(self.members["scoreMaximum"])


@dataclass
class Score:
    """The newest score of one person in one line item, in the tool's own words.

    `given` is None where the tool cleared the score; `scoring_user` is a subject identifier.
    """

    sub: str
    given: float | None
    maximum: float | None
    comment: str | None
    activity_progress: str
    grading_progress: str
    timestamp: datetime
    scoring_user: str | None = None
    submission: dict[str, str] = field(default_factory=dict)
    is_new_submission: bool = True

    def result(self, score_maximum: float) -> float | None:
        """The score rescaled to the line item, or None while it is not final."""
        if self.given is None or not self.maximum or self.grading_progress != "FullyGraded":
            return None
        return self.given / self.maximum * score_maximum


class StaleScoreError(Exception):
    """A score is not later than the one already kept (AGS 2.0, 3.4.5)."""


def _moment(score: Score, behaves: Behaviour) -> datetime:
    return score.timestamp.replace(microsecond=0) if behaves.whole_seconds else score.timestamp


def _as_kept(score: Score, kept: Score | None, behaves: Behaviour) -> Score | None:
    """What this platform makes of a score; None where it takes the grade away."""
    if behaves.cleared_by == (score.activity_progress, score.grading_progress):
        return None
    is_final = score.grading_progress == "FullyGraded" and score.given is not None
    if not is_final and behaves.unfinished_erases:
        return replace(score, given=None, comment=None)
    if score.grading_progress != "FullyGraded" and behaves.unfinished_is_ignored:
        before = kept or replace(score, given=None)
        return replace(before, timestamp=score.timestamp)
    if behaves.caps and score.given is not None and score.maximum is not None:
        return replace(score, given=min(score.given, score.maximum))
    return score


class Gradebook:
    """All line items with their scores. `history` is every accepted score, oldest first.

    `attempts` and `comments`: how many a platform shows that makes an attempt of every score and keeps every comment,
    by line item and subject.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._items: dict[str, LineItem] = {}
        self._scores: dict[tuple[str, str], Score] = {}
        self.history: list[tuple[str, Score]] = []
        self.attempts: Counter[tuple[str, str]] = Counter()
        self.comments: Counter[tuple[str, str]] = Counter()

    def add(self, course: str, members: dict[str, Any]) -> LineItem:
        """Make a column from the members of a line item (`label`, `scoreMaximum`, …)."""
        with self._lock:
            item = LineItem(f"li-{next(self._numbers)}", course, dict(members))
            self._items[item.id] = item
        return item

    def find(self, course: str, item_id: str) -> LineItem | None:
        """The line item of this course with this id."""
        with self._lock:
            item = self._items.get(item_id)
        return item if item is not None and item.course == course else None

    def items(
        self,
        course: str,
        *,
        resource_link_id: str | None = None,
        resource_id: str | None = None,
        tag: str | None = None,
    ) -> list[LineItem]:
        """The line items of a course that match every filter given, oldest first."""
        wanted = {"resourceLinkId": resource_link_id, "resourceId": resource_id, "tag": tag}
        filters = {name: value for name, value in wanted.items() if value is not None}
        with self._lock:
            return [
                item
                for item in self._items.values()
                if item.course == course and all(item.members.get(name) == value for name, value in filters.items())
            ]

    def replace(self, item: LineItem, members: dict[str, Any]) -> None:
        """Put other members in the place of all the old ones."""
        with self._lock:
            item.members = dict(members)

    def remove(self, item: LineItem) -> None:
        """Delete a column with its scores."""
        with self._lock:
            self._items.pop(item.id, None)
            for key in [key for key in self._scores if key[0] == item.id]:
                del self._scores[key]

    def copy_items(self, course: str, to: str, links: Mapping[str, str]) -> None:
        """The columns of a course as another one gets them: all their members, and nobody's score. `links` are the
        copies of its resource links.
        """
        for item in self.items(course):
            members = dict(item.members)
            if link := members.get("resourceLinkId"):
                members["resourceLinkId"] = links[link]
            self.add(to, members)

    def record(self, item: LineItem, score: Score, behaviour: Behaviour | None = None) -> None:
        """Keep a score; StaleScoreError unless its timestamp is later than the kept one's."""
        behaves = behaviour or Behaviour()
        with self._lock:
            kept = self._scores.get((item.id, score.sub))
            if kept is not None and _moment(score, behaves) <= _moment(kept, behaves):
                raise StaleScoreError
            self._count(item, score, behaves)
            shown = _as_kept(score, kept, behaves)
            if shown is None:
                self._scores.pop((item.id, score.sub), None)
            else:
                self._scores[item.id, score.sub] = shown
            self.history.append((item.id, score))

    def grade(self, item: LineItem, sub: str, given: float, *, at: datetime, by: str = "") -> None:
        """A teacher types a grade into the gradebook; the tool's later scores are compared with this moment."""
        score = Score(sub, given, item.score_maximum, None, "Completed", "FullyGraded", at, by or None)
        with self._lock:
            self._scores[item.id, sub] = score

    def _count(self, item: LineItem, score: Score, behaves: Behaviour) -> None:
        key = (item.id, score.sub)
        if behaves.new_submissions and (score.is_new_submission or not self.attempts[key]):
            self.attempts[key] += 1
        if score.comment:
            self.comments[key] += 1

    def score(self, item: LineItem, sub: str) -> Score | None:
        """The newest score of one person."""
        with self._lock:
            return self._scores.get((item.id, sub))

    def scores(self, item: LineItem) -> list[Score]:
        """Every newest score of a line item, in the order people were first scored."""
        with self._lock:
            return [score for (item_id, _), score in self._scores.items() if item_id == item.id]
