"""Organizations: made with their first registration, renamed by the operator."""

from sqlalchemy import select

from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.model import Organization
from lti_tool.people.names import clean_text


def create_organization(*, name: str) -> Organization:
    """A new organization. `name` is cleaned; an empty one is refused."""
    organization = Organization(name=_name(name))
    db.session.add(organization)
    db.session.flush()
    return organization


def all_organizations() -> list[Organization]:
    """The oldest first."""
    return list(db.session.scalars(select(Organization).order_by(Organization.created_at, Organization.id)))


def rename_organization(organization_id: str, *, name: str) -> Organization:
    organization = db.session.get(Organization, organization_id)
    if organization is None:
        raise Problem("not_found", "There is no such organization.")
    organization.name = _name(name)
    return organization


def _name(name: str) -> str:
    cleaned = clean_text(name)
    if cleaned is None:
        raise Problem("bad_request", "An organization needs a name.")
    return cleaned
