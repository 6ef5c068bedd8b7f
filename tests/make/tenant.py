"""One issuer with a Space and one of everything in both: what another one must not reach, and must not read of."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from lti_tool import clock
from lti_tool.badges.awarding.batches import Upload as AwardTable
from lti_tool.badges.awarding.batches import bring_table
from lti_tool.badges.backpack.collections import begin_collection
from lti_tool.badges.backpack.model import CollectionEntry, ImportedBadge
from lti_tool.badges.badge_classes import create_badge
from lti_tool.badges.pathways.model import PathwayElement
from lti_tool.badges.pathways.pathways import PathwayWords, make_pathway
from lti_tool.badges.pictures_kept import drawn_picture
from lti_tool.badges.replacing.previews import Material, Source, keep_material
from lti_tool.badges.revisions import BadgeWords
from lti_tool.badges.staffing.invitations import invite_staff
from lti_tool.db import db, transaction
from lti_tool.spaces import completions
from lti_tool.spaces.bringing import taking_in
from lti_tool.spaces.evidence.handing_in import Typed, hand_in
from lti_tool.spaces.evidence.kinds import GoodFile
from lti_tool.spaces.evidence.model import Attachment
from lti_tool.spaces.model import Member
from lti_tool.spaces.objectives import ObjectiveWords, create_objective
from lti_tool.spaces.pathways.following import add_pathway
from lti_tool.spaces.space import Space, create_space
from lti_tool.spaces.staffing.invitations import invite_to_space
from lti_tool.spaces.staffing.roles import give_role
from lti_tool.table.upload import Brought
from tests.make.pathway import revision, with_badge, with_group
from tests.make.person import make_person
from tests.make.space import make_member_of
from tests.make.staff import make_staff


@dataclass(frozen=True)
class Tenant:
    """Every id of it. All that people typed, and the names of its people, hold its `word`."""

    word: str
    organization: str
    issuer_id: str
    space_id: str
    pupil: str
    person_id: str
    member_id: str
    alias: str
    objective_id: str
    badge_id: str
    award_id: str
    report: str
    submission_id: str
    attachment_id: str
    pathway_id: str
    element_id: str
    pathway_revision: int
    batch_id: str
    space_invitation: str
    issuer_invitation: str
    table: str
    replacement: str
    imported_id: str
    collection_id: str
    entry_id: str


def make_tenant(organization: str, issuer: str, word: str) -> Tenant:
    """A Space of the issuer: its pupil has completed one objective and handed in for another. Colleagues run both."""
    mail = f"{word.lower()}.example"
    pupil = make_person(organization, f"Pupil {word}", f"pupil@{mail}")
    colleague = make_person(organization, f"Colleague {word}", f"colleague@{mail}")
    make_staff(issuer, colleague, "editor")
    space, badge = _space(organization, issuer, word, colleague)
    objective, report = _objectives(space, badge, word)
    member = make_member_of(space, pupil)
    with transaction():
        award = str(completions.complete(objective_id=objective, member_id=member, by=colleague).award)
    submission, attachment = _handed_in(report, member, word)
    pathway, element = _pathway(issuer, space, badge, word)
    with transaction():
        invited = invite_to_space(space, email=f"guest@{mail}", role="assistant", given_name=word, by_hand=True).id
        invited_to_issuer = invite_staff(issuer, email=f"clerk@{mail}", role="editor", by_hand=True).id
        batch = bring_table(badge, AwardTable(f"email\nada@{mail}".encode(), f"{word}.csv"), by=colleague)
    table = taking_in.bring(space, Brought(f"email\nada@{mail}".encode(), f"{word}.csv"), who=colleague)
    imported, collection, entry = _backpack(pupil, award, word)
    alias = str(db.session.scalar(select(Member.alias).where(Member.id == member)))
    return Tenant(
        word, organization, issuer, space, pupil, colleague, member, alias, objective, badge, award, report, submission,
        attachment, pathway, element, revision(pathway), batch, invited, invited_to_issuer, table,
        _replacement(badge, colleague, word), imported, collection, entry,
    )  # fmt: skip


def _space(organization: str, issuer: str, word: str, teacher: str) -> tuple[str, str]:
    picture, ends_on = drawn_picture(word), (clock.now() + timedelta(days=100)).date()
    with transaction():
        space = create_space(organization=organization, name=f"Space {word}", ends_on=ends_on, issuer=issuer).id
        db.session.get_one(Space, space).leaderboard_on = True
        give_role(space, teacher, "teacher")
        badge = create_badge(
            issuer=issuer, name=f"Badge {word}", description=f"About {word}.", criteria=f"Do {word}.", picture=picture
        ).id
    return space, badge


def _objectives(space: str, badge: str, word: str) -> tuple[str, str]:
    private = f"Only for staff: {word}"
    with transaction():
        objective = create_objective(space, badge=badge, words=ObjectiveWords(f"Objective {word}", 10, word, private))
        words = ObjectiveWords(f"Report {word}", 10, word, private, evidence="required")
        return objective.id, create_objective(space, badge=badge, words=words).id


def _handed_in(report: str, member: str, word: str) -> tuple[str, str]:
    with transaction():
        file = GoodFile(f"{word}.txt", "text/plain", word.encode())
        submission = hand_in(report, member, Typed(f"Written about {word}"), [file], send=True).id
    return submission, str(db.session.scalar(select(Attachment.id).where(Attachment.submission_id == submission)))


def _pathway(issuer: str, space: str, badge: str, word: str) -> tuple[str, str]:
    with transaction():
        pathway = make_pathway(issuer, PathwayWords(f"Pathway {word}", word), by=None).id
    with_badge(pathway, badge)
    group = with_group(pathway, [badge])
    with transaction():
        db.session.get_one(PathwayElement, group).title = f"Group {word}"
        add_pathway(space, pathway, by=None)
    return pathway, group


def _replacement(badge: str, who: str, word: str) -> str:
    words = BadgeWords(f"Badge {word}", f"About {word}.", criteria=f"Do {word}.")
    source = Source("url", "2.0", word, f"https://{word.lower()}.example/badge")
    return keep_material(Material(badge, 1, who, clock.now() + timedelta(minutes=30), source, words, b"png", b"<svg/>"))


def _backpack(pupil: str, award: str, word: str) -> tuple[str, str, str]:
    at = f"https://{word.lower()}.example"
    with transaction():
        imported = ImportedBadge(
            person_id=pupil, form="json", original_key="0" * 64, standard="2.0", award_ref=f"{at}/a",
            badge_ref=f"{at}/b", issuer_ref=f"{at}/i", badge_name=f"Brought {word}", issuer_name=word, counts=True,
            verdict={"checks": []}, issued_on=datetime(2026, 1, 2, tzinfo=UTC),
        )  # fmt: skip
        collection = begin_collection(pupil, name=f"Collection {word}").id
        entry = CollectionEntry(collection_id=collection, award_id=award, position=1)
        db.session.add_all((imported, entry))
        db.session.flush()
        return imported.id, collection, entry.id
