"""Progress as a table for spreadsheets, in flat memory: everybody × every objective, or what a list of learners shows.

It is read in slices along the index of the lists. Between two slices no transaction is open, for a long read on
SQLite would hold back the log. The rows are plain tuples: with objects the same table took five times as long.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ARRAY, ColumnElement, Engine, Select, String, any_, bindparam, func, select

from lti_tool import clock
from lti_tool.csvfile import Cell, rows_to_csv
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.model import Person
from lti_tool.people.names import code_of
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.evidence.rules import FOR_STAFF, shown_state
from lti_tool.spaces.member_reads import SHOWN_EMAIL, SHOWN_NAME
from lti_tool.spaces.model import Completion, Member
from lti_tool.spaces.progress.learners import Listed, beyond, is_listed, learners_of, order, shown
from lti_tool.spaces.progress.reads import ObjectiveHead, objective_heads
from lti_tool.spaces.progress.view import View
from lti_tool.spaces.space import SpaceFacts
from lti_tool.words import said, to_say

_FIXED = (
    to_say("Name"), to_say("Given name"), to_say("Family name"), to_say("E-mail"), to_say("Status"), to_say("Points"),
    to_say("Completed"),
)  # fmt: skip
_STATUS = {"active": to_say("active"), "inactive": to_say("left"), "open": to_say("open")}
_STATE = {
    "complete": to_say("complete"), "taken_back": to_say("taken back"), "waiting": to_say("waiting for review"),
    "returned": to_say("not there yet"), None: to_say("not started"),
}  # fmt: skip
_SLICE_CELLS, _SLICE_LEARNERS = 50_000, 500

@dataclass(frozen=True)
class Slice:
    """Some learners with where they stand: `done` is (member, state, ids of objectives), `open` what was handed in."""

    learners: Sequence[Any]
    done: Sequence[Any]
    open: Mapping[tuple[str, str], str]


class _Words:
    """What stands in the cells, in the language of whoever asked: nobody is there any more when the rows are read."""

    def __init__(self) -> None:
        self.status = {status: said(word) for status, word in _STATUS.items()}
        self.state = {state: said(word) for state, word in _STATE.items()}
        self.nameless = _("Learner %(code)s", code="%s")

    def label(self, member: str, email: str | None) -> str | None:
        """What a row of nobody's name and address is called, so that it can be found again on the pages."""
        return None if email else self.nameless % code_of(member)


def progress_csv(
    space: SpaceFacts, *, separator: str = ",", view: View | None = None, objective: str | None = None
) -> tuple[str, Iterator[bytes]]:
    """A file name and the table in pieces. The pieces need neither the request nor its session: both may be gone.
    Raises `Problem` not_found for an objective of another Space.
    """
    objectives = objective_heads(space.id)
    if objective is not None and objective not in [one.id for one in objectives]:
        raise Problem("not_found")
    titles = numbered([*map(said, _FIXED), *(one.title for one in objectives)])
    rows = progress_rows(db.engine, learners_of(space, view or View(), len(objectives), objective), objectives)
    name = _("%(space)s progress %(day)s.csv", space=space.name, day=f"{clock.now():%Y-%m-%d}")
    return name, rows_to_csv(titles, rows, separator=separator)


def numbered(titles: Sequence[str]) -> list[str]:
    """Column titles, each one once: the second `Essay` is `Essay (2)`."""
    columns: dict[str, None] = {}
    for title in titles:
        spellings = chain([title], (f"{title} ({number})" for number in count(2)))
        columns[next(one for one in spellings if one not in columns)] = None
    return list(columns)


def progress_rows(engine: Engine, asked: Listed, objectives: Sequence[ObjectiveHead]) -> Iterator[list[Cell]]:
    """The rows of the table, in the order of the list."""
    return _rows(engine, asked, objectives, _Words())


