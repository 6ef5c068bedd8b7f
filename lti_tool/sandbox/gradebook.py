"""Line items and scores the tool has sent, kept per course (Assignment and Grade Services 2.0)."""

import itertools
import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


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

    def result(self, score_maximum: float) -> float | None:
        """The score rescaled to the line item, or None while it is not final."""
        if self.given is None or not self.maximum or self.grading_progress != "FullyGraded":
            return None
        return self.given / self.maximum * score_maximum


class StaleScoreError(Exception):
    """A score is not later than the one already kept (AGS 2.0, 3.4.5)."""


class Gradebook:
    """All line items with their scores. `history` is every accepted score, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._items: dict[str, LineItem] = {}
        self._scores: dict[tuple[str, str], Score] = {}
        self.history: list[tuple[str, Score]] = []

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

    def record(self, item: LineItem, score: Score) -> None:
        """Keep a score; StaleScoreError unless its timestamp is later than the kept one's."""
        with self._lock:
            kept = self._scores.get((item.id, score.sub))
            if kept is not None and score.timestamp <= kept.timestamp:
                raise StaleScoreError
            self._scores[item.id, score.sub] = score
            self.history.append((item.id, score))

    def score(self, item: LineItem, sub: str) -> Score | None:
        """The newest score of one person."""
        with self._lock:
            return self._scores.get((item.id, sub))

    def scores(self, item: LineItem) -> list[Score]:
        """Every newest score of a line item, in the order people were first scored."""
        with self._lock:
            return [score for (item_id, _), score in self._scores.items() if item_id == item.id]
