"""The certification list for tools, as data: what is sent, and what must become of it. Pure.

Source: 1EdTech LTI Advantage Conformance Certification Guide 1.3, sections 4.2.2 and 6: twelve payloads that are known
to be bad, nine good launches for each of two roles, and what the services must show. `negatives.py` goes beyond it.
Each case changes a good launch; a value of None removes a member.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.messages import C
from lti_tool.launch.selftest.twists import Twist
from lti_tool.words import to_say

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
INSTRUCTOR, LEARNER = MEMBERSHIP + "Instructor", MEMBERSHIP + "Learner"
UNKNOWN_ROLE = "http://purl.imsglobal.org/vocab/lis/v2/uknownrole/unknown#Helper"
_PERSON = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"

_REFUSED = Sentence(to_say("refused on a page, with status %(status)s and %(code)s"))
_IN_COURSE = Sentence(to_say("a page, recorded as %(role)s in the course"))
_IN_NO_COURSE = Sentence(to_say("a page, recorded as %(role)s in no course"))
_OF_INSTRUCTOR = Sentence(to_say("Launch Instructor %(how)s"))
_OF_STUDENT = Sentence(to_say("Launch Student %(how)s"))

SECTIONS: Mapping[str, str] = {
    "bad": to_say("Payloads that are known to be bad"),
    "instructor": to_say("Valid launches of a teacher"),
    "learner": to_say("Valid launches of a learner"),
    "roster": to_say("Names and roles (NRPS)"),
    "deep_linking": to_say("Deep linking"),
    "scores": to_say("Assignments and grades (AGS)"),
    "beyond": to_say("Beyond the certification: what nobody should be able to do"),
}


@dataclass(frozen=True)
class Case:
    """One line of the list: `expected` is what must be seen."""

    id: str
    section: str
    name: str
    expected: str


@dataclass(frozen=True)
class Bad:
    """A launch that must be refused, visibly, with this status and code.

    `headers` changes the token's header, `seconds` sets its times relative to now, `login` changes the login request;
    `twist` is what no claim can say. `at_login`: the login is refused already.
    """

    id: str
    name: str
    status: int
    code: str
    claims: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    nothing_but: Mapping[str, Any] | None = None
    seconds: Mapping[str, int] = field(default_factory=dict)
    login: Mapping[str, str] = field(default_factory=dict)
    twist: Twist | None = None
    at_login: bool = False
    section: str = "bad"

    @property
    def case(self) -> Case:
        return Case(self.id, self.section, self.name, _REFUSED(status=self.status, code=self.code))


@dataclass(frozen=True)
class Valid:
    """A launch that must arrive at a page that helps, recorded with this role in our words, in a course or in none."""

    id: str
    name: str
    section: str
    claims: Mapping[str, Any]
    role: str
    in_course: bool = True

    @property
    def case(self) -> Case:
        arrived = _IN_COURSE if self.in_course else _IN_NO_COURSE
        return Case(self.id, self.section, self.name, arrived(role=self.role))


BAD = (
    Bad("B1", to_say("No KID sent in header"), 401, "kid_missing", headers={"kid": None}),
    Bad("B2", to_say("Incorrect KID in header"), 401, "kid_unknown", headers={"kid": "imstester_66067"}),
    Bad("B3", to_say("Wrong LTI version"), 400, "version_unsupported", {C + "version": "11.3"}),
    Bad("B4", to_say("No LTI version"), 400, "version_missing", {C + "version": None}),
    Bad(
        "B5", to_say("Invalid LTI message"), 400, "not_lti13",
        nothing_but={"lti_message_type": "basic-lti-launch-request"},
    ),
    Bad(
        "B6", to_say("Missing LTI claims"), 400, "claims_missing",
        {C + "message_type": None, C + "deployment_id": None, C + "resource_link": None, C + "roles": None},
    ),
    Bad("B7", to_say("Timestamps incorrect"), 401, "token_time", {"iat": 11, "exp": 22}),
    Bad("B8", to_say("message_type claim missing"), 400, "claims_missing", {C + "message_type": None}),
    Bad("B9", to_say("roles claim missing"), 400, "claims_missing", {C + "roles": None}),
    Bad("B10", to_say("deployment_id claim missing"), 400, "claims_missing", {C + "deployment_id": None}),
    Bad("B11", to_say("resource_link_id claim missing"), 400, "claims_missing", {C + "resource_link": None}),
    Bad("B12", to_say("user claim missing"), 400, "claims_missing", {"sub": None}),
)  # fmt: skip

_NO_NAMES = {"name": None, "given_name": None, "family_name": None, "middle_name": None, "picture": None}


def _valid(
    mark: str, who: Sentence, section: str, *, uri: str, short: str, other: str, role: str
) -> tuple[Valid, ...]:  # fmt: skip
    """The nine valid launches of one role, as the tester calls them."""
    said: tuple[tuple[str, dict[str, Any], str], ...] = (
        (to_say("full"), {C + "roles": [uri]}, role),
        (to_say("with multiple roles"), {C + "roles": [uri, _PERSON + other, _PERSON + "Mentor"]}, role),
        (to_say("with a short role"), {C + "roles": [short]}, role),
        (to_say("with an unknown role"), {C + "roles": [UNKNOWN_ROLE]}, "guest"),
        (to_say("with no role"), {C + "roles": []}, "guest"),
        (to_say("with e-mail only"), {C + "roles": [uri], **_NO_NAMES}, role),
        (to_say("with names only"), {C + "roles": [uri], "email": None}, role),
        (to_say("with no personal data"), {C + "roles": [uri], **_NO_NAMES, "email": None}, role),
        (to_say("with e-mail and no context"), {C + "roles": [uri], **_NO_NAMES, C + "context": None}, role),
    )
    return tuple(
        Valid(f"{mark}{number}", who(how=name), section, claims, told, C + "context" not in claims)
        for number, (name, claims, told) in enumerate(said, start=1)
    )


VALID = (
    *_valid("I", _OF_INSTRUCTOR, "instructor", uri=INSTRUCTOR, short="Instructor", other="Faculty", role="staff"),
    *_valid("S", _OF_STUDENT, "learner", uri=LEARNER, short="Learner", other="Student", role="member"),
)

SERVICES = (
    Case("R1", "roster", to_say("Instructor launch with the names and roles claim"),
         to_say("a page where a teacher makes the Space")),
    Case("R2", "roster", to_say("Names and roles request received"),
         to_say("every page asked for, and everybody shown")),
    Case("R3", "roster", to_say("Request header"), to_say("Accept names the membership container")),
    Case("R4", "roster", to_say("Bearer token valid"),
         to_say("a token that this platform gave, for a signed assertion")),
    Case("R5", "roster", to_say("Scope valid"),
         to_say("a token for the roster's scope, and the roster read again at a button")),
    Case("D1", "deep_linking", to_say("Deep linking request sent"),
         to_say("a page to pick on, though it has no target")),
    Case("D2", "deep_linking", to_say("Response received"), to_say("a form post with a JWT to the return address")),
    Case("D3", "deep_linking", to_say("The format is a deep linking response"),
         to_say("one RS256 token with a kid, nothing null")),
    Case("D4", "deep_linking", to_say("Timestamps valid"), to_say("iat not in the future, exp not past and soon")),
    Case("D5", "deep_linking", to_say("JWT signature valid"),
         to_say("signed with a key of our key set, as /lti/jwks.json shows it")),
    Case("D6", "deep_linking", to_say("Required claims present"),
         to_say("message type, version, parties, deployment, the data of the request, and a list of items")),
    Case("D7", "deep_linking", to_say("The values are those that were picked"),
         to_say("title and address open what was picked")),
    Case("A1", "scores", to_say("Learner launch with the grades claim"), to_say("the learner's own page")),
    Case("A2", "scores", to_say("The tool makes a line item"),
         to_say("exactly one, with label, maximum, resourceId and tag")),
    Case("A3", "scores", to_say("The tool posts a score"),
         to_say("media type, members and timestamp as AGS 2.0 prescribes")),
    Case("A4", "scores", to_say("The result is shown"),
         to_say("the learner's result on the platform is what the score says")),
)  # fmt: skip
