"""Who may ask: computed from the addresses that there are, so that none can be forgotten."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.routing import Rule

from lti_tool import clock
from lti_tool.api.model import ApiToken
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.db import db, transaction
from lti_tool.people.access import Permission
from lti_tool.people.model import Organization
from tests.api.program import Program, code_of, make_program, make_token
from tests.make.organization import make_organization
from tests.make.space import make_badge, make_member, make_objective, make_space

PUBLIC = {"api.openapi"}


@dataclass
class School:
    """One organization with one of everything."""

    organization: str
    space_id: str
    objective_id: str
    member_id: str
    award_id: str
    badge: str
    issuer: str
    token: str = "unknown"  # of a preview, which only its own maker can use

    @property
    def badge_id(self) -> str:
        return self.badge

    @property
    def issuer_id(self) -> str:
        return self.issuer

    def path(self, rule: Rule) -> str:
        """The rule's address with this school's ids; another name of an id is a mistake of this test."""
        return "".join(
            getattr(self, part) if is_id else part for is_id, part in rule._trace if part and part != "|"
        )  # fmt: skip


def make_school(app: Flask, name: str) -> School:
    organization = make_organization(name)
    space, badge = make_space(organization), make_badge(organization)
    member = make_member(space, organization)
    objective = make_objective(space, organization, badge=badge)
    done = make_program(app, organization).put(f"/spaces/{space}/objectives/{objective}/completions/{member}")
    award = done.json["award"]
    return School(organization, space, objective, member, award, badge, first_issuer_of(organization))


def routes(app: Flask, *, public: bool = False) -> Iterator[tuple[str, Rule]]:
    """Every method and address of the API."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api.") and (rule.endpoint in PUBLIC) == public:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule


@pytest.fixture
def ours(app: Flask) -> School:
    return make_school(app, "Our School")


@pytest.fixture
def theirs(app: Flask) -> School:
    return make_school(app, "Their School")


def bodies(theirs: School) -> dict[str, list[dict[str, Any]]]:
    """For every address that takes a body: bodies of ours with something of theirs inside. None where none can be."""
    soon = (clock.now() + timedelta(days=30)).date().isoformat()
    words = {"description": "Did it.", "criteria": "Do it."}
    return {
        "api.create_space": [{"name": "Biology", "ends_on": soon, "issuer": theirs.issuer}],
        "api.create_badge": [{"name": "Explorer", **words, "issuer": theirs.issuer}],
        "api.create_objective": [{"title": "Explore", "badge": theirs.badge}],
        "api.create_award": [
            {"badge": theirs.badge, "recipient": {"email": "ada@example.org"}},
            {"badge": theirs.badge, "recipient": {"member": theirs.member_id}},
        ],
        "api.create_awards": [{"items": [{"badge": theirs.badge, "recipient": {"email": "ada@example.org"}}]}],
        "api.add_member": [],
        "api.create_issuer": [],
        "api.complete": [],
        "api.take_back": [],
        "api.revoke_award": [],
        "api.correct_award": [{"recipient": {"member": theirs.member_id}}],
        "api.edit_issuer": [],
        "api.edit_badge": [],
        "api.delete_badge": [],
        "api.preview_replacement": [],
        "api.replace_badge": [],
        "api.verify": [],
    }


def fitting(rule: Rule) -> dict[str, Any]:
    """A body that would do at the addresses whose ids are in the path."""
    return {
        "api.add_member": {"email": "grace@example.org"},
        "api.create_objective": {"title": "Explore", "badge": "own"},
        "api.preview_replacement": {"url": "https://badges.example/1"},
        "api.verify": {"url": "https://badges.example/1"},
    }.get(rule.endpoint, {})


def test_nothing_is_public_but_the_description(app: Flask) -> None:
    open_to_all = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and app.view_functions[rule.endpoint].permission is not Permission.TOKEN
    }

    assert open_to_all == PUBLIC


