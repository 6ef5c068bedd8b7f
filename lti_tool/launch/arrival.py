"""From a checked launch to a visit, in one transaction: the login consumed, the person known, the course reached.

The statements are few and plain: this is the way that every class takes at once on a Monday morning.
"""

from collections.abc import Set
from dataclasses import dataclass, replace

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from lti_tool import clock
from lti_tool.db import db, new_id, plain_transaction, transaction
from lti_tool.errors import Problem
from lti_tool.launch.beginning import Beginning, begin_visit, consume
from lti_tool.launch.claims import Context, GradeService, Launch
from lti_tool.launch.copies.noting import has_news_of_copies, note_copies
from lti_tool.launch.gradebook.picked import column_of_space, is_column_known, remember_column
from lti_tool.launch.gradebook.resting import wake
from lti_tool.launch.known import Known, KnownCourse, known_of
from lti_tool.launch.legacy import is_settled, settle_legacy
from lti_tool.launch.model import CourseKey, Identity, Placement, Registration
from lti_tool.launch.notices.remembering import is_offer_known, remember_offer
from lti_tool.launch.platforms import RegistrationFacts, settle_deployment
from lti_tool.launch.profiles import is_described
from lti_tool.launch.roster.remembering import is_roster_known, remember_roster
from lti_tool.launch.visits import Opened
from lti_tool.outbox import record
from lti_tool.people.audit import name_deeds, note
from lti_tool.people.events import AddressesMoved
from lti_tool.people.model import Person
from lti_tool.people.names import Names
from lti_tool.people.visit import Role
from lti_tool.spaces.members import Arrival, arrive, seat_for
from lti_tool.words import to_say

name_deeds(
    {
        "visit.support": to_say("An administrator of the LMS opened the tool, without a role in a course"),
        "visit.masked": to_say("An administrator of the LMS opened a course through somebody else's account"),
    }
)


@dataclass(frozen=True)
class Refused:
    """A refusal that leaves something behind: the login stays consumed, a new deployment stays to be approved."""

    code: str


def open_visit(launch: Launch, beginning: Beginning) -> Opened:
    """Consume the login and begin the visit. Raises `Problem` replayed, deployment_… or person_disabled."""
    outcome = _as_before(launch, beginning) or _try_to_arrive(launch, beginning, tries=3)
    if isinstance(outcome, Refused):
        raise Problem(outcome.code)
    return outcome


def _as_before(launch: Launch, beginning: Beginning) -> Opened | None:
    """The way of nearly everybody: all is as it was, so the visit alone is written. Else None, and nothing is done."""
    registration = beginning.login.registration
    with plain_transaction() as (connection, change):
        consume(beginning, connection)
        known = known_of(registration.id, launch, connection)
        if known and (same := _as_it_was(launch, registration, known, connection)):
            person, course = same
            return begin_visit(launch, beginning, connection, deployment=known.deployment, person=person, course=course)
        change.rollback()
        return None


def _as_it_was(
    launch: Launch, registration: RegistrationFacts, known: Known, connection: Connection
) -> tuple[str, str] | None:  # fmt: skip
    """The person and the course, where this launch says nothing new of either and nobody has to write it down."""
    person, course = known.person, known.course
    if person is None or course is None or launch.context is None or _is_noted(launch):
        return None
    arrival = _arrival(launch, person.id) if course.space else None
    same = (
        known.status == "active"
        and person.names == launch.names
        and is_settled(launch, registration, connection)
        and not person.is_disabled
        and known.is_placed
        and _course_now(launch, launch.context, course) == course
        and (arrival is None or known.seat == seat_for(arrival))
        and not _is_news(launch, registration)
        and is_column_known(launch, course, connection)
        and is_roster_known(launch, known)
        and not has_news_of_copies(launch, known.deployment, course, connection)
        and is_offer_known(launch, known)
    )
    return (person.id, course.id) if same else None


def _try_to_arrive(launch: Launch, beginning: Beginning, tries: int) -> "Opened | Refused":
    try:
        with transaction() as connection:
            return _arrive(launch, beginning, connection)
    except IntegrityError:  # the same person or course arrived a moment ago in another process
        if tries == 1:
            raise
    return _try_to_arrive(launch, beginning, tries - 1)


