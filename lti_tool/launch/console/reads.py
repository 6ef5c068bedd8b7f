"""What the console shows of platforms and deployments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from lti_tool.db import db
from lti_tool.launch.console.lamps import Lamp, lamps_of
from lti_tool.launch.console.scopes import ROSTER, Grant, clock_words, grants
from lti_tool.launch.model import CourseKey, Deployment, Registration
from lti_tool.launch.platforms import all_platforms
from lti_tool.launch.profiles import is_described, profile_named
from lti_tool.launch.selftest.own import is_temporary
from lti_tool.people.model import Organization
from lti_tool.words import to_say


@dataclass(frozen=True)
class PlatformLine:
    """One platform in the list."""

    id: str
    name: str
    kind: str
    issuer: str
    is_off: bool
    launched_at: datetime | None
    lamps: list[Lamp]


@dataclass(frozen=True)
class WaitingDeployment:
    """A deployment that a launch named and that nobody has let in yet."""

    id: str
    deployment_id: str
    registration: str
    platform: str
    created_at: datetime


@dataclass(frozen=True)
class DeploymentLine:
    """A deployment on its platform's page. `given` is the organization that an administrator gave it, if any."""

    id: str
    deployment_id: str
    status: str
    created_at: datetime
    organization: str
    given: str | None
    courses: int


@dataclass(frozen=True)
class Standing:
    """How a platform is connected: its lamps, what it granted, and how its clock stands."""

    kind: str
    lamps: list[Lamp]
    grants: list[Grant]
    grants_from: str
    clock: str
    clock_is_well: bool


def platform_lines() -> list[PlatformLine]:
    """Every platform, the oldest first; that of a self-test under way is none to administer."""
    registrations = [one for one in all_platforms() if not is_temporary(one.issuer)]
    lamps = lamps_of(registrations)
    return [
        PlatformLine(
            one.id, one.name, kind_of(one), one.issuer, one.switched_off_at is not None,
            next(lamp.seen for lamp in lamps[one.id] if lamp.name == "launch"), lamps[one.id],
        )
        for one in registrations
    ]  # fmt: skip


def waiting_deployments() -> list[WaitingDeployment]:
    query = (
        select(
            Deployment.id, Deployment.deployment_id, Registration.id, Registration.name, Deployment.created_at
        )
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(Deployment.status == "pending")
        .order_by(Deployment.created_at, Deployment.id)
    )  # fmt: skip
    return [WaitingDeployment(*row) for row in db.session.execute(query)]


def deployment_lines(registration: Registration) -> list[DeploymentLine]:
    own, given = aliased(Organization), aliased(Organization)
    courses = (
        select(func.count()).where(CourseKey.deployment_id == Deployment.id).correlate(Deployment).scalar_subquery()
    )
    query = (
        select(
            Deployment.id, Deployment.deployment_id, Deployment.status, Deployment.created_at,
            func.coalesce(given.name, own.name), Deployment.organization_id, courses,
        )
        .select_from(Deployment)
        .join(own, own.id == registration.organization_id)
        .outerjoin(given, given.id == Deployment.organization_id)
        .where(Deployment.registration_id == registration.id)
        .order_by(Deployment.created_at, Deployment.id)
    )  # fmt: skip
    return [DeploymentLine(*row) for row in db.session.execute(query)]


def standing_of(registration: Registration) -> Standing:
    scopes, said_by = _scopes(registration)
    words, is_well = clock_words(registration.clock_skew)
    return Standing(
        kind_of(registration), lamps_of([registration])[registration.id], grants(scopes), said_by, words, is_well
    )


def kind_of(registration: Registration) -> str:
    """Which kind of LMS it is, as its profile calls it."""
    family = registration.profile
    return profile_named(family).name if is_described(family) else to_say("Kind not known yet")


def _scopes(registration: Registration) -> tuple[Sequence[str], str]:
    """What was granted, and who says so: the registration, else the launches, else nobody yet."""
    if registration.granted_scopes is not None:
        return registration.granted_scopes, "registration"
    courses = (
        select(CourseKey.roster_url, CourseKey.grade_scopes)
        .join(Deployment, Deployment.id == CourseKey.deployment_id)
        .where(Deployment.registration_id == registration.id)
        .order_by(CourseKey.created_at.desc())
        .limit(100)
    )
    rows = db.session.execute(courses).all()
    found = {scope for _, scopes in rows for scope in scopes} | {ROSTER for url, _ in rows if url}
    return sorted(found), "launches" if rows else "nobody"
