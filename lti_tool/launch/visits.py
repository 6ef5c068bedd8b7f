"""Visits: a path of their own, a cookie of their own, a form token of their own (decision 5).

A visit ends with the browser, after an hour without a request or twelve hours in all, and at once when its
registration, deployment or person is switched off.
"""

import hashlib
import hmac
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, current_app, g, request
from sqlalchemy import ColumnElement, Row, delete, select, update
from werkzeug.wrappers import Response

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.digests import digest, same
from lti_tool.errors import Problem
from lti_tool.launch.model import CourseKey, Deployment, Registration, VisitRow
from lti_tool.people.form_proof import check_form
from lti_tool.people.model import Person
from lti_tool.people.visit import Course, Role, Visit, enter, visit_or_none
from lti_tool.spaces.events import ViewChosen
from lti_tool.spaces.staffing.model import SpaceStaff
from lti_tool.spaces.viewing import as_student, check_view
from lti_tool.web import allow_framing_by, offer_way_back

COOKIE = "visit"
PREFIX = "/v/<visit_id>"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_TOUCH_AFTER = timedelta(minutes=1)
_LOOKED_BACK = timedelta(days=7)
# All that is shown to whoever looks through somebody else's account: the course. What that person has beyond it, or was
# given by an invitation, is theirs alone (decision 32).
_OF_THE_COURSE = {"room", "inside", "roster", "gradebook", "about"}
_THEIRS_ALONE = {"inside.privacy"}


@dataclass(frozen=True)
class Opened:
    """A visit that has just begun: where it lives, and the secret for its cookie."""

    id: str
    secret: str

    @property
    def path(self) -> str:
        return f"/v/{self.id}/"


def init_visits(app: Flask) -> None:
    app.url_value_preprocessor(_admit)
    app.url_defaults(_stay_in_visit)


def set_visit_cookie(response: Response, opened: Opened) -> None:
    """The only cookie of a visit: this path, this partition, until the browser closes."""
    response.set_cookie(
        COOKIE, opened.secret, path=opened.path, secure=True, httponly=True, samesite="None", partitioned=True
    )


def kept_for() -> timedelta:
    """How long a visit is kept, counted from its launch: it never opens again, but administrators look back a week."""
    return max(_LOOKED_BACK, timedelta(hours=current_app.extensions["settings"].visit_hours + 24))


def sweep_visits() -> None:
    """Delete visits that nobody looks back on any more. Runs on the schedule."""
    with transaction():
        db.session.execute(delete(VisitRow).where(visits_over()).execution_options(synchronize_session=False))


def visits_over() -> ColumnElement[bool]:
    return VisitRow.created_at < clock.now() - kept_for()


def _admit(_endpoint: str | None, values: MutableMapping[str, Any] | None) -> None:
    """Before any page under `/v/<visit>/`: prove the browser, look whether the visit still stands, guard forms."""
    if values is None or "visit_id" not in values:
        return
    allow_framing_by(("*",))  # a refusal below must be readable inside any LMS; it shows nothing
    visit_id = str(values.pop("visit_id"))
    found = db.session.execute(_visit_query(visit_id)).one_or_none()
    secret = request.cookies.get(COOKIE, "")
    if found is None or not same(found.VisitRow.secret_hash, digest(secret)):
        raise Problem("visit_over")
    offer_way_back(found.VisitRow.return_url or "")
    _check_stands(found)
    visit = as_student(_visit(found, secret), found.VisitRow.viewing_as)
    g.locale = visit.locale
    if request.method not in _SAFE:
        _check_form(visit)
    _touch(found.VisitRow)
    allow_framing_by(("'self'", *visit.frame_ancestors))
    enter(visit)
    check_view(visit)
    _check_account(visit)


def on_view_chosen(event: ViewChosen) -> None:
    """Whoever is in the visit looks as a student, or no more."""
    seen_as = update(VisitRow).where(VisitRow.id == event.visit).values(viewing_as=event.viewing_as)
    db.session.execute(seen_as.execution_options(synchronize_session=False))


