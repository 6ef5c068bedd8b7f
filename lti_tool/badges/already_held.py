"""Who holds a badge already, so that nobody is given it twice, not even by two who award at once."""

from collections.abc import Iterable

from sqlalchemy import and_, select

from lti_tool.badges.backpack.whose import addresses_of, is_theirs
from lti_tool.badges.model import Award, BadgeClass
from lti_tool.db import db
from lti_tool.errors import Problem


def hold_badges(badges: Iterable[str]) -> None:
    """Nobody else awards these badges to an address until this transaction ends; in one order, so that none waits
    for another in a circle. For persons the database itself allows one award.
    """
    query = select(BadgeClass.id).where(BadgeClass.id.in_(set(badges))).order_by(BadgeClass.id)
    db.session.execute(query.with_for_update(key_share=True)).all()


def held_award(*, badge: str, person: str | None = None, email: str | None = None) -> str | None:
    """The id of the award of `badge` that `person` holds, or that the address holds for whom nobody is known yet."""
    holds = Award.person_id == person
    if person is None:
        holds = and_(Award.person_id.is_(None), Award.recipient_email == email)
    held = select(Award.id).where(Award.badge_id == badge, holds, Award.revoked_at.is_(None))
    return db.session.scalar(held.limit(1))


def held_by(badge: str, *, person: str | None = None, email: str | None = None) -> str | None:
    """The award of the badge that is theirs already: also one that went to an address of the person (decision 41)."""
    held = held_award(badge=badge, person=person, email=email)
    if held is not None or person is None:
        return held
    of_badge = Award.badge_id.concat("") == badge  # as below
    theirs = select(Award.id).where(is_theirs(addresses_of(person)), of_badge, Award.revoked_at.is_(None))
    return db.session.scalar(theirs.limit(1))


def held_at(badge: str, addresses: Iterable[str]) -> dict[str, str]:
    """{address: award}: which of these addresses the badge was awarded to, whoever's the award is by now.

    Databases take the badge for the rarer of both and read all of its awards each time; so it is no plain column here.
    """
    of_badge = Award.badge_id.concat("") == badge
    rows = db.session.execute(
        select(Award.recipient_email, Award.id)
        .where(Award.recipient_email.in_(set(addresses)), of_badge, Award.revoked_at.is_(None))
        .order_by(Award.number.desc())
    )
    return {email: award for email, award in rows if email}


def ask_free(badge: str, email: str, *, but: str | None = None) -> None:
    """Nobody else awards the badge to an address until this transaction ends; and this one holds none of it, an award
    `but` aside. Raises `Problem` already_awarded, whose fact `award` is the one that is held.
    """
    hold_badges([badge])
    held = held_at(badge, [email]).get(email)
    if held is not None and held != but:
        raise Problem("already_awarded", facts={"award": held})
