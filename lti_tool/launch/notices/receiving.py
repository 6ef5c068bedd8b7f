"""Notices as they come in: read within bounds, each checked for itself, the good ones kept before we answer.

A platform does not repeat a notice, so one bad one among good ones loses nothing, and the work waits for a job. The
same notice again is the same row.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.exc import IntegrityError

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.jobs import enqueue
from lti_tool.launch.notices.checking import CheckedNotice, check_notice
from lti_tool.launch.notices.model import Notice
from lti_tool.launch.platform_keys import KeyCache
from lti_tool.logs import log
from lti_tool.words import to_say

WORK = "notices.work"
MOST_AT_ONCE = 100  # what Canvas sends in one batch at most
KEPT_FOR = timedelta(days=90)


@dataclass
class Taken:
    """What became of one batch: how many notices were taken or known already, and why others were not."""

    good: int = 0
    refused: list[Problem] = field(default_factory=list)


def read_batch(body: bytes) -> list[str]:
    """The tokens of `{"notices": [{"jwt": …}]}`. Raises `Problem` notice_unreadable for any other shape.

    An entry that is none comes out as an empty token, which is refused for itself.
    """
    try:
        said = json.loads(body, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise Problem("notice_unreadable", to_say("The body is not JSON.")) from None
    listed = said.get("notices") if isinstance(said, dict) else None
    if not isinstance(listed, list) or not listed:
        raise Problem("notice_unreadable", to_say("The body holds no list of notices."))
    if len(listed) > MOST_AT_ONCE:
        raise Problem("notice_unreadable", to_say("The body holds too many notices at once."))
    return [_jwt(one) for one in listed]


def take_in(tokens: Sequence[str], keys: KeyCache) -> Taken:
    """Check each, and keep those that are good. Not called inside a transaction: a key set may have to be fetched."""
    taken, good = Taken(), list[CheckedNotice]()
    for jwt in tokens:
        try:
            good.append(check_notice(jwt, keys))
        except Problem as refused:
            log.info("notice_refused", code=refused.code, reference=refused.reference)
            taken.refused.append(refused)
    for notice in good:
        try:
            _keep(notice)
        except Problem as refused:
            log.info("notice_refused", code=refused.code, registration=notice.registration)
            taken.refused.append(refused)
        else:
            taken.good += 1
    return taken


def sweep_notices() -> None:
    """Forget what was done long ago. Runs on the schedule."""
    with transaction():
        old = delete(Notice).where(notices_over())
        db.session.execute(old.execution_options(synchronize_session=False))


def notices_over() -> ColumnElement[bool]:
    return Notice.received_at < clock.now() - KEPT_FOR


def _keep(notice: CheckedNotice) -> None:
    """One row and its job. The same notice again is well; another one under a nonce that was used is none."""
    try:
        with transaction():
            if not _is_known(notice):
                row = Notice(
                    registration_id=notice.registration, deployment_id=notice.deployment, notice_id=notice.id,
                    nonce_hash=notice.nonce_hash, kind=notice.kind, context_id=notice.context,
                    origins=list(notice.origins),
                )  # fmt: skip
                db.session.add(row)
                db.session.flush()
                enqueue(WORK, {"notice": row.id}, key=f"{WORK}:{row.id}")
    except IntegrityError:  # it came twice at the same moment, or its nonce did
        if not _is_known(notice):
            raise Problem("replayed") from None


def _is_known(notice: CheckedNotice) -> bool:
    known = select(Notice.id).where(Notice.registration_id == notice.registration, Notice.notice_id == notice.id)
    return db.session.scalar(known) is not None


def _jwt(entry: object) -> str:
    said = entry.get("jwt") if isinstance(entry, dict) else None
    return said if isinstance(said, str) else ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A doubled member could be read one way here and another way elsewhere."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("doubled member")
    return members
