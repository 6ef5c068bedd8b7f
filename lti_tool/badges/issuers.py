"""Issuers: the profile that every badge names."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, tuple_

from lti_tool import clock
from lti_tool.badges.list_places import place_in_list
from lti_tool.badges.model import TEXT_LENGTH, Issuer
from lti_tool.badges.pictures_kept import Pictures
from lti_tool.badges.texts import clean_link, clean_prose
from lti_tool.badges.time_zones import time_zones
from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.people.audit import Fact, name_deeds
from lti_tool.people.deeds import note_deed
from lti_tool.people.names import clean_email, clean_text
from lti_tool.words import numeral, to_say

catalogue(
    {
        "issuer_archived": Entry(
            409, "This issuer is archived", "An archived issuer makes no new badges. What it has given stays.",
            "an owner of the issuer", "Restore the issuer on its profile, or choose another one. Nothing was changed.",
        ),
        "issuer_changed": Entry(
            409, "This profile was changed in the meantime", "Somebody has changed it since you opened the page.",
            "you", "Open it again and look at what it says now. Nothing was changed by you.",
        ),
    }
)  # fmt: skip
name_deeds(
    {
        "issuer.defined": to_say("An issuer was made"),
        "issuer.edited": to_say("The profile of an issuer was changed"),
        "issuer.archived": to_say("An issuer was archived"),
        "issuer.restored": to_say("An issuer was restored"),
    }
)


@dataclass(frozen=True)
class IssuerFacts:
    """One issuer as pages and API show it. It has both forms of a picture, or none."""

    id: str
    organization: str
    name: str
    url: str
    email: str
    description: str | None
    png_key: str | None = None
    svg_key: str | None = None
    time_zone: str = "UTC"
    changed_at: datetime | None = None
    archived_at: datetime | None = None


def create_issuer(*, organization: str, name: str, url: str, email: str, description: str | None = None) -> Issuer:
    """A new issuer. Open Badges 2.0 asks for name, url and e-mail of every issuer profile."""
    issuer = Issuer(organization_id=organization, name=_name(name), url=_url(url), email=_email(email))
    issuer.description = _description(description or "")
    db.session.add(issuer)
    db.session.flush()
    return issuer


def define_issuer(*, organization: str, name: str, url: str, email: str, description: str | None = None) -> Issuer:
    """An issuer that somebody asked for, which the log tells; the first one comes with its organization."""
    issuer = create_issuer(organization=organization, name=name, url=url, email=email, description=description)
    note_deed("issuer.defined", subject=issuer.id, organization=organization, scope=issuer.id)
    return issuer


def edit_issuer(
    issuer_id: str, *, name: str | None = None, url: str | None = None, email: str | None = None,
    description: str | None = None, time_zone: str | None = None, picture: Callable[[], Pictures] | None = None,
    seen: datetime | None = None,
) -> Issuer:  # fmt: skip
    """Change what is given and leave the rest. Every award shows the change on its next GET.

    `picture` keeps the new one, or answers `NO_PICTURE`; it is asked when nothing else stands in the way. Raises
    `Problem` issuer_changed where the profile is not the one any more that was last changed when it was `seen`.
    """
    issuer = _held(issuer_id)
    if seen is not None and issuer.changed_at != seen:
        raise Problem("issuer_changed")
    said = {
        "name": _name(name) if name is not None else issuer.name,
        "url": _url(url) if url is not None else issuer.url,
        "email": _email(email) if email is not None else issuer.email,
        "description": _description(description) if description is not None else issuer.description,
        "time_zone": _time_zone(time_zone) if time_zone is not None else issuer.time_zone,
    }
    if picture is not None:
        pictures = picture()
        said |= {"png_key": pictures.png_key or None, "svg_key": pictures.svg_key or None}
    changed = [part for part, value in said.items() if getattr(issuer, part) != value]
    for part in changed:
        setattr(issuer, part, said[part])
    if changed:
        issuer.changed_at = clock.now()
        named = ("picture" if part == "png_key" else part for part in changed if part != "svg_key")
        facts: dict[str, Fact] = dict.fromkeys(named, True)
        note_deed("issuer.edited", subject=issuer.id, organization=issuer.organization_id, scope=issuer.id, facts=facts)
    db.session.flush()
    return issuer


def archive_issuer(issuer_id: str, *, archived: bool) -> None:
    """Archived, it offers nothing new (decision 43); all that it gave stays, with every address. False restores it."""
    issuer = _held(issuer_id)
    if archived == (issuer.archived_at is not None):
        return
    issuer.archived_at = clock.now() if archived else None
    deed = "issuer.archived" if archived else "issuer.restored"
    note_deed(deed, subject=issuer.id, organization=issuer.organization_id, scope=issuer.id)
    db.session.flush()


def ask_that_issuer_gives(issuer_id: str) -> Issuer:
    """Raises `Problem` issuer_archived; not_found for none."""
    issuer = _issuer(issuer_id)
    if issuer.archived_at is not None:
        raise Problem("issuer_archived")
    return issuer


def all_issuers() -> list[IssuerFacts]:
    """The issuers of every organization, oldest first."""
    return [_facts(one) for one in db.session.scalars(select(Issuer).order_by(Issuer.created_at, Issuer.id))]


def issuers_page(organization: str, *, after: str | None = None, limit: int) -> list[IssuerFacts]:
    """Up to `limit` of an organization's issuers, oldest first, from behind the issuer `after`."""
    query = select(Issuer).where(Issuer.organization_id == organization)
    if after is not None:
        place = select(Issuer.created_at, Issuer.id).where(Issuer.id == after, Issuer.organization_id == organization)
        query = query.where(tuple_(Issuer.created_at, Issuer.id) > place_in_list(place))
    return [_facts(one) for one in db.session.scalars(query.order_by(Issuer.created_at, Issuer.id).limit(limit))]


