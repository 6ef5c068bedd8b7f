"""Visits as the door opens them, for tests of the rooms' pages; the door itself is tested with real launches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.db import db, new_id, transaction
from lti_tool.digests import digest, fresh_secret
from lti_tool.launch.model import CourseKey, Deployment, Registration, VisitRow
from lti_tool.launch.visits import COOKIE, form_token
from lti_tool.people.visit import Role
from tests.make.person import make_person


@dataclass
class Visitor:
    """A browser inside one visit."""

    client: FlaskClient
    path: str
    form_token: str

    def get(self, page: str = "", **kwargs: Any) -> TestResponse:
        return self.client.get(f"{self.path}/{page}", **kwargs)

    def post(self, page: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Post a form of ours, token and Origin included."""
        fields = {"form_token": self.form_token, **(data or {})}
        headers = {"Origin": "http://localhost:8000", **kwargs.pop("headers", {})}
        return self.client.post(f"{self.path}/{page}", data=fields, headers=headers, **kwargs)


def make_registration(organization: str) -> str:
    """A platform's registration with one active deployment `1`. Answers its id."""
    with transaction():
        registration = Registration(
            organization_id=organization, name="Test LMS", issuer=f"https://lms.example/{new_id()}",
            client_id="client", auth_url="https://lms.example/auth", token_url="https://lms.example/token",
            jwks_url="https://lms.example/jwks",
        )  # fmt: skip
        db.session.add(registration)
        db.session.flush()
        db.session.add(Deployment(registration_id=registration.id, deployment_id="1"))
        return registration.id


def make_course(registration: str, space: str | None, title: str = "Biology 101") -> str:
    """A course of the registration's deployment that reaches `space`. Answers its id."""
    with transaction():
        deployment = db.session.query(Deployment).filter_by(registration_id=registration).one()
        course = CourseKey(deployment_id=deployment.id, context_id=f"context-{new_id()}", title=title, space_id=space)
        db.session.add(course)
        db.session.flush()
        return course.id


def make_visit(
    app: Flask, *, organization: str, person: str, space: str | None = None, role: Role = Role.STAFF,
    assistant: bool = False, preview: bool = False, course: str | None = None, no_course: bool = False,
    mentees: Sequence[str] = (), masked: bool = False, sent: dict[str, Any] | None = None,
) -> Visitor:  # fmt: skip
    """A browser in a visit of `person`; without a course given one is made that reaches `space`."""
    registration = make_registration(organization)
    if course is None and not no_course:
        course = make_course(registration, space)
    secret, visit_id = fresh_secret(), new_id()
    with transaction():
        deployment = db.session.query(Deployment).filter_by(registration_id=registration).one()
        db.session.add(
            VisitRow(
                id=visit_id, secret_hash=digest(secret), registration_id=registration, deployment_id=deployment.id,
                person_id=person, course_id=course, role=role.value, assistant=assistant, preview=preview,
                mentees=list(mentees), masked=masked, sent=sent or {},
                return_url="https://lms.example/course", frame_ancestors=["https://lms.example"],
            )
        )  # fmt: skip
    client = app.test_client()
    client.set_cookie(COOKIE, secret, path=f"/v/{visit_id}/", domain="localhost")
    return Visitor(client, f"/v/{visit_id}", form_token(secret))


def make_staff_visit(app: Flask, organization: str, space: str, name: str = "Tess Teacher") -> Visitor:
    """A teacher's browser in the Space."""
    return make_visit(app, organization=organization, person=make_person(organization, name), space=space)
