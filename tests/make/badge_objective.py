"""Badge objectives, and who has completed them."""

from sqlalchemy import select

from lti_tool.db import db, transaction
from lti_tool.spaces.foreign_badges import ForeignBadge
from lti_tool.spaces.model import Completion
from lti_tool.spaces.objectives import ObjectiveWords, create_objective


def make_badge_objective(space: str, badge: str | ForeignBadge, title: str = "Hold it", points: int = 10) -> str:
    """An objective that looks for the badge. Answers its id."""
    with transaction():
        return create_objective(space, badge=badge, words=ObjectiveWords(title, points), kind="badge").id


def foreign(badge: str, issuer: str, name: str = "Welding") -> ForeignBadge:
    """A badge of somebody else, as checking an award of it leaves it."""
    return ForeignBadge(badge, issuer, name, "0" * 64)


def completion_of(objective: str, member: str) -> Completion | None:
    """As it is now."""
    db.session.rollback()
    query = select(Completion).where(Completion.objective_id == objective, Completion.member_id == member)
    return db.session.scalar(query.execution_options(populate_existing=True))


def state_of(objective: str, member: str) -> tuple[str, str, str | None] | None:
    """State, how it came about, and the reason why it was taken back; None where nothing has happened."""
    found = completion_of(objective, member)
    return (found.state, found.how, found.reason) if found else None
