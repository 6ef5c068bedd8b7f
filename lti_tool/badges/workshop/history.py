"""The audit log of one issuer, in sentences. The log names nobody: names are looked up when it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from lti_tool.badges.awarding.model import AwardBatch
from lti_tool.badges.model import CURRENT_REVISION, Award, BadgeClass, BadgeRevision
from lti_tool.db import db
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.audit import Fact, Turn, named_deed
from lti_tool.people.model import Person
from lti_tool.people.names import code_of

PAGE = 50


@dataclass(frozen=True)
class HistoryLine:
    """One deed. `named` is what the log calls it, where no sentence is written for it. `who` is a name, or None for
    somebody whom nobody knows here any more; `badge` is the id of the badge that it is about, `badge_name` is None
    once that is deleted.
    """

    at: datetime
    deed: str
    named: str
    actor_kind: str
    who: str | None
    badge: str | None
    badge_name: str | None
    facts: Mapping[str, Fact]


@dataclass(frozen=True)
class HistoryPage:
    """A page of the history, the newest first, and where the older ones begin."""

    lines: Sequence[HistoryLine]
    older: str | None


def history_page(
    issuer: str, organization: str, *, badge: str | None = None, before: Turn | None = None, limit: int = PAGE
) -> HistoryPage:  # fmt: skip
    """What was done to an issuer, its badges and its awards; of one `badge` only, where one is named."""
    query = select(AuditEntry).where(AuditEntry.scope == issuer)
    if badge is not None:
        query = query.where(_about(badge))
    if before is not None:
        query = query.where(before.older)
    ordered = query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit + 1)
    entries = list(db.session.scalars(ordered))
    shown = entries[:limit]
    following = Turn(shown[-1].at, shown[-1].id).word if len(entries) > limit else None
    return HistoryPage(_lines(shown, organization), following)


def _about(badge: str) -> Any:
    return or_(
        AuditEntry.subject == badge,
        AuditEntry.subject.in_(select(Award.id).where(Award.badge_id == badge)),
        AuditEntry.subject.in_(select(AwardBatch.id).where(AwardBatch.badge_id == badge)),
    )


def _lines(entries: Sequence[AuditEntry], organization: str) -> list[HistoryLine]:
    names = _names({one.actor for one in entries if one.actor and one.actor_kind == "person"}, organization)
    badges = _badges({one.subject for one in entries if one.subject})
    lines = []
    for one in entries:
        badge, name = badges.get(one.subject or "", (None, None))
        who = names.get(one.actor or "") if one.actor_kind == "person" else code_of(one.actor or "")
        lines.append(HistoryLine(one.at, one.deed, named_deed(one.deed), one.actor_kind, who, badge, name, one.facts))
    return lines


def _names(people: set[str], organization: str) -> dict[str, str | None]:
    """Somebody who is in another organization is nobody here."""
    query = select(Person.id, Person.name, Person.email)
    found = db.session.execute(query.where(Person.id.in_(people), Person.organization_id == organization))
    return {person: name or email for person, name, email in found}


def _badges(subjects: set[str]) -> dict[str, tuple[str, str]]:
    """{subject: (badge, its name now)} of badges, of awards, and of tables of awards."""
    of_awards = select(Award.id, Award.badge_id).where(Award.id.in_(subjects))
    of_batches = select(AwardBatch.id, AwardBatch.badge_id).where(AwardBatch.id.in_(subjects))
    badge_of = {subject: subject for subject in subjects}
    badge_of |= {subject: badge for query in (of_awards, of_batches) for subject, badge in db.session.execute(query)}
    query = (
        select(BadgeClass.id, BadgeRevision.name)
        .join(BadgeRevision, CURRENT_REVISION)
        .where(BadgeClass.id.in_(set(badge_of.values())))
    )
    names = {row.id: row.name for row in db.session.execute(query)}
    return {subject: (badge, names[badge]) for subject, badge in badge_of.items() if badge in names}
