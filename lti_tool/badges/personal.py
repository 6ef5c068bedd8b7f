"""What the workshop keeps of a person: awards, badges from elsewhere, collections, and roles in issuers.

An erased award answers as a revoked one does, with 410 and nothing but that: no reason, no hash of an address. So the
status lists, the pictures and the credentials need know nothing of it; `Award.erased_at` is for its issuer's lists.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, union, update

from lti_tool import clock
from lti_tool.badges.awarding.model import AwardBatch
from lti_tool.badges.backpack.model import Collection, CollectionEntry, ImportedBadge
from lti_tool.badges.backpack.whose import Addresses, is_theirs
from lti_tool.badges.hosted import address, public_award
from lti_tool.badges.model import CURRENT_REVISION, Award, BadgeClass, BadgeRevision, Issuer
from lti_tool.badges.pathways.model import Pathway
from lti_tool.badges.pictures_shown import baked_picture
from lti_tool.badges.staffing.model import IssuerInvitation, IssuerStaff
from lti_tool.db import db
from lti_tool.kept_files import forget_files
from lti_tool.people.home.model import ProvenAddress
from lti_tool.people.model import Person
from lti_tool.people.personal import count, invitation_facts, invitations_of
from lti_tool.people.privacy.keeping import MOST_FILES, Fate, Keeper, Kept, Part, Whose, table_part
from lti_tool.storage import storage_here

_ENDINGS = {"url": "json"}  # what was brought by its address is kept as the document that stood there


def tell(of: Whose) -> list[Kept]:
    tables = select(Award.batch_id).join(AwardBatch, AwardBatch.id == Award.batch_id).where(_theirs(of)).distinct()
    return [
        Kept(
            _("Badges that were awarded"), count(select(Award.id).where(_theirs(of))), Fate.NAMELESS,
            _("no recipient, text or evidence stays; their public addresses answer “gone”, and the issuers' totals"
              " count them still"),
        ),
        Kept(_("Badges from elsewhere"), count(_imported(of)), Fate.GOES, _("deleted, with the files")),
        Kept(_("Collections"), count(_collections(of)), Fate.GOES, _("deleted; their pages are gone")),
        Kept(_("Roles in issuers"), count(_roles(of)), Fate.GOES, _("deleted; an issuer may be left without an owner")),
        Kept(
            _("Invitations to issuers"), count(_invitations(of)), Fate.GOES, _("deleted; their links work no more")
        ),
        Kept(
            _("Tables of recipients that they stand in"), count(tables), Fate.STAYS,
            _("the file goes by itself ninety days after it was brought; the person who brought it may have a copy"),
        ),
        Kept(
            _("Badges, awards and pathways that they made for others"), sum(count(one) for one in _made(of)),
            Fate.STAYS, _("they are others'; who made them is an opaque number"),
        ),
    ]  # fmt: skip


def parts(of: Whose) -> Iterator[Part]:
    for path, query in (
        ("awards.json", _awards(of)), ("badges-from-elsewhere.json", _imported(of)),
        ("collections.json", _collections(of)), ("issuer-roles.json", _roles(of)),
        ("issuer-invitations.json", _invitations(of)),
    ):  # fmt: skip
        yield table_part(path, query)
    standing = select(Award.id).where(_theirs(of), Award.revoked_at.is_(None)).order_by(Award.issued_on.desc())
    for award in db.session.scalars(standing.limit(MOST_FILES)).all():
        yield Part(f"awards/{award}.png", lambda award=award: _picture(award))  # type: ignore[misc]
    brought = select(ImportedBadge.id, ImportedBadge.form, ImportedBadge.original_key)
    brought = brought.where(ImportedBadge.person_id == of.person).order_by(ImportedBadge.id.desc())
    for row in db.session.execute(brought.limit(MOST_FILES)).all():
        path = f"badges-from-elsewhere/{row.id}.{_ENDINGS.get(row.form, row.form)}"
        yield Part(path, lambda key=row.original_key: kept_file(key))  # type: ignore[misc]


def erase(of: Whose) -> None:
    brought = select(ImportedBadge.id).where(ImportedBadge.person_id == of.person)
    put_together = select(Collection.id).where(Collection.person_id == of.person)
    files = db.session.execute(
        select(ImportedBadge.original_key, ImportedBadge.picture_key).where(ImportedBadge.person_id == of.person)
    ).all()
    for statement in (
        _without_recipient(of),
        delete(CollectionEntry).where(
            or_(CollectionEntry.collection_id.in_(put_together), CollectionEntry.imported_id.in_(brought))
        ),
        delete(Collection).where(Collection.person_id == of.person),
        delete(ImportedBadge).where(ImportedBadge.person_id == of.person),
        delete(IssuerStaff).where(IssuerStaff.person_id == of.person),
        delete(IssuerInvitation).where(_invited(of)),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    forget_files(key for row in files for key in row)


def kept_file(key: str) -> bytes:
    """A stored file; nothing where it is lost, so that the rest of an export does not fail."""
    try:
        return storage_here().get(key)
    except KeyError:
        return b""


def figure(persons: Sequence[str]) -> Mapping[str, int]:
    """How many awards are theirs, by person or by an address of theirs."""
    by_address = Award.person_id.is_(None)
    rows = union(
        select(Award.person_id.label("person"), Award.id.label("award")).where(Award.person_id.in_(persons)),
        select(ProvenAddress.person_id, Award.id)
        .join(Award, Award.recipient_email == ProvenAddress.address)
        .where(ProvenAddress.person_id.in_(persons), by_address),
        select(Person.id, Award.id)
        .join(Award, Award.recipient_email == Person.email)
        .join(BadgeClass, BadgeClass.id == Award.badge_id)
        .join(Issuer, (Issuer.id == BadgeClass.issuer_id) & (Issuer.organization_id == Person.organization_id))
        .where(Person.id.in_(persons), by_address),
    ).subquery()
    counted = select(rows.c.person, func.count()).group_by(rows.c.person)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def _theirs(of: Whose) -> ColumnElement[bool]:
    asserted = next(iter(of.asserted), None)
    return is_theirs(Addresses(of.person, of.organization, of.proven, asserted, asserted))


def _without_recipient(of: Whose) -> Any:
    """It stands with the nameless row, so that how many people hold a badge stays true."""
    now = clock.now()
    return (
        update(Award)
        .where(_theirs(of))
        .values(
            person_id=of.person, recipient_email=None, recipient_name=None, recipient_url=None, salt="",
            narrative=None, evidence=None, shows_name=False, revocation_reason=None, erased_at=now,
            revoked_at=func.coalesce(Award.revoked_at, now), revision=Award.revision + 1,
        )
    )  # fmt: skip


def _picture(award_id: str) -> bytes:
    award = public_award(award_id)
    return b"" if award is None or award.revoked else baked_picture(award, "png")


def _awards(of: Whose) -> Select[*tuple[Any, ...]]:
    here = address("assertions", "")
    return (
        select(
            (here + Award.id).label("address"), BadgeRevision.name.label("badge"), Issuer.name.label("issuer"),
            Award.recipient_email, Award.recipient_name, Award.issued_on, Award.expires, Award.narrative,
            Award.evidence, Award.shows_name, Award.revoked_at, Award.revocation_reason,
        )
        .join(BadgeClass, BadgeClass.id == Award.badge_id)
        .join(BadgeRevision, CURRENT_REVISION)
        .join(Issuer, Issuer.id == BadgeClass.issuer_id)
        .where(_theirs(of))
        .order_by(Award.issued_on.desc(), Award.id)
    )  # fmt: skip


def _imported(of: Whose) -> Select[*tuple[Any, ...]]:
    one = ImportedBadge
    return (
        select(
            one.id, one.form, one.badge_name, one.issuer_name, one.description, one.source_url, one.award_ref,
            one.issued_on, one.expires, one.counts, one.added_at,
        )
        .where(one.person_id == of.person)
        .order_by(one.id.desc())
    )  # fmt: skip


def _collections(of: Whose) -> Select[*tuple[Any, ...]]:
    one = Collection
    entries = select(func.count()).where(CollectionEntry.collection_id == one.id).scalar_subquery().label("badges")
    return select(one.name, one.description, one.shows_name, one.shared_at, one.created_at, entries).where(
        one.person_id == of.person
    )


def _roles(of: Whose) -> Select[*tuple[Any, ...]]:
    return (
        select(Issuer.name.label("issuer"), IssuerStaff.role, IssuerStaff.added_at)
        .join(Issuer, Issuer.id == IssuerStaff.issuer_id)
        .where(IssuerStaff.person_id == of.person)
    )


def _invitations(of: Whose) -> Select[*tuple[Any, ...]]:
    return invitation_facts(IssuerInvitation, of).where(_invited(of))


def _invited(of: Whose) -> ColumnElement[bool]:
    """In their own organization."""
    here = select(Issuer.id).where(Issuer.organization_id == of.organization)
    return and_(invitations_of(IssuerInvitation, of), IssuerInvitation.issuer_id.in_(here))


def _made(of: Whose) -> Iterator[Select[*tuple[Any, ...]]]:
    for column in (
        BadgeClass.created_by, BadgeRevision.made_by, Award.awarded_by, Award.revoked_by, AwardBatch.made_by,
        Pathway.created_by,
    ):  # fmt: skip
        yield select(column).where(column == of.person)


_COLUMNS = (
    "badge_class.created_by", "badge_revision.made_by", "award.person_id", "award.revoked_by", "award.awarded_by",
    "award_batch.made_by", "pathway.created_by", "imported_badge.person_id", "collection.person_id",
    "collection_entry.collection_id", "collection_entry.imported_id", "issuer_staff.person_id",
    "issuer_invitation.invited_by", "issuer_invitation.accepted_by",
)  # fmt: skip
KEEPER = Keeper(
    columns=frozenset(_COLUMNS), tell=tell, parts=parts, erase=erase, figure=figure, figure_name="awards"
)
