"""The job behind a roster: waiting → reading → done or failed, each state a row that pages can show (decision 8).

Nothing is applied before the last page is there. A job that died begins again from the first page; of two that read
the same row, the later one goes on, and the other finds out at its next page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import RetryLater
from lti_tool.launch.model import CourseKey, Deployment, RosterRead
from lti_tool.launch.pausing import note_answered, pause_platform, wait_for_platform
from lti_tool.launch.roster.applying import apply_roster
from lti_tool.launch.roster.deciding import is_kept_already
from lti_tool.launch.roster.group_names import names_of_groups
from lti_tool.launch.roster.page import Roster
from lti_tool.launch.roster.paging import read_pages
from lti_tool.launch.roster.source import Source, is_mine, take_up
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.logs import log
from lti_tool.spaces.snapshot import ManyWouldLeave

PATIENCE = timedelta(hours=1)  # how long a busy platform may put us off
_NOT_SO = (400, 404, 410)  # differences that are not kept any more, or words in an address that are not liked
_TRIES = 3
_SILENT = 120.0  # seconds for which a platform that says nothing is left alone


@dataclass(frozen=True)
class _Found:
    """What was read, whether it is the whole list, and where its changes will be told."""

    roster: Roster
    whole: bool
    changes_url: str | None


def read_roster(arguments: Mapping[str, Any]) -> None:
    """The job. Raises `RetryLater` when the platform asks to be left alone for a while, or is away."""
    read_id = str(arguments["read"])
    _wait_for_platform(read_id)
    source = take_up(read_id)
    if source is None:
        return
    try:
        found = _read(source)
        note_answered(source.to.registration)
        if found is not None:
            _apply(source, found, tries=_TRIES)
    except ServiceRefused as refused:
        if source.by_itself:
            pause_platform(source.to.registration, refused, refused.wait or _SILENT)
        _put_off_or_fail(source, refused)
    except DBAPIError:  # the database's trouble passes: the engine brings the job again, and it starts afresh
        raise
    except Exception:
        _end(source, "internal")
        raise


def _wait_for_platform(read_id: str) -> None:
    """A hundred rosters of a platform that hangs would keep every worker busy. What somebody asked for is read at once:
    they see what comes of it. Raises `RetryLater`.
    """
    registration = db.session.scalar(
        select(Deployment.registration_id)
        .join(CourseKey, CourseKey.deployment_id == Deployment.id)
        .join(RosterRead, RosterRead.course_id == CourseKey.id)
        .where(RosterRead.id == read_id, RosterRead.asked_by.is_(None))
    )
    if registration is not None:
        wait_for_platform(registration)


def _read(source: Source) -> _Found | None:
    """Everybody, or who has changed; None when somebody else has taken the row up or ended it meanwhile."""
    ways = [(url, True) for url in source.addresses]
    if source.changes_url is not None:
        ways.insert(0, (source.changes_url, False))
    for url, whole in ways[:-1]:
        try:
            return _read_from(source, url, whole=whole)
        except ServiceRefused as refused:
            if refused.status not in _NOT_SO:
                raise
            log.info("roster_asked_otherwise", read=source.read, status=refused.status, whole=whole)
    return _read_from(source, ways[-1][0], whole=True)


def _read_from(source: Source, url: str, *, whole: bool) -> _Found | None:
    roster, changes_url = Roster(), None
    for number, page in enumerate(read_pages(source.connector, url), start=1):
        roster.add(page.members)
        changes_url = changes_url or page.changes_url
        if not _tell_progress(source, number, roster):
            return None
    _name_groups(source, roster)
    return _Found(roster, whole, changes_url)


def _name_groups(source: Source, roster: Roster) -> None:
    """A platform that does not name its groups takes nothing away: those that are known stay."""
    if source.groups is None or not roster.names_groups:
        return
    try:
        roster.group_names = {**names_of_groups(*source.groups), **(roster.group_names or {})}
    except ServiceRefused as refused:
        log.warning("groups_refused", read=source.read, code=refused.code)
        roster.group_names = None


def _tell_progress(source: Source, pages: int, roster: Roster) -> bool:
    """What the page shows while it runs, in a short transaction. Is the row still ours to read?"""
    with transaction():
        told = db.session.scalar(
            update(RosterRead)
            .where(*is_mine(source))
            .values(pages=pages, people=len(roster.people), skipped=roster.skipped)
            .returning(RosterRead.id)
        )
    return told is not None


def _apply(source: Source, found: _Found, *, tries: int) -> None:
    """Apply and remember, each in a transaction of its own: whoever asks for a roster holds the course and waits for
    the row, so that nobody may hold the row and wait for the course. Lost in between, the next reading is told more.
    """
    try:
        with transaction():
            applied = _apply_once(source, found)
        if applied:
            _remember(source, found)
    except ManyWouldLeave as many:
        _doubt(source, found, many)
    except IntegrityError:  # somebody on the list opened the tool at this very moment: now they are known
        if tries == 1:
            raise
        _apply(source, found, tries=tries - 1)


def _apply_once(source: Source, found: _Found) -> bool:
    read = db.session.scalar(select(RosterRead).where(*is_mine(source)).with_for_update())
    if read is None:
        return False
    outcome = apply_roster(found.roster, replace(source.to, whole=found.whole, agreed=read.agreed))
    read.joined, read.changed, read.gone = len(outcome.joined), len(outcome.changed), len(outcome.gone)
    read.state, read.ended_at, read.is_whole, read.left_at = "done", clock.now(), found.whole, outcome.left_at
    log.info(
        "roster_read", read=read.id, people=read.people, skipped=read.skipped, joined=read.joined,
        changed=read.changed, gone=read.gone, whole=found.whole,
    )  # fmt: skip
    return True


def _remember(source: Source, found: _Found) -> None:
    """From when on the platform tells changes. An address that it does not repeat is good for another time."""
    said: dict[str, object] = {}
    if found.whole:
        said["roster_whole_at"] = source.to.as_of
    if found.whole or found.changes_url:
        said["roster_changes_url"] = found.changes_url
    if said:
        change = update(CourseKey).where(CourseKey.id == source.course).values(**said)
        with transaction():
            db.session.execute(change.execution_options(synchronize_session=False))


def _doubt(source: Source, found: _Found, many: ManyWouldLeave) -> None:
    """Nobody is removed before staff say so; what they have said of such a list before holds."""
    people = len(found.roster.people)
    with transaction():
        kept = is_kept_already(source.course, people=people, gone=many.gone)
        db.session.execute(
            update(RosterRead)
            .where(*is_mine(source))
            .values(
                state="kept" if kept else "doubted", gone=many.gone, before=many.before, ended_at=clock.now(),
                is_whole=found.whole, problem="roster_shrunk" if people else "roster_empty",
            )
            .execution_options(synchronize_session=False)
        )  # fmt: skip
    log.warning("roster_doubted", read=source.read, people=people, gone=many.gone, before=many.before)


def _put_off_or_fail(source: Source, refused: ServiceRefused) -> None:
    log.warning("roster_refused", read=source.read, code=refused.code, wait=refused.wait)
    wait = refused.wait or 0.0
    if refused.may_pass and wait and clock.now() + timedelta(seconds=wait) < source.asked_at + PATIENCE:
        _move(source, state="waiting", problem=refused.code, problem_said=refused.said or None)
        raise RetryLater(wait)
    _end(source, refused.code, refused.said)


def _end(source: Source, code: str, said: str = "") -> None:
    _move(source, state="failed", problem=code, problem_said=said or None, ended_at=clock.now())


def _move(source: Source, **values: object) -> None:
    with transaction():
        db.session.execute(
            update(RosterRead)
            .where(*is_mine(source))
            .values(**values)
            .execution_options(synchronize_session=False)
        )
