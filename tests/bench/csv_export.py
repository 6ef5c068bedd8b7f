"""The progress of everybody as the page streams it, beside raw SQL into csv.writer, and the memory that it takes."""

import csv
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask

from lti_tool.db import db
from tests.bench.crowd import make_crowd, make_progress, settle
from tests.bench.databases import Kind, house_on
from tests.bench.measure import Acts, Finding, Target, in_turn, seconds
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.visit import Visitor, make_visit

LEARNERS, MANY, OBJECTIVES = 5_000, 20_000, 50
ROUNDS = 5
_SHARE = 0.5
_HEADER = ["Name", "Given name", "Family name", "E-mail", "Status", "Points", "Completed"]
_OBJECTIVES = "SELECT id, title FROM objective WHERE space_id = {} ORDER BY position, id"
_LEARNERS = (
    "SELECT m.id, p.name, p.given_name, p.family_name, p.email, m.status, m.points, m.completed FROM member m"
    " JOIN person p ON p.id = m.person_id WHERE m.space_id = {} AND m.role = 'member' ORDER BY m.sort_name, m.id"
)
_DONE = "SELECT member_id, objective_id, state FROM completion WHERE space_id = {}"
_WORDS = {"complete": "complete", "taken_back": "taken back"}


def measure(kind: Kind) -> Iterator[Finding]:
    with house_on(kind.fresh()) as app, TemporaryDirectory(prefix="bench-csv-") as name:
        organization = make_organization()
        space, visitor = _course(app, organization, LEARNERS)
        _, other = _course(app, organization, MANY)
        settle()
        ours, floor = Path(name) / "ours.csv", Path(name) / "floor.csv"
        acts = {"ours": partial(_download, visitor, ours), "floor": partial(_by_hand, space, floor)}
        for act in acts.values():
            act()
        if ours.read_bytes() != floor.read_bytes():
            raise RuntimeError("The page and raw SQL have written different tables.")
        found = in_turn(ROUNDS, {name: partial(seconds, act) for name, act in acts.items()})
        what = f"Progress CSV of {LEARNERS:,} × {OBJECTIVES} ({kind.name})"
        yield Finding(what, found["ours"], "raw SQL into csv.writer", found["floor"], "s", Target(at_most=2.0))
        yield _memory(kind, visitor, other, ours)


@contextmanager
def at_sizes(kind: Kind, learners: Sequence[int]) -> Iterator[Acts]:
    """The whole table."""
    with house_on(kind.fresh()) as app, TemporaryDirectory(prefix="bench-csv-") as name:
        organization, place = make_organization(), Path(name) / "ours.csv"
        visitors = {count: _course(app, organization, count)[1] for count in learners}
        settle()
        yield {count: partial(seconds, partial(_download, one, place)) for count, one in visitors.items()}


def _memory(kind: Kind, few: Visitor, many: Visitor, place: Path) -> Finding:
    what = f"Progress CSV of {MANY * OBJECTIVES:,} cells: memory at its highest ({kind.name})"
    floor_is = f"with {LEARNERS * OBJECTIVES:,} cells"
    return Finding(what, [_peak(many, place)], floor_is, [_peak(few, place)], "MB", Target(at_most=1.2))


def _peak(visitor: Visitor, place: Path) -> float:
    tracemalloc.start()
    try:
        _download(visitor, place)
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def _course(app: Flask, organization: str, learners: int) -> tuple[str, Visitor]:
    space, _ = make_crowd(organization, learners)
    make_progress(organization, space, OBJECTIVES, _SHARE)
    return space, make_visit(app, organization=organization, person=make_person(organization), space=space)


def _download(visitor: Visitor, place: Path) -> None:
    """Piece by piece, as a server sends it."""
    answer = visitor.get("progress.csv", query_string={"separator": "comma"}, buffered=False)
    with place.open("wb") as file:
        for piece in answer.iter_encoded():
            file.write(piece)
    answer.close()


def _by_hand(space: str, place: Path) -> None:
    """What somebody would write who needs this one table, from the driver's own cursor."""
    connection: Any = db.engine.raw_connection()
    mark = "?" if db.engine.dialect.name == "sqlite" else "%s"
    cursor = connection.cursor()

    def rows(query: str) -> Any:
        return cursor.execute(query.format(mark), (space,)).fetchall()

    titles = rows(_OBJECTIVES)
    column = {objective: index for index, (objective, _) in enumerate(titles)}
    states = {member: (line, ["not started"] * len(titles)) for member, *line in rows(_LEARNERS)}
    for member, objective, state in rows(_DONE):
        states[member][1][column[objective]] = _WORDS[state]
    with place.open("w", newline="", encoding="utf-8-sig") as file:
        table = csv.writer(file)
        table.writerow([*_HEADER, *(title for _, title in titles)])
        table.writerows([*line, *cells] for line, cells in states.values())
    connection.close()
