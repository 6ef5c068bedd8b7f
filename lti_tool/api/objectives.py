"""Objectives of a Space, and marking them complete or taking that back."""

from typing import Annotated, Literal

from flask import Response
from pydantic import Field, StringConstraints

from lti_tool.api.describing import PageOf, page_of, reads, writes
from lti_tool.api.fields import Asked, Id, Listing, Shown
from lti_tool.api.once import once
from lti_tool.api.own import own_badge, own_member, own_objective, own_organization, own_space
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.spaces.completions import REASON_LENGTH, complete, take_back
from lti_tool.spaces.model import MAX_POINTS, TITLE_LENGTH
from lti_tool.spaces.objective_reads import ObjectiveFacts, objectives_page
from lti_tool.spaces.objectives import CRITERIA_LENGTH, FIXED_POINTS, ObjectiveWords, create_objective

Kind = Literal["manual", "badge"]
Evidence = Literal["none", "allowed", "required"]
Criteria = Annotated[str, StringConstraints(max_length=CRITERIA_LENGTH)]


class Objective(Shown):
    """Something to complete."""

    id: str
    kind: Kind
    title: str
    badge: str | None = Field(
        description="the id of the badge that completing a manual one awards, or that a badge objective looks for; "
        "null for a badge of somebody else"
    )
    badge_ref: str | None = Field(description="the id of that badge where it comes from")
    points: int
    public_criteria: str = Field(description="what learners read")
    private_criteria: str = Field(description="for staff only; never in leaderboard, awards or progress")
    evidence: Evidence
    revoke_with_objective: bool = Field(description="whether taking a completion back revokes its award")
    archived: bool = Field(description="offered to nobody any more; who has completed it keeps award and points")


class ObjectivePage(PageOf[Objective]):
    """Objectives in the order of the Space."""


class NewObjective(Asked):
    """An objective to add at the end of the list."""

    kind: Kind = Field(
        default="manual", description="`badge`: complete by itself for everybody who holds the badge"
    )
    title: Annotated[str, StringConstraints(min_length=1, max_length=TITLE_LENGTH)]
    badge: Id
    points: Annotated[int, Field(ge=0, le=MAX_POINTS)] = Field(
        default=FIXED_POINTS, description="other than the default only where the organization weighs objectives"
    )
    public_criteria: Criteria = ""
    private_criteria: Criteria = ""
    evidence: Evidence = Field(default="none", description="of learners; only manual objectives take any")
    revoke_with_objective: bool = Field(default=True, description="manual objectives only")


class Completed(Shown):
    """What stands behind a completion."""

    award: str | None = Field(description="the id of the award")


class Nothing(Asked):
    """No body is needed."""


class TakenBack(Asked):
    """Why a completion is taken back; a body is not needed."""

    reason: Annotated[str, StringConstraints(max_length=REASON_LENGTH)] | None = None


@needs(Permission.TOKEN)
@reads("Objectives", ObjectivePage, refusals=(404,))
def objectives(space_id: str, query: Listing) -> ObjectivePage:
    """List the objectives of a Space"""
    lines = objectives_page(own_space(space_id).id, after=query.after, limit=query.limit + 1)
    return page_of(ObjectivePage, lines, query.limit, _shown)


@needs(Permission.TOKEN)
@writes("Objectives", Objective, status=201)
def create(space_id: str, json: NewObjective) -> Response:
    """Add an objective

    Completing a manual one awards its badge; a badge objective looks for it, and gives none.
    """

    def act() -> Objective:
        space = own_space(space_id)
        _check_offered(json)
        words = ObjectiveWords(
            json.title, json.points, json.public_criteria, json.private_criteria,
            revoke_with_objective=json.revoke_with_objective, evidence=json.evidence,
        )  # fmt: skip
        made = create_objective(space.id, badge=own_badge(json.badge).id, words=words, kind=json.kind)
        return _shown(own_objective(space, made.id))

    return once(act, status=201)


@needs(Permission.TOKEN)
@writes("Objectives", Completed)
def mark_complete(space_id: str, objective_id: str, member_id: str, json: Nothing) -> Response:
    """Mark an objective complete for a learner

    The badge is awarded, points and rank move. A second time changes nothing and answers the same award.
    """

    def act() -> Completed:
        _check_here(space_id, objective_id, member_id)
        return Completed(award=complete(objective_id=objective_id, member_id=member_id, by=None).award)

    return once(act)


@needs(Permission.TOKEN)
@writes("Objectives", None, status=204)
def mark_taken_back(space_id: str, objective_id: str, member_id: str, json: TakenBack) -> Response:
    """Take a completion back

    Its award is revoked where the objective says so and this completion gave it. A second time changes nothing.
    """

    def act() -> None:
        _check_here(space_id, objective_id, member_id)
        reason = (json.reason or "").strip() or None
        take_back(objective_id=objective_id, member_id=member_id, by=None, reason=reason)

    return once(act, status=204)


def _check_here(space_id: str, objective_id: str, member_id: str) -> None:
    space = own_space(space_id)
    own_objective(space, objective_id)
    own_member(space, member_id)


def _check_offered(asked: NewObjective) -> None:
    """What this organization does not have is refused and never left out in silence."""
    if asked.points != FIXED_POINTS and not own_organization().may_weigh_points:
        raise Problem("points_fixed")


def _shown(facts: ObjectiveFacts) -> Objective:
    return Objective.model_validate(facts, from_attributes=True)
