"""Does this person hold this badge? The one question that Spaces ask of the backpack.

A badge is named by the id of our badge class, by its public address, or by the id of a foreign badge class. Anybody can
issue a 3.0 badge whose class bears the id of somebody else's: so a foreign badge counts only where its issuer has the
same host as its id, unless whoever asks names the issuer too (decision 41).
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, CompoundSelect, and_, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool import clock
from lti_tool.badges.backpack.model import ImportedBadge
from lti_tool.badges.backpack.whose import addresses_of, holders_of, is_theirs
from lti_tool.badges.hosted import address
from lti_tool.badges.model import Award
from lti_tool.db import db

FEW = 20
_AT_ONCE = 10_000  # both databases take more values than that in one statement


def holds(person: str, badge_ref: str, *, issuer_ref: str | None = None) -> bool:
    return bool(holders(badge_ref, [person], issuer_ref=issuer_ref))


def holders(badge_ref: str, persons: Iterable[str], *, issuer_ref: str | None = None) -> set[str]:
    """Those of `persons` who hold it now: neither revoked nor expired, and an imported one only while it counts."""
    asked, found = sorted(set(persons)), set[str]()
    own = _own_badge(badge_ref)
    for start in range(0, len(asked), _AT_ONCE):
        some = asked[start : start + _AT_ONCE]
        found |= _given_here(own, some) if own else _brought_here(badge_ref, some, issuer_ref)
    return found


def holdings(badges: Collection[str], persons: Collection[str] | None = None) -> CompoundSelect[tuple[Any, ...]]:
    """Who holds which of these badge classes of ours now, for a query: `holder`, `award`, `badge`, and one line for
    each award. Of a few `persons` only what is theirs is read, otherwise every award of the badges.
    """
    held = and_(Award.badge_id.in_(badges), *_counting())
    if persons is None or not 0 < len(persons) <= FEW:
        return holders_of(held)
    what = (Award.id.label("award"), Award.badge_id.label("badge"))
    return union_all(
        *(select(literal(one).label("holder"), *what).where(held, is_theirs(addresses_of(one))) for one in persons)
    )


def counting_imports() -> ColumnElement[bool]:
    """For a query of `ImportedBadge`: those that count now."""
    return and_(ImportedBadge.counts, ImportedBadge.removed_at.is_(None), _lasts(ImportedBadge.expires))


def _own_badge(badge_ref: str) -> str | None:
    """The id of our badge class; None for a badge of somebody else, which is always named by an address or URN."""
    ours = address("badges", "")
    if badge_ref.startswith(ours):
        return badge_ref.removeprefix(ours)
    return None if ":" in badge_ref else badge_ref


def _given_here(badge: str, persons: list[str]) -> set[str]:
    held = and_(Award.badge_id == badge, *_counting())
    if len(persons) == 1:
        mine = select(Award.id).where(held, is_theirs(addresses_of(persons[0])))
        return set(persons) if db.session.scalar(mine.limit(1)) else set()
    holding = holders_of(held).subquery()
    return set(db.session.scalars(select(holding.c.holder).where(holding.c.holder.in_(persons))))


def _brought_here(badge_ref: str, persons: list[str], issuer_ref: str | None) -> set[str]:
    row = ImportedBadge
    rows = db.session.execute(
        select(row.person_id, row.issuer_ref).where(
            row.badge_ref == badge_ref, row.person_id.in_(persons), counting_imports()
        )
    )  # fmt: skip
    return {person for person, issuer in rows if _stands_behind(issuer, badge_ref, issuer_ref)}


def _counting() -> tuple[ColumnElement[bool], ...]:
    return Award.revoked_at.is_(None), _lasts(Award.expires)


def _lasts(expires: InstrumentedAttribute[datetime | None]) -> ColumnElement[bool]:
    return or_(expires.is_(None), expires > clock.now())


def _stands_behind(issuer: str, badge_ref: str, wanted: str | None) -> bool:
    if wanted is not None:
        return issuer == wanted
    host = _host(badge_ref)
    return host is not None and host == _host(issuer)


def _host(ref: str) -> str | None:
    """The host of a web address, or of a `did:web`, with its port (did:web, section 3.2)."""
    if ref.startswith("did:web:"):
        return ref.split(":")[2].replace("%3A", ":").replace("%3a", ":").lower() or None
    try:
        parts = urlsplit(ref)
    except ValueError:
        return None
    return parts.netloc.lower() or None if parts.scheme in ("https", "http") else None
