"""Open Badges 1.0 and 1.1 in the words of 2.0, so that one judge can read all of them. Pure.

What has another name is renamed, what is an address alone gets its id; nothing is made up that was not said.
https://www.imsglobal.org/sites/default/files/Badges/OBv2p0Final/history/1.1-specification.html
"""

import re
from datetime import UTC, datetime
from typing import Any

from lti_tool.badges.verifying.members import many
from lti_tool.badges.verifying.reading import Document, Unreadable
from lti_tool.words import to_say

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LATEST = 32_503_680_000  # the year 3000
_VERIFICATIONS = {"hosted": "HostedBadge", "signed": "SignedBadge"}
_ALIGNMENT = {"name": "targetName", "url": "targetUrl", "description": "targetDescription"}


def upgraded_award(document: Document, address: str | None) -> Document:
    """An assertion of 1.x as one of 2.0; `address` is where it is hosted. Raises `Unreadable` for 0.5."""
    if isinstance(document.get("recipient"), str):
        raise Unreadable(to_say("This badge follows Open Badges 0.5, which no verifier reads any more."))
    told = dict(document)
    verify = told.pop("verify", None)
    if isinstance(verify, dict):
        kind = verify.get("type")
        told["verification"] = {"type": _VERIFICATIONS.get(kind, kind) if isinstance(kind, str) else kind}
        if kind == "signed":
            told["verification"]["creator"] = verify.get("url")
        elif address is None:
            address = verify.get("url")
    uid = told.pop("uid", None)
    told.setdefault("id", address or (f"urn:x-uid:{uid}" if isinstance(uid, str) else None))
    told["type"] = "Assertion"
    for name in ("issuedOn", "expires"):
        if name in told:
            told[name] = _moment(told[name])
    if isinstance(told.get("evidence"), str):
        told["evidence"] = {"id": told["evidence"]}
    return told


def upgraded_badge(document: Document, address: str | None) -> Document:
    told = {"id": address, **document, "type": "BadgeClass"}
    alignments = []
    for one in many(told.pop("alignment", None)):
        if isinstance(one, dict):
            one = {_ALIGNMENT.get(name, name): value for name, value in one.items()}
        alignments.append(one)
    return {**told, "alignment": alignments} if alignments else told


def upgraded_issuer(document: Document, address: str | None) -> Document:
    return {"id": address, **document, "type": "Issuer"}


def _moment(value: Any) -> Any:
    """1.x allowed seconds since 1970 and a bare day, which is taken as its beginning in UTC."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LATEST:
        return datetime.fromtimestamp(value, UTC).isoformat()
    if isinstance(value, str) and _DAY.fullmatch(value):
        return f"{value}T00:00:00Z"
    if isinstance(value, str) and re.fullmatch(r"[^Z+]{19}(\.[0-9]+)?", value) and "T" in value:
        return f"{value}Z"
    return value
