"""The Space itself: made from a course in one click or without one, ended by its date."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select, update

from lti_tool.badges.issuers import first_issuer_of, issuer_facts
from lti_tool.badges.time_zones import day_of, time_zones, zone_of
from lti_tool.db import db, new_id, transaction
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.outbox import record
from lti_tool.people.model import Organization
from lti_tool.people.names import clean_text
from lti_tool.spaces.days import end_of_day, is_over, latest_today, notices_behind, today_in
from lti_tool.spaces.events import SpaceCreated
from lti_tool.spaces.model import SPACE_NAME_LENGTH, Space
from lti_tool.words import to_say

LONGEST_YEARS = 6
UNKNOWN_ZONE = to_say("That time zone is not known. Choose one of the list, such as Europe/Berlin.")
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
    """One Space as pages and API show it. `ended_on`: its last day, once it has ended; by hand that came early."""

    id: str
    organization: str
    issuer: str
    name: str
    ends_on: date
    archived: bool
    leaderboard_on: bool
    aliases_on: bool
    names_allowed: bool
    time_zone: str = "UTC"
    revision: int = 1
    ended_on: date | None = None

    @property
    def zone(self) -> ZoneInfo:
        """On its calendar the days of this Space are told."""
        return zone_of(self.time_zone)

    @property
    def days_left(self) -> int:
        """How many days there are after today; fewer than none once it is over."""
        return (self.ends_on - today_in(self.time_zone)).days


def suggested_end(course_ends_on: date | None, today: date) -> date:
    """The course's own end where it is known and to come, half a year from now otherwise."""
    return course_ends_on if course_ends_on and course_ends_on >= today else today + _USUAL_LENGTH


def end_date_problem(ends_on: date, today: date) -> str | None:
    """Why `ends_on` cannot be the end of a Space, in words; None when it can."""
    if ends_on < today:
        return str(_("The end date has passed. Choose today or a later day."))
    if ends_on > today.replace(year=today.year + LONGEST_YEARS, day=min(today.day, 28)):
        return str(_("A Space lasts %(most)s years at most. Choose an earlier end date.", most=LONGEST_YEARS))
    return None


def create_space(
    *, organization: str, name: str, ends_on: date, issuer: str | None = None, course: str | None = None,
    by: str | None = None, time_zone: str | None = None, space_id: str | None = None,
) -> Space:  # fmt: skip
    """A new Space of `issuer` (the organization's first one by default), for `course` if it comes from one. Its days
    are those of `time_zone`, the issuer's by default.

    Raises `Problem` bad_request for a missing name or a wrong date, spaces_off, or what a reaction refuses:
    the door refuses a second Space for one course.
    """
    ask_for_spaces(organization)
    issuer = issuer or first_issuer_of(organization)
    zone = known_zone(time_zone or usual_zone(issuer))
    ask_that_it_fits(ends_on, zone)
    space = Space(
        id=space_id or new_id(), organization_id=organization, issuer_id=issuer, name=space_name(name),
        ends_on=ends_on, time_zone=zone, created_by=by,
        noticed_days=notices_behind((ends_on - today_in(zone)).days),
    )  # fmt: skip
    db.session.add(space)
    db.session.flush()
    record(SpaceCreated(space.id, course, by))
    return space


def uses_spaces(organization: str) -> bool:
    """Has the organization Spaces switched on? (SP-02)"""
    holder = db.session.get(Organization, organization)
    return holder is not None and holder.may_use_spaces


def ask_for_spaces(organization: str) -> None:
    """Raises `Problem` spaces_off."""
    if not uses_spaces(organization):
        raise Problem("spaces_off")


def space_name(name: str | None) -> str:
    """Raises `Problem` bad_request without one."""
    cleaned = clean_text(name, SPACE_NAME_LENGTH)
    if cleaned is None:
        raise Problem("bad_request", _("A Space needs a name."))
    return cleaned


def usual_zone(issuer: str) -> str:
    """The time zone of a new Space, unless another one is chosen."""
    found = issuer_facts(issuer)
    return found.time_zone if found else "UTC"


def known_zone(name: str) -> str:
    """Raises `Problem` bad_request for a time zone that nobody knows."""
    if name not in time_zones():
        raise Problem("bad_request", UNKNOWN_ZONE)
    return name


def ask_that_it_fits(ends_on: date, time_zone: str) -> None:
    """Raises `Problem` bad_request for a day that cannot be the end of a Space."""
    wrong = end_date_problem(ends_on, today_in(time_zone))
    if wrong:
        raise Problem("bad_request", wrong)


def archive_ended_spaces() -> None:
    """Archive every Space whose last day is over in its time zone, as of the end of that day. Runs on the schedule.

    Whoever comes second finds nothing left to archive, and what a clock that jumps has archived stays so.
    """
    may_be_over = (Space.archived_at.is_(None), Space.ends_on < latest_today())
    with transaction():
        ends = db.session.execute(select(Space.time_zone, Space.ends_on).where(*may_be_over).distinct()).all()
        for zone, day in ends:
            if is_over(None, day, zone):
                db.session.execute(
                    update(Space)
                    .where(Space.archived_at.is_(None), Space.time_zone == zone, Space.ends_on == day)
                    .values(archived_at=end_of_day(day, zone))
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
    if has_ended(space):
        raise Problem("space_archived")
    return space


def has_ended(space: Space) -> bool:
    return is_over(space.archived_at, space.ends_on, space.time_zone)


def _facts(space: Space) -> SpaceFacts:
    return SpaceFacts(
        space.id, space.organization_id, space.issuer_id, space.name, space.ends_on, has_ended(space),
        space.leaderboard_on, space.aliases_on, space.names_allowed, space.time_zone, space.revision,
        _last_day(space) if has_ended(space) else None,
    )  # fmt: skip


def _last_day(space: Space) -> date:
    """The day of its date, or an earlier one on which it was ended by hand."""
    if space.archived_at is None:
        return space.ends_on
    just_before = space.archived_at - timedelta(microseconds=1)
    return min(day_of(just_before, zone_of(space.time_zone)), space.ends_on)
