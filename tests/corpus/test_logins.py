"""Recorded login requests of real LMSs: every platform is found, and every hint goes back as it came."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.db import transaction
from lti_tool.launch.platforms import PlatformWords, add_platform
from tests.corpus.recorded import recorded

OURS = "http://localhost:8000/lti/launch"
AUTH = "https://lms.example/auth"


def register(params: dict[str, str], client: str = "client-of-ours") -> str:
    with transaction():
        return add_platform(
            PlatformWords(
                issuer=params["iss"], client_id=params.get("client_id", client), auth_url=AUTH,
                token_url="https://lms.example/token", jwks_url="https://lms.example/jwks",
            )
        ).id  # fmt: skip


def come(app: Flask, file: dict[str, Any], address: str = "/lti/login") -> TestResponse:
    """The request as it was recorded, with our address as its target."""
    query = urlsplit(file["payload"]["params"]["target_link_uri"]).query
    params = {**file["payload"]["params"], "target_link_uri": f"{OURS}?{query}" if query else OURS}
    client = app.test_client()
    if file["payload"]["method"] == "GET":
        return client.get(address, query_string=params)
    return client.post(address, data=params)


@pytest.mark.parametrize(("name", "file"), recorded("login").items(), ids=recorded("login"))
def test_a_recorded_login_goes_on_to_its_platform(app: Flask, name: str, file: dict[str, Any]) -> None:
    params = file["payload"]["params"]
    register(params)

    answer = come(app, file)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(AUTH + "?")
    asked = parse_qs(urlsplit(answer.headers["Location"]).query, keep_blank_values=True)
    assert asked["login_hint"] == [params["login_hint"]]
    assert asked.get("lti_message_hint", [None]) == [params.get("lti_message_hint")]
    assert asked["client_id"] == [params.get("client_id", "client-of-ours")]
    assert asked["redirect_uri"] == [OURS]


@pytest.mark.parametrize("name", ["schoology-login-2", "canvas-login-4"])
def test_schools_that_share_an_issuer_and_name_no_client_need_the_registrations_own_address(
    app: Flask, name: str
) -> None:
    file = recorded("login")[name]
    one, other = (register(file["payload"]["params"], client) for client in ("client-1", "client-2"))

    shared = come(app, file)
    own = [come(app, file, f"/lti/login/{registration}") for registration in (one, other)]

    assert shared.status_code == 404
    clients = [parse_qs(urlsplit(answer.headers["Location"]).query)["client_id"] for answer in own]
    assert clients == [["client-1"], ["client-2"]]
