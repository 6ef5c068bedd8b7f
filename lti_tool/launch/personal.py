"""What the door keeps of a person: who they are at their LMS, their visits, and scores on the way to a gradebook."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, delete, or_, select, update

from lti_tool.db import db
from lti_tool.launch.gradebook.model import Score
from lti_tool.launch.model import Identity, LegacyLink, Registration, RosterRead, VisitRow
from lti_tool.people.personal import count
from lti_tool.people.privacy.keeping import MOST_ROWS, Fate, Keeper, Kept, Part, Whose, table_part


def tell(of: Whose) -> list[Kept]:
    return [
        Kept(
            _("Ids by which an LMS knows them"), count(_identities(of)) + count(_legacy(of)), Fate.GOES,
            _("deleted; if they open a course again, or a course's list names them, they come as a new person"),
        ),
        Kept(_("Visits"), count(_visits(of)), Fate.GOES, _("deleted; whoever is inside is out")),
        Kept(
            _("Scores for a gradebook"), count(_scores(of)), Fate.GOES,
            _("deleted here; what the LMS was sent stands in its gradebook"),
        ),
        Kept(
            _("Course lists that they asked to read"),
            count(_roster_reads(of)),
            Fate.STAYS, _("they name nobody; who asked is an opaque number"),
        ),
    ]  # fmt: skip


def parts(of: Whose) -> Iterator[Part]:
    for path, query in (
        ("lms-ids.json", _identities(of)), ("lms-ids-before.json", _legacy(of)), ("visits.json", _visits(of)),
        ("gradebook.json", _scores(of)),
    ):  # fmt: skip
        yield table_part(path, query)


def erase(of: Whose) -> None:
    """Whoever launches under the same id from now on is somebody new."""
    theirs = select(Identity.id).where(Identity.person_id == of.person)
    for statement in (
        delete(LegacyLink).where(LegacyLink.identity_id.in_(theirs)),
        delete(Identity).where(Identity.person_id == of.person),
        delete(Score).where(Score.person_id == of.person),
        update(VisitRow).where(VisitRow.about_id == of.person).values(about_id=None),
        delete(VisitRow).where(VisitRow.person_id == of.person),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))


def find(lms_id: str) -> set[str]:
    """Whoever has exactly this id at any LMS that is connected."""
    return set(db.session.scalars(select(Identity.person_id).where(Identity.sub == lms_id).limit(MOST_ROWS)))


def _roster_reads(of: Whose) -> Select[str]:
    return select(RosterRead.id).where(or_(RosterRead.asked_by == of.person, RosterRead.decided_by == of.person))


def _identities(of: Whose) -> Select[*tuple[Any, ...]]:
    named = select(Registration.name.label("lms"), Registration.issuer, Identity.sub.label("id"))
    return named.join(Identity, Identity.registration_id == Registration.id).where(Identity.person_id == of.person)


def _legacy(of: Whose) -> Select[*tuple[Any, ...]]:
    return (
        select(LegacyLink.legacy_user_id.label("id"), LegacyLink.status, LegacyLink.created_at)
        .join(Identity, Identity.id == LegacyLink.identity_id)
        .where(Identity.person_id == of.person)
    )


def _visits(of: Whose) -> Select[*tuple[Any, ...]]:
    return (
        select(VisitRow.created_at, VisitRow.last_seen_at, VisitRow.role, VisitRow.locale)
        .where(VisitRow.person_id == of.person)
        .order_by(VisitRow.created_at.desc())
    )


def _scores(of: Whose) -> Select[*tuple[Any, ...]]:
    return select(Score.given, Score.maximum, Score.moved_at, Score.state).where(Score.person_id == of.person)


_COLUMNS: Sequence[str] = (
    "identity.person_id", "legacy_link.identity_id", "visit.person_id", "visit.about_id", "score.person_id",
    "roster_read.asked_by", "roster_read.decided_by", "deep_link_request.visit_id",
)  # fmt: skip
KEEPER = Keeper(columns=frozenset(_COLUMNS), tell=tell, parts=parts, erase=erase, find=find)
