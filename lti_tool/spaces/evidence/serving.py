"""A file of evidence on its way to a browser: only to those who may see it, and never so that it runs there."""

from dataclasses import dataclass
from typing import Any

from flask import Response
from sqlalchemy import select

from lti_tool.csvfile import content_disposition
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, may
from lti_tool.people.visit import Role, Visit
from lti_tool.spaces.evidence.checking import ask_that_it_may_be_had
from lti_tool.spaces.evidence.kinds import PICTURES
from lti_tool.spaces.evidence.model import Attachment, FileCheck, Submission
from lti_tool.spaces.evidence.rules import ACCEPTED, staff_may_see
from lti_tool.spaces.model import Member
from lti_tool.storage import storage_here

_SEALED = "default-src 'none'; sandbox"


@dataclass(frozen=True)
class _Asked:
    """A file, and all that says who may see it."""

    name: str
    key: str
    media_type: str
    person: str | None
    state: str
    is_opened: bool
    shares: bool
    check: str | None


def evidence_response(visit: Visit, attachment_id: str) -> Response:
    """Raises `Problem` not_found for whoever may not see it, as for what is not there; file_waits, file_refused."""
    asked = _asked(visit, attachment_id)
    if asked is None or not _may_see(visit, asked):
        raise Problem("not_found")
    ask_that_it_may_be_had(asked.check)
    try:
        data = storage_here().get(asked.key)
    except KeyError:
        raise Problem("not_found") from None
    response = Response(data, content_type=asked.media_type)
    saved = content_disposition(asked.name)
    is_picture = asked.media_type in PICTURES
    response.headers["Content-Disposition"] = saved.replace("attachment", "inline", 1) if is_picture else saved
    response.headers["Content-Security-Policy"] = _SEALED
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def _asked(visit: Visit, attachment_id: str) -> _Asked | None:
    query: Any = (
        select(
            Attachment.name, Attachment.file_key, Attachment.media_type, Member.person_id, Submission.state,
            Submission.opened_at.is_not(None), Submission.shares, FileCheck.state,
        )
        .join(Submission, Submission.id == Attachment.submission_id)
        .join(Member, Member.id == Submission.member_id)
        .outerjoin(FileCheck, FileCheck.digest == Attachment.file_key)
        .where(Attachment.id == attachment_id, Attachment.kind == "file", Submission.space_id == visit.space)
    )  # fmt: skip
    row = db.session.execute(query).one_or_none()
    return _Asked(*row) if row else None


def _may_see(visit: Visit, asked: _Asked) -> bool:
    """The learner; staff of the Space, but for drafts; and whoever follows the learner, where it was accepted and the
    learner shares it. A designer of the course sees nobody's (decision 32).
    """
    if visit.role is Role.MEMBER and asked.person == visit.person and not visit.is_seen_by_another:
        return True
    if may(visit, Permission.SPACE_RUN) or (visit.is_seen_by_another and asked.person == visit.person):
        return staff_may_see(asked.state, is_opened=asked.is_opened)
    return asked.person in visit.mentees and asked.shares and asked.state == ACCEPTED
