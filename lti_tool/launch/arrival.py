"""From a checked launch to a visit, in one transaction: the login consumed, the person known, the course reached.

The statements are few and plain: this is the way that every class takes at once on a Monday morning.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import cast
from urllib.parse import urlsplit

from sqlalchemy import Connection, Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from lti_tool import clock
from lti_tool.db import db, new_id, plain_transaction, transaction
from lti_tool.errors import Problem
from lti_tool.launch.claims import Context, Launch
from lti_tool.launch.digests import digest, fresh_secret
from lti_tool.launch.known import Known, KnownCourse, known_of
from lti_tool.launch.login import LoginUnderWay
from lti_tool.launch.model import (
    CourseKey,
    Identity,
    LoginState,
    Placement,
    Registration,
    VisitRow,
)
from lti_tool.launch.platforms import RegistrationFacts, settle_deployment
from lti_tool.launch.profiles import is_described, profile_named
from lti_tool.launch.visits import Opened
from lti_tool.people.model import Person
from lti_tool.people.names import Names
from lti_tool.people.visit import Role
from lti_tool.spaces.members import Arrival, arrive, seat_for

# Built once, for every launch takes them: writing a statement down in Python costs more than running it.
_LOGIN = cast(Table, LoginState.__table__)
_CONSUME = (
    update(_LOGIN)
    .where(_LOGIN.c.state_hash == bindparam("state"), _LOGIN.c.consumed_at.is_(None))
    .values(consumed_at=bindparam("now"))
)
_BEGIN_VISIT = insert(cast(Table, VisitRow.__table__))

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-fA-F:]+\](:\d{1,5})?")


@dataclass(frozen=True)
class Refused:
    """A refusal that leaves something behind: the login stays consumed, a new deployment stays to be approved."""

    code: str


def open_visit(launch: Launch, begun: LoginUnderWay) -> Opened:
    """Consume the login and begin the visit. Raises `Problem` replayed, deployment_… or person_disabled."""
    outcome = _as_before(launch, begun) or _try_to_arrive(launch, begun, tries=3)
    if isinstance(outcome, Refused):
        raise Problem(outcome.code)
    return outcome


def _as_before(launch: Launch, begun: LoginUnderWay) -> Opened | None:
    """The way of nearly everybody: all is as it was, so the visit alone is written. Else None, and nothing is done."""
    registration = begun.registration
    with plain_transaction() as (connection, change):
        consume(begun.state_hash, connection)
        known = known_of(registration.id, launch, connection)
        if known and (same := _as_it_was(launch, registration, known)):
            person, course = same
            return _begin_visit(launch, registration, known, connection, person=person, course=course)
        change.rollback()
        return None


def _as_it_was(launch: Launch, registration: RegistrationFacts, known: Known) -> tuple[str, str] | None:
    """The person and the course, where this launch says nothing new of either."""
    person, course = known.person, known.course
    if person is None or course is None or launch.context is None:
        return None
    arrival = _arrival(launch, person.id) if course.space else None
    same = (
        known.status == "active"
        and person.names == launch.names
        and not person.is_disabled
        and known.is_placed
        and _course_now(launch, launch.context, course) == course
        and (arrival is None or known.seat == seat_for(arrival))
        and not _is_news(launch, registration)
    )
    return (person.id, course.id) if same else None


def _try_to_arrive(launch: Launch, begun: LoginUnderWay, tries: int) -> "Opened | Refused":
    try:
        with transaction() as connection:
            return _arrive(launch, begun, connection)
    except IntegrityError:  # the same person or course arrived a moment ago in another process
        if tries == 1:
            raise
    return _try_to_arrive(launch, begun, tries - 1)


def consume(state_hash: str, connection: Connection) -> None:
    """A login counts once: whoever comes second finds it consumed."""
    taken = connection.execute(_CONSUME, {"state": state_hash, "now": clock.now()})
    if taken.rowcount != 1:
        raise Problem("replayed")


def _arrive(launch: Launch, begun: LoginUnderWay, connection: Connection) -> Opened | Refused:
    """Everything is looked up at once; what is as it was is left alone."""
    consume(begun.state_hash, connection)
    registration = begun.registration
    known = known_of(registration.id, launch, connection) or _first_of_deployment(launch, registration, connection)
    if known.status != "active":
        return Refused(f"deployment_{known.status}")
    _recognise(launch, registration)
    person = _person(launch, registration, known)
    course = _course(launch, known)
    if course is None or not known.is_placed:
        _place(launch, known.deployment, course)
    _enter_space(launch, known, person)
    return _begin_visit(launch, registration, known, connection, person=person, course=course)


def _first_of_deployment(launch: Launch, registration: RegistrationFacts, connection: Connection) -> Known:
    settled = settle_deployment(registration.id, launch.deployment_id)
    return known_of(registration.id, launch, connection) or Known(settled.id, settled.status)


def _recognise(launch: Launch, registration: RegistrationFacts) -> None:
    """Which kind of LMS this is, once a signed launch says so: its profile then serves the roster too."""
    if _is_news(launch, registration):
        db.session.execute(
            update(Registration)
            .where(Registration.id == registration.id)
            .values(profile=launch.platform_family.lower())
            .execution_options(synchronize_session=False)
        )


def _is_news(launch: Launch, registration: RegistrationFacts) -> bool:
    family = launch.platform_family.lower()
    return family != registration.profile and is_described(family)


def _person(launch: Launch, registration: RegistrationFacts, known: Known) -> str:
    """(registration, sub) is who this is; names and address follow the platform's last word (decision 6)."""
    person = known.person
    if person is None:
        return _new_person(launch, registration, known.organization or registration.organization_id)
    if person.is_disabled:
        raise Problem("person_disabled")
    if person.names != launch.names:
        _rename(person.id, launch.names)
    return person.id


