"""Access tokens and service calls (Security Framework 1.0, section 4; RFC 6749 and 7523)."""

import threading
import time
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import jwt
import pytest
from flask import Flask
from pylti1p3.names_roles import NamesRolesProvisioningService
from sqlalchemy import update
from werkzeug import Response

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.errors import CATALOGUE
from lti_tool.launch.keys import published_keys
from lti_tool.launch.model import Registration
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.launch.services import FORM, SafeServiceConnector, access_tokens
from tests.launch.roster.roster_server import (
    MEDIA_TYPE,
    SCOPE,
    RosterServer,
    answer,
    connect,
    learner,
    make_platform,
    roster_server,
)


@pytest.fixture
def connector(app: Flask, lms: RosterServer) -> SafeServiceConnector:
    return connect(make_platform(lms), lms)


def call(connector: SafeServiceConnector, url: str) -> Any:
    return connector.make_service_request([SCOPE], url, accept=MEDIA_TYPE)


def refusal(connector: SafeServiceConnector, lms: RosterServer) -> ServiceRefused:
    with pytest.raises(ServiceRefused) as refused:
        call(connector, lms.roster_url)
    assert refused.value.code in CATALOGUE
    return refused.value


def test_the_client_assertion_says_who_we_are(connector: SafeServiceConnector, lms: RosterServer) -> None:
    connector.get_access_token([SCOPE])
    header, claims = lms.assertion()
    [jwk] = published_keys()
    jwt.decode(lms.forms[0]["client_assertion"], jwt.PyJWK(jwk), algorithms=["RS256"], audience=f"{lms.url}/token")
    assert (header["alg"], header["kid"]) == ("RS256", jwk["kid"])
    assert (claims["iss"], claims["sub"]) == ("client-1", "client-1")
    assert claims["exp"] - time.time() == pytest.approx(300, abs=5)
    assert claims["https://purl.imsglobal.org/spec/lti/claim/deployment_id"] == "d-1"
    assert len(claims["jti"]) >= 20


@pytest.mark.parametrize(("skew", "earlier", "later"), [(None, 0, 0), (90, 0, 90), (-90, 90, 0), (-9999, 600, 0)])
def test_the_assertion_is_good_by_the_clock_of_the_platform_too(
    app: Flask, lms: RosterServer, skew: int | None, earlier: int, later: int
) -> None:
    platform = make_platform(lms)
    with transaction():
        db.session.execute(update(Registration).values(clock_skew=skew))
    connect(platform, lms).get_access_token([SCOPE])
    _, claims = lms.assertion()

    assert time.time() - 5 - claims["iat"] == pytest.approx(earlier, abs=3)
    assert claims["exp"] - 300 - time.time() == pytest.approx(later, abs=3)


