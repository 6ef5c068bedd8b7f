"""A deep linking request from launch to answer: kept beside its visit, answered once, and not for long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import jwt
from sqlalchemy import Connection, Table, insert, select, update

from lti_tool import clock
from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.launch.deep_linking.model import DeepLinkRequest
from lti_tool.launch.deep_linking.request import PickSettings, settings_kept, settings_to_keep
from lti_tool.launch.deep_linking.response import Item, Parties, Words, response_claims
from lti_tool.launch.gradebook.picked import await_columns
from lti_tool.launch.gradebook.rules import SCORES
from lti_tool.launch.keys import signing_key
from lti_tool.launch.login import launch_address
from lti_tool.launch.model import CourseKey, Deployment, Registration, VisitRow

LIFE = timedelta(minutes=15)
_BEGIN = insert(cast(Table, DeepLinkRequest.__table__))

catalogue(
    {
        "pick_answered": Entry(
            409, "This selection was sent already", "What you picked has gone to the LMS, and it is taken once.",
            "you", "Go back to the course. To add more, choose the tool in the LMS once more."),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A request that waits for its answer. `columns`: a column in the gradebook is taken, and we may fill it."""

    visit: str
    course: str | None
    settings: PickSettings
    registration: str
    parties: Parties
    expires_at: datetime
    columns: bool

    @property
    def is_over(self) -> bool:
        return self.expires_at < clock.now()


def keep_request(visit_id: str, settings: PickSettings, connection: Connection) -> None:
    """Beside the visit's row, in the transaction that begins it."""
    values = {"visit_id": visit_id, "settings": settings_to_keep(settings), "expires_at": clock.now() + LIFE}
    connection.execute(_BEGIN, values)


def request_of(visit_id: str) -> Asked:
    """What this visit came to pick for. Raises `Problem` not_found, or pick_answered."""
    row = db.session.execute(
        select(
            DeepLinkRequest, Registration.id, Registration.client_id, Registration.issuer, Deployment.deployment_id,
            Registration.clock_skew, CourseKey.id, CourseKey.grade_scopes,
        )
        .join(VisitRow, VisitRow.id == DeepLinkRequest.visit_id)
        .join(Registration, Registration.id == VisitRow.registration_id)
        .join(Deployment, Deployment.id == VisitRow.deployment_id)
        .outerjoin(CourseKey, CourseKey.id == VisitRow.course_id)
        .where(DeepLinkRequest.visit_id == visit_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise Problem("not_found")
    kept, registration, client_id, issuer, deployment, skew, course, scopes = row
    if kept.answered_at is not None:
        raise Problem("pick_answered")
    parties = Parties(client_id, issuer, deployment, skew or 0)
    settings = settings_kept(kept.settings)
    columns = settings.line_items and SCORES in (scopes or ())
    return Asked(visit_id, course, settings, registration, parties, kept.expires_at, columns)


def answer(asked: Asked, items: Sequence[Item], words: Words) -> str:
    """The signed answer, once. Raises `Problem` pick_answered. Inside a transaction."""
    first = db.session.execute(
        update(DeepLinkRequest)
        .where(DeepLinkRequest.visit_id == asked.visit, DeepLinkRequest.answered_at.is_(None))
        .values(answered_at=clock.now(), items=len(items))
        .execution_options(synchronize_session=False)
    )
    if first.rowcount != 1:  # type: ignore[attr-defined]
        raise Problem("pick_answered")
    if asked.course and asked.columns:
        await_columns(asked.course, {item.view.ref: item.title for item in items if item.points > 0})
    claims = response_claims(
        asked.parties, asked.settings, items, words, url=launch_address(), now=clock.now().timestamp()
    )
    key = signing_key(asked.registration)
    return jwt.encode(claims, key.private, algorithm="RS256", headers={"kid": key.kid})
