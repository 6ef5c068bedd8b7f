"""Does whoever is here have to do with an issuer? The navigation of every page asks."""

from sqlalchemy import select

from lti_tool.badges.model import BadgeClass
from lti_tool.badges.staffing.model import IssuerStaff
from lti_tool.badges.uses import issuer_here
from lti_tool.db import db
from lti_tool.people.visit import visit_or_none


def sees_issuers() -> bool:
    """Whoever works for an issuer, and teachers where they make badges or have made one."""
    visit = visit_or_none()
    if visit is None:
        return False
    works = select(IssuerStaff.issuer_id).where(IssuerStaff.person_id == visit.person).limit(1)
    if db.session.scalar(works) is not None:
        return True
    if not visit.is_teacher:
        return False
    made = select(BadgeClass.id).where(BadgeClass.created_by == visit.person).limit(1)
    return issuer_here() is not None or db.session.scalar(made) is not None
