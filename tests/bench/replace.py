"""Replacing a badge class that many hold: from the press of the button to the new picture at an award's address.

Beside it the writes alone, by hand: move the class on, write its revision and the line of the log. The number of
statements is counted, and the picture of one award is kept before and after, in `var/`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, select

from lti_tool.badges.awards import Recipient
from lti_tool.badges.badge_reads import BadgeFacts, badge_facts
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.model import Award
from lti_tool.badges.replacing.preparing import prepare, the_one
from lti_tool.badges.replacing.previews import keep_material
from lti_tool.badges.replacing.replacement import lay_pictures_ready, replace_badge
from lti_tool.db import db, new_id, transaction
from tests.bench.crowd import settle
from tests.bench.databases import Kind, house_on
from tests.bench.many_awards import make_awards, sizes
from tests.bench.measure import Acts, Count, Finding, Target, in_turn, scaled, seconds
from tests.make.award import make_award
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_badge
from tests.make.staff import make_staff
from tests.make.visit import Visitor, make_visit

ROUNDS = 9
_WRITES = 3  # the class, its new revision, the line of the log
_VAR = Path(__file__).resolve().parents[2] / "var"
_MOVE = "UPDATE badge_class SET revision = revision + 1 WHERE id = {badge}"
_SAY = (
    "INSERT INTO badge_revision (badge_id, number, name, description, criteria, tags, alignments, png_key, svg_key,"
    " created_at) SELECT badge_id, number + 1, name, description, criteria, tags, alignments, png_key, svg_key,"
    " created_at FROM badge_revision WHERE badge_id = {badge} ORDER BY number DESC LIMIT 1"
)
_NOTE = (
    "INSERT INTO audit_entry (id, at, actor_kind, deed, facts) SELECT {entry}, created_at, 'person', 'badge.replaced',"
    " '{{}}' FROM badge_class WHERE id = {badge}"
)


@dataclass
class Held:
    """A badge that many hold, an editor's browser, and two other badges that take its place in turn."""

    app: Flask
    visitor: Visitor
    badge: str
    award: str
    sources: tuple[str, str]
    editor: str

    def facts(self) -> BadgeFacts:
        found = badge_facts(self.badge)
        if found is None:
            raise RuntimeError("The badge is gone.")
        return found

    def prepared(self) -> Any:
        """The one of both that is not there now, as Continue makes it ready."""
        facts, names = self.facts(), ("Red", "Green")
        source = self.sources[0 if facts.name != names[0] else 1]
        given = the_one(url=f"{self.app.extensions['settings'].public_url}/public/assertions/{source}")
        with self.app.test_request_context():
            return prepare(facts, given, who=self.editor)

    def picture(self) -> bytes:
        return self.app.test_client().get(f"/public/assertions/{self.award}/image.png").get_data()


def measure(kind: Kind) -> Iterator[Finding | Count]:
    with house_on(kind.fresh()) as app:
        badges = _badges(app, sizes())
        few = next(iter(badges))
        for count, held in badges.items():
            what = f"Replacing a badge with {count:,} awards ({kind.name})"
            yield Count(f"{what}: statements that write", _writes(held), _WRITES)
            acts = {"ours": partial(_transaction, held), "floor": partial(_by_hand, held)}
            yield _finding(f"{what}: the transaction", acts, "its three writes by hand", None)
            if count > few:
                acts = {"ours": partial(_transaction, held), "floor": partial(_transaction, badges[few])}
                yield _finding(f"{what}: the transaction", acts, f"with {few:,} awards", Target(at_most=1.3))
                acts = {"ours": partial(_pressed, held), "floor": partial(_pressed, badges[few])}
                yield _finding(f"{what}: from the button to the new picture", acts, f"with {few:,} awards", None)


@contextmanager
def at_sizes(kind: Kind, awards: Sequence[int], *, pressed: bool = False) -> Iterator[Acts]:
    """The transaction alone, or all from the button to the new picture."""
    with house_on(kind.fresh()) as app:
        badges = _badges(app, awards)
        yield {count: partial(_pressed if pressed else _transaction, held) for count, held in badges.items()}


