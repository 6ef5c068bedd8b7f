"""What lies in the database only under the installation's secret: private keys, and secrets of others.

`SECRET_KEY` may name several secrets: the first one seals, every one opens, so that a secret can be changed in peace.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app


def seal(secret: bytes) -> str:
    return _box().encrypt(secret).decode("ascii")


def unseal(sealed: str) -> bytes:
    """Raises `cryptography.fernet.InvalidToken` when none of the installation's secrets opens it."""
    return _box().decrypt(sealed.encode("ascii"))


def sealed_anew(sealed: str) -> str:
    """The same secret under the first of the installation's secrets."""
    return _box().rotate(sealed.encode("ascii")).decode("ascii")


def is_sealed_by_the_first(sealed: str) -> bool:
    """Does the secret that seals today open it?"""
    try:
        _fernet(current_app.extensions["settings"].secrets()[0]).decrypt(sealed.encode("ascii"))
    except InvalidToken:
        return False
    return True


def can_be_opened(sealed: str) -> bool:
    try:
        unseal(sealed)
    except InvalidToken:
        return False
    return True


def _box() -> MultiFernet:
    return MultiFernet([_fernet(one) for one in current_app.extensions["settings"].secrets()])


def _fernet(secret: str) -> Fernet:
    digest = hashlib.sha256(b"tool keys:" + secret.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
