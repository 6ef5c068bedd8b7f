"""Awards that went to an address follow it: when the address turns out to be somebody's, or is theirs no more, what
they hold has changed.
"""

from collections import defaultdict

from sqlalchemy import func, select

from lti_tool.badges.events import HoldingChanged
from lti_tool.badges.model import Award
from lti_tool.db import db
from lti_tool.outbox import record
from lti_tool.people.events import AddressesMoved

_AT_ONCE = 10_000


def on_addresses_moved(happened: AddressesMoved) -> None:
    """Say so for each badge that one of the addresses was given and that stands with nobody yet."""
    given: defaultdict[str, set[str]] = defaultdict(set)
    asked = sorted(set(happened.addresses))
    for start in range(0, len(asked), _AT_ONCE):
        rows = db.session.execute(
            select(Award.badge_id, Award.recipient_email)
            .where(
                Award.recipient_email.in_(asked[start : start + _AT_ONCE]), Award.revoked_at.is_(None),
                func.coalesce(Award.person_id, "") == "",  # written so that SQLite does not look for it in an index
            )
            .distinct()
        )  # fmt: skip
        for badge, email in rows:
            given[badge].add(str(email))
    for badge, addresses in sorted(given.items()):
        record(HoldingChanged(badge=badge, persons=happened.persons, addresses=tuple(sorted(addresses))))
