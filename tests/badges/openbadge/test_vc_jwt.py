"""Credentials as signed text: the key says which algorithm is right, and the claims say what the credential says."""

import base64
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP521R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from lti_tool.badges.openbadge.strict_json import JsonError, parse_object
from lti_tool.badges.openbadge.vc_jwt import JwtError, check_jwt, credential_in, key_of_jwk, read_jwt, sign_jwt
from tests.make.credential import ED25519, HERE, P256, RSA, make_credential, make_proven

KID = f"{HERE}/keys/k"
CREDENTIAL = make_credential()
SIGNED = sign_jwt(CREDENTIAL, RSA, kid=KID)
JWKS: dict[str, dict[str, Any]] = {
    "RS256": RSAAlgorithm.to_jwk(RSA.public_key(), as_dict=True),
    "ES256": ECAlgorithm.to_jwk(P256.public_key(), as_dict=True),
    "EdDSA": OKPAlgorithm.to_jwk(ED25519.public_key(), as_dict=True),
}


def claims(**changes: Any) -> dict[str, Any]:
    """What we sign, changed here and there."""
    return {name: value for name, value in (read_jwt(SIGNED)[1] | changes).items() if value is not None}


def fault(token: str, key: Any = JWKS["RS256"]) -> str | None:
    try:
        check_jwt(token, key)
    except JwtError as error:
        return str(error)
    return None


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS256"), (P256, "ES256"), (ED25519, "EdDSA")])
def test_what_a_key_signed_it_checks(key: Any, algorithm: str) -> None:
    token = sign_jwt(make_proven(), key, kid=KID)

    assert read_jwt(token)[0] == {"alg": algorithm, "kid": KID, "typ": "JWT"}
    assert check_jwt(token, JWKS[algorithm]) == CREDENTIAL
    assert check_jwt(token, key.public_key()) == CREDENTIAL


def test_the_registered_claims_repeat_the_credential() -> None:
    _, payload = read_jwt(SIGNED)

    assert (payload["iss"], payload["jti"]) == (CREDENTIAL["issuer"]["id"], CREDENTIAL["id"])
    assert payload["sub"] == CREDENTIAL["credentialSubject"]["id"]
    assert (payload["nbf"], payload["exp"]) == (1772600767, 2082844800)
    assert "proof" not in payload


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"nbf": 1772600768}, '"nbf" says another time'),
        ({"nbf": None}, '"nbf" is missing'),
        ({"nbf": True}, '"nbf" is missing'),
        ({"exp": 2082844801}, '"exp" says another time'),
        ({"exp": None}, '"exp" is missing'),
        ({"validUntil": None}, "cannot be read"),
        ({"validFrom": "2026-03-04T05:06:07"}, "no zone"),
        ({"validFrom": "0001-01-01T00:00:00+23:00"}, "cannot be read"),
        ({"iss": "https://x.org"}, '"iss" says something else'),
        ({"iss": None, "issuer": None}, '"iss" says something else'),
        ({"jti": None}, '"jti" says something else'),
        ({"sub": "urn:x"}, '"sub" says something else'),
        ({"vc": {}}, "members of another"),
        ({"vc": "x"}, "members of another"),
    ],
)
def test_claims_that_say_something_else_than_the_credential_are_refused(changes: dict[str, Any], why: str) -> None:
    token = jwt.encode(claims(**changes), RSA, algorithm="RS256")

    assert why in (fault(token) or "")


def test_the_older_form_with_the_claim_vc_is_read() -> None:
    older = {name: value for name, value in claims().items() if name in ("iss", "sub", "jti", "nbf", "exp")}
    token = jwt.encode(older | {"vc": CREDENTIAL}, RSA, algorithm="RS256")

    assert check_jwt(token, JWKS["RS256"]) == CREDENTIAL
    assert credential_in(older | {"vc": CREDENTIAL}) == CREDENTIAL