def test_the_token_is_asked_for_with_a_plain_form(connector: SafeServiceConnector, lms: RosterServer) -> None:
    connector.get_access_token([SCOPE])
    assert lms.requests[0].headers["Content-Type"] == FORM
    assert "Spaces" in lms.requests[0].headers["User-Agent"]
    assert lms.forms[0]["grant_type"] == "client_credentials"
    assert lms.forms[0]["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert lms.forms[0]["scope"] == SCOPE


def test_a_token_audience_of_its_own_is_named_in_the_assertion(app: Flask, lms: RosterServer) -> None:
    connect(make_platform(lms, token_audience="https://lms.example/oauth"), lms).get_access_token([SCOPE])
    assert lms.assertion()[1]["aud"] == "https://lms.example/oauth"


def test_no_two_assertions_share_their_identifier(connector: SafeServiceConnector, lms: RosterServer) -> None:
    connector.get_access_token(["a"])
    connector.get_access_token(["b"])
    assert lms.assertion(0)[1]["jti"] != lms.assertion(1)[1]["jti"]


def test_the_library_reads_a_page_through_the_connector(connector: SafeServiceConnector, lms: RosterServer) -> None:
    lms.pages = [[learner("u1")], [learner("u2")]]
    service = NamesRolesProvisioningService(connector, {"context_memberships_url": lms.roster_url})
    members, following = service.get_members_page()
    assert [member["user_id"] for member in members] == ["u1"]
    assert following == f"{lms.roster_url}?Page=P2"
    assert lms.requests[-1].headers["Accept"] == MEDIA_TYPE


def test_one_token_serves_every_call_and_every_connector(app: Flask, lms: RosterServer) -> None:
    registration = make_platform(lms)
    for _ in range(3):
        call(connect(registration, lms), lms.roster_url)
    assert lms.asked["/token"] == 1


def test_many_threads_fetch_one_token(app: Flask, connector: SafeServiceConnector, lms: RosterServer) -> None:
    lms.token_delay, got = 0.2, list[str]()

    def ask() -> None:
        with app.app_context():
            got.append(connector.get_access_token([SCOPE]))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (lms.asked["/token"], got) == (1, ["token-1"] * 8)


@pytest.mark.parametrize(
    ("seconds", "asked"),
    [(3600, 1), ("3600", 1), (None, 1), (-5, 1), ("soon", 1), (True, 1), (10**400, 1), (0.2, 2)],
)
def test_a_token_is_used_until_shortly_before_its_end(
    connector: SafeServiceConnector, lms: RosterServer, seconds: object, asked: int
) -> None:
    lms.token_answer = {"expires_in": seconds}
    connector.get_access_token([SCOPE])
    time.sleep(0.15)
    connector.get_access_token([SCOPE])
    assert lms.asked["/token"] == asked


def test_a_minute_before_its_end_a_token_counts_as_over(connector: SafeServiceConnector, lms: RosterServer) -> None:
    lms.token_answer = {"expires_in": 600}
    connector.get_access_token([SCOPE])
    [held] = access_tokens()._held.values()
    assert held.until - time.monotonic() == pytest.approx(540, abs=5)


def test_another_tenant_never_gets_this_tenants_token(app: Flask, lms: RosterServer) -> None:
    one, other = make_platform(lms), make_platform(lms, client_id="client-2")
    tokens = {
        connect(one, lms).get_access_token([SCOPE]),
        connect(other, lms).get_access_token([SCOPE]),
        connect(one, lms, deployment="d-2").get_access_token([SCOPE]),
        connect(one, lms).get_access_token([SCOPE, "more"]),
    }
    assert len(tokens) == 4


def test_a_worn_out_token_is_replaced_once(connector: SafeServiceConnector, lms: RosterServer) -> None:
    call(connector, lms.roster_url)
    lms.good.clear()
    call(connector, lms.roster_url)
    assert (lms.asked["/token"], lms.asked["/members"]) == (2, 3)


def test_a_fresh_token_that_is_refused_too_ends_the_call(connector: SafeServiceConnector, lms: RosterServer) -> None:
    lms.instead[1] = [answer({"message": "no"}, 401), answer({"message": "still no"}, 401)]
    refused = refusal(connector, lms)
    assert (refused.code, refused.said) == ("token_refused", "still no")
    assert lms.asked["/members"] == 2


@pytest.mark.parametrize(
    "said",
    [
        answer({"token_type": "Bearer"}),
        answer({"access_token": 7}),
        answer({"access_token": ""}),
        answer({"access_token": "x" * 8193}),
        answer({"access_token": "a\r\nX-Evil: 1"}),
        answer({"access_token": "two words"}),
        answer([{"access_token": "x"}]),
        answer("<h1>Sign in</h1>"),
        answer(""),
        answer("x" * 100_000),
        Response(status=302, headers={"Location": "https://elsewhere.example/token"}),
    ],
)
def test_an_unusable_token_answer_is_refused_and_not_kept(
    connector: SafeServiceConnector, lms: RosterServer, said: Response
) -> None:
    lms.instead["token"] = [said]
    assert refusal(connector, lms).code == "service_answer"
    assert call(connector, lms.roster_url)["body"]


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        (answer({"error": "x", "error_description": "Missing client"}, 400), "token_refused", "Missing client"),
        (answer({"error": "Invalid Signature"}, 400), "token_refused", "Invalid Signature"),
        (answer({"message": "Invalid tenant"}, 400), "token_refused", "Invalid tenant"),
        (answer({"error": "invalid_scope"}, 400), "scope_refused", "invalid_scope"),
        (answer('"error" : ""kid" invalid', "401 UNAUTHORIZED"), "token_refused", "UNAUTHORIZED"),
        (answer("oops", 503), "service_unreachable", "SERVICE UNAVAILABLE"),
    ],
)  # fmt: skip
def test_the_token_endpoints_reason_is_told(
    connector: SafeServiceConnector, lms: RosterServer, said: Response, code: str, words: str
) -> None:
    lms.instead["token"] = [said]
    refused = refusal(connector, lms)
    assert (refused.code, refused.said) == (code, words)


