"""People of an organization, without a platform."""

from lti_tool.db import db, transaction
from lti_tool.people.model import Person


def make_person(organization: str, name: str | None = "Ada Lovelace", email: str | None = None) -> str:
    """Answers the person's id."""
    given, _, family = (name or "").partition(" ")
    with transaction():
        person = Person(
            organization_id=organization, name=name, given_name=given or None, family_name=family or None,
            email=email,
        )  # fmt: skip
        db.session.add(person)
        db.session.flush()
        return person.id
