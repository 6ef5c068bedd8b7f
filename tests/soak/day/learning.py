"""Learners of one course, one after the other: they come by a launch and hand in evidence, each with a file."""

import itertools
import random

from tests.soak.day.browsing import Visitor, Witness
from tests.soak.day.ledger import Ledger, Lost
from tests.soak.day.university import Lecture, University

_ONCE_MORE = 2


class Learners:
    """`act` is one learner's visit. What was handed in is known by its words, which are never the same twice."""

    def __init__(self, school: University, lecture: Lecture, ledger: Ledger, witness: Witness, seed: int) -> None:
        self._school, self._lecture, self._ledger, self._witness = school, lecture, ledger, witness
        self._die, self._numbers = random.Random(seed), itertools.count(1)  # noqa: S311 - as the teacher's

    def act(self) -> None:
        name = self._die.choice(sorted(self._lecture.learners))
        visitor = Visitor(self._school, self._ledger, self._witness, self._lecture.key, name)
        try:
            visitor.come()
            visitor.get("leaderboard")
            for objective in self._die.sample(self._lecture.handed_in, 2):
                self._hand_in(visitor, objective, self._lecture.learners[name])
        finally:
            visitor.leave()

    def _hand_in(self, visitor: Visitor, objective: str, member: str) -> None:
        """Whoever gets no answer sends it once more, as people do."""
        words = f"{self._lecture.key} attempt {next(self._numbers)} of {member}"
        data = work_of(words)
        for turn in range(_ONCE_MORE):
            try:
                visitor.act(
                    f"objectives/{objective}/evidence", {"do": "send", "text": words},
                    {("evidence", objective, member, words): "handed in"},
                    files={"files": (f"{words}.txt", data, "text/plain")},
                )  # fmt: skip
            except Lost:
                if turn + 1 == _ONCE_MORE:
                    raise
            else:
                return


def work_of(words: str) -> bytes:
    """The file that belongs to these words, and to no others."""
    return f"{words}\n".encode() * 600