def test_a_token_without_the_scope_is_told_as_such(connector: SafeServiceConnector, lms: RosterServer) -> None:
    lms.token_answer = {"scope": "https://purl.imsglobal.org/spec/lti-ags/scope/score"}
    assert refusal(connector, lms).code == "scope_refused"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (answer({}, 403), "service_forbidden"),
        (answer({}, 404), "service_gone"),
        (answer({}, 410), "service_gone"),
        (answer({}, 429), "service_busy"),
        (answer({}, 400), "service_answer"),
        (answer({}, 500), "service_unreachable"),
        (answer("<html>", 200), "service_answer"),
        (Response(status=307, headers={"Location": "https://elsewhere.example/"}), "service_answer"),
    ],
)
def test_every_refusal_of_the_service_has_a_code(
    connector: SafeServiceConnector, lms: RosterServer, said: Response, code: str
) -> None:
    lms.instead[1] = [said]
    assert refusal(connector, lms).code == code


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("999999999999", 3600.0),
        ("abc", None),
        ("-5", None),
        ("", None),
        (format_datetime(clock.now() - timedelta(hours=1), usegmt=True), 0.0),
        (format_datetime(clock.now() + timedelta(days=1), usegmt=True), 3600.0),
    ],
    ids=["seconds", "none", "years", "letters", "negative", "empty", "an hour ago", "tomorrow"],  # the same at any time
)
def test_retry_after_is_read_in_every_form_and_capped(
    connector: SafeServiceConnector, lms: RosterServer, said: str, wait: float | None
) -> None:
    lms.instead[1] = [answer({}, 429, Retry_After=said)]
    assert refusal(connector, lms).wait == wait


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"errors": [{"message": "The course is over"}]}, "The course is over"),
        ({"message": "See https://lms.example/x?sesskey=abc for more"}, "See … for more"),
        ({"message": "Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln is wrong"}, "Bearer … is wrong"),
        ({"message": "<script>alert(1)</script>Not for you"}, "…alert(1)…Not for you"),
        ({"message": "Write to pat@lms.example please"}, "Write to … please"),
        ({"message": "A\nB\u202eC\x00"}, "A B C"),
        ({"message": "word " * 100}, ("word " * 40).strip()),
        ({"message": 7}, "FORBIDDEN"),
    ],
)
def test_the_platforms_sentence_is_cleaned(
    connector: SafeServiceConnector, lms: RosterServer, body: Any, said: str
) -> None:
    lms.instead[1] = [answer(body, 403)]
    assert refusal(connector, lms).said == said


def test_a_token_goes_to_no_other_server(connector: SafeServiceConnector, lms: RosterServer) -> None:
    with roster_server() as stranger, pytest.raises(ServiceRefused) as refused:
        call(connector, stranger.roster_url)
    assert refused.value.code == "service_answer"
    assert (stranger.requests, lms.requests) == ([], [])


def test_a_platform_that_is_down_is_told_as_unreachable(connector: SafeServiceConnector, lms: RosterServer) -> None:
    call(connector, lms.roster_url)
    with roster_server() as gone:
        pass
    with pytest.raises(ServiceRefused) as refused:
        connect(make_platform(gone), gone).get_access_token([SCOPE])
    assert refused.value.code == "service_unreachable"


def test_a_compressed_answer_is_read_and_a_bomb_is_not(connector: SafeServiceConnector, lms: RosterServer) -> None:
    lms.gzipped, lms.pages = True, [[learner("u1")]]
    assert call(connector, lms.roster_url)["body"]["members"][0]["user_id"] == "u1"
    lms.pages = [["x" * 9_000_000]]
    assert refusal(connector, lms).code == "service_answer"
