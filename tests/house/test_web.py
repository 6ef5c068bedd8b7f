"""What every answer of the house shares: its headers, its refusals as page and JSON, and a log without people in it."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import TimeoutError as PoolTimeout

from lti_tool.app import create_app
from lti_tool.db import db, transaction
from lti_tool.limits import limiter
from lti_tool.people.model import Person
from lti_tool.settings import Settings
from tests.html_guard import page_faults
from tests.make.house import house
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.serving import free_port
from tests.make.space import make_space
from tests.make.visit import make_visit

JSON = {"Accept": "application/json"}


def reference(text: str) -> str:
    found = re.search(r"\b[A-Z2-9]{6}\b", text)
    assert found, text
    return found.group()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200), ("/nowhere", 404), ("/lti/jwks.json", 200), ("/healthz", 200), ("/readyz", 200),
        ("/static/spaces.css", 200), ("/v/nothing/", 401), ("/public/badges/nothing", 404), ("/lti/launch", 405),
        ("/lti/login", 400), ("/api/v1/spaces", 401),
    ],
)  # fmt: skip
def test_every_kind_of_answer_carries_the_policy_headers(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path, buffered=True)

    assert answer.status_code == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    if answer.mimetype == "text/html":
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'nonce-")
        assert "unsafe" not in policy
        assert "base-uri 'none'" in policy
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_page_outside_a_visit_is_framed_by_nobody(client: FlaskClient) -> None:
    assert client.get("/").headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")


@pytest.mark.parametrize("path", ["/nowhere", "/v/nothing/", "/v/nothing/nowhere", "/lti/nowhere", "/lti/login"])
def test_a_refusal_can_be_read_inside_an_lms(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert "<form" not in answer.text


def test_whoever_opens_the_tools_own_address_is_led_on_without_a_course(client: FlaskClient) -> None:
    page = client.get("/").text

    assert [place for place in ("/home/sign-in", "/verify") if f'href="{place}"' not in page] == []


def test_the_nonce_is_another_one_each_time_and_on_the_pages_scripts(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path))  # without a context of the test, which would span both requests
    answers = [app.test_client().get("/") for _ in range(2)]
    nonces = [re.search(r"'nonce-([^']+)'", one.headers["Content-Security-Policy"]) for one in answers]

    first, second = [one.group(1) for one in nonces if one]
    assert first != second
    assert all(f'nonce="{nonce}"' in one.text for nonce, one in zip((first, second), answers, strict=True))


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("POST", "/", 405, "method_not_allowed"),
        ("GET", "/v/nothing/", 401, "visit_over"),
        ("GET", "/lti/login", 400, "login_iss_missing"),
    ],
)
def test_a_refusal_is_the_same_as_page_and_as_json(
    client: FlaskClient, method: str, path: str, status: int, code: str
) -> None:
    page = client.open(path, method=method, headers={"Accept": "text/html"})
    said = client.open(path, method=method, headers=JSON)

    assert (page.status_code, said.status_code) == (status, status)
    assert (page.mimetype, page_faults(page.text)) == ("text/html", [])
    assert code in page.text
    assert set(said.json["error"]) == {"code", "message", "reference"}
    assert said.json["error"]["code"] == code
    assert re.fullmatch("[A-Z2-9]{6}", said.json["error"]["reference"])
    assert said.headers["Cache-Control"] == page.headers["Cache-Control"] == "no-store"


def test_a_method_that_is_not_offered_names_those_that_are(client: FlaskClient) -> None:
    assert set(client.post("/").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("path", ["/lti/login", "/lti/launch"])
def test_what_is_too_large_is_refused_before_it_is_read(client: FlaskClient, path: str) -> None:
    whole = client.post(path, data={"id_token": b"x" * (3 * 1024 * 1024)}, headers=JSON)
    field = client.post(path, data={"id_token": "x" * 300_000}, headers=JSON, content_type="multipart/form-data")

    assert [(one.status_code, one.json["error"]["code"]) for one in (whole, field)] == [(413, "too_large")] * 2


def test_logins_beyond_the_limit_are_asked_to_wait(tmp_path: Path) -> None:
    with house(tmp_path, login_limit="2 per minute") as app:
        answers = [app.test_client().get("/lti/login", headers={"Accept": "text/html"}) for _ in range(3)]

    assert [one.status_code for one in answers] == [400, 400, 429]
    assert "too_many" in answers[2].text
    assert page_faults(answers[2].text) == []
    assert answers[2].headers["Content-Security-Policy"].endswith("frame-ancestors *")


def test_a_page_without_a_limit_costs_no_look_at_limits_and_every_limit_there_is_counts(app: Flask) -> None:
    """What limits a whole blueprint or everything would count only in the library's own hooks, which are left out."""
    hooks = [*app.before_request_funcs[None], *app.after_request_funcs[None], *app.teardown_request_funcs.get(None, [])]

    assert [one for one in hooks if "flask_limiter" in f"{getattr(one, 'func', one)!r}"] == []
    assert [page for page in app.blueprints if limiter.limit_manager.blueprint_limits(app, page)] == []
    assert (limiter.limit_manager.application_limits, limiter.limit_manager.default_limits) == ([], [])


