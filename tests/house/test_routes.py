"""Every address of the house: who may come, and that looking changes nothing."""

import re

from flask import Flask
from sqlalchemy import event

from lti_tool.badges.awards import Recipient
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.staffing.invitations import invite_staff
from lti_tool.db import db, transaction
from lti_tool.people.access import Permission
from lti_tool.people.visit import Role
from lti_tool.spaces.model import Member
from lti_tool.spaces.pathways.following import add_pathway
from tests.make.admin import make_admin, make_link
from tests.make.award import make_award
from tests.make.home import make_home, make_home_link
from tests.make.organization import make_organization
from tests.make.pathway import make_way
from tests.make.person import make_person
from tests.make.space import make_badge, make_member, make_objective, make_space
from tests.make.staff import make_staff
from tests.make.visit import make_registration, make_visit

# Addresses that ask for nothing and carry no permission of ours: Flask's own files, and what operators poll (`/metrics`
# with a token of its own, see tests/house/test_metrics.py).
LISTED_AS_PUBLIC = {"static", "health.alive", "health.ready", "metrics.numbers"}


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


def test_nothing_at_home_is_public_but_ways_in(app: Flask) -> None:
    """Signing in, an invitation, and the button that proves an address for somebody who asked from inside."""
    public = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/home") and app.view_functions[rule.endpoint].permission is Permission.PUBLIC
    }

    assert public == {
        "/home/sign-in",
        "/home/sign-in/<secret>",
        "/home/prove/<secret>",
        "/home/invitations/<secret>",
    }


def test_looking_at_any_page_at_home_writes_nothing(app: Flask) -> None:
    organization = make_organization()
    issuer, owner, badge = first_issuer_of(organization), make_person(organization), make_badge(organization)
    award = make_award(badge, Recipient(email="somebody@example.org"))
    make_staff(issuer, owner)
    with transaction():
        invited = invite_staff(issuer, email="guest@example.org", role="editor", by_hand=True)
    browser = make_home(app, owner)
    names = {"issuer_id": issuer, "badge_id": badge, "award_id": award, "person_id": owner}
    names["pathway_id"] = make_way(organization, [badge])
    secrets = [make_home_link(f"{owner}@home.example"), str(invited.url).rpartition("/home/")[2]]
    written = writes()
    seen = 0
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/home") and "GET" in (rule.methods or ()):
            page = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: names.get(part[1], "unknown"), rule.rule)
            assert browser.client.get(page).status_code < 500, rule.rule
            seen += 1
    for link in secrets:
        assert browser.get(link).status_code == 200

    assert seen > 8
    assert written == []


def test_looking_at_any_page_of_a_visit_writes_nothing(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    learner = make_member(space, organization)
    objective = make_objective(space, organization)
    visitor = make_visit(app, organization=organization, person=person_of(learner), space=space, role=Role.STAFF)
    way = make_way(organization, [make_badge(organization)])
    with transaction():
        add_pathway(space, way, by=None)
    written = writes()
    seen = 0
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/v/") and "GET" in (rule.methods or ()):
            page = rule.rule.split("/", 3)[3]
            page = page.replace("<member_id>", learner).replace("<objective_id>", objective)
            page = page.replace("<pathway_id>", way)
            page = re.sub(r"<[^>]+>", "unknown", page)
            assert visitor.get(page).status_code < 500, rule.rule
            seen += 1

    assert seen > 8
    assert written == []


def test_through_somebody_elses_account_only_the_course_is_seen(app: Flask) -> None:
    """What lives at home too is theirs alone, but for the Space of the course; and so is what is kept of them."""
    organization = make_organization()
    space, person = make_space(organization), make_person(organization)
    make_staff(first_issuer_of(organization), person)
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    at_home = {rule.endpoint.removeprefix("home_") for rule in rules if rule.endpoint.startswith("home_")}
    theirs = {endpoint for endpoint in at_home if not endpoint.startswith("room.")} | {"inside.privacy"}
    faults = []
    for role in (Role.STAFF, Role.MEMBER):
        masked = make_visit(app, organization=organization, person=person, space=space, role=role, masked=True)
        for rule in rules:
            if rule.rule.startswith("/v/"):
                answer = masked.get(re.sub(r"<[^>]+>", "unknown", rule.rule.split("/", 3)[3]))
                if (b"account_closed" in answer.data) != (rule.endpoint in theirs):
                    faults.append((role, rule.endpoint, answer.status_code))

    assert len(theirs) > 30
    assert faults == []


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
