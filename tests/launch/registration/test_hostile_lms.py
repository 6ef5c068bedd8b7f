"""An LMS that is broken, hostile or only odd: it is refused in words, with the manual values as the way out."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug import Response

from lti_tool.db import db
from lti_tool.fetch import Limits
from lti_tool.launch.model import Registration
from lti_tool.launch.registration import connecting, looking
from lti_tool.launch.registration.configuration import PLATFORM
from lti_tool.launch.registration.invites import open_invites
from tests.launch.registration.some_lms import SomeLms, in_json
from tests.launch.registration.steps import connected, looked, make_invitation, opened
from tests.make.lms import words

HTML = "<!doctype html><title>x</title><h1>Sign in</h1><script>alert(1)</script>"


def refused(page: Any, code: str) -> str:
    """The words of the refusal, once it is that one, shows the way out, and nothing was registered."""
    said = words(page)
    assert code in said
    assert "Connect the LMS by hand instead" in said
    assert "http://localhost:8000/lti/jwks.json" in said
    assert db.session.query(Registration).count() == 0
    return said


def drip() -> Iterator[bytes]:
    for _ in range(100):
        yield b" "
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (lambda: Response("x" * 5_000_000, content_type="application/json"), "too large"),
        (lambda: Response(HTML, content_type="text/html"), "not JSON"),
        (lambda: Response("", content_type="application/json"), "not JSON"),
        (lambda: in_json([1, 2]), "not JSON"),
        (lambda: in_json("text"), "not JSON"),
        (lambda: Response('{"issuer": "https://a.example", "issuer": "https://b.example"}'), "not JSON"),
        (lambda: Response("[" * 100_000), "not JSON"),
        (lambda: Response(b"\xff\xfe{}"), "not JSON"),
        (lambda: Response("", 302, headers={"Location": "http://127.0.0.1:1/inside"}), "another address"),
        (lambda: Response("gone", 404, content_type="text/html"), "gone"),
        (lambda: Response(HTML, 500, content_type="text/html"), "status 500"),
    ],
)
def test_a_configuration_that_is_none_is_refused(
    app: Flask, client: FlaskClient, lms: SomeLms, said: Any, reason: str
) -> None:
    lms.says = said

    page = looked(client, lms)

    assert page.status_code == 502
    assert reason in refused(page, "register_unread")
    assert "alert(1)" not in page.text
    assert [one.problem for one in open_invites()] == ["register_unread"]


def test_a_configuration_that_drips_is_not_waited_for(
    app: Flask, client: FlaskClient, lms: SomeLms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "_LIMITS", Limits(total=0.3))
    lms.says = lambda: Response(drip(), content_type="application/json")
    began = time.monotonic()

    page = looked(client, lms)

    assert "takes too long" in refused(page, "register_unread")
    assert time.monotonic() - began < 3


def test_an_lms_that_is_gone_is_refused(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    gone = SomeLms("http://127.0.0.1:1")

    assert "nothing answers there" in refused(looked(client, gone), "register_unread")


def test_a_token_that_was_used_is_explained(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    said = refused(looked(client, lms, token="an-old-one"), "register_token_refused")

    assert "The LMS says: “token_already_used”." in said


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"issuer": None}, "register_configuration"),
        ({"issuer": 7}, "register_configuration"),
        ({"issuer": ""}, "register_configuration"),
        ({"issuer": "https://[::1"}, "register_configuration"),
        ({"issuer": "https://lms.example/" + "x" * 2000}, "register_configuration"),
        ({"jwks_uri": ["https://lms.example"]}, "register_configuration"),
        ({"token_endpoint": "javascript:alert(1)"}, "register_configuration"),
        ({"authorization_endpoint": "https://lms.example/\r\nX: y"}, "register_configuration"),
        ({"registration_endpoint": None}, "register_configuration"),
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "register_configuration"),
        ({"token_endpoint_auth_signing_alg_values_supported": "ES256"}, "register_configuration"),
        ({"issuer": "http://lms.example"}, "register_address"),
        ({"token_endpoint": "http://lms.example/token"}, "register_address"),
        ({"jwks_uri": "https://10.0.0.1/jwks"}, "register_address"),
        ({"authorization_endpoint": "https://localhost/auth"}, "register_address"),
        ({"registration_endpoint": "https://169.254.169.254/latest"}, "register_address"),
        ({"registration_endpoint": "https://0x7f000001/r"}, "register_address"),
        ({"issuer": "https://lms.example"}, "register_site"),
        ({"registration_endpoint": "https://evil.example/r"}, "register_site"),
    ],
)
def test_a_configuration_that_breaks_a_rule_is_refused_and_the_lms_is_not_asked(
    app: Flask, client: FlaskClient, lms: SomeLms, changed: dict[str, Any], code: str
) -> None:
    lms.configuration |= changed

    page = looked(client, lms)

    assert page.status_code == 422
    refused(page, code)
    assert lms.registrations == []


@pytest.mark.parametrize(
    "query",
    [
        "openid_configuration=",
        "openid_configuration=http://lms.example/c",
        "openid_configuration=https://10.0.0.1/c",
        "openid_configuration=file:///etc/passwd",
        "openid_configuration=https://lms.example/c&openid_configuration=https://lms.example/d",
        "openid_configuration=https://lms.example/" + "x" * 3000,
        "openid_configuration=https://lms.example/c&registration_token=" + "x" * 10_000,
        "openid_configuration=https://lms.example/c&registration_token=a%0d%0aX-Evil:%20b",
        "openid_configuration=https://lms.example/c&registration_token=a&registration_token=b",
        "openid_configuration=https://lms.example/c&registration_token=%C3%A9",
    ],
)
def test_a_request_that_an_lms_should_not_make_is_refused_at_once(app: Flask, client: FlaskClient, query: str) -> None:
    page = client.get(f"{make_invitation()}?{query}")

    assert page.status_code in (400, 422)
    refused(page, "register_")
    assert "X-Evil" not in page.text


@pytest.mark.parametrize(
    ("answer", "status", "code", "told"),
    [
        (lambda _: Response("missing_domain", 400, content_type="text/html"), 502, "register_refused",
         "missing_domain"),
        (lambda _: in_json({"errors": ["placements must be known"]}, 422), 502, "register_refused", "placements must"),
        (lambda _: in_json({"error": "invalid_client_metadata", "error_description": "No such scope"}, 400), 502,
         "register_refused", "No such scope"),
        (lambda _: Response(HTML, 400, content_type="text/html"), 502, "register_refused", ""),
        (lambda _: Response("token_already_used", 401, content_type="text/html"), 502, "register_token_refused",
         "token_already_used"),
        (lambda _: Response(HTML, 503), 502, "register_unreachable", ""),
        (lambda _: Response("", 302, headers={"Location": "http://127.0.0.1:1/"}), 502, "register_unreachable",
         "another address"),
        (lambda _: Response("x" * 5_000_000, 200), 502, "register_unreachable", "too large"),
        (lambda _: Response(HTML, 200, content_type="text/html"), 502, "register_answer", ""),
        (lambda _: in_json([], 200), 502, "register_answer", ""),
        (lambda _: in_json({}, 201), 502, "register_answer", ""),
        (lambda _: in_json({"client_id": 7}), 502, "register_answer", ""),
        (lambda _: in_json({"client_id": ""}), 502, "register_answer", ""),
        (lambda _: in_json({"client_id": "x" * 300}), 502, "register_answer", ""),
        (lambda _: in_json({"client_id": "a\nb"}), 502, "register_answer", ""),
        (lambda _: in_json({"client_id": None}), 502, "register_answer", ""),
        (lambda _: Response('{"client_id": "a", "client_id": "b"}'), 502, "register_answer", ""),
    ],
)  # fmt: skip
def test_an_answer_that_is_no_registration_registers_nothing_and_says_why(
    app: Flask, client: FlaskClient, lms: SomeLms, answer: Any, status: int, code: str, told: str
) -> None:
    lms.answers = answer

    page = connected(client, lms)

    assert page.status_code == status
    assert told in refused(page, code)
    assert "alert(1)" not in page.text
    assert [one.problem for one in open_invites()] == [code]


def test_an_lms_that_is_slow_to_register_is_not_waited_for(
    app: Flask, client: FlaskClient, lms: SomeLms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "_LIMITS", Limits(total=0.3))
    lms.answers = lambda _: Response(drip(), content_type="application/json")

    said = refused(connected(client, lms), "register_unreachable")

    assert "look into its list of tools" in said


def test_after_a_refusal_the_same_invitation_still_connects(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    path = make_invitation()
    lms.answers = lambda _: Response("missing_domain", 400, content_type="text/html")
    connected(client, lms, path)
    lms.answers = None

    assert connected(client, lms, path).status_code == 200
    assert open_invites() == []


def test_whoever_knocks_without_end_is_asked_to_wait(app: Flask, client: FlaskClient) -> None:
    path = make_invitation()

    answers = {client.get(path).status_code for _ in range(70)}

    assert answers == {200, 429}


def test_secrets_of_the_lms_lie_sealed_and_in_no_log(
    app: Flask, client: FlaskClient, lms: SomeLms, capsys: pytest.CaptureFixture[str]
) -> None:
    lms.configuration["registration_endpoint"] += "?registrationToken=planted-secret"
    page = looked(client, lms)

    rows = db.session.execute(db.text("SELECT * FROM registration_invite")).mappings().all()
    kept = json.dumps([dict(row) for row in rows], default=str)
    assert page.status_code == 200
    assert "planted-secret" not in kept + page.text + "".join(capsys.readouterr())
    assert "one.registration.token" not in kept + page.text


def test_a_refusal_may_be_read_in_any_frame(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    lms.wants_token = False
    page = opened(client, "/lti/register/" + "x" * 43, lms)

    assert page.status_code == 403
    assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
    assert "<form" not in page.text


def test_a_product_code_that_grows_in_lower_case_is_kept_as_far_as_it_fits(
    app: Flask, client: FlaskClient, lms: SomeLms
) -> None:
    lms.configuration[PLATFORM]["product_family_code"] = "İ" * 40

    assert connected(client, lms).status_code == 200
    assert db.session.scalars(select(Registration.profile)).one() == "i̇" * 20
