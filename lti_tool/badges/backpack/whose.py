"""Which awards are somebody's, beyond those that are given to them in so many words (decisions 6 and 41).

An award that stands with a person is theirs, whatever became of its address. One that went to an address and stands
with no person is theirs who have proved the address, everywhere in this installation; and within the organization of
its issuer it is theirs for whom alone the platform asserts the address, as long as nobody else has proved it.
The rule stands here twice: for one person, whose addresses are few, and for many at once.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, and_, false, func, or_, select, union
from sqlalchemy.orm import aliased

from lti_tool.badges.model import Award, BadgeClass, Issuer
from lti_tool.db import db
from lti_tool.people.home.model import ProvenAddress
from lti_tool.people.model import Person

_NEAR = aliased(Award)


@dataclass(frozen=True)
class Addresses:
    """What is known of one person's addresses, in small letters. `asserted` is there only while it counts."""

    person: str
    organization: str
    proven: frozenset[str]
    said: str | None
    asserted: str | None

    @property
    def to_prove(self) -> str | None:
        """The address that their platform says is theirs, where they have not proved it themselves."""
        return self.said if self.said not in self.proven else None


def addresses_of(person: str) -> Addresses:
    """What is known of a person's addresses; nothing of somebody who is not in the guest book."""
    rows = db.session.execute(
        select(Person.organization_id, Person.email, ProvenAddress.address)
        .outerjoin(ProvenAddress, ProvenAddress.person_id == Person.id)
        .where(Person.id == person)
    ).all()
    organization, said = rows[0][:2] if rows else ("", None)
    proven = frozenset(address for *_, address in rows if address)
    counts = said is not None and said not in proven and not _is_disputed(person, organization, said)
    return Addresses(person, organization, proven, said, said if counts else None)


def is_theirs(addresses: Addresses) -> ColumnElement[bool]:
    """For a query of `Award`. Each half is led by an index of its own, however many awards there are."""
    given = select(_NEAR.id).where(_NEAR.person_id == addresses.person)
    all_of_them = [*addresses.proven, *([addresses.asserted] if addresses.asserted else [])]
    at_home = and_(_NEAR.recipient_email == addresses.asserted, Issuer.organization_id == addresses.organization)
    sent = (
        select(_NEAR.id)
        .join(BadgeClass, BadgeClass.id == _NEAR.badge_id)
        .join(Issuer, Issuer.id == BadgeClass.issuer_id)
        .where(
            _NEAR.recipient_email.in_(all_of_them),
            func.coalesce(_NEAR.person_id, "") == "",  # written so that SQLite does not look for it in an index
            or_(_NEAR.recipient_email.in_(addresses.proven), at_home if addresses.asserted else false()),
        )
    )
    return Award.id.in_(union(given, sent))


def holders_of(awards: ColumnElement[bool]) -> CompoundSelect[tuple[Any, ...]]:
    """Everybody for whom one of these awards is theirs, as `holder`, with the `award` and its `badge`. It reads all of
    these awards once.
    """
    what = (Award.id.label("award"), Award.badge_id.label("badge"))
    unclaimed = and_(awards, Award.person_id.is_(None))
    given = select(Award.person_id.label("holder"), *what).where(awards, Award.person_id.is_not(None))
    proved = select(ProvenAddress.person_id.label("holder"), *what)
    proved = proved.join(Award, Award.recipient_email == ProvenAddress.address)
    other, prover = aliased(Person), aliased(ProvenAddress)
    also_said = select(other.id).where(
        other.organization_id == Person.organization_id, other.email == Person.email, other.id != Person.id,
        other.disabled_at.is_(None),
    )  # fmt: skip
    proved_elsewhere = select(prover.person_id).where(prover.address == Person.email, prover.person_id != Person.id)
    said = (
        select(Person.id.label("holder"), *what)
        .join(Award, Award.recipient_email == Person.email)
        .join(BadgeClass, BadgeClass.id == Award.badge_id)
        .join(Issuer, and_(Issuer.id == BadgeClass.issuer_id, Issuer.organization_id == Person.organization_id))
        .where(unclaimed, ~also_said.exists(), ~proved_elsewhere.exists())
    )
    return union(given, proved.where(unclaimed), said)


def _is_disputed(person: str, organization: str, address: str) -> bool:
    """Is the address asserted for somebody else of the organization too, or has somebody else proved it?"""
    also_said = select(Person.id).where(
        Person.organization_id == organization, Person.email == address, Person.id != person,
        Person.disabled_at.is_(None),
    )  # fmt: skip
    proved = select(ProvenAddress.person_id).where(ProvenAddress.address == address, ProvenAddress.person_id != person)
    return db.session.scalar(union(also_said, proved).limit(1)) is not None