def _new_person(launch: Launch, registration: RegistrationFacts, organization: str) -> str:
    person = new_id()
    names = launch.names
    db.session.execute(
        insert(Person).values(
            id=person, organization_id=organization, name=names.name, given_name=names.given_name,
            family_name=names.family_name, email=names.email, created_at=clock.now(),
        )
    )  # fmt: skip
    db.session.execute(
        insert(Identity).values(id=new_id(), registration_id=registration.id, sub=launch.sub, person_id=person)
    )
    return person


def _rename(person: str, names: Names) -> None:
    db.session.execute(
        update(Person)
        .where(Person.id == person)
        .values(name=names.name, given_name=names.given_name, family_name=names.family_name, email=names.email)
        .execution_options(synchronize_session=False)
    )


def _course(launch: Launch, known: Known) -> str | None:
    """Which course this is: (deployment, context). What the launch says of it is kept for the next time."""
    if launch.context is None:
        return None
    before = known.course or KnownCourse(new_id(), "")
    now = _course_now(launch, launch.context, before)
    said = {"title": now.title, "ends_on": now.ends_on, "roster_url": now.roster_url}
    if known.course is None:
        names = {"id": now.id, "deployment_id": known.deployment, "context_id": launch.context.id}
        db.session.execute(insert(CourseKey).values(**names, **said))
    elif now != before:
        changed = update(CourseKey).where(CourseKey.id == now.id).values(**said)
        db.session.execute(changed.execution_options(synchronize_session=False))
    return now.id


def _course_now(launch: Launch, context: Context, before: KnownCourse) -> KnownCourse:
    ends_on, roster_url = context.ends_on or before.ends_on, launch.roster_url or before.roster_url
    return replace(before, title=context.title, ends_on=ends_on, roster_url=roster_url)


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


def _enter_space(launch: Launch, known: Known, person: str) -> None:
    arrival = _arrival(launch, person)
    if arrival and known.course and known.course.space and known.seat != seat_for(arrival):
        arrive(known.course.space, arrival)


def _arrival(launch: Launch, person: str) -> Arrival | None:
    """Somebody who takes a place in the Space; observers, guests and support take none."""
    match launch.standing.role:
        case Role.STAFF:
            return Arrival(person, launch.names, "staff", preview=launch.standing.preview)
        case Role.MEMBER:
            return Arrival(person, launch.names, "member", preview=launch.standing.preview)
        case _:
            return None


def _begin_visit(
    launch: Launch, registration: RegistrationFacts, known: Known, connection: Connection, *, person: str,
    course: str | None,
) -> Opened:  # fmt: skip
    opened = Opened(new_id(), fresh_secret())
    standing, now = launch.standing, clock.now()
    row = {
        "id": opened.id, "secret_hash": digest(opened.secret), "registration_id": registration.id,
        "deployment_id": known.deployment, "person_id": person, "course_id": course, "role": standing.role.value,
        "assistant": standing.assistant, "preview": standing.preview, "locale": launch.locale,
        "return_url": launch.return_url, "frame_ancestors": _ancestors(launch, registration), "created_at": now,
        "last_seen_at": now,
    }  # fmt: skip
    connection.execute(_BEGIN_VISIT, row)
    return opened


def _ancestors(launch: Launch, registration: RegistrationFacts) -> list[str]:
    """Who may frame this visit: the origins that the signed launch and the registration name, and the profile's."""
    named = (launch.return_url, launch.platform_url, registration.issuer, registration.auth_url)
    origins = {_origin(url) for url in named if url}
    wider = profile_named(launch.platform_family).frame_ancestors
    return sorted((origins - {""}) | set(wider)) or ["https:"]


@lru_cache(maxsize=1024)
def _origin(url: str) -> str:
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin if _ORIGIN.fullmatch(origin) else ""
