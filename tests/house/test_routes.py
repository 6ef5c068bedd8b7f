"""Every address of the house: who may come, and that looking changes nothing."""

import re

from flask import Flask
from sqlalchemy import event

from lti_tool.db import db
from lti_tool.people.access import Permission
from lti_tool.people.visit import Role
from lti_tool.spaces.model import Member
from tests.make.admin import make_admin, make_link
from tests.make.organization import make_organization
from tests.make.space import make_member, make_objective, make_space
from tests.make.visit import make_registration, make_visit

# Addresses that ask for nothing and carry no permission of ours: Flask's own files, and what operators poll.
LISTED_AS_PUBLIC = {"static", "health.alive", "health.ready"}


def test_every_route_names_its_permission_or_is_listed_as_public(app: Flask) -> None:
    unnamed = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not isinstance(getattr(app.view_functions[rule.endpoint], "permission", None), Permission)
    }

    assert unnamed == LISTED_AS_PUBLIC


def test_pages_of_a_visit_are_never_public(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/v/"):
            assert app.view_functions[rule.endpoint].permission is not Permission.PUBLIC, rule.rule


def test_nothing_of_the_console_is_public_but_signing_in(app: Flask) -> None:
    public = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/admin") and app.view_functions[rule.endpoint].permission is not Permission.ADMIN
    }

    assert public == {"/admin/sign-in", "/admin/sign-in/<secret>"}


def test_looking_at_any_page_of_the_console_writes_nothing(app: Flask) -> None:
    registration = make_registration(make_organization())
    browser, link = make_admin(app), make_link()
    written = writes()
    seen = 0
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/admin") and "GET" in (rule.methods or ()):
            page = rule.rule.removeprefix("/admin").replace("<registration_id>", registration)
            page = re.sub(r"<[^>]+>", "unknown", page.replace("/sign-in/<secret>", link))
            assert browser.get(page).status_code < 500, rule.rule
            seen += 1

    assert seen > 8
    assert written == []


def test_looking_at_any_page_of_a_visit_writes_nothing(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    learner = make_member(space, organization)
    objective = make_objective(space, organization)
    visitor = make_visit(app, organization=organization, person=person_of(learner), space=space, role=Role.STAFF)
    written = writes()
    seen = 0
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/v/") and "GET" in (rule.methods or ()):
            page = rule.rule.split("/", 3)[3]
            page = page.replace("<member_id>", learner).replace("<objective_id>", objective)
            page = re.sub(r"<[^>]+>", "unknown", page)
            assert visitor.get(page).status_code < 500, rule.rule
            seen += 1

    assert seen > 8
    assert written == []


def writes() -> list[str]:
    """The statements from now on that change something."""
    written: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if re.match(r"\s*(INSERT|UPDATE|DELETE|CREATE|DROP|ALTER)", statement, re.IGNORECASE):
            written.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    return written


def person_of(member: str) -> str:
    return str(db.session.get_one(Member, member).person_id)
