"""Awards beside an objective: given to a person or to an address."""

from lti_tool.badges.awards import Recipient, award_badge
from lti_tool.db import transaction


def make_award(badge: str, recipient: Recipient, **words: str) -> str:
    """Answers the award's id."""
    with transaction():
        return award_badge(badge=badge, recipient=recipient, **words).id  # type: ignore[arg-type]
