"""Objectives: what can be completed, and for how many points. Where they stand is in `objective_places`."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from lti_tool.badges.already_held import hold_badges
from lti_tool.badges.awardable import awardable
from lti_tool.db import db, new_id
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.kept_files import make_sure_of
from lti_tool.outbox import record
from lti_tool.people.model import Organization
from lti_tool.people.names import clean_text
from lti_tool.spaces.badge_objectives import look
from lti_tool.spaces.events import ObjectiveAdded
from lti_tool.spaces.foreign_badges import ForeignBadge
from lti_tool.spaces.model import MAX_POINTS, TITLE_LENGTH, Completion, Member, Objective
from lti_tool.spaces.space import open_space
from lti_tool.spaces.standings import hold_space, recount_bands
from lti_tool.words import numeral

FIXED_POINTS = 10
CRITERIA_LENGTH = 10_000
EVIDENCE = ("none", "allowed", "required")

catalogue(
    {
        "objective_changed": Entry(
            409, "This objective was changed in the meantime",
            "Somebody else has saved other words since you opened the page.", "you",
            "Compare both, then save what shall stand. Nothing was changed by you yet.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class ObjectiveWords:
    """What staff say of an objective. `private_criteria` never leaves the staff pages. Evidence, and what becomes of
    the badge, are asked of manual objectives only.
    """

    title: str
    points: int = FIXED_POINTS
    public_criteria: str = ""
    private_criteria: str = ""
    revoke_with_objective: bool = True
    evidence: str = "none"


def create_objective(
    space_id: str, *, badge: str | ForeignBadge, words: ObjectiveWords, kind: str = "manual",
    objective_id: str | None = None,
) -> Objective:  # fmt: skip
    """A new objective at the end of the list. Completing a manual one awards `badge`; a badge objective is complete at
    once for everybody who holds it.

    The same `objective_id` twice makes one: a form that is sent again finds what it made. Raises `Problem` not_found or
    no_more_awards for a badge that was deleted or archived in the meantime.
    """
    hold_space(space_id)
    space = open_space(space_id)
    made = made_before(space_id, objective_id)
    if made is not None:
        return made
    objective = Objective(id=objective_id or new_id(), space_id=space_id, kind=kind, position=_last(space_id) + 1)
    _point_at(objective, badge, space.organization_id)
    say(objective, words, space.organization_id)
    db.session.add(objective)
    db.session.flush()
    record(ObjectiveAdded(space_id))
    if kind == "badge":
        look(space_id, objectives=[objective.id])
    return objective


def made_before(space_id: str, objective_id: str | None) -> Objective | None:
    """What a form has made already. Raises `Problem` not_found for an id that stands elsewhere."""
    made = db.session.get(Objective, objective_id) if objective_id else None
    if made is not None and made.space_id != space_id:
        raise Problem("not_found")
    return made


def edit_objective(objective_id: str, *, words: ObjectiveWords, seen: int | None = None) -> Objective:
    """Change the words; other points move everybody who has completed it, in the same transaction.

    `seen` is the revision that whoever writes has seen. Raises `Problem` objective_changed if it is
    another one by now.
    """
    objective = held_objective(objective_id)
    space = open_space(objective.space_id)
    if seen is not None and objective.revision != seen:
        raise Problem("objective_changed")
    before = objective.points
    say(objective, words, space.organization_id)
    objective.revision += 1
    db.session.flush()
    if objective.points != before:
        _reweigh(objective, objective.points - before)
    return objective


def held_objective(objective_id: str) -> Objective:
    """The objective as it is now, and its Space held: nobody else moves or completes anything in it meanwhile."""
    objective = db.session.get(Objective, objective_id)
    if objective is None:
        raise Problem("not_found")
    hold_space(objective.space_id)
    objective = db.session.get(Objective, objective_id, populate_existing=True)
    if objective is None:  # deleted while we waited
        raise Problem("not_found")
    return objective


def _last(space_id: str) -> int:
    return db.session.scalar(select(func.max(Objective.position)).where(Objective.space_id == space_id)) or 0


def _point_at(objective: Objective, badge: str | ForeignBadge, organization: str) -> None:
    if isinstance(badge, ForeignBadge):
        objective.badge_ref, objective.badge_issuer_ref = badge.badge, badge.issuer
        objective.badge_name, objective.badge_picture_key = badge.name, badge.picture
        if badge.png:
            make_sure_of(badge.picture, badge.png)
        return
    hold_badges([badge])
    target = awardable(badge)
    if objective.kind == "manual" and target.organization != organization:  # one may look for any badge, not give it
        raise Problem("not_found", _("There is no such badge."))
    objective.badge_id = badge


def _reweigh(objective: Objective, difference: int) -> None:
    done = select(Completion.member_id).where(Completion.objective_id == objective.id, Completion.state == "complete")
    db.session.execute(
        update(Member)
        .where(Member.id.in_(done))
        .values(points=Member.points + difference)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(Completion)
        .where(Completion.objective_id == objective.id, Completion.state == "complete")
        .values(points=objective.points)
        .execution_options(synchronize_session=False)
    )
    recount_bands(objective.space_id)


def say(objective: Objective, words: ObjectiveWords, organization: str) -> None:
    title = clean_text(words.title, TITLE_LENGTH)
    if title is None:
        raise Problem("bad_request", _("An objective needs a title."))
    if max(len(words.public_criteria), len(words.private_criteria)) > CRITERIA_LENGTH:
        raise Problem("bad_request", _("Criteria hold at most %(most)s characters.", most=numeral(CRITERIA_LENGTH)))
    is_manual = objective.kind == "manual"
    if words.evidence not in EVIDENCE or (words.evidence != "none" and not is_manual):
        raise Problem("bad_request", _("Evidence is none, allowed or required, and only manual objectives take it."))
    objective.title = title
    objective.points = _points(words.points, organization)
    objective.public_criteria = words.public_criteria.replace("\x00", "").strip()
    objective.private_criteria = words.private_criteria.replace("\x00", "").strip()
    objective.revoke_with_objective = words.revoke_with_objective and is_manual
    objective.evidence = words.evidence


def _points(points: int, organization: str) -> int:
    """Different points per objective only where the organization's features allow it."""
    holder = db.session.get(Organization, organization)
    if holder is None or not holder.may_weigh_points:
        return FIXED_POINTS
    if not 0 <= points <= MAX_POINTS:
        raise Problem("bad_request", _("Points lie between 0 and %(most)s.", most=numeral(MAX_POINTS)))
    return points
