"""What an id_token says about a course, a person and the way they came (LTI 1.3 core, section 5)."""

import time
from typing import Any

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.faults import Faults, Privacy
from lti_tool.sandbox.gradebook import Gradebook
from lti_tool.sandbox.settings import SandboxSettings
from lti_tool.sandbox.world import Course, Person, Placement, World, opaque_id

TOKEN_SECONDS = 300

_OF_THE_MESSAGE = (
    "message_type",
    "version",
    "deployment_id",
    "target_link_uri",
    "resource_link",
    "context",
    "roles",
    "role_scope_mentor",
    "custom",
    "for_user",
    "lis",
    "launch_presentation",
    "tool_platform",
)
SHORT_NAMES = {name: words.CLAIM + name for name in _OF_THE_MESSAGE} | {
    "roster": words.ROSTER_CLAIM,
    "gradebook": words.GRADES_CLAIM,
}


def replace_members(members: dict[str, Any], over: dict[str, object]) -> dict[str, Any]:
    """Replace claims by short or full name; None drops one."""
    merged = members | {SHORT_NAMES.get(name, name): value for name, value in over.items()}
    dropped = {SHORT_NAMES.get(name, name) for name, value in over.items() if value is None}
    return {name: value for name, value in merged.items() if name not in dropped}


def personal_claims(person: Person, privacy: Privacy) -> dict[str, str]:
    """Name and address as far as the institution shares them; what a person lacks is absent."""
    shared: dict[str, str | None] = {}
    if privacy in ("public", "name_only"):
        shared |= {"name": person.name, "given_name": person.given_name, "family_name": person.family_name}
    if privacy in ("public", "email_only"):
        shared["email"] = person.email
    return {name: value for name, value in shared.items() if value is not None}


def custom_claims(course: Course) -> dict[str, str]:
    """Custom parameters; a variable without a value comes through as its own name (core, 5.4.6.1)."""
    ends = course.ends.strftime("%Y-%m-%dT%H:%M:%SZ") if course.ends else "$CourseSection.timeFrame.end"
    return {"course_end": ends}


class ClaimsBuilder:
    """Builds id_token claims from the world as it is now."""

    def __init__(self, settings: SandboxSettings, world: World, faults: Faults, gradebook: Gradebook) -> None:
        self._settings = settings
        self._world = world
        self._faults = faults
        self._gradebook = gradebook

    def build(self, course: Course, person: Person, placement: Placement, message: str) -> dict[str, Any]:
        """All claims but the nonce."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self._settings.url,
            "aud": self._settings.client_id,
            "sub": person.sub,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "locale": person.locale,
        }
        claims |= personal_claims(person, self._faults.privacy)
        core = {
            "message_type": message,
            "version": "1.3.0",
            "deployment_id": self._settings.deployment_id,
            "target_link_uri": self._settings.tool_launch_url,
            "context": self._context(course),
            "custom": custom_claims(course),
            "tool_platform": self._platform(),
            "launch_presentation": self._presentation(course, person),
            "lis": {
                "person_sourcedid": f"sis-{person.key}",
                "course_offering_sourcedid": f"sis-{course.key}",
            },
        }
        if message != "LtiDeepLinkingRequest":
            core["resource_link"] = {
                "id": placement.link_id,
                "title": placement.title,
                "description": placement.description,
            }
        core |= self._roles(course, person)
        claims |= {words.CLAIM + name: value for name, value in core.items()}
        return claims | self._services(course, placement)

    def _roles(self, course: Course, person: Person) -> dict[str, Any]:
        with self._world.lock:
            enrolment = course.enrolments.get(person.key)
            if enrolment is None:
                return {"roles": list(person.institution_roles)}
            claims: dict[str, Any] = {"roles": [*person.institution_roles, *enrolment.roles]}
            if words.MENTOR in enrolment.roles:
                claims["role_scope_mentor"] = [self._world.people[key].sub for key in enrolment.mentees]
        return claims

    def _context(self, course: Course) -> dict[str, Any]:
        return {
            "id": course.context_id,
            "label": course.label,
            "title": course.title,
            "type": [words.COURSE_OFFERING],
        }

    def _platform(self) -> dict[str, str]:
        return {
            "guid": opaque_id("platform", self._settings.url),
            "name": "Sandbox LMS",
            "product_family_code": "sandbox-lms",
            "version": "1",
            "contact_email": "sandbox@sandbox.example.edu",
            "url": self._settings.url,
        }

    def _presentation(self, course: Course, person: Person) -> dict[str, str]:
        return {
            "document_target": "iframe",
            # Real return addresses carry a query of their own: tools must add to it.
            "return_url": f"{self._settings.url}/courses/{course.key}/return?as={person.key}",
            "locale": person.locale,
        }

    def _services(self, course: Course, placement: Placement) -> dict[str, Any]:
        base = f"{self._settings.url}/courses/{course.key}"
        claims: dict[str, Any] = {}
        if not self._faults.without_roster:
            claims[words.ROSTER_CLAIM] = {
                "context_memberships_url": f"{base}/memberships",
                "service_versions": ["2.0"],
            }
        if not self._faults.without_gradebook:
            endpoint: dict[str, Any] = {
                "scope": list(words.GRADES_SCOPES),
                "lineitems": f"{base}/lineitems",
            }
            # Present only when exactly one line item belongs to this link (AGS 2.0, 3.1).
            own = self._gradebook.items(course.key, resource_link_id=placement.link_id)
            if len(own) == 1:
                endpoint["lineitem"] = f"{base}/lineitems/{own[0].id}"
            claims[words.GRADES_CLAIM] = endpoint
        return claims
