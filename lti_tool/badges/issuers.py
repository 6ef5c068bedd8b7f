"""Issuers: the profile that every badge names."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import select, tuple_

from lti_tool.badges.list_places import place_in_list
from lti_tool.badges.model import Issuer
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.names import clean_email, clean_text


@dataclass(frozen=True)
class IssuerFacts:
    """One issuer as pages and API show it."""

    id: str
    organization: str
    name: str
    url: str
    email: str
    description: str | None


def create_issuer(*, organization: str, name: str, url: str, email: str, description: str | None = None) -> Issuer:
    """A new issuer. Open Badges 2.0 asks for name, url and e-mail of every issuer profile."""
    issuer = Issuer(organization_id=organization, name=_name(name), url=_url(url), email=_email(email))
    issuer.description = description
    db.session.add(issuer)
    db.session.flush()
    return issuer


def edit_issuer(
    issuer_id: str, *, name: str | None = None, url: str | None = None, email: str | None = None,
    description: str | None = None,
) -> Issuer:  # fmt: skip
    """Change what is given and leave the rest. Every award shows the change on its next GET."""
    issuer = db.session.get(Issuer, issuer_id)
    if issuer is None:
        raise Problem("not_found", "There is no such issuer.")
    if name is not None:
        issuer.name = _name(name)
    if url is not None:
        issuer.url = _url(url)
    if email is not None:
        issuer.email = _email(email)
    if description is not None:
        issuer.description = description.strip() or None
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
    """The issuer that came with the registration."""
    found = db.session.scalar(
        select(Issuer.id).where(Issuer.organization_id == organization).order_by(Issuer.created_at, Issuer.id).limit(1)
    )
    if found is None:
        raise Problem("not_found", "This organization has no issuer.")
    return found


def _facts(issuer: Issuer) -> IssuerFacts:
    return IssuerFacts(issuer.id, issuer.organization_id, issuer.name, issuer.url, issuer.email, issuer.description)


def _name(name: str) -> str:
    cleaned = clean_text(name)
    if cleaned is None:
        raise Problem("bad_request", "An issuer needs a name.")
    return cleaned


def _url(url: str) -> str:
    address = url.strip()
    try:
        parts = urlsplit(address)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # a bracket without its other half
        is_one = False
    if not is_one or len(address) > 2000 or not address.isprintable() or " " in address:
        raise Problem("bad_request", "An issuer needs a web address that begins with https://.")
    return address


def _email(email: str) -> str:
    cleaned = clean_email(email)
    if cleaned is None:
        raise Problem("bad_request", "An issuer needs an e-mail address.")
    return cleaned
