"""The one way in which entries of the audit log go: all of an organization that goes itself (decision 56).

Erasing a person takes nothing out of it, because it names nobody.
"""

from sqlalchemy import delete, func, select

from lti_tool.db import db
from lti_tool.people.admin.model import AuditEntry, AuditRemoval


def remove_log_of(organization_id: str) -> None:
    """Leaves a row that says so, which nothing removes. A second time takes what was written in between."""
    theirs = AuditEntry.organization_id == organization_id
    entries = db.session.scalar(select(func.count()).select_from(AuditEntry).where(theirs)) or 0
    if db.session.get(AuditRemoval, organization_id) is None:
        db.session.add(AuditRemoval(organization_id=organization_id, entries=entries))
        db.session.flush()
    db.session.execute(delete(AuditEntry).where(theirs).execution_options(synchronize_session=False))
