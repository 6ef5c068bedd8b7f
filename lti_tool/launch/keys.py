"""Our own keys: one pair for each registration, sealed at rest, published before they sign and after they stop.

A key has its RFC 7638 thumbprint as `kid`. Rotation: the new key is published at once and signs after a week, when
every platform has fetched it; the old one stays published two weeks more. (Security Framework 1.0, section 6.3.)

A platform that stores a copy of our key never fetches anything: its new key waits until somebody says that the LMS has
it, and nothing rotates before (decision 30).
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import ColumnElement, select, update

from lti_tool import clock
from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.launch.model import Registration, ToolKey
from lti_tool.launch.registration.model import RegistrationInvite
from lti_tool.sealing import seal, unseal

catalogue(
    {
        "key_waits_not": Entry(
            409, "This key does not wait any more", "Somebody has started it, or dropped it, in the meantime.",
            "you", "Look at the platform's keys again.",
        ),
    }
)  # fmt: skip

KEY_BITS = 2048
PUBLISHED_AHEAD = timedelta(days=7)
PUBLISHED_AFTER = timedelta(days=14)


@dataclass(frozen=True)
class SigningKey:
    """The key that signs for one registration now."""

    kid: str
    private_pem: str

    @property
    def private(self) -> RSAPrivateKey:
        return _loaded(self.private_pem)


@dataclass(frozen=True)
class KeyPair:
    """A fresh pair: the public half as it is published, the private half sealed."""

    public_jwk: dict[str, Any]
    sealed_private_key: str


def fresh_pair() -> KeyPair:
    private = generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return KeyPair(_public_jwk(private.public_key()), seal(pem))


def make_key(registration_id: str, *, signs_at_once: bool = True) -> str:
    """A fresh pair for a registration. Answers its kid."""
    return keep_pair(registration_id, fresh_pair(), signs_at_once=signs_at_once)


def keep_pair(registration_id: str, pair: KeyPair, *, signs_at_once: bool = True) -> str:
    """Give a registration this pair. Answers its kid."""
    return _keep(registration_id, pair, clock.now() if signs_at_once else clock.now() + PUBLISHED_AHEAD)


def _keep(registration_id: str, pair: KeyPair, signs_from: datetime | None) -> str:
    kid = str(pair.public_jwk["kid"])
    db.session.add(
        ToolKey(
            kid=kid, registration_id=registration_id, public_jwk=pair.public_jwk, signs_from=signs_from,
            sealed_private_key=pair.sealed_private_key,
        )
    )  # fmt: skip
    return kid


def rotate_keys(registration_id: str, *, at_once: bool = False) -> str:
    """Publish a new key and give the old ones an end. `at_once` is for a key that got into wrong hands: then no older
    one is left, neither one that a rotation under way has given an end nor one that waits to sign.

    Of a platform that stores a copy of our key nothing is rotated: a new key waits for `key_is_entered`.
    """
    if db.session.scalar(select(Registration.keeps_static_key).where(Registration.id == registration_id)):
        return waiting_key(registration_id) or _keep(registration_id, fresh_pair(), None)
    now = clock.now()
    ending = _is_published(now) if at_once else ToolKey.published_until.is_(None)
    db.session.execute(
        update(ToolKey)
        .where(ToolKey.registration_id == registration_id, ending)
        .values(published_until=now if at_once else now + PUBLISHED_AHEAD + PUBLISHED_AFTER)
    )
    return make_key(registration_id, signs_at_once=at_once)


def waiting_key(registration_id: str) -> str | None:
    """The kid of the new key that waits until the LMS has it."""
    waiting = select(ToolKey.kid).where(ToolKey.registration_id == registration_id, _waits())
    return db.session.scalar(waiting.limit(1))


def key_is_entered(registration_id: str, kid: str) -> None:
    """The LMS has the waiting key now: it signs from this moment on, and the older ones stop. Raises `Problem`."""
    key = _waiting(registration_id, kid)
    now = clock.now()
    db.session.execute(
        update(ToolKey)
        .where(ToolKey.registration_id == registration_id, ToolKey.kid != kid, ToolKey.published_until.is_(None))
        .values(published_until=now + PUBLISHED_AFTER)
    )
    key.signs_from = now


def drop_waiting_key(registration_id: str, kid: str) -> None:
    """Nobody will enter it: it goes as if it had never been. Raises `Problem` key_waits_not."""
    db.session.delete(_waiting(registration_id, kid))


def _waiting(registration_id: str, kid: str) -> ToolKey:
    key = db.session.get(ToolKey, kid, with_for_update=True, populate_existing=True)
    if key is None or key.registration_id != registration_id or key.signs_from or key.published_until:
        raise Problem("key_waits_not")
    return key


def set_static_key(registration: Registration, *, static: bool) -> None:
    """Does the platform store a copy of our key? A rotation under way waits then for the LMS's administrator; and once
    the platform reads our key set again, a key that waited is rotated in like any other.
    """
    registration.keeps_static_key = static
    if static:
        _halt_rotation(registration.id)
        return
    kid = waiting_key(registration.id)
    if kid is not None:
        drop_waiting_key(registration.id, kid)
        db.session.flush()
        rotate_keys(registration.id)


def _halt_rotation(registration_id: str) -> None:
    """The key that signs now stays, and the newest that would sign one day waits instead."""
    now = clock.now()
    mine = select(ToolKey).where(ToolKey.registration_id == registration_id, _is_published(now))
    keys = db.session.scalars(mine.order_by(ToolKey.signs_from.desc())).all()
    ahead = [key for key in keys if key.signs_from is not None and key.signs_from > now]
    signing = [key for key in keys if key.signs_from is not None and key.signs_from <= now]
    for key in signing[:1]:
        key.published_until = None
    for key in ahead[:1]:
        key.signs_from = key.published_until = None
    for key in ahead[1:]:
        db.session.delete(key)


def signing_key(registration_id: str) -> SigningKey:
    """The newest key whose time to sign has come, and that is still published."""
    now = clock.now()
    key = db.session.scalars(
        select(ToolKey)
        .where(ToolKey.registration_id == registration_id, ToolKey.signs_from <= now, _is_published(now))
        .order_by(ToolKey.signs_from.desc())
        .limit(1)
    ).one()
    return SigningKey(key.kid, unseal(key.sealed_private_key or "").decode("ascii"))


@lru_cache(maxsize=128)
def _loaded(pem: str) -> RSAPrivateKey:
    """Its numbers are not checked again, which takes longer than to sign: only our own seal gives such a key out."""
    return cast(
        RSAPrivateKey,
        serialization.load_pem_private_key(pem.encode("ascii"), None, unsafe_skip_rsa_key_validation=True),
    )


def published_keys() -> list[dict[str, Any]]:
    """The public halves of every key that signs, will sign, or has just stopped, and of those that wait for an LMS
    which is being registered.
    """
    now = clock.now()
    shown = select(ToolKey.public_jwk).where(_is_published(now)).order_by(ToolKey.signs_from.nulls_last(), ToolKey.kid)
    waiting = select(RegistrationInvite.key_jwk).where(
        RegistrationInvite.key_jwk.is_not(None), RegistrationInvite.expires_at > now
    )
    return [*db.session.scalars(shown), *(one for one in db.session.scalars(waiting) if one is not None)]


def public_jwk(kid: str) -> dict[str, Any]:
    return db.session.get_one(ToolKey, kid).public_jwk


def public_pem(jwk: dict[str, Any]) -> str:
    """A public half in the form that LMSs with a field for "the public key" take."""
    key = cast(RSAPublicKey, RSAAlgorithm.from_jwk(jwk))
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def _waits() -> ColumnElement[bool]:
    return ToolKey.signs_from.is_(None) & ToolKey.published_until.is_(None)


def _is_published(now: datetime) -> ColumnElement[bool]:
    return ToolKey.published_until.is_(None) | (ToolKey.published_until > now)


def _public_jwk(key: RSAPublicKey) -> dict[str, Any]:
    jwk: dict[str, Any] = RSAAlgorithm.to_jwk(key, as_dict=True)
    public = {"e": jwk["e"], "kty": "RSA", "n": jwk["n"]}
    thumbprint = hashlib.sha256(json.dumps(public, separators=(",", ":"), sort_keys=True).encode()).digest()
    kid = base64.urlsafe_b64encode(thumbprint).rstrip(b"=").decode("ascii")
    return {**public, "alg": "RS256", "use": "sig", "kid": kid}

