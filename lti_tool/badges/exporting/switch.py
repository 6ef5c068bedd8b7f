"""Data Management, export of awards and replacing of badges, is a switch of the organization (DM-04)."""

from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.people.model import Organization

catalogue(
    {
        "data_off": Entry(
            403, "Data Management is switched off",
            "Your organization does not use Data Management: no export of awards, no replacing of badges.",
            "the administrator of this tool",
            "Ask the administrator to switch Data Management on for your organization. Nothing was changed.",
        ),
    }
)  # fmt: skip


def manages_data(organization: str) -> bool:
    found = db.session.get(Organization, organization)
    return found is not None and found.may_manage_data


def ask_for_data(organization: str) -> None:
    """Raises `Problem` data_off where the organization does not use Data Management."""
    if not manages_data(organization):
        raise Problem("data_off")