def issuer_facts(issuer_id: str) -> IssuerFacts | None:
    issuer = db.session.get(Issuer, issuer_id)
    return _facts(issuer) if issuer else None


def first_issuer_of(organization: str) -> str:
    """The issuer that came with the registration; once that is archived, the next one that is not."""
    order = (Issuer.archived_at.is_not(None), Issuer.created_at, Issuer.id)
    found = db.session.scalar(select(Issuer.id).where(Issuer.organization_id == organization).order_by(*order).limit(1))
    if found is None:
        raise Problem("not_found", _("This organization has no issuer."))
    return found


def _held(issuer_id: str) -> Issuer:
    """The issuer as it is now; nobody else changes it until this transaction ends. Raises `Problem` not_found."""
    issuer = db.session.get(Issuer, issuer_id, with_for_update={"key_share": True}, populate_existing=True)
    if issuer is None:
        raise Problem("not_found", _("There is no such issuer."))
    return issuer


def _issuer(issuer_id: str) -> Issuer:
    issuer = db.session.get(Issuer, issuer_id)
    if issuer is None:
        raise Problem("not_found", _("There is no such issuer."))
    return issuer


def _facts(issuer: Issuer) -> IssuerFacts:
    return IssuerFacts(
        issuer.id, issuer.organization_id, issuer.name, issuer.url, issuer.email, issuer.description, issuer.png_key,
        issuer.svg_key, issuer.time_zone, issuer.changed_at, issuer.archived_at,
    )  # fmt: skip


def _name(name: str) -> str:
    cleaned = clean_text(name)
    if cleaned is None:
        raise Problem("bad_request", _("An issuer needs a name."))
    return cleaned


def _url(url: str) -> str:
    address = clean_link(url, to_say("The issuer's website"))
    if address is None:
        raise Problem("bad_request", _("An issuer needs a web address that begins with https://."))
    return address


def _email(email: str) -> str:
    cleaned = clean_email(email)
    if cleaned is None:
        raise Problem("bad_request", _("An issuer needs an e-mail address."))
    return cleaned


def _description(description: str) -> str | None:
    cleaned = clean_prose(description)
    if len(cleaned) > TEXT_LENGTH:
        most = numeral(TEXT_LENGTH)
        raise Problem("bad_request", _("A description holds at most %(most)s characters.", most=most))
    return cleaned or None


def _time_zone(zone: str) -> str:
    if zone not in time_zones():
        raise Problem("bad_request", _("That time zone is not known. Choose one of the list, such as Europe/Berlin."))
    return zone
