"""Tables of recipients, brought for a badge."""

from collections.abc import Iterable

from lti_tool.badges.awarding.batches import Upload, bring_table
from lti_tool.badges.awarding.model import AwardBatch
from lti_tool.db import db, transaction


def make_table(badge: str, by: str, addresses: Iterable[str]) -> str:
    """A preview of a table with these addresses. Answers the batch's id."""
    data = "\n".join(["email", *addresses]).encode()
    with transaction():
        return bring_table(badge, Upload(data, "people.csv"), by=by)


def table_row(batch_id: str) -> AwardBatch:
    """As it stands now."""
    db.session.rollback()
    return db.session.get_one(AwardBatch, batch_id, populate_existing=True)
