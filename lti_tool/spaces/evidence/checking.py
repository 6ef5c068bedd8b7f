"""Quarantine: with a scanner, a file of evidence is shown to nobody before it was checked (decision 61).

Without one files are served as they are: as something to save, or as a picture, in a sandbox.
"""

from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.jobs import enqueue
from lti_tool.spaces.evidence.model import Attachment, FileCheck
from lti_tool.spaces.evidence.scanner import is_clean
from lti_tool.storage import storage_here

JOB = "files.check"
_ASKED_AGAIN_AFTER = timedelta(hours=1)
_AT_ONCE = 500


def ask_for_check(key: str) -> None:
    """In the transaction that names the file. What was checked before is not checked again."""
    if not _scanner() or db.session.get(FileCheck, key) is not None:
        return
    try:
        with db.session.begin_nested():
            db.session.add(FileCheck(digest=key))
    except IntegrityError:
        return  # somebody else brought the same bytes at the same moment
    enqueue(JOB, {"key": key}, key=f"{JOB}:{key}")


def check_file(arguments: dict[str, Any]) -> None:
    """The job. A scanner that does not answer is asked again by the queue, and later by the sweep."""
    key = arguments["key"]
    if not _scanner():
        return
    try:
        data = storage_here().get(key)
    except KeyError:
        return  # nobody wants it any more
    is_good = is_clean(_scanner(), data, seconds=current_app.extensions["settings"].scan_seconds)
    with transaction():
        _set(FileCheck.digest == key, state="clean" if is_good else "refused", checked_at=clock.now())


def sweep_checks() -> None:
    """Files that came while there was no scanner, and those that wait too long. Runs on the schedule."""
    if not _scanner():
        return
    checked = select(FileCheck.digest).where(FileCheck.digest == Attachment.file_key)
    unasked = select(Attachment.file_key).where(Attachment.file_key.is_not(None), ~checked.exists()).distinct()
    before = clock.now() - _ASKED_AGAIN_AFTER
    late = select(FileCheck.digest).where(FileCheck.state == "waiting", FileCheck.asked_at < before)
    with transaction():
        for key in db.session.scalars(unasked.limit(_AT_ONCE)).all():
            ask_for_check(str(key))
        for key in db.session.scalars(late.limit(_AT_ONCE)).all():
            _set(FileCheck.digest == key, asked_at=clock.now())
            enqueue(JOB, {"key": key}, key=f"{JOB}:{key}")


def how_it_stands(state: str | None) -> str:
    """Of what a row of FileCheck says, or of none: `waiting`, `refused`, or nothing where the file may be had."""
    if state == "refused":
        return "refused"
    return "waiting" if _scanner() and state != "clean" else ""


def ask_that_it_may_be_had(state: str | None) -> None:
    """Raises `Problem` file_waits or file_refused."""
    stands = how_it_stands(state)
    if stands == "refused":
        raise Problem("file_refused")
    if stands:
        raise Problem("file_waits")


def _scanner() -> str:
    command: str = current_app.extensions["settings"].scan_command
    return command


def _set(condition: Any, **values: Any) -> None:
    db.session.execute(
        update(FileCheck).where(condition).values(values).execution_options(synchronize_session=False)
    )  # fmt: skip