def test_a_fraction_of_a_second_is_no_other_time() -> None:
    token = jwt.encode(claims(validFrom="2026-03-04T05:06:07.250Z"), RSA, algorithm="RS256")

    assert fault(token) is None


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forged(**header: Any) -> str:
    """The same payload and signature under another header."""
    return ".".join((part(header), *SIGNED.split(".")[1:]))


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256"}, {"alg": "RS512"}, {"alg": ["RS256"]}, {}])
def test_the_text_does_not_choose_its_algorithm(header: dict[str, Any]) -> None:
    assert "another algorithm" in (fault(forged(**header)) or "")


def test_nothing_unsigned_and_nothing_signed_with_a_public_key_as_a_secret_counts() -> None:
    unsigned = f"{part({'alg': 'none'})}.{part(claims())}."
    secret = jwt.encode(claims(), "n" * 64, algorithm="HS256")

    assert "no signed text" in (fault(unsigned) or "")
    assert "another algorithm" in (fault(secret) or "")
    assert "kind that is not known" in (fault(secret, {"kty": "oct", "k": part("n" * 64)}) or "")


def test_what_a_header_must_not_ask_is_refused() -> None:
    asking = jwt.encode(claims(), RSA, algorithm="RS256", headers={"crit": ["x"], "x": 1})

    assert "not known here" in (fault(asking) or "")


def test_a_changed_payload_and_another_key_are_found_out() -> None:
    head, _, signature = SIGNED.split(".")
    other = RSAAlgorithm.to_jwk(generate_rsa(65537, 2048).public_key(), as_dict=True)

    assert "does not fit" in (fault(f"{head}.{part(claims(name='x'))}.{signature}") or "")
    assert "does not fit" in (fault(SIGNED, other) or "")


@pytest.mark.parametrize(
    "jwk",
    [
        {}, {"kty": "oct", "k": "AA"}, {"kty": "RSA"}, {"kty": "RSA", "n": "AQ", "e": "AQAB"},
        {"kty": "RSA", "n": 1, "e": 2},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, {"kty": "OKP", "crv": "X25519", "x": "AA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"}, {"kty": "RSA", "n": "A" * 5000, "e": "AQAB"}, {"kty": ["RSA"]},
        ECAlgorithm.to_jwk(generate_private_key(SECP521R1()).public_key(), as_dict=True),
        RSAAlgorithm.to_jwk(generate_rsa(65537, 1024).public_key(), as_dict=True),  # noqa: S505 - it is to be refused
    ],
)  # fmt: skip
def test_weak_strange_and_broken_keys_are_refused(jwk: dict[str, Any]) -> None:
    with pytest.raises(JwtError):
        key_of_jwk(jwk)


def test_the_private_half_of_a_key_that_somebody_published_is_not_used() -> None:
    private = RSAAlgorithm.to_jwk(RSA, as_dict=True)

    assert fault(SIGNED, private) is None
    assert not hasattr(key_of_jwk(private), "private_numbers")


@given(st.text(max_size=60) | st.tuples(st.text(max_size=9), st.text(max_size=9), st.just("AA")).map(".".join))
@settings(max_examples=50, deadline=None)
def test_garbage_is_refused_and_nothing_else(text: str) -> None:
    for read in (read_jwt, lambda given: check_jwt(given, JWKS["EdDSA"])):
        with pytest.raises(JwtError):
            read(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "1", '{"a":1,"a":2}', '{"a":NaN}', '{"a":1e999}', '{"a":Infinity}', '{"a":' + "9" * 99 + "}",
        '{"a":"\\ud800"}', '{"\\ud800":1}', '{"a":' + "[" * 40 + "]" * 40 + "}", '{"a":' * 3000, b"\xff{}", "x" * 101,
    ],
)  # fmt: skip
def test_json_that_two_readers_could_read_in_two_ways_is_refused(text: str | bytes) -> None:
    with pytest.raises(JsonError):
        parse_object(text, longest=100 if text == "x" * 101 else 100_000)
