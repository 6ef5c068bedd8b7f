"""Whether an objective may be marked complete without evidence that somebody reviewed."""

from sqlalchemy import select

from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.model import Objective

catalogue(
    {
        "evidence_required": Entry(
            409, "This objective needs evidence",
            "It is complete when the learner has handed in evidence and somebody has accepted it.",
            "you", "Wait for the evidence and accept it, or change the objective so that evidence is only allowed.",
        ),
    }
)  # fmt: skip


def ask_for_evidence(objective: Objective, member_id: str) -> None:
    """Raises `Problem` evidence_required where it is required and none was accepted."""
    if objective.evidence == "required" and not _has_accepted(objective.id, member_id):
        raise Problem("evidence_required")


def _has_accepted(objective_id: str, member_id: str) -> bool:
    accepted = select(Submission.id).where(
        Submission.objective_id == objective_id, Submission.member_id == member_id, Submission.state == "accepted"
    )
    return db.session.scalar(accepted.limit(1)) is not None
