"""The progress of everybody × every objective as a table for spreadsheets, in flat memory.

It is read in slices along the index of the lists. Between two slices no transaction is open, for a long read on
SQLite would hold back the log. The rows are plain tuples: with objects the same table took five times as long.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, count
from typing import Any

from sqlalchemy import Engine, Select, bindparam, func, select, tuple_

from lti_tool import clock
from lti_tool.csvfile import Cell, rows_to_csv
from lti_tool.db import db
from lti_tool.people.model import Person
from lti_tool.people.names import code_of
from lti_tool.spaces.member_reads import SHOWN_EMAIL, SHOWN_NAME
from lti_tool.spaces.model import Completion, Member
from lti_tool.spaces.progress_reads import ObjectiveHead, objective_heads
from lti_tool.spaces.space import SpaceFacts

_FIXED = ("Name", "Given name", "Family name", "E-mail", "Status", "Points", "Completed")
_STATUS = {"active": "active", "inactive": "left", "open": "open"}
_STATE = {"complete": "complete", "taken_back": "taken back"}
_NOT_STARTED = "not started"
_SLICE_CELLS, _SLICE_LEARNERS = 50_000, 500

Place = tuple[str, str]


def progress_csv(space: SpaceFacts, *, separator: str = ",") -> tuple[str, Iterator[bytes]]:
    """A file name and the table in pieces. The pieces need neither the request nor its session: both may be gone."""
    objectives = objective_heads(space.id)
    titles = numbered([*_FIXED, *(one.title for one in objectives)])
    rows = _rows(db.engine, space.id, objectives)
    name = f"{space.name} progress {clock.now():%Y-%m-%d}.csv"
    return name, rows_to_csv(titles, rows, separator=separator)


def numbered(titles: Sequence[str]) -> list[str]:
    """Column titles, each one once: the second `Essay` is `Essay (2)`."""
    columns: dict[str, None] = {}
    for title in titles:
        spellings = chain([title], (f"{title} ({number})" for number in count(2)))
        columns[next(one for one in spellings if one not in columns)] = None
    return list(columns)


def _rows(engine: Engine, space_id: str, objectives: Sequence[ObjectiveHead]) -> Iterator[list[Cell]]:
    column = {one.id: len(_FIXED) + index for index, one in enumerate(objectives)}
    empty = [_NOT_STARTED] * len(objectives)
    limit = max(1, min(_SLICE_LEARNERS, _SLICE_CELLS // max(1, len(objectives))))
    place: Place | None = None
    while True:
        learners, done = _slice(engine, space_id, place, limit)
        rows: dict[str, list[Cell]] = {
            member: [name or _label(member, email), given, family, email, _STATUS[status], points, completed, *empty]
            for member, _, name, given, family, email, status, points, completed in learners
        }
        for member, state, finished in done:
            row, word = rows[member], _STATE[state]
            for objective in finished.split(","):
                if objective in column:
                    row[column[objective]] = word
        yield from rows.values()
        if len(learners) < limit:
            return
        place = learners[-1][1], learners[-1][0]


def _label(member: str, email: str | None) -> str | None:
    """What a row of nobody's name and address is called, so that it can be found again on the pages."""
    return None if email else f"Learner {code_of(member)}"


def _slice(engine: Engine, space_id: str, place: Place | None, limit: int) -> tuple[Sequence[Any], Sequence[Any]]:
    with engine.connect() as connection:
        learners = connection.execute(_learners(space_id, place, limit)).all()
        done = connection.execute(_DONE, {"space": space_id, "members": [one[0] for one in learners]}).all()
    return learners, done


def _learners(space_id: str, place: Place | None, limit: int) -> Select[*tuple[Any, ...]]:
    query = (
        select(
            Member.id, Member.sort_name, SHOWN_NAME, Person.given_name, Person.family_name, SHOWN_EMAIL,
            Member.status, Member.points, Member.completed,
        )
        .outerjoin(Person, Person.id == Member.person_id)
        .where(Member.space_id == space_id, Member.role == "member", Member.status != "preview")
    )  # fmt: skip
    if place is not None:
        query = query.where(tuple_(Member.sort_name, Member.id) > place)
    return query.order_by(Member.sort_name, Member.id).limit(limit)


# One row for all that a member has done: handing over each completion as a row of its own took longer than reading it.
_DONE = (
    select(Completion.member_id, Completion.state, func.aggregate_strings(Completion.objective_id, ","))
    .where(Completion.space_id == bindparam("space"), Completion.member_id.in_(bindparam("members", expanding=True)))
    .group_by(Completion.member_id, Completion.state)
)
