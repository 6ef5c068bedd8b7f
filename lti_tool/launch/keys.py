"""Our own keys: one pair for each registration, sealed at rest, published before they sign and after they stop.

A key has its RFC 7638 thumbprint as `kid`. Rotation: the new key is published at once and signs after a week, when
every platform has fetched it; the old one stays published two weeks more. (Security Framework 1.0, section 6.3.)
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import current_app
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import ColumnElement, select, update

from lti_tool import clock
from lti_tool.db import db
from lti_tool.launch.model import ToolKey

KEY_BITS = 2048
PUBLISHED_AHEAD = timedelta(days=7)
PUBLISHED_AFTER = timedelta(days=14)


@dataclass(frozen=True)
class SigningKey:
    """The key that signs for one registration now."""

    kid: str
    private_pem: str


def make_key(registration_id: str, *, signs_at_once: bool = True) -> str:
    """A fresh pair for a registration. Answers its kid."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    jwk = _public_jwk(private.public_key())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signs_from = clock.now() if signs_at_once else clock.now() + PUBLISHED_AHEAD
    db.session.add(
        ToolKey(
            kid=jwk["kid"], registration_id=registration_id, public_jwk=jwk, signs_from=signs_from,
            sealed_private_key=_seal().encrypt(pem).decode("ascii"),
        )
    )  # fmt: skip
    return str(jwk["kid"])


def rotate_keys(registration_id: str, *, at_once: bool = False) -> str:
    """Publish a new key and give the old ones an end. `at_once` is for a key that got into wrong hands: then no older
    one is left, neither one that a rotation under way has given an end nor one that waits to sign.
    """
    now = clock.now()
    ending = _is_published(now) if at_once else ToolKey.published_until.is_(None)
    db.session.execute(
        update(ToolKey)
        .where(ToolKey.registration_id == registration_id, ending)
        .values(published_until=now if at_once else now + PUBLISHED_AHEAD + PUBLISHED_AFTER)
    )
    return make_key(registration_id, signs_at_once=at_once)


def signing_key(registration_id: str) -> SigningKey:
    """The newest key whose time to sign has come, and that is still published."""
    now = clock.now()
    key = db.session.scalars(
        select(ToolKey)
        .where(ToolKey.registration_id == registration_id, ToolKey.signs_from <= now, _is_published(now))
        .order_by(ToolKey.signs_from.desc())
        .limit(1)
    ).one()
    return SigningKey(key.kid, _seal().decrypt(key.sealed_private_key.encode("ascii")).decode("ascii"))


def published_keys() -> list[dict[str, Any]]:
    """The public halves of every key that signs, will sign, or has just stopped."""
    shown = select(ToolKey.public_jwk).where(_is_published(clock.now()))
    return list(db.session.scalars(shown.order_by(ToolKey.signs_from, ToolKey.kid)))


def _is_published(now: datetime) -> ColumnElement[bool]:
    return ToolKey.published_until.is_(None) | (ToolKey.published_until > now)


def _public_jwk(key: rsa.RSAPublicKey) -> dict[str, Any]:
    jwk: dict[str, Any] = RSAAlgorithm.to_jwk(key, as_dict=True)
    public = {"e": jwk["e"], "kty": "RSA", "n": jwk["n"]}
    thumbprint = hashlib.sha256(json.dumps(public, separators=(",", ":"), sort_keys=True).encode()).digest()
    kid = base64.urlsafe_b64encode(thumbprint).rstrip(b"=").decode("ascii")
    return {**public, "alg": "RS256", "use": "sig", "kid": kid}


def _seal() -> Fernet:
    """Private keys lie in the database only under the installation's secret."""
    secret = hashlib.sha256(b"tool keys:" + str(current_app.secret_key).encode()).digest()
    return Fernet(base64.urlsafe_b64encode(secret))
