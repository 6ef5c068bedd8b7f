"""The form of an id_token, before anything is believed."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.errors import Problem
from lti_tool.launch.token import check_parties, check_times, read_token

NOW = 1_800_000_000


def part(value: object) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(header: object = None, claims: object = None, signature: str = "AAAA") -> str:
    header = {"alg": "RS256", "kid": "one"} if header is None else header
    return f"{part(header)}.{part({'sub': '1'} if claims is None else claims)}.{signature}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "token_malformed"),
        ("a.b", "token_malformed"),
        (token() + ".", "token_malformed"),
        (token(signature="AA=="), "token_malformed"),
        (token(signature="AA+/"), "token_malformed"),
        (token(signature="AA A"), "token_malformed"),
        (token(signature="AB"), "token_malformed"),  # spare bits that decode to the same byte as "AA"
        (token(claims=[1, 2]), "token_malformed"),
        (token(claims="text"), "token_malformed"),
        (token(claims=b'{"iss":"a","iss":"b"}'), "token_malformed"),
        (token(claims=b'{"exp":NaN}'), "token_malformed"),
        (token(claims=b"\xff\xfe"), "token_malformed"),
        (token(claims=b"[" * 2000 + b"]" * 2000), "token_malformed"),
        (token(claims=b'{"a":' * 2000 + b"1" + b"}" * 2000), "token_malformed"),
        (token(header={"alg": "none", "kid": "one"}), "algorithm_refused"),
        (token(header={"alg": "nOnE", "kid": "one"}), "algorithm_refused"),
        (token(header={"alg": "HS256", "kid": "one"}), "algorithm_refused"),
        (token(header={"alg": "RS384", "kid": "one"}), "algorithm_refused"),
        (token(header={"alg": "RS256", "kid": "one", "crit": ["x"]}), "algorithm_refused"),
        (token(header={"alg": "RS256", "kid": "one", "b64": False}), "algorithm_refused"),
        (token(header={"alg": "RS256"}), "kid_missing"),
        (token(header={"alg": "RS256", "kid": 7}), "token_malformed"),
        (token(header={"alg": "RS256", "kid": ""}), "token_malformed"),
        ("a" * 65_537, "token_too_large"),
    ],
)
def test_a_token_that_is_not_exactly_one_is_refused(text: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        read_token(text)

    assert refused.value.code == code


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=200), st.binary(max_size=200).map(lambda b: f"{part(b)}.{part(b)}.AAAA")))
def test_garbage_is_refused_and_never_a_fault(text: str) -> None:
    with pytest.raises(Problem):
        read_token(text)


@pytest.mark.parametrize(
    ("times", "code"),
    [
        ({"iat": NOW - 599, "exp": NOW + 60}, None),
        ({"iat": NOW - 601, "exp": NOW + 60}, "token_time"),
        ({"iat": NOW + 59, "exp": NOW + 300}, None),
        ({"iat": NOW + 61, "exp": NOW + 300}, "token_time"),
        ({"iat": NOW - 100, "exp": NOW - 40}, None),  # a Moodle token, a hundred seconds after it was made
        ({"iat": NOW - 140, "exp": NOW - 80}, "token_expired"),
        ({"iat": NOW, "exp": NOW + 86_401}, "token_time"),
        ({"iat": NOW, "exp": NOW}, "token_time"),
        ({"exp": NOW + 60}, "token_time"),
        ({"iat": NOW}, "token_time"),
        ({"iat": str(NOW), "exp": NOW + 60}, "token_time"),
        ({"iat": True, "exp": NOW + 60}, "token_time"),
        ({"iat": NOW, "exp": 1e400}, "token_time"),
        ({"iat": NOW, "exp": 10**400}, "token_time"),
        ({"iat": -(10**400), "exp": 10**400}, "token_time"),
        ({"iat": NOW, "exp": NOW + 60, "nbf": 10**400}, "token_time"),
        ({"iat": NOW + 0.5, "exp": NOW + 60.25}, None),
        ({"iat": NOW, "exp": NOW + 60, "nbf": NOW + 59}, None),
        ({"iat": NOW, "exp": NOW + 60, "nbf": NOW + 61}, "token_time"),
        ({"iat": NOW, "exp": NOW + 60, "nbf": "soon"}, "token_time"),
    ],
)
def test_times_are_lenient_by_one_rule(times: dict[str, Any], code: str | None) -> None:
    assert outcome(lambda: check_times(times, now=NOW)) == code


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"iss": "https://lms", "aud": "us"}, None),
        ({"iss": "https://lms", "aud": ["us"]}, None),
        ({"iss": "https://lms", "aud": ["us", "us"]}, None),
        ({"iss": "https://lms", "aud": "us", "azp": "us"}, None),
        ({"iss": "https://lms", "aud": "us", "azp": "them"}, "audience_wrong"),
        ({"iss": "https://lms", "aud": ["us", "them"]}, "audience_wrong"),
        ({"iss": "https://lms", "aud": ["them", "us"]}, "audience_wrong"),
        ({"iss": "https://lms", "aud": []}, "audience_wrong"),
        ({"iss": "https://lms", "aud": 7}, "audience_wrong"),
        ({"iss": "https://lms"}, "audience_wrong"),
        ({"iss": "https://lms/", "aud": "us"}, "registration_mismatch"),
        ({"iss": ["https://lms"], "aud": "us"}, "claim_malformed"),
        ({"aud": "us"}, "claim_malformed"),
    ],
)
def test_the_token_is_for_us_alone(claims: dict[str, Any], code: str | None) -> None:
    assert outcome(lambda: check_parties(claims, issuer="https://lms", client_id="us")) == code


def outcome(check: Any) -> str | None:
    try:
        check()
    except Problem as refused:
        return refused.code
    return None
