"""A deep linking response, judged to the letter. Pure. (Deep Linking 2.0, section 4.5.)"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import jwt

from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.messages import C
from lti_tool.launch.selftest.words import DATA, DEPLOYMENT
from lti_tool.words import to_say

D = "https://purl.imsglobal.org/spec/lti-dl/claim/"
_LONGEST, _LEEWAY = 3600, 60
_MOST_ITEMS = 20
_WRONG = Sentence(to_say("missing or wrong: %(names)s"))


def findings_of(token: str, *, keys: Sequence[Mapping[str, Any]], issuer: str, client_id: str) -> dict[str, Any]:
    """What is wrong with it, point by point ("" is well), and the items that may be shown as evidence."""
    try:
        header = jwt.get_unverified_header(token)
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        return {"arrived": bool(token), "format": to_say("it is no JWT"), "items": []}
    signature, items = _signature(token, header, keys), claims.get(D + "content_items")
    return {
        "arrived": True,
        "kid": str(header.get("kid", ""))[:100],
        "format": _format(header, claims),
        "times": _times(claims),
        "signature": signature,
        "claims": _claims(claims, issuer=issuer, client_id=client_id),
        "items": items[:_MOST_ITEMS] if not signature and isinstance(items, list) else [],
    }


def _format(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    if header.get("alg") != "RS256":
        return to_say("it is not signed with RS256")
    if not header.get("kid"):
        return to_say("its header has no kid")
    if claims.get(C + "message_type") != "LtiDeepLinkingResponse":
        return to_say("its message type is another one")
    nothing = sorted(name for name, value in claims.items() if value is None)
    return f"null: {', '.join(nothing)}" if nothing else ""


def _times(claims: Mapping[str, Any]) -> str:
    issued, ends, now = claims.get("iat"), claims.get("exp"), time.time()
    if not all(isinstance(one, int) and not isinstance(one, bool) for one in (issued, ends)):
        return to_say("iat or exp is missing, or no whole number")
    if issued > now + _LEEWAY:  # type: ignore[operator]
        return to_say("iat lies in the future")
    if not now - _LEEWAY < ends <= issued + _LONGEST:  # type: ignore[operator]
        return to_say("exp is past, or further off than an hour")
    return ""


def _signature(token: str, header: Mapping[str, Any], keys: Sequence[Mapping[str, Any]]) -> str:
    found = [one for one in keys if one.get("kid") == header.get("kid")]
    if len(found) != 1:
        return to_say("its kid is not in the tool's key set")
    try:
        jwt.api_jws.decode(token, jwt.PyJWK(dict(found[0])), algorithms=["RS256"])
    except jwt.PyJWTError:
        return to_say("its signature is wrong")
    return ""


def _claims(claims: Mapping[str, Any], *, issuer: str, client_id: str) -> str:
    wanted = {
        "iss": client_id, "aud": issuer, C + "version": "1.3.0", C + "deployment_id": DEPLOYMENT, D + "data": DATA,
    }  # fmt: skip
    wrong = [name.rpartition("/")[2] for name, value in wanted.items() if claims.get(name) not in (value, [value])]
    if not isinstance(claims.get("nonce"), str) or not claims["nonce"]:
        wrong.append("nonce")
    items = claims.get(D + "content_items")
    if not isinstance(items, list) or not all(isinstance(one, dict) and _is_whole(one) for one in items):
        wrong.append("content_items")
    return _WRONG(names=", ".join(wrong)) if wrong else ""


def _is_whole(item: Mapping[str, Any]) -> bool:
    return (
        item.get("type") == "ltiResourceLink"
        and all(isinstance(item.get(name), str) and item[name] for name in ("title", "url"))
        and not _has_null(item)
    )


def _has_null(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_has_null(one) for one in value.values())
    return value is None or (isinstance(value, list) and any(_has_null(one) for one in value))