def _visit_query(visit_id: str) -> Any:
    return (
        select(
            VisitRow, Person.name, Person.theme, Person.disabled_at, Registration.switched_off_at, Deployment.status,
            Registration.organization_id, Deployment.organization_id.label("given_organization_id"), CourseKey,
            SpaceStaff.role.label("invited_as"),
        )
        .join(Person, Person.id == VisitRow.person_id)
        .join(Registration, Registration.id == VisitRow.registration_id)
        .join(Deployment, Deployment.id == VisitRow.deployment_id)
        .outerjoin(CourseKey, CourseKey.id == VisitRow.course_id)
        .outerjoin(
            SpaceStaff, (SpaceStaff.space_id == CourseKey.space_id) & (SpaceStaff.person_id == VisitRow.person_id)
        )
        .where(VisitRow.id == visit_id)
    )  # fmt: skip


def _check_stands(found: Row[Any]) -> None:
    settings, now = current_app.extensions["settings"], clock.now()
    row: VisitRow = found.VisitRow
    idle = now - row.last_seen_at > timedelta(minutes=settings.visit_idle_minutes)
    if idle or now - row.created_at > timedelta(hours=settings.visit_hours):
        raise Problem("visit_over")
    if found.switched_off_at is not None:
        raise Problem("platform_off")
    if found.status != "active":
        raise Problem("deployment_off")
    if found.disabled_at is not None:
        raise Problem("person_disabled")


def _visit(found: Row[Any], secret: str) -> Visit:
    row: VisitRow = found.VisitRow
    course: CourseKey | None = found.CourseKey
    role, assistant = _standing(row, found.invited_as)
    return Visit(
        id=row.id, path=f"/v/{row.id}", form_token=form_token(secret), person=row.person_id,
        person_name=found.name, organization=found.given_organization_id or found.organization_id,
        role=role, assistant=assistant, preview=row.preview,
        masked=row.masked, mentees=tuple(row.mentees),
        course=Course(course.id, course.title, course.ends_on) if course else None,
        space=course.space_id if course else None, locale=row.locale, theme=found.theme, return_url=row.return_url,
        frame_ancestors=tuple(row.frame_ancestors),
    )  # fmt: skip


def _standing(row: VisitRow, invited_as: str | None) -> tuple[Role, bool]:
    """The role of this launch, or the wider one of an accepted invitation to the Space's staff (decision 7). Nobody has
    that through another one's account, or in a preview.
    """
    role = Role(row.role)
    if invited_as is None or row.masked or row.preview:
        return role, row.assistant
    only_assists = invited_as == "assistant"
    return Role.STAFF, only_assists and (role is not Role.STAFF or row.assistant)


def form_token(secret: str) -> str:
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()


def _check_form(visit: Visit) -> None:
    """A change carries the visit's form token."""
    check_form(visit.form_token, "form_expired")
    if visit.masked:
        raise Problem("masked")


def _check_account(visit: Visit) -> None:
    """Raises `Problem` account_closed."""
    if visit.masked and (request.blueprint not in _OF_THE_COURSE or request.endpoint in _THEIRS_ALONE):
        raise Problem("account_closed")


def _touch(row: VisitRow) -> None:
    """Remember the visit's last request, once a minute at most; one of the few writes that a GET may cause."""
    now = clock.now()
    if now - row.last_seen_at > _TOUCH_AFTER:
        visit_id = row.id
        with transaction():
            db.session.execute(update(VisitRow).where(VisitRow.id == visit_id).values(last_seen_at=now))


def _stay_in_visit(endpoint: str, values: dict[str, Any]) -> None:
    """Links on a visit's page stay in the visit."""
    visit = visit_or_none()
    if visit and current_app.url_map.is_endpoint_expecting(endpoint, "visit_id"):
        values.setdefault("visit_id", visit.id)
