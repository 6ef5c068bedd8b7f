"""A table of 100,000 recipients: read, checked and given slice by slice, beside one bulk insert of the very same rows;
how much memory it takes; and the lists that show them.
"""

import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, cast

from sqlalchemy import Table, insert, select

from lti_tool.badges.awarding.batches import Upload, begin_giving, bring_table
from lti_tool.badges.awarding.model import AwardBatch
from lti_tool.badges.awarding.slices import give_batch
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.model import Award, BadgeClass
from lti_tool.db import db, transaction
from tests.bench.crowd import names_of, settle
from tests.bench.databases import Kind, house_on
from tests.bench.measure import Finding, Target, in_turn, scaled, seconds
from tests.make.home import make_home
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_badge
from tests.make.staff import make_staff

AWARDS, FEW = 100_000, 10_000
ROUNDS, LOOKS = 3, 9
_PAGES = {"of a badge": "badges/{badge}/awards", "of an issuer": "issuers/{issuer}/awards"}


def measure(kind: Kind) -> Iterator[Finding]:
    empty = kind.fresh()
    badge, person = _badge(empty)
    filled, _ = _on_copy(kind, empty, partial(_give, badge, person, AWARDS))
    rows = _written(filled)
    found = in_turn(ROUNDS, {
        "ours": lambda: _on_copy(kind, empty, partial(_give, badge, person, AWARDS))[1],
        "floor": lambda: _on_copy(kind, empty, partial(_insert, person, rows))[1],
    })  # fmt: skip
    what = f"{AWARDS:,} awards from a table, read, checked and given ({kind.name})"
    yield Finding(what, found["ours"], "one bulk insert of the same rows", found["floor"], "s", Target(at_most=3.0))
    peaks = [_peak(kind, empty, partial(_give, badge, person, count)) for count in (AWARDS, FEW)]
    what = f"{AWARDS:,} awards from a table: memory at its highest ({kind.name})"
    yield Finding(what, [peaks[0]], f"with {FEW:,}", [peaks[1]], "MB")
    yield from _lists(kind, empty, filled, badge, person)


def _badge(url: str) -> tuple[str, str]:
    """A badge that nobody has, and a person who may give it."""
    with house_on(url):
        organization = make_organization()
        badge, person = make_badge(organization), make_person(organization)
        make_staff(first_issuer_of(organization), person, "awarder")
        return badge, person


def _table(count: int) -> bytes:
    lines = (f"{one['email']},{one['name']}" for one in map(names_of, range(count)))
    return "\n".join(["email,name", *lines]).encode()


def _on_copy(kind: Kind, empty: str, act: Callable[[], object]) -> tuple[str, float]:
    url = kind.copy(empty)
    with house_on(url):
        db.session.execute(select(1))
        return url, seconds(act)


def _give(badge: str, person: str, count: int) -> None:
    """From the upload to the last award, as page and job do it."""
    with transaction():
        batch = bring_table(badge, Upload(_table(count), "people.csv"), by=person)
    with transaction():
        begin_giving(batch)
    give_batch({"batch": batch})


def _insert(person: str, rows: list[dict[str, Any]]) -> None:
    """The least: everything is known, nothing is looked up."""
    with transaction() as connection:
        db.session.add(AwardBatch(
            id=rows[0]["batch_id"], badge_id=rows[0]["badge_id"], made_by=person, file_name="", file_key=""
        ))  # fmt: skip
        db.session.flush()
        connection.execute(insert(cast(Table, Award.__table__)), rows)


def _written(url: str) -> list[dict[str, Any]]:
    with house_on(url):
        rows = [dict(row) for row in db.session.execute(select(Award.__table__)).mappings()]
    if len(rows) != AWARDS:
        raise RuntimeError("Not everybody of the table was given the badge.")
    return rows


def _peak(kind: Kind, empty: str, act: Callable[[], object]) -> float:
    tracemalloc.start()
    try:
        _on_copy(kind, empty, act)
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def _lists(kind: Kind, empty: str, filled: str, badge: str, person: str) -> Iterator[Finding]:
    """The first page of each list with all those awards, beside the same page without any."""
    for name, page in _PAGES.items():
        took = {url: _looks(url, badge, person, page) for url in (filled, empty)}
        what = f"The list of {AWARDS:,} awards {name} ({kind.name})"
        yield Finding(what, scaled(took[filled], 1000), "without any", scaled(took[empty], 1000), "ms")


def _looks(url: str, badge: str, person: str, page: str) -> list[float]:
    with house_on(url) as app:
        settle()
        home = make_home(app, person)
        place = page.format(badge=badge, issuer=db.session.get_one(BadgeClass, badge).issuer_id)
        if home.get(place).status_code != 200:
            raise RuntimeError("The list of awards was refused.")
        return [seconds(partial(home.get, place)) for _ in range(LOOKS)]
