"""From a checked launch to a visit, in one transaction: the login consumed, the person known, the course reached.

The statements are few and plain: this is the way that every class takes at once on a Monday morning.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from lti_tool import clock
from lti_tool.db import db, new_id, transaction
from lti_tool.errors import Problem
from lti_tool.launch.claims import Launch
from lti_tool.launch.digests import digest, fresh_secret
from lti_tool.launch.model import (
    CourseKey,
    Identity,
    LoginState,
    Placement,
    Registration,
    VisitRow,
)
from lti_tool.launch.platforms import settle_deployment
from lti_tool.launch.profiles import profile_named
from lti_tool.launch.visits import Opened
from lti_tool.people.model import Person
from lti_tool.people.names import Names
from lti_tool.people.visit import Role
from lti_tool.spaces.members import Arrival, arrive

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-fA-F:]+\](:\d{1,5})?")


@dataclass(frozen=True)
class Refused:
    """A refusal that leaves something behind: the login stays consumed, a new deployment stays to be approved."""

    code: str


@dataclass(frozen=True)
class _Scene:
    """What a launch needs of the registration, read before the transaction and never changed by it."""

    registration_id: str
    organization_id: str
    issuer: str
    auth_url: str
    profile: str


def open_visit(launch: Launch, *, state_hash: str, registration: Registration) -> Opened:
    """Consume the login and begin the visit. Raises `Problem` replayed, deployment_… or person_disabled."""
    scene = _Scene(
        registration.id, registration.organization_id, registration.issuer, registration.auth_url,
        registration.profile,
    )  # fmt: skip
    outcome = _try_to_arrive(launch, state_hash, scene, tries=3)
    if isinstance(outcome, Refused):
        raise Problem(outcome.code)
    return outcome


def _try_to_arrive(launch: Launch, state_hash: str, scene: _Scene, tries: int) -> "Opened | Refused":
    try:
        with transaction():
            return _arrive(launch, state_hash, scene)
    except IntegrityError:  # the same person or course arrived a moment ago in another process
        if tries == 1:
            raise
    return _try_to_arrive(launch, state_hash, scene, tries - 1)


def consume(state_hash: str) -> None:
    """A login counts once: whoever comes second finds it consumed."""
    taken = db.session.execute(
        update(LoginState)
        .where(LoginState.state_hash == state_hash, LoginState.consumed_at.is_(None))
        .values(consumed_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Problem("replayed")


def _arrive(launch: Launch, state_hash: str, scene: _Scene) -> Opened | Refused:
    consume(state_hash)
    deployment = settle_deployment(scene.registration_id, launch.deployment_id)
    if deployment.status != "active":
        return Refused(f"deployment_{deployment.status}")
    organization = deployment.organization_id or scene.organization_id
    person = _person(launch, scene, organization)
    course = _course(launch, deployment.id)
    _place(launch, deployment.id, course.id if course else None)
    if course and course.space_id:
        _enter_space(launch, course.space_id, person)
    return _visit(launch, scene, deployment.id, person, course.id if course else None)


def _person(launch: Launch, scene: _Scene, organization: str) -> str:
    """(registration, sub) is who this is; names and address follow the platform's last word (decision 6)."""
    found = db.session.execute(
        select(Person.id, Person.name, Person.given_name, Person.family_name, Person.email, Person.disabled_at)
        .join(Identity, Identity.person_id == Person.id)
        .where(Identity.registration_id == scene.registration_id, Identity.sub == launch.sub)
    ).one_or_none()
    if found is None:
        return _new_person(launch, scene, organization)
    if found.disabled_at is not None:
        raise Problem("person_disabled")
    if _names_of(found) != launch.names:
        _rename(found.id, launch.names)
    return str(found.id)


def _names_of(found: Row[*tuple[Any, ...]]) -> Names:
    return Names(found.name, found.given_name, found.family_name, found.email)


def _new_person(launch: Launch, scene: _Scene, organization: str) -> str:
    person = new_id()
    names = launch.names
    db.session.execute(
        insert(Person).values(
            id=person, organization_id=organization, name=names.name, given_name=names.given_name,
            family_name=names.family_name, email=names.email, created_at=clock.now(),
        )
    )  # fmt: skip
    db.session.execute(
        insert(Identity).values(id=new_id(), registration_id=scene.registration_id, sub=launch.sub, person_id=person)
    )
    return person


def _rename(person: str, names: Names) -> None:
    db.session.execute(
        update(Person)
        .where(Person.id == person)
        .values(name=names.name, given_name=names.given_name, family_name=names.family_name, email=names.email)
        .execution_options(synchronize_session=False)
    )


def _course(launch: Launch, deployment_id: str) -> CourseKey | None:
    """Which course this is: (deployment, context). What the launch says of it is kept for the next time."""
    if launch.context is None:
        return None
    course = db.session.scalar(
        select(CourseKey).where(CourseKey.deployment_id == deployment_id, CourseKey.context_id == launch.context.id)
    )
    if course is None:
        course = CourseKey(id=new_id(), deployment_id=deployment_id, context_id=launch.context.id, title="")
        db.session.add(course)
    course.title = launch.context.title
    course.ends_on = launch.context.ends_on or course.ends_on
    course.roster_url = launch.roster_url or course.roster_url
    db.session.flush()
    return course


def _place(launch: Launch, deployment_id: str, course_id: str | None) -> None:
    known = select(Placement.id).where(
        Placement.deployment_id == deployment_id,
        Placement.course_id == course_id,
        Placement.resource_link_id == launch.resource_link,
    )
    if db.session.scalar(known.limit(1)) is None:
        db.session.execute(
            insert(Placement).values(
                id=new_id(), deployment_id=deployment_id, course_id=course_id,
                resource_link_id=launch.resource_link, title=launch.link_title,
            )
        )  # fmt: skip


def _enter_space(launch: Launch, space_id: str, person: str) -> None:
    standing = launch.standing
    if standing.role in (Role.STAFF, Role.MEMBER):
        role = "staff" if standing.role is Role.STAFF else "member"
        arrive(space_id, Arrival(person, launch.names, role, preview=standing.preview))


def _visit(launch: Launch, scene: _Scene, deployment_id: str, person: str, course_id: str | None) -> Opened:
    opened = Opened(new_id(), fresh_secret())
    standing, now = launch.standing, clock.now()
    db.session.execute(
        insert(VisitRow).values(
            id=opened.id, secret_hash=digest(opened.secret), registration_id=scene.registration_id,
            deployment_id=deployment_id, person_id=person, course_id=course_id, role=standing.role.value,
            assistant=standing.assistant, preview=standing.preview, locale=launch.locale,
            return_url=launch.return_url, frame_ancestors=_ancestors(launch, scene), created_at=now,
            last_seen_at=now,
        )
    )  # fmt: skip
    return opened


def _ancestors(launch: Launch, scene: _Scene) -> list[str]:
    """Who may frame this visit: the origins that the signed launch and the registration name, and the profile's."""
    named = (launch.return_url, launch.platform_url, scene.issuer, scene.auth_url)
    origins = {_origin(url) for url in named if url}
    wider = profile_named(launch.platform_family).frame_ancestors
    return sorted((origins - {""}) | set(wider)) or ["https:"]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin if _ORIGIN.fullmatch(origin) else ""
