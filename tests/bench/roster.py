"""A roster of 50,000: read pages become people and members, beside one bulk insert of the very same rows."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

from sqlalchemy import Table, event, insert, select

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.model import Identity
from lti_tool.launch.roster.applying import Destination, apply_roster
from lti_tool.launch.roster.page import Roster
from lti_tool.people.model import Person
from lti_tool.spaces.model import Member, StandingBand
from tests.bench.crowd import names_of
from tests.bench.databases import Kind, house_on
from tests.bench.measure import Acts, Count, Finding, Target, in_turn, seconds
from tests.make.organization import make_organization
from tests.make.space import make_space
from tests.make.visit import make_registration

PEOPLE = 50_000
ROUNDS = 3
_LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
_TABLES = [cast(Table, model.__table__) for model in (Person, Identity, Member)]

Rows = list[tuple[Table, list[dict[str, Any]]]]


def measure(kind: Kind) -> Iterator[Finding | Count]:
    empty = kind.fresh()
    roster, to = _roster(PEOPLE), _destination(empty)
    filled, _ = _on_copy(kind, empty, partial(_apply, roster, to))
    rows = _written(filled)
    found = in_turn(ROUNDS, {
        "ours": partial(_seconds_on_copy, kind, empty, partial(_apply, roster, to)),
        "floor": partial(_seconds_on_copy, kind, empty, partial(_insert, rows)),
    })  # fmt: skip
    what = f"Roster of {PEOPLE:,}: the first sync ({kind.name})"
    yield Finding(what, found["ours"], "one bulk insert of the same rows", found["floor"], "s", Target(at_most=3.0))
    writes, took = _again(filled, roster, to)
    yield Finding(f"Roster of {PEOPLE:,}: the same again ({kind.name})", took, "the first sync", found["ours"], "s")
    yield Count(f"Statements that write while the same roster is applied again ({kind.name})", writes, 0)


@contextmanager
def at_sizes(kind: Kind, people: Sequence[int]) -> Iterator[Acts]:
    """The first sync."""
    empty = kind.fresh()
    to = _destination(empty)
    syncs = {count: partial(_apply, _roster(count), to) for count in people}
    yield {count: partial(_seconds_on_copy, kind, empty, sync) for count, sync in syncs.items()}


def _seconds_on_copy(kind: Kind, empty: str, act: Callable[[], None]) -> float:
    return _on_copy(kind, empty, act)[1]


def _roster(people: int) -> Roster:
    """What a platform's pages become before anything is applied."""
    roster = Roster()
    roster.add({"user_id": f"sub-{number}", "roles": [_LEARNER], **names_of(number)} for number in range(people))
    return roster


def _destination(url: str) -> Destination:
    with house_on(url):
        organization = make_organization()
        return Destination(make_registration(organization), organization, make_space(organization), clock.now())


def _on_copy(kind: Kind, empty: str, act: Callable[[], None]) -> tuple[str, float]:
    """`act` in one transaction on a copy of the empty Space, commit included. Answers the copy and the seconds."""
    url = kind.copy(empty)
    with house_on(url):
        db.session.execute(select(1))
        return url, seconds(partial(_in_transaction, act))


def _in_transaction(act: Callable[[], None]) -> None:
    with transaction():
        act()


def _apply(roster: Roster, to: Destination) -> None:
    apply_roster(roster, to)


def _insert(rows: Rows) -> None:
    """The least: everything is known, nothing is looked up."""
    for table, those in rows:
        db.session.connection().execute(insert(table), those)


def _written(url: str) -> Rows:
    with house_on(url):
        if db.session.scalar(select(StandingBand.members)) != PEOPLE:
            raise RuntimeError("Not everybody of the roster has arrived on the board.")
        return [(table, [dict(row) for row in db.session.execute(select(table)).mappings()]) for table in _TABLES]


def _again(url: str, roster: Roster, to: Destination) -> tuple[int, list[float]]:
    """Apply the same roster again, and count what is not a question."""
    writes = []
    with house_on(url):

        def on_statement(*said: Any) -> None:
            if not str(said[2]).lstrip().upper().startswith(("SELECT", "BEGIN")):
                writes.append(said[2])

        event.listen(db.engine, "before_cursor_execute", on_statement)
        took = [seconds(lambda: _in_transaction(partial(_apply, roster, to))) for _ in range(ROUNDS)]
    return len(writes), took
