"""The addresses of a run face the internet while it is on: what they take, and what they refuse."""

import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_tool.db import db, transaction
from lti_tool.launch.selftest.model import SelfTest
from lti_tool.launch.selftest.words import LINE_ITEM_SCOPE, MEMBERS_TYPE, ROSTER_SCOPE, SCORE_SCOPE
from tests.launch.selftest.served import Served, serve_run


@pytest.fixture
def served(client: FlaskClient) -> Served:
    return serve_run(client)


def test_a_key_set_shows_public_halves_only(served: Served) -> None:
    for path, key in (("jwks.json", served.lms.key), ("other/jwks.json", served.lms.other_key)):
        [shown] = served.ask("GET", path).get_json()["keys"]

        assert shown == key.jwk
        assert set(shown) == {"kty", "n", "e", "alg", "use", "kid"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "jwks.json"), ("GET", "other/jwks.json"), ("POST", "token"), ("POST", "deep-link-return"),
        ("GET", "course/memberships"), ("GET", "course/lineitems"), ("POST", "course/lineitems"),
        ("GET", "course/lineitems/1"), ("PUT", "course/lineitems/1"), ("POST", "course/lineitems/1/scores"),
        ("GET", "course/lineitems/1/results"),
    ],
)  # fmt: skip
def test_every_address_answers_only_while_its_run_is_on(served: Served, method: str, path: str) -> None:
    elsewhere = served.client.open(f"/lti/self-test/unknown/{path}", method=method)
    by_id = served.client.open(f"/lti/self-test/{served.run}/{path}", method=method)
    with transaction():
        db.session.get_one(SelfTest, served.run).state = "done"
    over = served.client.open(f"{served.path}/{path}", method=method)

    assert [answer.status_code for answer in (elsewhere, by_id, over)] == [404, 404, 404]


def test_the_list_comes_page_by_page_to_who_has_the_token_and_the_media_type(served: Served) -> None:
    token = served.token(ROSTER_SCOPE)

    first = served.ask("GET", "course/memberships", token, Accept=MEMBERS_TYPE)
    second = served.ask("GET", "course/memberships?page=1", token, Accept=MEMBERS_TYPE)

    assert first.headers["Link"] == f'<{served.lms.base}/course/memberships?page=1>; rel="next"'
    assert "Link" not in second.headers
    assert [len(page.get_json()["members"]) for page in (first, second)] == [3, 3]
    assert [one["last"] for one in served.calls("roster")] == [False, True]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"grant_type": "password"}, "client_credentials"),
        ({"client_assertion_type": "other"}, "client_credentials"),
        ({"client_assertion": "no.token.this"}, "not signed"),
        ({"client_assertion": ""}, "not signed"),
    ],
)
def test_a_token_needs_a_client_credentials_request(served: Served, changes: dict[str, str], why: str) -> None:
    answer = served.ask_for_token(ROSTER_SCOPE, **changes)

    assert answer.status_code in (400, 401)
    assert why in answer.get_json()["error"]
    assert "access_token" not in answer.get_json()
    assert why in served.calls("token")[0]["refused"]


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody"}, {"sub": "somebody"}, {"aud": "https://elsewhere.example/token"}, {"jti": None},
        {"exp": int(time.time()) - 3600}, {"exp": int(time.time()) + 7200}, {"iat": None}, {"exp": None},
    ],
)  # fmt: skip
def test_an_assertion_is_good_in_every_claim(served: Served, changes: dict[str, object]) -> None:
    answer = served.ask_for_token(ROSTER_SCOPE, client_assertion=served.assertion(**changes))

    assert answer.status_code == 401


def test_an_assertion_is_used_once(served: Served) -> None:
    assertion = served.assertion()

    assert served.ask_for_token(ROSTER_SCOPE, client_assertion=assertion).status_code == 200
    assert served.ask_for_token(ROSTER_SCOPE, client_assertion=assertion).status_code == 401


def test_a_key_of_the_run_does_not_sign_for_the_tool(served: Served) -> None:
    forged = served.lms.sign({"iss": "self-test", "sub": "self-test", "aud": f"{served.lms.base}/token"})

    assert served.ask_for_token(ROSTER_SCOPE, client_assertion=forged).status_code == 401


def test_unknown_scopes_get_no_token(served: Served) -> None:
    assert served.ask_for_token("everything").status_code == 400


@pytest.mark.parametrize("given", ["", "x" * 43, "x" * 300, "é"])
def test_without_a_token_that_was_given_out_there_is_no_list(served: Served, given: str) -> None:
    served.token(ROSTER_SCOPE)

    answer = served.ask("GET", "course/memberships", given.encode("latin-1").decode("latin-1"), Accept=MEMBERS_TYPE)

    assert answer.status_code == 401
    assert "members" not in answer.get_json()


def test_a_token_for_something_else_reads_no_list(served: Served) -> None:
    answer = served.ask("GET", "course/memberships", served.token(SCORE_SCOPE), Accept=MEMBERS_TYPE)

    assert answer.status_code == 403


def test_a_token_of_another_run_is_none_here(app: Flask, served: Served) -> None:
    token = served.token(ROSTER_SCOPE)
    with transaction():
        db.session.get_one(SelfTest, served.run).state = "done"
    other = serve_run(served.client)

    assert other.ask("GET", "course/memberships", token, Accept=MEMBERS_TYPE).status_code == 401


def test_the_list_wants_its_media_type(served: Served) -> None:
    answer = served.ask("GET", "course/memberships", served.token(ROSTER_SCOPE), Accept="application/json")

    assert answer.status_code == 406
    assert "Accept" in served.calls("roster")[0]["refused"]


@pytest.mark.parametrize("page", ["-1", "99", "two", "1e9", "9" * 400])
def test_pages_that_nobody_named_are_empty(served: Served, page: str) -> None:
    address = f"course/memberships?page={page}"
    answer = served.ask("GET", address, served.token(ROSTER_SCOPE), Accept=MEMBERS_TYPE)

    assert (answer.status_code, answer.get_json()["members"]) == (200, [])


def test_a_body_as_large_as_a_token_needs_not_be_is_refused(served: Served) -> None:
    large = served.ask("POST", "course/lineitems", served.token(LINE_ITEM_SCOPE), b"x" * 70_000,
                       Content_Type="application/vnd.ims.lis.v2.lineitem+json")  # fmt: skip

    assert large.status_code == 413
    assert served.ask_for_token("x" * 70_000).status_code == 413


def test_no_run_keeps_more_calls_than_it_can_need(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lti_tool.launch.selftest.service._MOST_CALLS", 5)
    answers = [served.ask("GET", "course/memberships").status_code for _ in range(8)]

    assert answers == [401] * 5 + [429] * 3
    assert len(served.calls("roster")) == 5
