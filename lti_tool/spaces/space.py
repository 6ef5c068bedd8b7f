"""The Space itself: made from a course in one click, ended by its date."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import update

from lti_tool import clock
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.db import db, transaction
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.outbox import record
from lti_tool.people.model import Organization
from lti_tool.people.names import clean_text
from lti_tool.spaces.events import SpaceCreated
from lti_tool.spaces.model import SPACE_NAME_LENGTH, Space

LONGEST_YEARS = 6
_USUAL_LENGTH = timedelta(weeks=26)

catalogue(
    {
        "space_archived": Entry(
            409, "This Space has ended", "The end date has passed: progress and leaderboard stay as they were.",
            "a teacher of the course", "Nothing more can be changed here. Everything can still be read and exported.",
        ),
        "spaces_off": Entry(
            403, "Spaces are switched off", "Your organization does not use Spaces.",
            "the administrator of this tool", "Ask the administrator to switch Spaces on for your organization.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class SpaceFacts:
    """One Space as pages and API show it."""

    id: str
    organization: str
    issuer: str
    name: str
    ends_on: date
    archived: bool
    leaderboard_on: bool
    aliases_on: bool
    names_allowed: bool


def suggested_end(course_ends_on: date | None, today: date) -> date:
    """The course's own end where it is known and to come, half a year from now otherwise."""
    return course_ends_on if course_ends_on and course_ends_on >= today else today + _USUAL_LENGTH


def end_date_problem(ends_on: date, today: date) -> str | None:
    """Why `ends_on` cannot be the end of a Space, in words; None when it can."""
    if ends_on < today:
        return "The end date has passed. Choose today or a later day."
    if ends_on > today.replace(year=today.year + LONGEST_YEARS, day=min(today.day, 28)):
        return f"A Space lasts {LONGEST_YEARS} years at most. Choose an earlier end date."
    return None


def create_space(
    *, organization: str, name: str, ends_on: date, issuer: str | None = None, course: str | None = None,
    by: str | None = None,
) -> Space:  # fmt: skip
    """A new Space of `issuer` (the organization's first one by default), for `course` if it comes from one.

    Raises `Problem` bad_request for a missing name or a wrong date, spaces_off, or what a reaction refuses:
    the door refuses a second Space for one course.
    """
    holder = db.session.get(Organization, organization)
    if holder is None or not holder.may_use_spaces:
        raise Problem("spaces_off")
    cleaned = clean_text(name, SPACE_NAME_LENGTH)
    if cleaned is None:
        raise Problem("bad_request", "A Space needs a name.")
    wrong = end_date_problem(ends_on, clock.now().date())
    if wrong:
        raise Problem("bad_request", wrong)
    space = Space(
        organization_id=organization, issuer_id=issuer or first_issuer_of(organization), name=cleaned,
        ends_on=ends_on, created_by=by,
    )  # fmt: skip
    db.session.add(space)
    db.session.flush()
    record(SpaceCreated(space.id, course, by))
    return space


def archive_ended_spaces() -> None:
    """Archive every Space whose end date lies behind. Runs on the schedule."""
    now = clock.now()
    with transaction():
        db.session.execute(
            update(Space)
            .where(Space.archived_at.is_(None), Space.ends_on < now.date())
            .values(archived_at=now)
            .execution_options(synchronize_session=False)
        )


def space_facts(space_id: str) -> SpaceFacts | None:
    space = db.session.get(Space, space_id)
    return _facts(space) if space else None


def open_space(space_id: str) -> Space:
    """The Space, when it can still change. Raises `Problem` not_found or space_archived."""
    space = db.session.get(Space, space_id)
    if space is None:
        raise Problem("not_found")
    if _has_ended(space):
        raise Problem("space_archived")
    return space


def _has_ended(space: Space) -> bool:
    return space.archived_at is not None or space.ends_on < clock.now().date()


def _facts(space: Space) -> SpaceFacts:
    return SpaceFacts(
        space.id, space.organization_id, space.issuer_id, space.name, space.ends_on, _has_ended(space),
        space.leaderboard_on, space.aliases_on, space.names_allowed,
    )  # fmt: skip
