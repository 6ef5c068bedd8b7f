"""Our own keys: published before they sign and after they stop, never a private part outside, sealed at rest."""

from datetime import timedelta

import jwt
import pytest
from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask import Flask
from flask.testing import FlaskClient
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import select, text

from lti_tool.db import db, transaction
from lti_tool.launch.keys import make_key, published_keys, rotate_keys, signing_key
from lti_tool.launch.model import ToolKey
from tests.make.organization import make_organization
from tests.make.visit import make_registration

PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


@pytest.fixture
def registration(app: Flask) -> str:
    """A platform with one key of ours that signs."""
    registration = make_registration(make_organization())
    with transaction():
        make_key(registration)
    return registration


def only_kid() -> str:
    return db.session.scalars(select(ToolKey.kid)).one()


def kids() -> set[str]:
    db.session.rollback()
    return {str(key["kid"]) for key in published_keys()}


def rotate(registration: str, *, at_once: bool = False) -> str:
    with transaction():
        return rotate_keys(registration, at_once=at_once)


def let_days_pass(days: float) -> None:
    """Everything that keys know of time lies so much further back."""
    with transaction():
        for key in db.session.scalars(select(ToolKey)):
            key.signs_from -= timedelta(days=days)
            if key.published_until is not None:
                key.published_until -= timedelta(days=days)


def test_the_key_set_holds_public_halves_alone(app: Flask, client: FlaskClient, registration: str) -> None:
    rotate(registration)

    answer = client.get("/lti/jwks.json")

    assert len(answer.json["keys"]) == 2
    for key in answer.json["keys"]:
        assert set(key) == {"kty", "n", "e", "alg", "use", "kid"}
        assert not PRIVATE_MEMBERS & set(key)
        assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
        assert RSAAlgorithm.from_jwk(key).key_size == 2048
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in answer.headers["Cache-Control"]


def test_what_the_signing_key_signs_is_verified_by_what_is_published(app: Flask, registration: str) -> None:
    key = signing_key(registration)
    token = jwt.encode({"iss": "us"}, key.private_pem, algorithm="RS256", headers={"kid": key.kid})

    [published] = [one for one in published_keys() if one["kid"] == jwt.get_unverified_header(token)["kid"]]

    assert jwt.decode(token, RSAAlgorithm.from_jwk(published), algorithms=["RS256"]) == {"iss": "us"}


def test_private_keys_lie_sealed_in_the_database(app: Flask, registration: str) -> None:
    kept = db.session.execute(text("SELECT sealed_private_key FROM tool_key")).scalar_one()

    assert "PRIVATE KEY" not in kept
    with pytest.raises(ValueError, match=r".+"):
        load_pem_private_key(kept.encode(), None)


def test_another_installations_secret_opens_none_of_them(app: Flask, registration: str) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"secret_key": "another secret"})

    with pytest.raises(InvalidToken):
        signing_key(registration)


def test_a_new_key_is_published_at_once_and_signs_after_a_week(app: Flask, registration: str) -> None:
    old = only_kid()
    new = rotate(registration)

    assert kids() == {old, new}
    assert signing_key(registration).kid == old
    let_days_pass(6.9)
    assert signing_key(registration).kid == old
    let_days_pass(0.2)
    assert signing_key(registration).kid == new


def test_the_old_key_stays_published_two_weeks_after_it_stopped(app: Flask, registration: str) -> None:
    old = only_kid()
    new = rotate(registration)

    let_days_pass(20.9)
    assert kids() == {old, new}
    let_days_pass(0.2)
    assert kids() == {new}


def test_a_key_in_wrong_hands_is_gone_at_once(app: Flask, registration: str) -> None:
    new = rotate(registration, at_once=True)

    assert kids() == {new}
    assert signing_key(registration).kid == new


def test_a_key_in_wrong_hands_is_gone_at_once_though_a_rotation_is_under_way(app: Flask, registration: str) -> None:
    rotate(registration)
    newest = rotate(registration, at_once=True)

    assert kids() == {newest}
    let_days_pass(8)
    assert signing_key(registration).kid == newest


def test_two_rotations_in_one_week_leave_no_moment_without_a_published_signing_key(
    app: Flask, registration: str
) -> None:
    rotate(registration)
    let_days_pass(3)
    newest = rotate(registration)

    for _ in range(60):
        assert signing_key(registration).kid in kids()
        let_days_pass(0.5)
    assert kids() == {newest}


def test_rotating_one_platforms_key_leaves_the_others_alone(app: Flask, registration: str) -> None:
    other = make_registration(make_organization())
    with transaction():
        others = make_key(other)
    rotate(registration, at_once=True)

    assert signing_key(other).kid == others
    assert others in kids()


def test_every_key_has_its_thumbprint_as_its_name(app: Flask, registration: str) -> None:
    [key] = published_keys()

    assert jwt.PyJWK(key).key_id == key["kid"]
    assert len(key["kid"]) == 43


