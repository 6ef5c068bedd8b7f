"""A deep linking response, judged to the letter."""

import time
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.launch.messages import C
from lti_tool.launch.selftest.deep_link import D, findings_of
from lti_tool.launch.selftest.lms import Lms, fresh_key
from lti_tool.launch.selftest.words import DATA

KEY = fresh_key()
LMS = Lms("https://lms.example", "https://tool.example", "client", "other", KEY, KEY)
ITEM = {"type": "ltiResourceLink", "title": "Home", "url": "https://tool.example/lti/launch", "custom": {"a": "b"}}
POINTS = ("format", "times", "signature", "claims")


@dataclass(frozen=True)
class Moment:
    """So many seconds from when the test runs, not from when it was collected."""

    seconds: int


def response(headers: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    claims = {
        "iss": "client", "aud": "https://lms.example", "iat": now, "exp": now + 300, "nonce": "n",
        C + "message_type": "LtiDeepLinkingResponse", C + "version": "1.3.0", C + "deployment_id": "1",
        D + "data": DATA, D + "content_items": [ITEM], **changes,
    }  # fmt: skip
    kept = {
        name: now + value.seconds if isinstance(value, Moment) else value
        for name, value in claims.items()
        if value != "drop"
    }
    return judged(LMS.sign(kept, headers))


def judged(token: str) -> dict[str, Any]:
    return findings_of(token, keys=[KEY.jwk], issuer="https://lms.example", client_id="client")


def test_a_good_response_is_well_in_every_point() -> None:
    found = response()

    assert [found[point] for point in POINTS] == ["", "", "", ""]
    assert found["items"] == [ITEM]
    assert response(aud=["https://lms.example"])["claims"] == ""
    assert response(**{D + "content_items": []})["claims"] == ""


@pytest.mark.parametrize(
    ("point", "changes", "word"),
    [
        ("format", {"headers": {"kid": None}}, "kid"),
        ("format", {C + "message_type": "LtiDeepLinkingRequest"}, "message type"),
        ("format", {D + "msg": None}, "null"),
        ("times", {"iat": "drop"}, "missing"),
        ("times", {"exp": "drop"}, "missing"),
        ("times", {"iat": Moment(600), "exp": Moment(700)}, "future"),
        ("times", {"exp": Moment(-100)}, "past"),
        ("times", {"exp": Moment(90_000)}, "hour"),
        ("signature", {"headers": {"kid": "unknown"}}, "key set"),
        ("claims", {"iss": "somebody"}, "iss"),
        ("claims", {"aud": "https://elsewhere.example"}, "aud"),
        ("claims", {C + "deployment_id": "2"}, "deployment_id"),
        ("claims", {C + "version": "drop"}, "version"),
        ("claims", {D + "data": "drop"}, "data"),
        ("claims", {D + "data": "another"}, "data"),
        ("claims", {"nonce": "drop"}, "nonce"),
        ("claims", {D + "content_items": "drop"}, "content_items"),
        ("claims", {D + "content_items": [{**ITEM, "url": None}]}, "content_items"),
        ("claims", {D + "content_items": [{**ITEM, "text": None}]}, "content_items"),
        ("claims", {D + "content_items": [{**ITEM, "title": ""}]}, "content_items"),
        ("claims", {D + "content_items": ["home"]}, "content_items"),
    ],
)
def test_what_is_wrong_is_said_at_its_point(point: str, changes: dict[str, Any], word: str) -> None:
    found = response(**changes)

    assert word in found[point]


def test_of_a_forged_response_nothing_is_kept_as_evidence() -> None:
    forged = Lms("https://lms.example", "", "client", "other", fresh_key(), KEY).sign(
        {D + "content_items": [ITEM]}, {"kid": KEY.kid}
    )

    assert judged(forged)["signature"] == "its signature is wrong"
    assert judged(forged)["items"] == []


@settings(max_examples=50, deadline=None)
@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]{0,20}\.[A-Za-z0-9_-]{0,20}\.[A-Za-z0-9_-]{0,20}", fullmatch=True))
def test_whatever_is_posted_is_judged_without_a_fault(token: str) -> None:
    assert judged(token)["items"] == []
