"""The language in which somebody read last, for mails that they did not ask for."""

from sqlalchemy import select

from lti_tool.db import db
from lti_tool.launch.model import VisitRow


def language_of_last_visit(person: str) -> str | None:
    """None when their last visit is forgotten, and for whoever never came by a launch. A visit in which somebody else
    looked through their account says nothing of them.
    """
    theirs = select(VisitRow.locale).where(VisitRow.person_id == person, VisitRow.masked.is_(False))
    return db.session.scalar(theirs.order_by(VisitRow.created_at.desc(), VisitRow.id.desc()).limit(1))
