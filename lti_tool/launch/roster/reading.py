"""The job behind a roster: waiting → reading → done or failed, each state a row that pages can show (decision 8).

Nothing is applied before the last page is there. A job that died begins again from the first page; of two that read
the same row, the one that applies first ends it, and the other finds it ended.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import RetryLater, enqueue
from lti_tool.launch.library import StrictRegistration
from lti_tool.launch.model import CourseKey, Deployment, Registration, RosterRead
from lti_tool.launch.profiles import profile_named
from lti_tool.launch.roster.applying import Destination, apply_roster
from lti_tool.launch.roster.page import Roster
from lti_tool.launch.roster.paging import read_pages
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.launch.services import SafeServiceConnector
from lti_tool.logs import log
from lti_tool.spaces.snapshot import would_leave
from lti_tool.spaces.space import space_facts

JOB = "roster.read"
UNDER_WAY = ("waiting", "reading")
PATIENCE = timedelta(hours=1)  # how long a busy platform may put us off
LOST = timedelta(hours=2)  # a reading as old as this has no job any more
_TRIES = 3


@dataclass(frozen=True)
class _Source:
    """What one reading needs to know, read once."""

    read: str
    asked_at: datetime
    to: Destination
    connector: SafeServiceConnector
    url: str
    page_size: int | None


def ask_for_roster(course_id: str, *, by: str | None) -> str | None:
    """Ask for a reading of a course's roster, inside a transaction. Answers its row, or the one that is under way.

    None when the platform offers no roster for the course, or the course has no Space.
    """
    course = db.session.get(CourseKey, course_id)
    if course is None or course.space_id is None or course.roster_url is None:
        return None
    _give_up_lost(course_id)
    try:
        with db.session.begin_nested():
            read = RosterRead(course_id=course_id, asked_by=by, state="waiting")
            db.session.add(read)
            db.session.flush()
    except IntegrityError:  # one is under way: the database allows no second
        return db.session.scalar(select(RosterRead.id).where(*_under_way_of(course_id)))
    enqueue(JOB, {"read": read.id}, key=f"{JOB}:{read.id}")
    return read.id


def read_roster(arguments: Mapping[str, Any]) -> None:
    """The job. Raises `RetryLater` when the platform asks to be left alone for a while."""
    read_id = str(arguments["read"])
    source = _begin(read_id)
    if source is None:
        return
    try:
        roster = _read(source)
        if roster is not None:
            _apply(source, roster, tries=_TRIES)
    except ServiceRefused as refused:
        _put_off_or_fail(source, refused)
    except DBAPIError:  # the database's trouble passes: the engine brings the job again, and it starts afresh
        raise
    except Exception:
        _end(read_id, "internal")
        raise


def _under_way_of(course_id: str) -> tuple[ColumnElement[bool], ...]:
    return RosterRead.course_id == course_id, RosterRead.state.in_(UNDER_WAY)


def _give_up_lost(course_id: str) -> None:
    db.session.execute(
        update(RosterRead)
        .where(*_under_way_of(course_id), RosterRead.asked_at < clock.now() - LOST)
        .values(state="failed", problem="internal", ended_at=clock.now())
    )


def _begin(read_id: str) -> _Source | None:
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
        return _source(read, course, deployment, registration)


def _refusal(course: CourseKey, deployment: Deployment, registration: Registration) -> str | None:
    """Why this course's roster is not to be read; a Space that has ended stays as it was."""
    space = space_facts(course.space_id or "")
    if space is None or space.archived:
        return "space_archived"
    if registration.switched_off_at is not None:
        return "platform_off"
    return None if deployment.status == "active" else f"deployment_{deployment.status}"


def _source(read: RosterRead, course: CourseKey, deployment: Deployment, registration: Registration) -> _Source:
    """The roster's address is the course's own, from a signed launch: a token may open other courses too."""
    organization = deployment.organization_id or registration.organization_id
    url = str(course.roster_url)
    return _Source(
        read.id, read.asked_at, Destination(registration.id, organization, str(course.space_id), clock.now()),
        SafeServiceConnector(
            StrictRegistration(registration), deployment_id=deployment.deployment_id, service_url=url
        ),
        url, profile_named(registration.profile).roster_page_size,
    )  # fmt: skip


def _read(source: _Source) -> Roster | None:
    """Every page; None when somebody else has ended the row meanwhile."""
    roster = Roster()
    pages = read_pages(source.connector, source.url, page_size=source.page_size)
    for number, members in enumerate(pages, start=1):
        roster.add(members)
        if not _tell_progress(source.read, number, roster):
            return None
    return roster


def _tell_progress(read_id: str, pages: int, roster: Roster) -> bool:
    """What the page shows while it runs, in a short transaction. Is the row still being read?"""
    with transaction():
        told = db.session.scalar(
            update(RosterRead)
            .where(RosterRead.id == read_id, RosterRead.state == "reading")
            .values(pages=pages, people=len(roster.people), skipped=roster.skipped)
            .returning(RosterRead.id)
        )
    return told is not None


def _apply(source: _Source, roster: Roster, *, tries: int) -> None:
    try:
        with transaction():
            _apply_once(source, roster)
    except IntegrityError:  # somebody on the list opened the tool at this very moment: now they are known
        if tries == 1:
            raise
        _apply(source, roster, tries=tries - 1)


def _apply_once(source: _Source, roster: Roster) -> None:
    read = db.session.scalar(
        select(RosterRead).where(RosterRead.id == source.read, RosterRead.state == "reading").with_for_update()
    )
    if read is None:
        return
    if not roster.people and would_leave(source.to.space, as_of=source.to.as_of):
        raise ServiceRefused("roster_empty")
    outcome = apply_roster(roster, source.to)
    read.joined, read.changed, read.gone = len(outcome.joined), len(outcome.changed), len(outcome.gone)
    read.state, read.ended_at = "done", clock.now()
    log.info(
        "roster_read", read=read.id, people=read.people, skipped=read.skipped, joined=read.joined,
        changed=read.changed, gone=read.gone,
    )  # fmt: skip


def _put_off_or_fail(source: _Source, refused: ServiceRefused) -> None:
    log.warning("roster_refused", read=source.read, code=refused.code, wait=refused.wait)
    wait = refused.wait or 0.0
    if refused.may_pass and wait and clock.now() + timedelta(seconds=wait) < source.asked_at + PATIENCE:
        _move(source.read, state="waiting", problem=refused.code, problem_said=refused.said or None)
        raise RetryLater(wait)
    _end(source.read, refused.code, refused.said)


def _end(read_id: str, code: str, said: str = "") -> None:
    _move(read_id, state="failed", problem=code, problem_said=said or None, ended_at=clock.now())


def _move(read_id: str, **values: object) -> None:
    with transaction():
        db.session.execute(
            update(RosterRead)
            .where(RosterRead.id == read_id, RosterRead.state.in_(UNDER_WAY))
            .values(**values)
            .execution_options(synchronize_session=False)
        )
