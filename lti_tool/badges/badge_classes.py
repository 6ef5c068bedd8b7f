"""Badge classes: made with a picture of their own or one drawn for them, kept as revisions (decision 1)."""

from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import Select, and_, select, tuple_

from lti_tool.badges.list_places import place_in_list
from lti_tool.badges.model import BADGE_NAME_LENGTH, TEXT_LENGTH, BadgeClass, BadgeRevision, Issuer
from lti_tool.badges.pictures.cleaning import PictureRefused, clean_picture
from lti_tool.badges.pictures.drawing import draw_neutral
from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.people.names import clean_text
from lti_tool.storage import Storage

catalogue(
    {
        "picture_refused": Entry(
            422, "This picture cannot be used", "The file is not a picture that can become a badge.",
            "you", "Choose a PNG or SVG picture, or let a picture be drawn. Nothing was changed.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class BadgeFacts:
    """A badge class with its current wording, as pages, API and documents show it."""

    id: str
    issuer: str
    organization: str
    revision: int
    name: str
    description: str
    criteria: str
    tags: tuple[str, ...]
    png_key: str
    svg_key: str


def create_badge(
    *, issuer: str, name: str, description: str, criteria: str, picture: bytes | None = None,
    created_by: str | None = None, tags: tuple[str, ...] = (),
) -> BadgeClass:  # fmt: skip
    """A new badge class with its first revision. `picture` is an uploaded PNG or SVG; None draws a neutral one.

    Raises `Problem` bad_request for missing words and picture_refused for a file that is no usable picture.
    """
    words = _words(name=name, description=description, criteria=criteria)
    badge = BadgeClass(issuer_id=issuer, created_by=created_by)
    db.session.add(badge)
    db.session.flush()
    png_key, svg_key = keep_picture(draw_neutral(badge.id) if picture is None else picture)
    db.session.add(
        BadgeRevision(badge_id=badge.id, number=1, png_key=png_key, svg_key=svg_key, tags=list(tags), **words)
    )
    db.session.flush()
    return badge


def keep_picture(picture: bytes) -> tuple[str, str]:
    """Clean an uploaded picture and keep both forms (decision 16). Answers the storage keys of PNG and SVG."""
    try:
        cleaned = clean_picture(picture, max_bytes=current_app.extensions["settings"].upload_bytes)
    except PictureRefused as refused:
        raise Problem("picture_refused", str(refused)) from None
    storage: Storage = current_app.extensions["storage"]
    return storage.put(cleaned.png), storage.put(cleaned.svg)


def badge_facts(badge_id: str) -> BadgeFacts | None:
    row = db.session.execute(_current().where(BadgeClass.id == badge_id)).one_or_none()
    return _facts(row) if row else None


def badges_of_issuer(issuer: str) -> list[BadgeFacts]:
    """An issuer's badge classes that are not archived, by name."""
    query = _current().where(BadgeClass.issuer_id == issuer, BadgeClass.archived_at.is_(None))
    return [_facts(row) for row in db.session.execute(query.order_by(BadgeRevision.name, BadgeClass.id))]


def badges_page(
    organization: str, *, issuer: str | None = None, after: str | None = None, limit: int
) -> list[BadgeFacts]:  # fmt: skip
    """Up to `limit` of an organization's badge classes that are not archived, oldest first, from behind `after`."""
    query = _current().where(Issuer.organization_id == organization, BadgeClass.archived_at.is_(None))
    if issuer is not None:
        query = query.where(BadgeClass.issuer_id == issuer)
    if after is not None:
        place = select(BadgeClass.created_at, BadgeClass.id).join(Issuer, Issuer.id == BadgeClass.issuer_id)
        place = place.where(BadgeClass.id == after, Issuer.organization_id == organization)
        query = query.where(tuple_(BadgeClass.created_at, BadgeClass.id) > place_in_list(place))
    found = db.session.execute(query.order_by(BadgeClass.created_at, BadgeClass.id).limit(limit))
    return [_facts(row) for row in found]


def _current() -> Select[*tuple[Any, ...]]:
    return (
        select(
            BadgeClass.id, BadgeClass.issuer_id, Issuer.organization_id, BadgeRevision.number,
            BadgeRevision.name, BadgeRevision.description, BadgeRevision.criteria, BadgeRevision.tags,
            BadgeRevision.png_key, BadgeRevision.svg_key,
        )
        .join(Issuer, Issuer.id == BadgeClass.issuer_id)
        .join(
            BadgeRevision,
            and_(BadgeRevision.badge_id == BadgeClass.id, BadgeRevision.number == BadgeClass.revision),
        )
    )  # fmt: skip


def _facts(row: Any) -> BadgeFacts:
    identity, issuer, organization, number, name, description, criteria, tags, png, svg = row
    return BadgeFacts(identity, issuer, organization, number, name, description, criteria, tuple(tags), png, svg)


def _words(*, name: str, description: str, criteria: str) -> dict[str, str]:
    cleaned = clean_text(name, BADGE_NAME_LENGTH)
    if cleaned is None:
        raise Problem("bad_request", "A badge needs a name.")
    if not description.strip() or not criteria.strip():
        raise Problem("bad_request", "A badge needs a description and criteria: what it is and how it is earned.")
    if len(description) > TEXT_LENGTH or len(criteria) > TEXT_LENGTH:
        raise Problem("bad_request", f"Description and criteria hold at most {TEXT_LENGTH:,} characters.")
    return {"name": cleaned, "description": _prose(description), "criteria": _prose(criteria)}


def _prose(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n").strip()
