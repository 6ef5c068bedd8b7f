"""Accepting an invitation: as whom, and where it leads. Nobody needs an LMS for it.

A role is for whoever reads the mailbox. What an LMS says of an address does not show who that is: a learner may have
written it into a profile there (decision 37).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update

from lti_tool import clock
from lti_tool.db import db, new_id
from lti_tool.digests import digest
from lti_tool.errors import Problem
from lti_tool.people.home.model import ProvenAddress
from lti_tool.people.home.proving import Addressee, addressee, asserted_of, has_proved, prove_address, provers_of
from lti_tool.people.home.session import came_by
from lti_tool.people.invitations import problems as problems
from lti_tool.people.invitations.kinds import Host, Kind, all_kinds
from lti_tool.people.invitations.model import InvitationRow
from lti_tool.people.model import Organization, Person
from lti_tool.people.names import clean_text
from lti_tool.people.visit import visit_or_none

NEW = "new"


@dataclass(frozen=True)
class Offer:
    """An invitation that stands, as whoever opens its link sees it.

    `people`: whom it can be accepted as; `may_be_new`: nobody of the school has proved this address; `is_asserted`: an
    LMS says that it is somebody's, to whom the invitation leads once they have proved it.
    """

    kind: Kind
    id: str
    host: Host
    school: str
    role: str
    email: str
    guest: str | None
    by_hand: bool
    expires_at: datetime
    people: tuple[Addressee, ...]
    may_be_new: bool
    is_asserted: bool


@dataclass(frozen=True)
class Accepted:
    """Who works there now, and the page that they land on."""

    person: str
    to: str


def offer_of(secret: str) -> Offer | None:
    """None when the invitation is used, over, withdrawn or unknown."""
    for kind in all_kinds():
        row = db.session.scalar(
            select(kind.model).where(
                kind.model.secret_hash == digest(secret), kind.is_open, kind.model.expires_at > clock.now()
            )
        )
        if row is not None:
            return _offer(kind, row)
    return None


def accept_invitation(secret: str, *, chosen: str | None, name: str | None = None) -> Accepted:
    """It counts once. Raises `Problem`."""
    offer = offer_of(secret)
    if offer is not None:
        offer.kind.hold(offer.host.id)
    if offer is None or not _used_up(offer):
        raise Problem("invitation_over")
    person = _new_person(offer, name) if chosen == NEW and offer.may_be_new else _chosen(offer, chosen)
    model = offer.kind.model
    db.session.execute(
        update(model)
        .where(model.id == offer.id)
        .values(accepted_by=person)
        .execution_options(synchronize_session=False)
    )
    if not offer.by_hand:
        prove_address(person, offer.email)
    row = db.session.get_one(model, offer.id, populate_existing=True)
    return Accepted(person, offer.kind.welcome(row, person))


def _offer(kind: Kind, row: InvitationRow) -> Offer:
    host = kind.host(row.host_id)
    known = _known(row, host.organization)
    people = _people(known, host.organization)
    return Offer(
        kind, row.id, host, db.session.get_one(Organization, host.organization).name, row.role, row.email, row.guest,
        row.by_hand, row.expires_at, people=people,
        may_be_new=not known and not _is_shut_out(row.email, host.organization),
        is_asserted=not known and not row.by_hand and _is_asserted(row.email, host.organization, besides=people),
    )  # fmt: skip


def _used_up(offer: Offer) -> bool:
    """Of two who press the button at once, one is too late."""
    model = offer.kind.model
    accepted = update(model).where(model.id == offer.id, offer.kind.is_open).values(accepted_at=clock.now())
    accepted = accepted.execution_options(synchronize_session=False)
    return db.session.scalar(accepted.returning(model.id)) is not None


def _known(row: InvitationRow, organization: str) -> list[Addressee]:
    """Who has proved the address, in this school. A link that was shown proves nothing, and leads to nobody."""
    return [] if row.by_hand else [one for one in provers_of(row.email) if one.organization == organization]


def _people(known: list[Addressee], organization: str) -> tuple[Addressee, ...]:
    """Whoever is signed in here comes first, where they belong to the school."""
    here = _here(organization)
    first = [here] if here else []
    return tuple(first + [one for one in known if one not in first])


def _here(organization: str) -> Addressee | None:
    """Not whoever came by a link to an address that is asserted alone: the account may be another one's."""
    visit = visit_or_none()
    if visit is None or visit.organization != organization:
        return None
    return addressee(visit.person) if not came_by() or has_proved(visit.person, came_by()) else None


def _is_asserted(address: str, organization: str, *, besides: tuple[Addressee, ...]) -> bool:
    return any(one.organization == organization and one not in besides for one in asserted_of(address))


def _is_shut_out(address: str, organization: str) -> bool:
    """Somebody who was disabled does not come back as a new person by the same address."""
    proven = select(ProvenAddress.person_id).where(ProvenAddress.address == address)
    shut_out = select(Person.id).where(
        Person.organization_id == organization, Person.disabled_at.is_not(None),
        or_(Person.email == address, Person.id.in_(proven)),
    )  # fmt: skip
    return db.session.scalar(shut_out.limit(1)) is not None


def _new_person(offer: Offer, name: str | None) -> str:
    """Their address is not written beside what schools assert: it is proven, or it is not known."""
    person = Person(id=new_id(), organization_id=offer.host.organization, name=clean_text(name) or offer.guest)
    db.session.add(person)
    db.session.flush()
    return person.id


def _chosen(offer: Offer, chosen: str | None) -> str:
    found = next((one for one in offer.people if one.person == chosen), None)
    if found is None:
        raise Problem("invitee_unclear")
    return found.person
