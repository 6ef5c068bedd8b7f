"""The launches of the last days, good and refused, in one list: what an administrator looks at when somebody calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from lti_tool.db import db
from lti_tool.errors import CATALOGUE, Entry
from lti_tool.launch.console.words import message_words, proof_words, role_words, short_role
from lti_tool.launch.kept_words import said_kept
from lti_tool.launch.model import RefusedLaunch, VisitRow
from lti_tool.people.audit import Turn

PAGE = 50


@dataclass(frozen=True)
class LaunchLine:
    """One launch. A good one has a `decision`, a refused one a `refusal` with its reference."""

    id: str
    at: datetime
    message: str
    proof: str
    roles: tuple[str, ...] = ()
    decision: str | None = None
    code: str | None = None
    refusal: Entry | None = None
    said: str | None = None
    reference: str | None = None


@dataclass(frozen=True)
class LaunchPage:
    """A page of the list, the newest first, and where the older ones begin."""

    lines: list[LaunchLine]
    older: str | None


def launch_page(
    registration_id: str, *, before: Turn | None = None, refused_only: bool = False, limit: int = PAGE
) -> LaunchPage:
    """The launches of a platform, from this place on."""
    lines = _refused(registration_id, before, limit + 1)
    if not refused_only:
        lines += _good(registration_id, before, limit + 1)
    lines.sort(key=lambda line: (line.at, line.id), reverse=True)
    shown = lines[:limit]
    return LaunchPage(shown, Turn(shown[-1].at, shown[-1].id).word if len(lines) > limit else None)


def _good(registration_id: str, before: Turn | None, limit: int) -> list[LaunchLine]:
    query = (
        select(
            VisitRow.id, VisitRow.created_at, VisitRow.message, VisitRow.proof, VisitRow.sent, VisitRow.role,
            VisitRow.assistant, VisitRow.preview, VisitRow.masked,
        )
        .where(VisitRow.registration_id == registration_id, *_older(VisitRow.created_at, VisitRow.id, before))
        .order_by(VisitRow.created_at.desc(), VisitRow.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [
        LaunchLine(
            id=row.id, at=row.created_at, proof=proof_words(row.proof), roles=_roles(row.sent),
            message=message_words(row.message, course=row.sent.get("context")),
            decision=role_words(row.role, assistant=row.assistant, preview=row.preview, masked=row.masked),
        )
        for row in db.session.execute(query)
    ]  # fmt: skip


def _refused(registration_id: str, before: Turn | None, limit: int) -> list[LaunchLine]:
    query = (
        select(RefusedLaunch)
        .where(RefusedLaunch.registration_id == registration_id, *_older(RefusedLaunch.at, RefusedLaunch.id, before))
        .order_by(RefusedLaunch.at.desc(), RefusedLaunch.id.desc())
        .limit(limit)
    )
    return [
        LaunchLine(
            id=row.id, at=row.at, message=message_words(row.message), proof=proof_words(row.proof), code=row.code,
            refusal=CATALOGUE.get(row.code), said=said_kept(row.said or "") or None, reference=row.reference,
        )
        for row in db.session.scalars(query)
    ]  # fmt: skip


def _older(at: Any, identity: Any, before: Turn | None) -> Sequence[ColumnElement[bool]]:
    if before is None:
        return ()
    return (or_(at < before.at, and_(at == before.at, identity < before.id)),)


def _roles(sent: dict[str, Any]) -> tuple[str, ...]:
    return tuple(short_role(str(uri)) for uri in sent.get("roles", ()))
