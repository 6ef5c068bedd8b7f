"""The audit log: deeds that somebody will ask about, written in the transaction of the deed (decision 15).

It holds opaque ids only. A fact is a number, a yes or no, or one word: never a name, an address or a sentence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, or_, select

from lti_tool.db import db
from lti_tool.people.admin.model import AuditEntry
from lti_tool.words import said

Fact = str | int | bool | None
_WORD = re.compile(r"[A-Za-z0-9_.:/-]{0,200}")
_DEEDS: dict[str, str] = {}


def name_deeds(words: Mapping[str, str]) -> None:
    """How the deeds of a slice are called on the page of the log, in marked words."""
    _DEEDS.update(words)


def named_deed(deed: str) -> str:
    """What a deed is called, for a reader."""
    return said(_DEEDS.get(deed, deed))


def note(
    deed: str, *, actor_kind: str, actor: str | None = None, organization: str | None = None,
    subject: str | None = None, scope: str | None = None, facts: Mapping[str, Fact] | None = None,
) -> None:  # fmt: skip
    """Write a deed down, in the surrounding transaction. `actor_kind`: `person`, `administrator`,
    `program`, `command`, or `visitor` for somebody who is just arriving.

    `scope` is the issuer whose owners and editors read of the deed as well.
    """
    told = dict(facts or {})
    for name, fact in told.items():
        if isinstance(fact, str) and not _WORD.fullmatch(fact):
            raise ValueError(f"The fact {name} is no single word: the audit log names no person.")
    db.session.add(
        AuditEntry(
            deed=deed, actor_kind=actor_kind, actor=actor, organization_id=organization, subject=subject, scope=scope,
            facts=told,
        )
    )


@dataclass(frozen=True)
class Turn:
    """A place in the log: everything older than this entry."""

    at: datetime
    id: str

    @property
    def word(self) -> str:
        return f"{self.at.isoformat()}_{self.id}"

    @property
    def older(self) -> ColumnElement[bool]:
        return or_(AuditEntry.at < self.at, and_(AuditEntry.at == self.at, AuditEntry.id < self.id))


def turn_from(word: str | None) -> Turn | None:
    """The place that a `word` in an address names; None for none, and for one that is none of ours."""
    at, _, entry = (word or "").partition("_")
    try:
        moment = datetime.fromisoformat(at)
        here = moment.astimezone(UTC) if moment.tzinfo else None  # the first and the last day overflow in some zones
    except (ValueError, OverflowError):
        return None
    return Turn(here, entry) if here and re.fullmatch(r"[A-Za-z0-9]{1,32}", entry) else None


@dataclass(frozen=True)
class AuditLine:
    """One deed as the page shows it."""

    id: str
    at: datetime
    deed: str
    what: str
    actor_kind: str
    actor: str | None
    organization: str | None
    subject: str | None
    facts: dict[str, Fact]


@dataclass(frozen=True)
class AuditPage:
    """A page of the log, the newest first, and where the older ones begin."""

    lines: list[AuditLine]
    older: str | None


def audit_page(
    *, before: Turn | None = None, subject: str | None = None, limit: int = 50
) -> AuditPage:  # fmt: skip
    """The whole log, or what was done to one `subject`, from behind the place `before`."""
    query = select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit + 1)
    if subject:
        query = query.where(AuditEntry.subject == subject)
    if before is not None:
        query = query.where(before.older)
    found = [_line(row) for row in db.session.scalars(query)]
    shown = found[:limit]
    return AuditPage(shown, Turn(shown[-1].at, shown[-1].id).word if len(found) > limit else None)


def _line(row: AuditEntry) -> AuditLine:
    return AuditLine(
        row.id, row.at, row.deed, named_deed(row.deed), row.actor_kind, row.actor, row.organization_id,
        row.subject, row.facts,
    )  # fmt: skip
