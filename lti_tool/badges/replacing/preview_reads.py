"""What a preview shows: the old badge beside the new one, and whom the change touches."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import func, select

from lti_tool import clock
from lti_tool.badges.award_state import award_state
from lti_tool.badges.badge_reads import BadgeFacts
from lti_tool.badges.model import Award
from lti_tool.badges.replacing.previews import Material
from lti_tool.badges.revisions import BadgeWords
from lti_tool.badges.uses import Use, uses_of
from lti_tool.db import db
from lti_tool.people.model import Person
from lti_tool.storage import key_of

_SHOWN = 3


@dataclass(frozen=True)
class Touched:
    """How many awards and people a change of the badge reaches, and in which Spaces."""

    awards: int
    people: int
    spaces: Sequence[Use]


@dataclass(frozen=True)
class AwardShown:
    """A real award of the badge. `name` is None where whoever looks may not know it, or nobody does."""

    id: str
    name: str | None
    issued_on: datetime
    expires: datetime | None
    state: str


def changes(badge: BadgeFacts, material: Material) -> set[str]:
    """The parts of the badge that will be others: fields of `BadgeWords`, and `picture`."""
    old, new = badge.words, material.words
    changed = {part.name for part in fields(BadgeWords) if getattr(old, part.name) != getattr(new, part.name)}
    is_other = material.png is not None and key_of(material.png) != badge.png_key
    return changed | ({"picture"} if is_other else set())


def touched_by(badge_id: str) -> Touched:
    """People are counted once, however often they were given the badge."""
    who = func.coalesce(Award.person_id, Award.recipient_email, Award.id)
    query = select(func.count(), func.count(who.distinct())).where(Award.badge_id == badge_id)
    awards, people = db.session.execute(query).one()
    return Touched(awards, people, uses_of(badge_id))


def some_awards(badge_id: str, *, with_names: bool) -> list[AwardShown]:
    """The latest ones."""
    query = (
        select(
            Award.id, func.coalesce(Person.name, Award.recipient_name, Award.recipient_email), Award.issued_on,
            Award.expires, Award.revoked_at,
        )
        .outerjoin(Person, Person.id == Award.person_id)
        .where(Award.badge_id == badge_id)
        .order_by(Award.issued_on.desc(), Award.id.desc())
        .limit(_SHOWN)
    )  # fmt: skip
    now = clock.now()
    return [
        AwardShown(
            award, name if with_names else None, issued_on, expires,
            award_state(revoked_at=revoked_at, expires=expires, now=now),
        )
        for award, name, issued_on, expires, revoked_at in db.session.execute(query)
    ]  # fmt: skip