def test_every_address_asks_for_a_token_first(app: Flask, ours: School) -> None:
    for method, rule in routes(app):
        for headers in ({}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer"}):
            answer = app.test_client().open(ours.path(rule), method=method, headers=headers)

            assert (answer.status_code, code_of(answer)) == (401, "api_token_needed"), rule
            assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def test_every_address_refuses_a_token_that_is_unknown_or_over(app: Flask, ours: School) -> None:
    over = make_token(ours.organization)
    with transaction():
        for token in db.session.query(ApiToken):
            token.expires_at = clock.now() - timedelta(seconds=1)

    for method, rule in routes(app):
        for token in (over, "spaces_unknown"):
            answer = Program(app.test_client(), token).call(method, ours.path(rule))

            assert (answer.status_code, code_of(answer)) == (401, "api_token_wrong"), rule
            assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_token_for_reading_changes_nothing_at_any_address(app: Flask, ours: School) -> None:
    program = make_program(app, ours.organization, read_only=True)
    seen = {"read": 0, "refused": 0}
    written: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if re.match(r"\s*(INSERT|UPDATE|DELETE)", statement, re.IGNORECASE):
            written.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    for method, rule in routes(app):
        if rule.endpoint == "api.verify":  # it takes a body, and only looks
            assert program.post("/verify", {"json": "{}"}).status_code == 422
            continue
        answer = program.call(method, ours.path(rule))
        if method == "GET":
            assert answer.status_code == 200, (rule, answer.text)
            seen["read"] += 1
        else:
            assert (answer.status_code, code_of(answer)) == (403, "api_read_only"), rule
            seen["refused"] += 1
    event.remove(db.engine, "before_cursor_execute", note)

    assert written == []
    assert seen["read"] > 8
    assert seen["refused"] > 8


def test_whatever_lies_at_an_address_of_another_school_is_not_there(app: Flask, ours: School, theirs: School) -> None:
    program = make_program(app, ours.organization)

    for method, rule in routes(app):
        if "<" in rule.rule:
            body = None if method == "GET" else fitting(rule)
            answer = program.call(method, theirs.path(rule), json=body)

            assert (answer.status_code, code_of(answer)) == (404, "not_found"), (method, rule)


@pytest.mark.parametrize("replaced", ["objective_id", "member_id"])
def test_an_own_space_does_not_lead_to_what_is_in_theirs(
    app: Flask, ours: School, theirs: School, replaced: str
) -> None:
    program, mixed = make_program(app, ours.organization), School(**vars(ours))
    setattr(mixed, replaced, getattr(theirs, replaced))

    for method, rule in routes(app):
        if f"<{replaced}>" in rule.rule:
            answer = program.call(method, mixed.path(rule))

            assert (answer.status_code, code_of(answer)) == (404, "not_found"), (method, rule)


def test_every_body_is_looked_through_for_what_is_not_ours(app: Flask, ours: School, theirs: School) -> None:
    program, tried = make_program(app, ours.organization), bodies(theirs)
    writing = {rule.endpoint for method, rule in routes(app) if method != "GET"}

    assert writing == set(tried)
    for method, rule in routes(app):
        for body in tried.get(rule.endpoint, []):
            answer = program.call(method, ours.path(rule), json=body)
            code = answer.json["items"][0]["error"]["code"] if "items" in answer.json else code_of(answer)

            assert code == "not_found", (rule, answer.text)


def test_a_member_of_another_school_is_no_recipient(app: Flask, ours: School, theirs: School) -> None:
    answer = make_program(app, ours.organization).post(
        "/awards", {"badge": ours.badge, "recipient": {"member": theirs.member_id}}
    )

    assert (answer.status_code, code_of(answer)) == (404, "not_found")


@pytest.mark.parametrize("name", ["issuer", "badge", "member"])
def test_no_filter_reaches_into_another_school(app: Flask, ours: School, theirs: School, name: str) -> None:
    program = make_program(app, ours.organization)
    there = {"issuer": theirs.issuer, "badge": theirs.badge, "member": theirs.member_id}

    answer = program.get("/awards", **{name: there[name]})

    assert (answer.status_code, code_of(answer)) == (404, "not_found")


def test_lists_hold_only_what_is_ours(app: Flask, ours: School, theirs: School) -> None:
    program = make_program(app, ours.organization)

    for path, own in (
        ("/spaces", ours.space_id), ("/issuers", ours.issuer), ("/badges", ours.badge), ("/awards", ours.award_id),
    ):  # fmt: skip
        assert [one["id"] for one in program.all_of(path)] == [own]


@pytest.mark.parametrize("path", ["/issuers", "/badges", "/awards"])
def test_a_place_in_the_list_of_another_school_is_none_in_ours(
    app: Flask, ours: School, theirs: School, path: str
) -> None:
    place = {"/issuers": theirs.issuer, "/badges": theirs.badge, "/awards": theirs.award_id}[path]

    answer = make_program(app, ours.organization).get(path, after=place)

    assert (answer.status_code, code_of(answer)) == (400, "bad_request")


def test_a_token_says_nothing_of_what_it_is_in_the_database(app: Flask) -> None:
    secret = make_token(make_organization())

    row = db.session.query(ApiToken).one()

    assert secret not in {str(value) for value in vars(row).values()}
    assert db.session.query(Organization).one().id == row.organization_id