def _arrive(launch: Launch, beginning: Beginning, connection: Connection) -> Opened | Refused:
    """Everything is looked up at once; what is as it was is left alone."""
    consume(beginning, connection)
    registration = beginning.login.registration
    known = known_of(registration.id, launch, connection) or _first_of_deployment(launch, registration, connection)
    if known.status != "active":
        return Refused(_not_active(launch, known.status))
    if known.person and known.person.is_disabled:
        return Refused("person_disabled")
    _recognise(launch, registration)
    person = _person(launch, registration, known)
    course = _course(launch, known)
    if launch.resource_link and (course is None or not known.is_placed):
        _place(launch, known.deployment, course)
    _enter_space(launch, known, person)
    if course is not None:
        remember_roster(launch, known, course)
    if known.course:
        remember_column(launch, known.course)
    if course is not None:
        note_copies(launch, known.deployment, course, known.course)
    remember_offer(launch, known)
    settle_legacy(launch, registration, connection)
    _write_down(launch, known, registration, person=person, visit=beginning.visit_id)
    return begin_visit(launch, beginning, connection, deployment=known.deployment, person=person, course=course)


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
    if person.names != launch.names and not launch.masked:
        _rename(person.id, launch.names)
        _tell_of_addresses(person.id, {person.names.email} ^ {launch.names.email})
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
    _tell_of_addresses(person, {names.email})
    return person


def _tell_of_addresses(person: str, addresses: Set[str | None]) -> None:
    moved = tuple(sorted(address for address in addresses if address))
    if moved:
        record(AddressesMoved(moved, (person,)))


def _rename(person: str, names: Names) -> None:
    db.session.execute(
        update(Person)
        .where(Person.id == person, Person.erased_at.is_(None))
        .values(name=names.name, given_name=names.given_name, family_name=names.family_name, email=names.email)
        .execution_options(synchronize_session=False)
    )


def _course(launch: Launch, known: Known) -> str | None:
    """Which course this is: (deployment, context). What the launch says of it is kept for the next time."""
    if launch.context is None:
        return None
    before = known.course or KnownCourse(new_id(), "")
    now = _course_now(launch, launch.context, before)
    said = {
        "title": now.title, "ends_on": now.ends_on, "roster_url": now.roster_url,
        "line_items_url": now.line_items_url, "line_item_url": now.line_item_url,
        "grade_scopes": list(now.grade_scopes),
    }  # fmt: skip
    if known.course is None:
        names = {"id": now.id, "deployment_id": known.deployment, "context_id": launch.context.id}
        db.session.execute(insert(CourseKey).values(**names, **said))
    elif now != before:
        if _gradebook_of(now) != _gradebook_of(before):
            wake(now.id)  # before the course is held, for its Space comes first
        changed = update(CourseKey).where(CourseKey.id == now.id).values(**said)
        db.session.execute(changed.execution_options(synchronize_session=False))
    return now.id


def _gradebook_of(course: KnownCourse) -> tuple[object, ...]:
    return course.line_items_url, course.line_item_url, frozenset(course.grade_scopes)


def _course_now(launch: Launch, context: Context, before: KnownCourse) -> KnownCourse:
    """What this launch does not say stays as an earlier one said it: many messages name no service."""
    grades = launch.grades or GradeService()
    return replace(
        before, title=context.title, ends_on=context.ends_on or before.ends_on,
        roster_url=launch.roster_url or before.roster_url,
        line_items_url=grades.line_items or before.line_items_url,
        line_item_url=before.line_item_url or column_of_space(launch),
        grade_scopes=grades.scopes or before.grade_scopes,
    )  # fmt: skip


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
    """Somebody who takes a place in the Space; nobody does through another one's account."""
    if launch.standing.place is None or launch.masked:
        return None
    return Arrival(person, launch.names, launch.standing.place, preview=launch.standing.preview)


def _not_active(launch: Launch, status: str) -> str:
    """Staff and administrators read what must be done about a deployment that waits; learners only that it waits."""
    if status == "pending" and launch.standing.role in (Role.MEMBER, Role.OBSERVER, Role.GUEST):
        return "deployment_unready"
    return f"deployment_{status}"


def _is_noted(launch: Launch) -> bool:
    """An administrator of the LMS who looks in, or looks through somebody's account, is written down."""
    return launch.masked or launch.standing.role is Role.SUPPORT


def _write_down(launch: Launch, known: Known, registration: RegistrationFacts, *, person: str, visit: str) -> None:
    if _is_noted(launch):
        note(
            "visit.masked" if launch.masked else "visit.support", actor_kind="visitor", actor=person, subject=visit,
            organization=known.organization or registration.organization_id,
            facts={"course": known.course.id if known.course else None},
        )  # fmt: skip