def _rows(engine: Engine, asked: Listed, objectives: Sequence[ObjectiveHead], words: _Words) -> Iterator[list[Cell]]:
    column = {one.id: len(_FIXED) + index for index, one in enumerate(objectives)}
    empty = [words.state[None]] * len(objectives)
    limit = max(1, min(_SLICE_LEARNERS, _SLICE_CELLS // max(1, len(objectives))))
    anchor: Sequence[Any] | None = None
    while True:
        found = _slice(engine, asked, anchor, limit)
        rows: dict[str, list[Cell]] = {
            member: [
                name or words.label(member, email), given, family, email, words.status[status], points, completed,
                *empty,
            ]
            for member, name, given, family, email, status, points, completed, *_ in found.learners
        }  # fmt: skip
        for (member, objective), state in found.open.items():
            if objective in column:
                rows[member][column[objective]] = words.state[state]
        for member, state, finished in found.done:
            _fill(rows[member], column, words, state, [one for one in finished.split(",") if one in column])
        yield from rows.values()
        if len(found.learners) < limit:
            return
        anchor = found.learners[-1][_BEFORE_ANCHOR:]


def _fill(
    row: list[Cell], column: Mapping[str, int], words: _Words, state: str, objectives: Sequence[str]
) -> None:  # fmt: skip
    """What was handed in since counts before what was taken back, and nothing before complete."""
    for objective in objectives:
        if state == "complete" or row[column[objective]] == words.state[None]:
            row[column[objective]] = words.state[state]


def _slice(engine: Engine, asked: Listed, anchor: Sequence[Any] | None, limit: int) -> Slice:
    with engine.connect() as connection:
        learners = connection.execute(_learners(asked, anchor, limit)).all()
        said = {"space": asked.space, "members": [one[0] for one in learners]}
        done, attempts = _ABOUT[engine.dialect.name]
        return Slice(learners, connection.execute(done, said).all(), _handed_in(connection.execute(attempts, said)))


def _learners(asked: Listed, anchor: Sequence[Any] | None, limit: int) -> Select[*tuple[Any, ...]]:
    value = [] if asked.value is None else [asked.value.label("sorted_by")]
    query = (
        select(
            Member.id, SHOWN_NAME, Person.given_name, Person.family_name, SHOWN_EMAIL, Member.status, Member.points,
            Member.completed, *value, Member.sort_name, Member.id.label("last"),
        )
        .outerjoin(Person, Person.id == Member.person_id)
        .where(is_listed(asked.space), *shown(asked))
    )  # fmt: skip
    if anchor is not None:
        query = query.where(beyond(asked, anchor))
    return query.order_by(*order(asked)).limit(limit)


def _handed_in(rows: Iterable[Sequence[Any]]) -> Mapping[tuple[str, str], str]:
    attempts: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for member, objective, state in rows:
        attempts[member, objective].append(state)
    found = {place: shown_state(states) for place, states in attempts.items()}
    return {place: state for place, state in found.items() if state}


def _about(among: Callable[[Any], ColumnElement[bool]]) -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    """What the members that `among` finds have done, and what they have handed in. Of the former one row for all that
    a member has done: handing over each completion as a row of its own took longer than reading it.
    """
    done = select(Completion.member_id, Completion.state, func.aggregate_strings(Completion.objective_id, ","))
    done = done.where(Completion.space_id == bindparam("space"), among(Completion.member_id))
    attempts = select(Submission.member_id, Submission.objective_id, Submission.state).where(
        Submission.space_id == bindparam("space"), among(Submission.member_id), Submission.state.in_(FOR_STAFF)
    )
    return done.group_by(Completion.member_id, Completion.state), attempts.order_by(Submission.attempt)


_BEFORE_ANCHOR = 8
# psycopg reads a statement with five hundred places for values anew each time, which took longer than the answer: there
# they are one value.
_ABOUT = {
    "sqlite": _about(lambda member: member.in_(bindparam("members", expanding=True))),
    "postgresql": _about(lambda member: member == any_(bindparam("members", type_=ARRAY(String)))),
}
