"""May a badge class be given, and how? Whoever awards asks before anything else."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from lti_tool.badges.model import BadgeClass, Issuer
from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue

catalogue(
    {
        "no_more_awards": Entry(
            409, "This badge is archived",
            "A badge that is archived, or whose issuer is, is not given by hand and not chosen for new objectives.",
            "whoever edits the issuer", "Take it out of the archive first. Nothing was changed.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Awardable:
    """A badge class as whoever gives it has to know it."""

    badge: str
    issuer: str
    organization: str
    allows_repeats: bool
    expires_after_days: int | None
    time_zone: str
    is_archived: bool = False


def awardable(badge: str) -> Awardable:
    """Raises `Problem` not_found, or no_more_awards where class or issuer are archived."""
    found = target_of(badge)
    if found.is_archived:
        raise Problem("no_more_awards")
    return found


def target_of(badge: str) -> Awardable:
    """The same, archived or not."""
    row = db.session.execute(
        select(
            BadgeClass.issuer_id, Issuer.organization_id, BadgeClass.allows_repeats, BadgeClass.expires_after_days,
            Issuer.time_zone, BadgeClass.archived_at, Issuer.archived_at.label("issuer_archived_at"),
        )
        .join(Issuer, Issuer.id == BadgeClass.issuer_id)
        .where(BadgeClass.id == badge)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise Problem("not_found", _("There is no such badge."))
    is_archived = row.archived_at is not None or row.issuer_archived_at is not None
    return Awardable(badge, *row[:5], is_archived)
