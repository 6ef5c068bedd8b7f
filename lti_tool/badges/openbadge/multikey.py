"""Ed25519 public keys as Multikey text: `z`, then base58 of two bytes that name the kind and the 32 bytes of the key.
(W3C Controlled Identifiers 1.0, section 2.2.2.)
"""

from collections.abc import Mapping
from typing import Any

import base58
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt.utils import base64url_decode

_ED25519_PUBLIC = b"\xed\x01"
_LONGEST = 60  # 34 bytes are 48 characters


class MultikeyError(ValueError):
    """The text is no Ed25519 Multikey."""


def to_multikey(key: Ed25519PublicKey) -> str:
    return "z" + base58.b58encode(_ED25519_PUBLIC + key.public_bytes_raw()).decode("ascii")


def from_multikey(text: str) -> Ed25519PublicKey:
    """Raises MultikeyError."""
    found = decode_base58(text, longest=_LONGEST)
    if len(found) != 34 or not found.startswith(_ED25519_PUBLIC):
        raise MultikeyError("only Ed25519 keys are known as Multikey")
    return Ed25519PublicKey.from_public_bytes(found[2:])


def multikey_of_jwk(jwk: Mapping[str, Any]) -> str:
    """The same key as Multikey text. Raises MultikeyError for the JWK of another kind of key."""
    if (jwk.get("kty"), jwk.get("crv")) != ("OKP", "Ed25519"):
        raise MultikeyError("only Ed25519 keys are known as Multikey")
    try:
        return to_multikey(Ed25519PublicKey.from_public_bytes(base64url_decode(jwk["x"])))
    except (KeyError, TypeError, ValueError) as error:
        raise MultikeyError("the key cannot be read") from error


def decode_base58(text: str, *, longest: int) -> bytes:
    """The bytes behind multibase text with the prefix `z`. Raises MultikeyError.

    Decoding costs the square of the length, so the length is looked at first.
    """
    if not text.startswith("z") or len(text) > longest or not text.isascii():
        raise MultikeyError("this is not multibase text in base58")
    try:
        return base58.b58decode(text[1:].encode("ascii"))
    except ValueError as error:
        raise MultikeyError("this is not multibase text in base58") from error
