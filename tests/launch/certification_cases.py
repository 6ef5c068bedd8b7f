"""The payloads of the certification list for tools: twelve known bad ones, nine valid ones for each of two roles.

Source of the list: 1EdTech LTI Advantage Conformance Certification Guide 1.3, sections 4.2.2 and 6. Each case changes
a good launch of the sandbox LMS; `headers` changes the token's header. A value of None removes a member.
"""

from dataclasses import dataclass, field
from typing import Any

from lti_tool.launch.claims import C

INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
_PERSON = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"


@dataclass(frozen=True)
class Bad:
    """A launch that must be refused, visibly, with this status and code."""

    name: str
    status: int
    code: str
    claims: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, Any] = field(default_factory=dict)
    nothing_but: dict[str, Any] | None = None


BAD = (
    Bad("No KID sent in header", 401, "kid_missing", headers={"kid": None}),
    Bad("Incorrect KID in header", 401, "kid_unknown", headers={"kid": "imstester_66067"}),
    Bad("Wrong LTI version", 400, "version_unsupported", {C + "version": "11.3"}),
    Bad("No LTI version", 400, "version_missing", {C + "version": None}),
    Bad("Invalid LTI message", 400, "not_lti13", nothing_but={"lti_message_type": "basic-lti-launch-request"}),
    Bad(
        "Missing LTI claims", 400, "claims_missing",
        {C + "message_type": None, C + "deployment_id": None, C + "resource_link": None, C + "roles": None},
    ),
    Bad("Timestamps incorrect", 401, "token_time", {"iat": 11, "exp": 22}),
    Bad("message_type claim missing", 400, "claims_missing", {C + "message_type": None}),
    Bad("roles claim missing", 400, "claims_missing", {C + "roles": None}),
    Bad("deployment_id claim missing", 400, "claims_missing", {C + "deployment_id": None}),
    Bad("resource_link_id claim missing", 400, "claims_missing", {C + "resource_link": None}),
    Bad("user claim missing", 400, "claims_missing", {"sub": None}),
)  # fmt: skip

_NO_NAMES = {"name": None, "given_name": None, "family_name": None, "middle_name": None, "picture": None}


def valid(role: str, short: str, other: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    """The nine valid launches of one role: what the tester calls them, and what they change."""
    return (
        ("full", {C + "roles": [role]}),
        ("with multiple roles", {C + "roles": [role, _PERSON + other, _PERSON + "Mentor"]}),
        ("with a short role", {C + "roles": [short]}),
        ("with an unknown role", {C + "roles": ["http://purl.imsglobal.org/vocab/lis/v2/uknownrole/unknown#Helper"]}),
        ("with no role", {C + "roles": []}),
        ("with e-mail only", {C + "roles": [role], **_NO_NAMES}),
        ("with names only", {C + "roles": [role], "email": None}),
        ("with no personal data", {C + "roles": [role], **_NO_NAMES, "email": None}),
        ("with e-mail and no context", {C + "roles": [role], **_NO_NAMES, C + "context": None}),
    )


VALID = tuple(
    (f"Launch {who} {name}", claims)
    for who, role, short, other in (
        ("Instructor", INSTRUCTOR, "Instructor", "Faculty"),
        ("Student", LEARNER, "Learner", "Student"),
    )
    for name, claims in valid(role, short, other)
)
