"""Issuers with people who work for them, and browsers of these people."""

from dataclasses import dataclass

from flask import Flask

from lti_tool.badges.issuers import first_issuer_of
from tests.make.person import make_person
from tests.make.staff import make_staff
from tests.make.visit import Visitor, make_visit


@dataclass(frozen=True)
class Worker:
    """Somebody who works for an issuer, and their browser."""

    browser: Visitor
    person: str
    issuer: str


def make_worker(
    app: Flask, organization: str, role: str | None = "owner", *, name: str = "Olga Owner", space: str | None = None
) -> Worker:
    """A person with this role in the organization's first issuer, come from a course that reaches `space`."""
    issuer, person = first_issuer_of(organization), make_person(organization, name)
    if role is not None:
        make_staff(issuer, person, role)
    return Worker(make_visit(app, organization=organization, person=person, space=space), person, issuer)
