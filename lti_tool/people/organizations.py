"""Organizations: made with their first registration, renamed by the operator."""

from flask_babel import gettext as _
from sqlalchemy import select

from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.audit import name_deeds
from lti_tool.people.deeds import note_deed
from lti_tool.people.model import Organization
from lti_tool.people.names import clean_text
from lti_tool.words import to_say

name_deeds({"organization.switched": to_say("Switched a feature of an organization on or off")})


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
    """Raises `Problem` not_found, or bad_request without a name."""
    organization = db.session.get(Organization, organization_id)
    if organization is None:
        raise Problem("not_found", _("There is no such organization."))
    organization.name = _name(name)
    return organization


SWITCHES = {
    "spaces": "may_use_spaces", "data_management": "may_manage_data", "weighted_points": "may_weigh_points"
}  # fmt: skip


def switch(organization_id: str, feature: str, *, on: bool) -> Organization:
    """What the organization may use (SP-02, DM-04, SP-12). Raises `Problem` not_found for either that is unknown."""
    organization = db.session.get(Organization, organization_id)
    if organization is None or feature not in SWITCHES:
        raise Problem("not_found", _("There is no such organization or feature."))
    setattr(organization, SWITCHES[feature], on)
    note_deed(
        "organization.switched", subject=organization_id, organization=organization_id,
        facts={"feature": feature, "on": on},
    )  # fmt: skip
    return organization


def _name(name: str) -> str:
    cleaned = clean_text(name)
    if cleaned is None:
        raise Problem("bad_request", _("An organization needs a name."))
    return cleaned
