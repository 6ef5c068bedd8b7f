"""Somebody who gives a badge by tables: short ones at once, long ones by a job that a worker may die of."""

import itertools
import random

from tests.soak.day.browsing import Visitor, named_after
from tests.soak.day.ledger import Ledger, Lost
from tests.soak.day.university import University

SHORT, LONG = 120, 5_000
_TRIES = 3


class TableGiver:
    """`act` is one table: brought, looked at, given. Nobody stands in two of them."""

    def __init__(self, visitor: Visitor, ledger: Ledger, school: University, seed: int) -> None:
        self._visitor, self._ledger = visitor, ledger
        self._badge, self._numbers = school.badges["By table"], itertools.count(1)
        self._die = random.Random(seed)  # noqa: S311 - as the teachers'

    def act(self) -> None:
        rows, number = self._die.choice((SHORT, SHORT, LONG)), next(self._numbers)
        table = "email\n" + "".join(f"row-{row}-of-{number}@tables.example\n" for row in range(rows))
        files = {"table": (f"table-{number}.csv", table.encode(), "text/csv")}
        brought = self._visitor.ask(f"badges/{self._badge}/batches", {}, files=files)
        batch = named_after("/batches/", brought)
        if brought.status_code == 303 and batch:
            self._give(batch)

    def _give(self, batch: str) -> None:
        for turn in range(_TRIES):
            try:
                self._visitor.act(f"badges/{self._badge}/batches/{batch}/give", {}, {("table", batch): "given"})
            except Lost:
                if turn + 1 == _TRIES:
                    raise
            else:
                return
