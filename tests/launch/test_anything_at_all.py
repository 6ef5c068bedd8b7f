"""Anything at all at the door: login parameters, token headers and claims that nobody thought of (hypothesis).

Through the real pages: whatever comes, the answer is a page of the tool, with a code of the catalogue when it is a no.
"""

import base64
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwt.algorithms import RSAAlgorithm
from werkzeug.test import TestResponse

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.errors import CATALOGUE
from lti_tool.launch.messages import DEEP_LINKING_SETTINGS, C, Message
from lti_tool.launch.model import PlatformKeys, Registration
from tests.make.house import house
from tests.make.organization import make_organization
from tests.make.visit import make_registration

_PAIR = generate_private_key(65537, 2048)
_JWK = {**RSAAlgorithm.to_jwk(_PAIR.public_key(), as_dict=True), "kid": "one"}
_QUIET = settings(
    max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

texts = st.text(max_size=40) | st.sampled_from(["", "\x00", "\ud83d", "$Name", "javascript:alert(1)", "https://[", "1"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(
    ["iss", "aud", "azp", "sub", "exp", "iat", "nbf", "nonce", "name", "email", "locale", DEEP_LINKING_SETTINGS,
     "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice",
     "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint",
     *(C + name for name in ("message_type", "version", "deployment_id", "target_link_uri", "resource_link", "roles",
                             "context", "tool_platform", "role_scope_mentor", "launch_presentation", "custom",
                             "for_user", "lti1p1", "lti11_legacy_user_id"))]
)  # fmt: skip


@dataclass
class Door:
    """The tool, one platform whose keys are known already, and a browser."""

    client: FlaskClient
    params: dict[str, str]

    def begin(self) -> tuple[str, str]:
        """A login that waits. Answers its state and its nonce."""
        answer = self.client.post("/lti/login", data=self.params)
        asked = parse_qs(urlsplit(answer.headers["Location"]).query)
        return asked["state"][0], asked["nonce"][0]

    def claims(self, nonce: str) -> dict[str, Any]:
        now = int(time.time())
        return {
            "iss": self.params["iss"], "aud": "client", "sub": "7", "nonce": nonce, "iat": now, "exp": now + 60,
            C + "message_type": Message.RESOURCE_LINK.value, C + "version": "1.3.0", C + "deployment_id": "1",
            C + "target_link_uri": "http://localhost:8000/", C + "resource_link": {"id": "link"}, C + "roles": [],
        }  # fmt: skip


@pytest.fixture
def door(database_url: str, tmp_path: Any) -> Iterator[Door]:
    wide = {"refusal_limit": "9000 per minute", "platform_refusal_limit": "9000 per minute"}
    with house(tmp_path, database_url=database_url, private_hosts=frozenset({"127.0.0.1"}), **wide) as app:
        registration = make_registration(make_organization())
        with transaction():
            row = db.session.get_one(Registration, registration)
            row.jwks_url = "http://127.0.0.1:9/jwks"  # nobody answers there, and at once
            later = clock.now() + timedelta(hours=1)
            db.session.add(
                PlatformKeys(registration_id=registration, keys=[_JWK], fetched_at=clock.now(), fresh_until=later)
            )
        params = {"iss": row.issuer, "client_id": "client", "login_hint": "1"}
        yield Door(app.test_client(), {**params, "target_link_uri": "http://localhost:8000/"})


def is_plain(answer: TestResponse, *, refusing: tuple[int, ...] = (400, 401, 403, 404, 413)) -> bool:
    """On to somewhere, or a refusal with a code that the catalogue knows."""
    if answer.status_code in (200, 303):
        return True
    code = re.search("<dt>Code</dt><dd><code>([a-z0-9_]+)</code>", answer.text)
    return answer.status_code in refusing and code is not None and code[1] in CATALOGUE


@given(
    fields=st.dictionaries(
        st.sampled_from(["iss", "login_hint", "target_link_uri", "lti_message_hint", "lti_deployment_id", "client_id",
                         "look", "new_window"]) | texts,
        texts | st.just("http://localhost:8000/"),
        max_size=9,
    ),
    keeps=st.sets(st.sampled_from(["iss", "client_id", "login_hint", "target_link_uri"])),
    framed=st.booleans(), by_get=st.booleans(),
)  # fmt: skip
@_QUIET
def test_any_login(door: Door, fields: dict[str, str], keeps: set[str], framed: bool, by_get: bool) -> None:
    said = {**fields, **{name: door.params[name] for name in keeps}}
    headers = {"Sec-Fetch-Dest": "iframe"} if framed else {}
    said = {name.encode("utf-8", "replace").decode(): value.encode("utf-8", "replace").decode()
            for name, value in said.items()}  # fmt: skip

    if by_get:
        answer = door.client.get("/lti/login", query_string=said, headers=headers)
    else:
        answer = door.client.post("/lti/login", data=said, headers=headers)

    assert is_plain(answer), (answer.status_code, said)
    assert "\n" not in answer.headers.get("Location", "")


@given(change=st.dictionaries(names, values, min_size=1, max_size=4), gone=st.sets(names, max_size=2))
@_QUIET
def test_any_claims(door: Door, change: dict[str, Any], gone: set[str]) -> None:
    state, nonce = door.begin()
    claims = {name: value for name, value in {**door.claims(nonce), **change}.items() if name not in gone}

    answer = door.client.post("/lti/launch", data={"state": state, "id_token": signed({"kid": "one"}, claims)})

    assert is_plain(answer), (answer.status_code, claims)


@given(
    header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jku", "jwk", "x5u", "x5c"]), values),
    is_whole=st.booleans(),
)
@_QUIET
def test_any_header(door: Door, header: dict[str, Any], is_whole: bool) -> None:
    state, nonce = door.begin()
    said = {"kid": "one", **header} if is_whole else header

    answer = door.client.post("/lti/launch", data={"state": state, "id_token": signed(said, door.claims(nonce))})

    assert is_plain(answer, refusing=(400, 401, 413, 503)), (answer.status_code, said)
    wrong = said.get("alg", "RS256") != "RS256" or "crit" in said or said.get("kid") != "one"
    assert not (wrong and answer.status_code == 303), said


@given(st.lists(st.text(max_size=30) | st.binary(max_size=60).map(lambda raw: encoded(raw)), max_size=5))
@_QUIET
def test_any_text_in_place_of_a_token(door: Door, parts: list[str]) -> None:
    state, _ = door.begin()
    text = ".".join(parts).encode("utf-8", "replace").decode()

    answer = door.client.post("/lti/launch", data={"state": state, "id_token": text})

    assert (answer.status_code in (400, 401), is_plain(answer)) == (True, True), text


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Signed well whatever the header says, so that the rest is looked at too."""
    said = {"alg": "RS256", **header}
    text = ".".join(encoded(json.dumps(part).encode()) for part in (said, claims))
    return f"{text}.{encoded(_PAIR.sign(text.encode(), PKCS1v15(), SHA256()))}"