@pytest.mark.parametrize(("proxies", "last"), [(0, 429), (1, 400)])
def test_what_a_proxy_says_counts_only_where_one_is_named(tmp_path: Path, proxies: int, last: int) -> None:
    with house(tmp_path, login_limit="2 per minute", trusted_proxies=proxies) as app:
        answers = [
            app.test_client().get("/lti/login", headers={"X-Forwarded-For": f"203.0.113.{number}"})
            for number in range(3)
        ]

    assert answers[-1].status_code == last


def test_an_address_that_a_client_puts_before_the_proxys_word_does_not_count(tmp_path: Path) -> None:
    with house(tmp_path, login_limit="2 per minute", trusted_proxies=1) as app:
        answers = [
            app.test_client().get("/lti/login", headers={"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.7"})
            for number in range(3)
        ]

    assert answers[-1].status_code == 429


@pytest.mark.parametrize("path", ["/lti/jwks.json", "/public/badges/nothing", "/v/nothing/", "/readyz"])
def test_a_database_that_is_away_is_a_page_in_words(tmp_path: Path, path: str) -> None:
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/nowhere"
    with house(tmp_path, database_url=url) as app:
        page = app.test_client().get(path, headers={"Accept": "text/html"})
        said = app.test_client().get(path, headers=JSON)
        alive = app.test_client().get("/healthz")

    assert (page.status_code, page_faults(page.text)) == (503, [])
    assert "Nothing was lost" in page.text
    assert (said.status_code, said.json["error"]["code"]) == (503, "unavailable")
    assert alive.json == {"status": "ok"}


def test_a_database_that_is_too_busy_is_told_the_same_way(app: Flask, client: FlaskClient) -> None:
    def wait_in_vain() -> str:
        raise PoolTimeout

    app.add_url_rule("/busy", view_func=wait_in_vain)

    assert client.get("/busy", headers=JSON).json["error"]["code"] == "unavailable"


def test_a_fault_tells_the_reader_nothing_but_a_reference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> str:
        raise ValueError("ada@example.org is 12")

    with house(tmp_path, log_level="INFO") as app:
        app.add_url_rule("/fail", view_func=fail)
        page = app.test_client().get("/fail", headers={"Accept": "text/html"})
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    assert (page.status_code, "ada@example.org" in page.text, "ValueError" in page.text) == (500, False, False)
    [fault] = [line for line in lines if line["event"] == "fault"]
    assert fault["reference"] in page.text
    assert "ValueError" in fault["exception"]
    assert "in fail" in fault["exception"]
    assert "ada@example.org" not in json.dumps(lines).replace('raise ValueError(\\"ada@example.org', "")


def test_no_person_and_no_secret_is_in_the_log(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = {"database_url": database_url, "log_level": "DEBUG", "public_url": "http://localhost:8000"}
    with house(tmp_path, **options) as app:
        app.add_url_rule("/double", view_func=lambda: write_twice(organization))
        organization = make_organization()
        person, space = make_person(organization, "Tess Teacher"), make_space(organization)
        teacher = make_visit(app, organization=organization, person=person, space=space)
        for email in ("ada@example.org", "ada@example.org", "ada"):
            teacher.post("members", {"email": email, "name": "Ada Lovelace"})
        teacher.post("members", {"form_token": "wrong-token", "email": "ada@example.org"})
        app.test_client().post("/lti/launch", data={"state": "secret-state", "id_token": "secret-token"})
        app.test_client().get("/lti/login?iss=https://lms.example&login_hint=secret-hint")
        double = app.test_client().get("/double")
    logged = capsys.readouterr().err

    assert double.status_code == 500
    assert "IntegrityError" in logged
    assert logged.count('"event": "refused"') >= 4
    for secret in ("ada", "Ada", "Tess", "secret-", "wrong-token", teacher.form_token, "login_hint"):
        assert secret not in logged, secret


def write_twice(organization: str) -> str:
    """A fault in the database whose own words quote the row."""
    with transaction():
        db.session.add_all(
            Person(id="twice ada@example.org", organization_id=organization, email="ada@example.org") for _ in range(2)
        )
    return ""


def test_every_refusal_in_the_log_has_the_reference_that_the_reader_sees(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with house(tmp_path, log_level="INFO") as app:
        page = app.test_client().get("/nowhere", headers={"Accept": "text/html"})
    [line] = [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    assert (line["event"], line["code"], line["path"], line["method"]) == ("refused", "not_found", "/nowhere", "GET")
    assert line["reference"] in page.text


def test_who_helps_is_named_on_a_refusal(tmp_path: Path) -> None:
    with house(tmp_path, support_contact="Room 12, <b>monday</b>") as app:
        page = app.test_client().get("/nowhere", headers={"Accept": "text/html"})

    assert "Room 12, &lt;b&gt;monday&lt;/b&gt;" in page.text


def test_style_sheets_are_kept_for_a_year_under_the_address_of_what_they_hold(client: FlaskClient) -> None:
    addresses = re.findall(r'href="(/static/[^"]+\.css\?v=[0-9a-f]{12})"', client.get("/").text)

    for address in addresses:
        answer = client.get(address, buffered=True)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    assert len(addresses) >= 2


@pytest.mark.parametrize("query", ["", "?v=", "?v=000000000000"])
def test_what_another_address_names_is_not_kept(client: FlaskClient, query: str) -> None:
    assert "immutable" not in client.get(f"/static/spaces.css{query}", buffered=True).headers["Cache-Control"]
