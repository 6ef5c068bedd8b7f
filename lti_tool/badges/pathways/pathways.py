"""Pathways act: made, described, archived and deleted. What stands in them is in `steps.py`."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from lti_tool import clock
from lti_tool.badges.already_held import hold_badges
from lti_tool.badges.awardable import awardable
from lti_tool.badges.events import PathwayChanged, PathwayDeleted
from lti_tool.badges.issuers import ask_that_issuer_gives
from lti_tool.badges.model import TEXT_LENGTH
from lti_tool.badges.pathways import problems as problems
from lti_tool.badges.pathways.followers import followers_of
from lti_tool.badges.pathways.model import PATHWAY_NAME_LENGTH, Pathway, PathwayElement
from lti_tool.badges.pathways.reads import tree_of
from lti_tool.badges.pathways.rules import badges_of
from lti_tool.badges.texts import clean_prose
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.outbox import record
from lti_tool.people.deeds import note_deed
from lti_tool.people.names import clean_text
from lti_tool.words import numeral


@dataclass(frozen=True)
class PathwayWords:
    """What an issuer says of a pathway, and the badge that completing it gives."""

    name: str
    description: str = ""
    completion_badge: str | None = None


def make_pathway(issuer_id: str, words: PathwayWords, *, by: str | None) -> Pathway:
    """A pathway without a step. Raises `Problem` issuer_archived, bad_request and, for its badge, no_more_awards."""
    issuer = ask_that_issuer_gives(issuer_id)
    pathway = Pathway(issuer_id=issuer_id, created_by=by)
    _say(pathway, words)
    db.session.add(pathway)
    db.session.flush()
    note_deed("pathway.made", subject=pathway.id, organization=issuer.organization_id, scope=issuer_id)
    return pathway


def edit_pathway(pathway_id: str, words: PathwayWords, *, seen: int, organization: str) -> None:
    """Other words, or another completion badge. Raises `Problem` as `move_on` and `make_pathway` do."""
    pathway = move_on(pathway_id, seen)
    badge = pathway.completion_badge_id
    _say(pathway, words)
    db.session.flush()
    note_deed("pathway.changed", subject=pathway_id, organization=organization, scope=pathway.issuer_id)
    if pathway.completion_badge_id != badge:
        record(PathwayChanged(pathway_id))


def archive_pathway(pathway_id: str, *, archived: bool, organization: str) -> None:
    """No other Space can add it; those that follow it go on. False brings it back."""
    pathway = held_pathway(pathway_id)
    if archived == (pathway.archived_at is not None):
        return
    pathway.archived_at = clock.now() if archived else None
    deed = "pathway.archived" if archived else "pathway.restored"
    note_deed(deed, subject=pathway_id, organization=organization, scope=pathway.issuer_id)
    db.session.flush()


def delete_pathway(pathway_id: str, *, organization: str) -> None:
    """Only while nobody follows it. Raises `Problem` pathway_in_the_way."""
    pathway = held_pathway(pathway_id, to_delete=True)
    if followers_of(pathway_id):
        raise Problem("pathway_in_the_way")
    record(PathwayDeleted(pathway_id))
    issuer = pathway.issuer_id
    for statement in (
        delete(PathwayElement).where(PathwayElement.pathway_id == pathway_id),
        delete(Pathway).where(Pathway.id == pathway_id),
    ):
        db.session.execute(statement)
    note_deed("pathway.deleted", subject=pathway_id, organization=organization, scope=issuer)


def move_on(pathway_id: str, seen: int) -> Pathway:
    """The pathway at its next revision, and nobody else changes it until this transaction ends. Raises `Problem`
    pathway_changed unless it still stands at the revision that was `seen`.
    """
    moved = db.session.scalar(
        update(Pathway)
        .where(Pathway.id == pathway_id, Pathway.revision == seen)
        .values(revision=seen + 1)
        .returning(Pathway.id)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        raise Problem("pathway_changed")
    return db.session.get_one(Pathway, pathway_id, populate_existing=True)


def held_pathway(pathway_id: str, *, to_delete: bool = False) -> Pathway:
    """The pathway as it is now; nobody else changes it until this transaction ends. Raises `Problem` not_found."""
    lock = {"key_share": not to_delete}
    pathway = db.session.get(Pathway, pathway_id, with_for_update=lock, populate_existing=True)
    if pathway is None:
        raise Problem("not_found")
    return pathway


def share_pathway(pathway_id: str) -> Pathway:
    """The pathway, which nobody deletes until this transaction ends; others may change it. Raises `Problem`
    not_found.
    """
    shared = select(Pathway).where(Pathway.id == pathway_id).with_for_update(read=True, key_share=True)
    pathway = db.session.scalar(shared.execution_options(populate_existing=True))
    if pathway is None:
        raise Problem("not_found")
    return pathway


def _say(pathway: Pathway, words: PathwayWords) -> None:
    name, description = clean_text(words.name, PATHWAY_NAME_LENGTH), clean_prose(words.description)
    if name is None:
        raise Problem("bad_request", _("A pathway needs a name."))
    if len(description) > TEXT_LENGTH:
        raise Problem("bad_request", _("A description holds at most %(most)s characters.", most=numeral(TEXT_LENGTH)))
    pathway.name, pathway.description = name, description
    badge = words.completion_badge
    if badge and badge != pathway.completion_badge_id:
        hold_badges([badge])
        if awardable(badge).issuer != pathway.issuer_id:
            raise Problem("not_found", _("There is no such badge."))
        if pathway.id and badge in badges_of(tree_of(pathway.id)):
            raise Problem("bad_request", _("The badge that completing gives cannot be one of the pathway's own steps."))
    pathway.completion_badge_id = badge or None
