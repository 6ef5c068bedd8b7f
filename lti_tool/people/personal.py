"""What the guest book keeps of a person: names, addresses, links to them, and lines of the log."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, delete, func, or_, select, update

from lti_tool import clock
from lti_tool.db import db
from lti_tool.outbox import record
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.events import AddressesMoved
from lti_tool.people.home.model import MailedLink, ProvenAddress
from lti_tool.people.model import Organization, Person
from lti_tool.people.privacy.keeping import Fate, Keeper, Kept, Part, Whose, table_part


def tell(of: Whose) -> list[Kept]:
    person = db.session.get_one(Person, of.person)
    names = [one for one in (person.name, person.given_name, person.family_name, person.email) if one]
    proven = list(db.session.scalars(select(ProvenAddress.address).where(ProvenAddress.person_id == of.person)))
    lines = [
        Kept(_("Names and the address that the school gave"), len(names), Fate.GOES, _("deleted"), names),
        Kept(_("Addresses that were proved"), len(proven), Fate.GOES, _("deleted"), proven),
        Kept(_("Links that were mailed"), count(_links(of)), Fate.GOES, _("deleted; none of them works any more")),
        Kept(
            _("Lines in the activity log"), count(_log(of)), Fate.STAYS,
            _("they say what was done and when, and hold an opaque number in place of a name"),
        ),
    ]  # fmt: skip
    if of.shared:
        words = ngettext(
            "%(num)s address is somebody else's as well", "%(num)s addresses are somebody else's as well",
            len(of.shared),
        )  # fmt: skip
        lines.append(
            Kept(words, len(of.shared), Fate.STAYS, _("what was sent to it without a person's name stays theirs"))
        )
    return lines


def parts(of: Whose) -> Iterator[Part]:
    yield table_part("person.json", _person(of))
    proven = select(ProvenAddress.address, ProvenAddress.proven_at).where(ProvenAddress.person_id == of.person)
    yield table_part("addresses.json", proven)
    yield table_part("activity.json", _log(of))


def erase(of: Whose) -> None:
    """The last of all: what the others look up by names and addresses is looked up by then."""
    now = clock.now()
    for statement in (
        delete(MailedLink).where(_mailed(of)),
        delete(ProvenAddress).where(ProvenAddress.person_id == of.person),
        update(Person).where(Person.id == of.person).values(
            name=None, given_name=None, family_name=None, email=None, theme=None, erased_at=now, disabled_at=now,
            sessions_from=now,
        ),
    ):  # fmt: skip
        db.session.execute(statement.execution_options(synchronize_session=False))
    if of.shared:  # they may be somebody's alone from now on
        record(AddressesMoved(tuple(sorted(of.shared)), (of.person,)))
    db.session.expire_all()


def invitations_of(model: Any, of: Whose) -> Any:
    """Of a table of invitations: those to an address of theirs, and those that they accepted by whichever address."""
    return or_(model.email.in_(of.own), model.accepted_by == of.person)


def invitation_facts(model: Any, of: Whose) -> Select[*tuple[Any, ...]]:
    return select(
        model.email, model.role, model.created_at, model.expires_at, model.accepted_at, model.withdrawn_at
    ).where(invitations_of(model, of))  # fmt: skip


def count(query: Select[*tuple[Any, ...]]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _person(of: Whose) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Organization.name.label("organization"), Person.id, Person.name, Person.given_name, Person.family_name,
            Person.email, Person.theme, Person.created_at,
        )
        .join(Organization, Organization.id == Person.organization_id)
        .where(Person.id == of.person)
    )  # fmt: skip


def _links(of: Whose) -> Select[*tuple[Any, ...]]:
    return select(MailedLink.secret_hash).where(_mailed(of))


def _mailed(of: Whose) -> Any:
    return or_(MailedLink.person_id == of.person, MailedLink.address.in_(of.own))


def _log(of: Whose) -> Select[*tuple[Any, ...]]:
    return (
        select(AuditEntry.at, AuditEntry.deed, AuditEntry.subject, AuditEntry.facts)
        .where(or_(AuditEntry.subject == of.person, AuditEntry.actor == of.person))
        .order_by(AuditEntry.at.desc(), AuditEntry.id)
    )


KEEPER = Keeper(
    columns=frozenset({"proven_address.person_id", "mailed_link.person_id"}), tell=tell, parts=parts, erase=erase
)