def _badges(app: Flask, awards: Sequence[int]) -> dict[int, Held]:
    organization, editor, visitor, sources = _desk(app)
    badges = {count: _held(app, organization, editor, visitor, sources, count) for count in awards}
    settle()
    return badges


def _finding(what: str, acts: dict[str, Callable[[], float]], floor_is: str, target: Target | None) -> Finding:
    found = in_turn(ROUNDS, acts)
    return Finding(what, scaled(found["ours"], 1e3), floor_is, scaled(found["floor"], 1e3), "ms", target)


def _desk(app: Flask) -> tuple[str, str, Visitor, tuple[str, str]]:
    organization, other = make_organization(), make_organization("Elsewhere")
    editor = make_person(organization, "Edda Editor")
    make_staff(first_issuer_of(organization), editor, "editor")
    red, green = (make_award(make_badge(other, name), Recipient(email="b@example.org")) for name in ("Red", "Green"))
    visitor = make_visit(app, organization=organization, person=editor, no_course=True)
    return organization, editor, visitor, (red, green)


def _held(
    app: Flask, organization: str, editor: str, visitor: Visitor, sources: tuple[str, str], count: int
) -> Held:  # fmt: skip
    badge = make_badge(organization, "Blue")
    make_awards(organization, badge, editor, count)
    award = db.session.scalars(select(Award.id).where(Award.badge_id == badge).limit(1)).one()
    return Held(app, visitor, badge, award, sources, editor)


def _writes(held: Held) -> int:
    """How many statements change something."""
    before, material = held.picture(), held.prepared()
    facts = held.facts()
    lay_pictures_ready(material)
    with _written() as written, transaction():
        replace_badge(facts, material, awards=0, by=held.editor)
    after = held.picture()
    if before == after:
        raise RuntimeError("The next request does not show the new picture.")
    _keep("before", before), _keep("after", after)
    return len(written)


def _keep(when: str, picture: bytes) -> None:
    _VAR.mkdir(exist_ok=True)
    (_VAR / f"replaced-{when}.png").write_bytes(picture)


@contextmanager
def _written() -> Iterator[list[str]]:
    written: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if re.match(r"\s*(INSERT|UPDATE|DELETE)", statement, re.IGNORECASE):
            written.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield written
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _transaction(held: Held) -> float:
    material, facts = held.prepared(), held.facts()
    lay_pictures_ready(material)
    db.session.rollback()

    def act() -> None:
        with transaction():
            replace_badge(facts, material, awards=0, by=held.editor)

    return seconds(act)


def _by_hand(held: Held) -> float:
    """The same three writes from the driver's own cursor."""
    db.session.rollback()
    connection: Any = db.engine.raw_connection()
    is_sqlite = db.engine.dialect.name == "sqlite"
    cursor, mark = connection.cursor(), ":{}" if is_sqlite else "%({})s"
    statements = [one.format(badge=mark.format("badge"), entry=mark.format("entry")) for one in (_MOVE, _SAY, _NOTE)]
    values = {"badge": held.badge, "entry": new_id()}

    def act() -> None:
        cursor.execute("BEGIN IMMEDIATE" if is_sqlite else "SELECT 1")
        for statement in statements:
            cursor.execute(statement, values)
        connection.commit()

    try:
        return seconds(act)
    finally:
        connection.close()


def _pressed(held: Held) -> float:
    """The form of the preview, posted; then the award's picture, which is another one now."""
    token, before = keep_material(held.prepared()), held.picture()
    after = b""

    def act() -> None:
        nonlocal after
        answer = held.visitor.post(f"badges/{held.badge}/replacement/{token}")
        if answer.status_code != 303 or not answer.headers["Location"].endswith("done=replaced"):
            raise RuntimeError(f"The badge was not replaced: {answer.status}")
        after = held.picture()

    took = seconds(act)
    if after == before:
        raise RuntimeError("The next request does not show the new picture.")
    return took
