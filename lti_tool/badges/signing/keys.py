"""The keys of an issuer: one pair that proves (Ed25519) and one that signs text (RSA), private halves sealed at rest.

They are made at an issuer's first award, because an RSA pair takes its time. A key that is rotated out stays
published, so what it signed and somebody saved stays valid; our own awards are signed anew whenever they are asked
for. A key that got into wrong hands is withdrawn instead, and with it everything that it ever signed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from flask_babel import gettext as _
from jwt.algorithms import OKPAlgorithm, RSAAlgorithm
from sqlalchemy import exists, select, update

from lti_tool import clock
from lti_tool.badges.model import Award, BadgeClass, Issuer
from lti_tool.badges.openbadge.vc_jwt import PrivateKey
from lti_tool.badges.signing.model import IssuerKey
from lti_tool.db import db, transaction
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.people.audit import name_deeds
from lti_tool.people.deeds import note_deed
from lti_tool.sealing import seal, unseal
from lti_tool.words import to_say

ED25519, RSA = "Ed25519", "RSA"
KINDS = (ED25519, RSA)
RSA_BITS = 2048

catalogue(
    {
        "issuer_has_no_key": Entry(
            503, "This badge cannot be signed yet", "The keys of its issuer are not there yet, or cannot be opened.",
            "the operator of this tool",
            "Try again in some minutes. If it stays, `lti-tool check` says what is wrong. The badge itself is there.",
        ),
    }
)  # fmt: skip
name_deeds({"issuer.keys_rotated": to_say("Rotated the keys of an issuer")})


@dataclass(frozen=True)
class PublishedKey:
    """The public half of a key, for whoever checks what it signed."""

    id: str
    issuer: str
    kind: str
    jwk: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class SigningKey:
    """A key that signs now."""

    public: PublishedKey
    sealed: str

    @property
    def private(self) -> PrivateKey:
        """Raises `Problem` issuer_has_no_key when no secret of this installation opens it."""
        try:
            return _opened(self.sealed)
        except InvalidToken:
            raise _no_key() from None


def ensure_keys(issuer_id: str) -> None:
    """The issuer has a key of each kind that signs. Inside a transaction; two at once make one pair of each."""
    if _kinds_that_sign(issuer_id) == set(KINDS):
        return
    _hold(issuer_id)
    for kind in sorted(set(KINDS) - _kinds_that_sign(issuer_id)):
        _make(issuer_id, kind)
    db.session.flush()


def ensure_keys_by_schedule() -> None:
    """Issuers whose awards were made before there were keys get theirs, each in a transaction of its own."""
    for issuer_id in _issuers_without_keys():
        with transaction():
            ensure_keys(issuer_id)


def signing_keys(issuer_id: str) -> dict[str, SigningKey]:
    """The key of each kind that signs now. Raises `Problem` issuer_has_no_key where one is missing."""
    query = select(IssuerKey).where(
        IssuerKey.issuer_id == issuer_id, IssuerKey.retired_at.is_(None), IssuerKey.withdrawn_at.is_(None),
        IssuerKey.sealed_private_key.is_not(None),
    )  # fmt: skip
    found = {
        key.kind: SigningKey(_published(key), key.sealed_private_key or "")
        for key in db.session.scalars(query.order_by(IssuerKey.created_at, IssuerKey.id))
    }
    if found.keys() != set(KINDS):
        raise _no_key()
    return found


def published_keys(issuer_id: str) -> list[PublishedKey]:
    """Every key whose signatures count, the newest first: those that sign, and those that were rotated out."""
    query = select(IssuerKey).where(IssuerKey.issuer_id == issuer_id, IssuerKey.withdrawn_at.is_(None))
    return [_published(key) for key in db.session.scalars(query.order_by(IssuerKey.created_at.desc(), IssuerKey.id))]


def published_key(kid: str) -> PublishedKey | None:
    """None for one that never was, and for one that was withdrawn."""
    key = db.session.get(IssuerKey, kid)
    return _published(key) if key and key.withdrawn_at is None else None


def rotate_issuer_keys(issuer_id: str, *, at_once: bool = False) -> None:
    """New keys sign from now on. Inside a transaction. Raises `Problem` not_found.

    `at_once` is for keys that got into wrong hands: then no older one counts any more, and what somebody saved before
    has to be saved again.
    """
    organization = _hold(issuer_id)
    now = clock.now()
    mine = update(IssuerKey).where(IssuerKey.issuer_id == issuer_id)
    db.session.execute(
        mine.where(IssuerKey.retired_at.is_(None)).values(retired_at=now, sealed_private_key=None),
    )
    if at_once:
        db.session.execute(mine.where(IssuerKey.withdrawn_at.is_(None)).values(withdrawn_at=now))
    for kind in KINDS:
        _make(issuer_id, kind)
    db.session.flush()
    note_deed(
        "issuer.keys_rotated", subject=issuer_id, organization=organization, scope=issuer_id,
        facts={"at_once": at_once},
    )  # fmt: skip


def _hold(issuer_id: str) -> str:
    """Nobody else makes keys for this issuer until the transaction ends. Answers its organization."""
    held = select(Issuer.organization_id).where(Issuer.id == issuer_id).with_for_update(key_share=True)
    organization = db.session.scalar(held)
    if organization is None:
        raise Problem("not_found", _("There is no such issuer."))
    return organization


def _kinds_that_sign(issuer_id: str) -> set[str]:
    query = select(IssuerKey.kind).where(IssuerKey.issuer_id == issuer_id, IssuerKey.retired_at.is_(None))
    return set(db.session.scalars(query))


def _issuers_without_keys() -> Sequence[str]:
    has_awards = exists().where(Award.badge_id == BadgeClass.id, BadgeClass.issuer_id == Issuer.id)
    signs = (
        exists().where(IssuerKey.issuer_id == Issuer.id, IssuerKey.kind == kind, IssuerKey.retired_at.is_(None))
        for kind in KINDS
    )
    lacking = [~one for one in signs]
    return db.session.scalars(select(Issuer.id).where(has_awards, lacking[0] | lacking[1])).all()


def _make(issuer_id: str, kind: str) -> None:
    private = _FRESH[kind]()
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    db.session.add(
        IssuerKey(issuer_id=issuer_id, kind=kind, public_jwk=_public_jwk(private), sealed_private_key=seal(pem))
    )


_FRESH: dict[str, Callable[[], Ed25519PrivateKey | RSAPrivateKey]] = {
    ED25519: Ed25519PrivateKey.generate,
    RSA: lambda: generate_private_key(public_exponent=65537, key_size=RSA_BITS),
}


def _public_jwk(private: Ed25519PrivateKey | RSAPrivateKey) -> dict[str, Any]:
    if isinstance(private, RSAPrivateKey):
        jwk = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
        return {"kty": "RSA", "n": jwk["n"], "e": jwk["e"], "alg": "RS256", "use": "sig"}
    jwk = OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
    return {"kty": "OKP", "crv": ED25519, "x": jwk["x"], "alg": "EdDSA", "use": "sig"}


@lru_cache(maxsize=128)
def _opened(sealed: str) -> PrivateKey:
    """An RSA key's numbers are not checked again, which takes longest: only our own seal gives such a key out."""
    pem = unseal(sealed)
    return cast(PrivateKey, serialization.load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True))


def _published(key: IssuerKey) -> PublishedKey:
    return PublishedKey(key.id, key.issuer_id, key.kind, key.public_jwk, key.created_at)


def _no_key() -> Problem:
    return Problem("issuer_has_no_key", headers={"Retry-After": "300"})
