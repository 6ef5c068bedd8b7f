"""What a reading needs to know of its course and platform: looked up once, as its row is taken up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from lti_tool import clock
from lti_tool.db import db, new_id, transaction
from lti_tool.launch.library import StrictRegistration
from lti_tool.launch.model import CourseKey, Deployment, Registration, RosterRead
from lti_tool.launch.profiles import Profile, profile_named
from lti_tool.launch.roster.applying import Destination
from lti_tool.launch.roster.asking import UNDER_WAY
from lti_tool.launch.roster.paging import asking, with_page_size
from lti_tool.launch.services import SafeServiceConnector
from lti_tool.spaces.space import space_facts

_WHOLE_EVERY = timedelta(days=7)


@dataclass(frozen=True)
class Source:
    """What one reading needs to know, read once.

    `addresses`: where a whole list is asked for, the plainest last; `changes_url`: where the changes alone are told, if
    these are enough. `worker` is this reader, as long as nobody else has taken the row up. `by_itself`: nobody waits.
    """

    read: str
    worker: str
    course: str
    asked_at: datetime
    to: Destination
    connector: SafeServiceConnector
    addresses: tuple[str, ...]
    changes_url: str | None
    groups: tuple[SafeServiceConnector, str] | None
    by_itself: bool


def take_up(read_id: str) -> Source | None:
    """Take the row up, from its beginning; None when it has ended or cannot begin."""
    with transaction():
        found = db.session.execute(
            select(RosterRead, CourseKey, Deployment, Registration)
            .join(CourseKey, CourseKey.id == RosterRead.course_id)
            .join(Deployment, Deployment.id == CourseKey.deployment_id)
            .join(Registration, Registration.id == Deployment.registration_id)
            .where(RosterRead.id == read_id, RosterRead.state.in_(UNDER_WAY))
            .with_for_update(of=RosterRead)
        ).one_or_none()
        if found is None:
            return None
        read, course, deployment, registration = found
        refused = _refusal(course, deployment, registration)
        if refused:
            read.state, read.problem, read.ended_at = "failed", refused, clock.now()
            return None
        read.state, read.pages, read.people, read.skipped = "reading", 0, 0, 0
        read.problem = read.problem_said = None
        read.worker = new_id()  # whoever read it before finds out at the next page
        return _source(read, course, deployment, registration)


def _refusal(course: CourseKey, deployment: Deployment, registration: Registration) -> str | None:
    """Why this course's roster is not to be read; a Space that has ended stays as it was."""
    space = space_facts(course.space_id or "")
    if space is None or space.archived:
        return "space_archived"
    if registration.switched_off_at is not None:
        return "platform_off"
    return None if deployment.status == "active" else f"deployment_{deployment.status}"


def _source(read: RosterRead, course: CourseKey, deployment: Deployment, registration: Registration) -> Source:
    """The roster's address is the course's own, from a signed launch: a token may open other courses too."""
    organization, url = deployment.organization_id or registration.organization_id, str(course.roster_url)

    def connector(service_url: str) -> SafeServiceConnector:
        named = StrictRegistration(registration)
        return SafeServiceConnector(named, deployment_id=deployment.deployment_id, service_url=service_url)

    return Source(
        read.id, str(read.worker), course.id, read.asked_at,
        Destination(registration.id, organization, str(course.space_id), clock.now(), agreed=read.agreed),
        connector(url), _addresses(course, profile_named(registration.profile)),
        course.roster_changes_url if read.asked_by is None and _are_changes_enough(course) else None,
        (connector(course.groups_url), course.groups_url) if course.groups_url else None, read.asked_by is None,
    )  # fmt: skip


def _addresses(course: CourseKey, profile: Profile) -> tuple[str, ...]:
    """With all that this platform tells of groups and sections; and without, for a platform that will not have that."""
    more: dict[str, str] = {}
    if profile.roster_tells_sections:
        more["rlid"] = course.context_id  # the course itself as a link: it narrows nothing
    if course.groups_url:
        more["groups"] = "true"
    plain = with_page_size(str(course.roster_url), profile.roster_page_size)
    return (asking(plain, **more), plain) if more else (plain,)


def _are_changes_enough(course: CourseKey) -> bool:
    """A whole list at least once a week: changes that got lost would never come."""
    return course.roster_whole_at is not None and course.roster_whole_at > clock.now() - _WHOLE_EVERY


def is_mine(source: Source) -> tuple[ColumnElement[bool], ...]:
    return RosterRead.id == source.read, RosterRead.state == "reading", RosterRead.worker == source.worker
