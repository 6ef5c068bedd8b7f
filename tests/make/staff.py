"""The staff of an issuer."""

from lti_tool.badges.staffing.model import IssuerStaff
from lti_tool.db import db, transaction


def make_staff(issuer: str, person: str, role: str = "owner") -> None:
    """The person is an `owner`, `editor` or `awarder` of the issuer from now on."""
    with transaction():
        db.session.merge(IssuerStaff(issuer_id=issuer, person_id=person, role=role))
