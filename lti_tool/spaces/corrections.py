"""When an award that stands behind a completion is corrected, the new one stands behind it."""

from sqlalchemy import select, update

from lti_tool.badges.events import AwardCorrected
from lti_tool.db import db
from lti_tool.spaces.model import Completion, Objective


def on_award_corrected(happened: AwardCorrected) -> None:
    """Taking the completion back later revokes the award that stands then. Only objectives with the badge are read."""
    objectives = select(Objective.id).where(Objective.badge_id == happened.badge)
    db.session.execute(
        update(Completion)
        .where(Completion.objective_id.in_(objectives), Completion.award_id == happened.old)
        .values(award_id=happened.new)
    )
