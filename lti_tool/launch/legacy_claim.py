"""What a launch says of the id that somebody had in LTI 1.1, and whether it proves it. Pure. (LTI 1.3 migration guide.)

Nothing here is required of a platform, so nothing of it refuses a launch: what cannot be read is as if it were absent.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from lti_tool.launch.messages import C

_LENGTH = 255


@dataclass(frozen=True)
class LegacyId:
    """The LTI 1.1 user id, with the consumer key and signature that may vouch for it; `expires` is the token's."""

    user_id: str
    consumer_key: str | None
    signature: str | None
    expires: str


def read_legacy(claims: dict[str, Any]) -> LegacyId | None:
    """`lti1p1` names a consumer too; the plain claim is an id alone. Without a user id a consumer speaks of `sub`."""
    said = claims.get(C + "lti1p1")
    members = said if isinstance(said, dict) else {}
    key, signature = _text(members.get("oauth_consumer_key")), _text(members.get("oauth_consumer_key_sign"))
    user = _text(members.get("user_id")) or _text(claims.get(C + "lti11_legacy_user_id"))
    if user is None and key is not None:
        user = _text(claims.get("sub"))
    expires = _whole(claims.get("exp"))
    if user is None:
        return None
    return LegacyId(user, key, signature, expires) if key and expires else LegacyId(user, None, None, expires)


def is_signed(
    legacy: LegacyId, *, secret: bytes, deployment_id: str, issuer: str, client_id: str, nonce: str
) -> bool:  # fmt: skip
    """Does the signature show that the platform still holds the consumer's secret? It belongs to this one token."""
    if legacy.consumer_key is None or legacy.signature is None:
        return False
    signed = "&".join((legacy.consumer_key, deployment_id, issuer, client_id, legacy.expires, nonce))
    digest = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(digest), legacy.signature.encode())


def _text(value: object) -> str | None:
    """A text that a database keeps."""
    if not isinstance(value, str) or not 0 < len(value) <= _LENGTH or not value.isprintable():
        return None
    return value if value.strip() else None


def _whole(value: object) -> str:
    """A time as the platform wrote it into its base string: whole seconds."""
    return str(int(value)) if isinstance(value, int | float) and abs(value) < 1e15 else ""
