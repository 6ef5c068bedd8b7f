"""Texts that a database, a header or a comparison stumbles over: refused in words on every address, never a fault."""

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.launch.claims import AGS
from lti_tool.launch.messages import C
from lti_tool.launch.model import LoginState, Registration
from lti_tool.launch.platforms import PlatformWords, add_platform, approve_deployment
from lti_tool.people.visit import Role
from tests.make.admin import make_admin
from tests.make.launch import launch_on_its_way
from tests.make.lms import Campus
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_space
from tests.make.visit import Visitor, make_registration, make_visit

# NUL and half a character: JSON carries both, no database keeps both, and PostgreSQL looks into no JSON with either.
UNKEPT = ["a\x00b", "a\ud83db"]
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
LOGIN = {"login_hint": "1", "target_link_uri": "http://localhost:8000/", "client_id": "client"}


@pytest.fixture
def teacher(app: Flask) -> Visitor:
    organization = make_organization()
    person, space = make_person(organization), make_space(organization)
    return make_visit(app, organization=organization, person=person, space=space, role=Role.STAFF)


def addresses(app: Flask, *, visit: str, bad: str) -> list[tuple[str, str]]:
    """Every method and address of the house, with `bad` in the place of every id but the visit's."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.arguments:
            path = rule.rule.replace("<visit_id>", visit)
            path = re.sub(r"<any\([^>]*>", "png", path)
            path = re.sub(r"<[^>]*>", bad, path)
            found += [(method, path) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return found


@pytest.mark.parametrize("bad", ["%00", "%0d%0aX-Odd:1", "%ed%a0%80", "x" * 4000, "%F0%9F%91%BB"])
def test_no_address_faults_on_an_odd_id(app: Flask, teacher: Visitor, bad: str) -> None:
    own = teacher.path.rsplit("/", 1)[1]
    for method, path in addresses(app, visit=own, bad=bad) + addresses(app, visit=bad, bad=bad):
        fields = {"form_token": teacher.form_token}
        answer = teacher.client.open(path, method=method, data=fields if method == "POST" else None,
                                     headers={"Origin": "http://localhost:8000"})  # fmt: skip
        assert answer.status_code < 500, (method, path[:80])
        assert "X-Odd" not in answer.headers


@pytest.mark.parametrize("query", ["after=%00", "before=%00", "q=%00", "search=a%00", "%00=1", "after=%ff", "after=x"])
def test_no_list_faults_on_an_odd_query(teacher: Visitor, query: str) -> None:
    for page in ("", "members", "progress", "progress.csv", "leaderboard", "objectives/new"):
        assert teacher.get(f"{page}?{query}").status_code < 500, page


@pytest.mark.parametrize("token", ["ü", "\u202e", "", "x" * 5000, "\udcff"])
def test_a_form_token_of_any_text_is_only_wrong(teacher: Visitor, token: str) -> None:
    fields = {"form_token": token.encode("utf-8", "surrogateescape").decode("latin-1")}

    answer = teacher.client.post(
        f"{teacher.path}/leaderboard/me", data=fields, headers={"Origin": "http://localhost:8000"}
    )

    assert answer.status_code == 403


def test_a_form_token_header_of_any_bytes_is_only_wrong(teacher: Visitor) -> None:
    headers = {"Origin": "http://localhost:8000", "X-Form-Token": "\xfc"}

    assert teacher.client.post(f"{teacher.path}/leaderboard/me", headers=headers).status_code == 403


def test_a_nul_in_a_form_is_refused_before_anything_is_kept(teacher: Visitor) -> None:
    said = {"title": "Field trip", "points": "5", "public_criteria": "Go\x00out", "badge": "new", "description": "d"}

    answer = teacher.post("objectives/new", said)

    assert (answer.status_code, b"bad_request" in answer.data) == (400, True)


@pytest.mark.parametrize(
    "fields", [{"score": "\x00"}, {"member": ["ada", "a\x00b"]}, {"objective": ["", "\x00"]}, {"a\x00b": "c"}], ids=repr
)
def test_a_nul_in_whatever_value_or_name_of_a_form_is_refused(teacher: Visitor, fields: dict[str, Any]) -> None:
    for page in ("gradebook/send", "progress/complete-many", "members"):
        answer = teacher.post(page, {"objective": "x", **fields})

        assert (answer.status_code, b"bad_request" in answer.data) == (400, True), page


def login(app: Flask, **changed: str) -> TestResponse:
    return app.test_client().post("/lti/login", data={**LOGIN, "iss": issuer(app), **changed})


def issuer(app: Flask) -> str:
    registration = make_registration(make_organization())
    return db.session.get_one(Registration, registration).issuer


@pytest.mark.parametrize(
    "changed",
    [
        {"lti_deployment_id": "d" * 256},
        {"target_link_uri": "http://localhost:8000/?" + "x" * 2000},
        {"client_id": "c" * 256},
        {"iss": "https://" + "i" * 2000},
    ],
)
def test_a_login_says_nothing_longer_than_can_be_kept(app: Flask, changed: dict[str, str]) -> None:
    answer = login(app, **changed)

    assert (answer.status_code, b"login_malformed" in answer.data) == (400, True)


def test_a_deployment_id_as_long_as_the_standard_allows_is_remembered(app: Flask) -> None:
    answer = login(app, lti_deployment_id="d" * 255)

    assert answer.status_code == 303
    assert db.session.query(LoginState).one().deployment_hint == "d" * 255


def test_whatever_a_look_says_it_begins_no_login(app: Flask) -> None:
    said = {**LOGIN, "iss": issuer(app)}

    for look in ("", "x", "\x00", "ü" * 300, "0" * 64):
        answer = app.test_client().get("/lti/login", query_string={**said, "look": look})
        assert answer.status_code == (400 if look == "\x00" else 200), look

    assert db.session.query(LoginState).count() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"auth_url": "https://lms.example/" + "a" * 2000},
        {"jwks_url": "https://lms.example/keys?" + "a" * 2000},
        {"deployments": ("d" * 256,)},
        {"deployments": ("",)},
        {"client_id": "c" * 256},
        {"issuer": "https://" + "i" * 2000},
    ],
)
def test_a_platform_says_nothing_longer_than_can_be_kept(app: Flask, change: dict[str, Any]) -> None:
    words: dict[str, Any] = {
        "issuer": "https://lms.example", "client_id": "c", "auth_url": "https://lms.example/auth",
        "token_url": "https://lms.example/token", "jwks_url": "https://lms.example/jwks",
    }  # fmt: skip

    with pytest.raises(Problem) as refused, transaction():
        add_platform(PlatformWords(**{**words, **change}))

    assert refused.value.code in ("bad_request", "platform_address")
    assert db.session.query(Registration).count() == 0


def test_a_deployment_of_no_length_or_too_much_cannot_be_approved(app: Flask) -> None:
    registration = make_registration(make_organization())

    for deployment in ("", "d" * 256):
        with pytest.raises(Problem), transaction():
            approve_deployment(registration, deployment)


def odd_claims(bad: str) -> list[dict[str, Any]]:
    return [
        {C + "roles": [MEMBERSHIP + "Instructor", bad]},
        {C + "roles": [MEMBERSHIP + "Mentor"], C + "role_scope_mentor": [bad, "x"]},
        {C + "custom": {"view": "objective:" + "a" * 32, "context_history": bad}},
        {C + "custom": {bad: "x", "canvas_host": bad, "course_end": bad}},
        {C + "tool_platform": {"product_family_code": bad, "url": f"https://x/{bad}"}},
        {C + "context": {"id": "Biology", "title": bad}, "name": bad, "email": f"{bad}@x", "locale": bad},
        {C + "lti11_legacy_user_id": bad, C + "lti1p1": {"oauth_consumer_key": bad, "oauth_consumer_key_sign": bad}},
        {AGS: {"scope": [bad], "lineitems": "https://x/columns", "lineitem": f"https://x/{bad}"}},
        {"email": "İ" + "a" * 62 + "@" + "b" * 190},
    ]


@pytest.mark.parametrize("bad", UNKEPT, ids=["nul", "half"])
def test_no_launch_faults_on_a_text_that_cannot_be_kept_and_the_console_shows_it(
    school: Campus, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    monkeypatch.setattr("tests.make.admin.ORIGIN", school.url)
    browser, page = school.open("biology", "helena")
    browser.submit(page, "/space")

    for claims in odd_claims(bad):
        sent = launch_on_its_way(school, **claims)
        opened = sent.post()
        assert opened.status_code < 500, claims
        path = "/".join(opened.url.split("/")[:5])
        assert sent.browser.get(f"{path}/about").status_code == 200, claims

    admin, one = make_admin(school.app), f"/platforms/{school.registration}"
    for shown in ("", one, f"{one}/launches", f"/conformance/{school.registration}"):
        assert admin.get(shown).status_code == 200, shown
