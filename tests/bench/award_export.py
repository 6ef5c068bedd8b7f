"""Every award of an issuer as the page streams it, beside raw SQL into csv.writer, and the memory that it takes."""

import csv
import tracemalloc
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask

from lti_tool.badges.issuers import first_issuer_of
from lti_tool.db import db
from tests.bench.crowd import settle
from tests.bench.databases import Kind, house_on
from tests.bench.many_awards import make_awards, sizes
from tests.bench.measure import Finding, Target, in_turn, seconds
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_badge
from tests.make.staff import make_staff
from tests.make.visit import Visitor, make_visit

ROUNDS = 3
_ROWS = (
    "SELECT p.name, a.recipient_email, '{name}', a.badge_id, a.issued_on, a.expires, 'valid', a.revoked_at,"
    " a.revocation_reason, a.evidence, a.narrative, '{address}' || a.id, a.id, b.name, a.corrects FROM award a"
    " LEFT JOIN person p ON p.id = a.person_id LEFT JOIN person b ON b.id = a.awarded_by WHERE a.badge_id = '{badge}'"
    " ORDER BY a.issued_on, a.id"
)


def measure(kind: Kind) -> Iterator[Finding]:
    few, many = sizes()[-2:]
    with house_on(kind.fresh()) as app, TemporaryDirectory(prefix="bench-export-") as name:
        small, large = _issuer(app, few), _issuer(app, many)
        settle()
        ours, floor = Path(name) / "ours.csv", Path(name) / "floor.csv"
        acts = {"ours": partial(_download, *large[:2], ours), "floor": partial(_by_hand, app, large[2], floor)}
        for act in acts.values():
            act()
        _compare(ours, floor)
        found = in_turn(ROUNDS, {name: partial(seconds, act) for name, act in acts.items()})
        what = f"Export of {many:,} awards ({kind.name})"
        yield Finding(what, found["ours"], "raw SQL into csv.writer", found["floor"], "s", Target(at_most=3.0))
        peaks = [[_peak(*one[:2], ours)] for one in (large, small)]
        what = f"Export of {many:,} awards: memory at its highest ({kind.name})"
        yield Finding(what, peaks[0], f"with {few:,} awards", peaks[1], "MB", Target(at_most=1.2))


def _issuer(app: Flask, count: int) -> tuple[Visitor, str, str]:
    organization = make_organization()
    issuer, badge = first_issuer_of(organization), make_badge(organization, "Explorer")
    editor = make_person(organization, "Edda Editor")
    make_staff(issuer, editor, "editor")
    make_awards(organization, badge, editor, count)
    return make_visit(app, organization=organization, person=editor, no_course=True), issuer, badge


def _download(visitor: Visitor, issuer: str, place: Path) -> None:
    """Piece by piece, as a server sends it."""
    answer = visitor.post(f"issuers/{issuer}/awards.csv", {"separator": "comma"}, buffered=False)
    with place.open("wb") as file:
        for piece in answer.iter_encoded():
            file.write(piece)
    answer.close()


def _peak(visitor: Visitor, issuer: str, place: Path) -> float:
    tracemalloc.start()
    try:
        _download(visitor, issuer, place)
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def _by_hand(app: Flask, badge: str, place: Path) -> None:
    """What somebody would write who needs this one table, from the driver's own cursor."""
    address = f"{app.extensions['settings'].public_url}/public/assertions/"
    connection: Any = db.engine.raw_connection()
    cursor = connection.cursor("rows") if db.engine.dialect.name == "postgresql" else connection.cursor()
    with place.open("w", newline="", encoding="utf-8-sig") as file:
        table = csv.writer(file)
        cursor.execute(_ROWS.format(name="Explorer", address=address, badge=badge))
        while rows := cursor.fetchmany(5_000):
            table.writerows([*row[:4], str(row[4])[:19], *row[5:]] for row in rows)
    cursor.close()
    connection.rollback()
    connection.close()


def _compare(ours: Path, floor: Path) -> None:
    """The same rows; ours has a line of titles before them."""
    with ours.open("rb") as page, floor.open("rb") as raw:
        page.readline()
        raw.seek(3)  # the byte order mark
        if any(one != other for one, other in zip(page, raw, strict=True)):
            raise RuntimeError("The page and raw SQL have written different tables.")
