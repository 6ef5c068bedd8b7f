"""Backpacks: a learner with a proved address, and a badge that they brought from elsewhere."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.badges.backpack.model import ImportedBadge
from lti_tool.db import db
from lti_tool.people.visit import Role
from tests.make.foreign_badge import EMAIL
from tests.make.home import make_proven
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.visit import Visitor, make_visit


@dataclass
class Learner:
    """Somebody in a visit of their own, with the organization that they belong to."""

    browser: Visitor
    person: str
    organization: str

    def get(self, page: str = "backpack", **kwargs: Any) -> TestResponse:
        return self.browser.get(page, **kwargs)

    def post(self, page: str, data: dict[str, Any] | None = None) -> TestResponse:
        return self.browser.post(f"backpack/{page}", data)

    def follow(self, page: str, data: dict[str, Any] | None = None) -> TestResponse:
        """Press a button and see the page that it leads to."""
        answer = self.post(page, data)
        assert answer.status_code == 303, answer.text
        return self.browser.client.get(answer.location)

    def bring(self, **brought: Any) -> TestResponse:
        """Fill in the form for a badge from elsewhere: `url`, `text` or `file`."""
        return self.post("import", brought)


def make_learner(
    app: Flask, *, proven: str | None = EMAIL, name: str | None = "Ada Lovelace", organization: str | None = None,
    email: str | None = None, **visit: Any,
) -> Learner:  # fmt: skip
    """A learner whose school asserts `email`, and who has proved `proven`."""
    organization = organization or make_organization()
    person = make_person(organization, name, email)
    if proven:
        make_proven(person, proven)
    browser = make_visit(app, organization=organization, person=person, role=visit.pop("role", Role.MEMBER), **visit)
    return Learner(browser, person, organization)


def imported(learner: Learner) -> list[ImportedBadge]:
    """What lies in their backpack from elsewhere, the first one first; read anew."""
    db.session.rollback()
    rows = select(ImportedBadge).where(ImportedBadge.person_id == learner.person).order_by(ImportedBadge.id)
    return list(db.session.scalars(rows.execution_options(populate_existing=True)))
