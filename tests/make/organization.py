"""Organizations with their first issuer."""

from lti_tool.badges.issuers import create_issuer
from lti_tool.db import transaction
from lti_tool.people.organizations import create_organization


def make_organization(name: str = "Example University") -> str:
    """An organization and its first issuer. Answers the organization's id."""
    with transaction():
        organization = create_organization(name=name)
        create_issuer(organization=organization.id, name=name, url="https://example.org/", email="badges@example.org")
        return organization.id
