"""What an id_token says about a course, a person and the way they came (LTI 1.3 core, section 5)."""

import time
from collections.abc import Mapping
from typing import Any

from lti_tool.sandbox import messages
from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.faults import Faults, Privacy
from lti_tool.sandbox.gradebook import Gradebook
from lti_tool.sandbox.messages import Message
from lti_tool.sandbox.notices import claim_of
from lti_tool.sandbox.settings import SandboxSettings
from lti_tool.sandbox.variables import resolve
from lti_tool.sandbox.world import Course, Person, Placement, World, opaque_id

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
    "groups": words.GROUPS_CLAIM,
    "notices": words.NOTICES_CLAIM,
    "gradebook": words.GRADES_CLAIM,
    "deep_linking_settings": words.DEEP_LINKING_CLAIM + "deep_linking_settings",
}


def replace_members(members: dict[str, Any], over: Mapping[str, object]) -> dict[str, Any]:
    """Replace claims by short or full name; None drops one."""
    merged = members | {SHORT_NAMES.get(name, name): value for name, value in over.items()}
    dropped = {SHORT_NAMES.get(name, name) for name, value in over.items() if value is None}
    return {name: value for name, value in merged.items() if name not in dropped}


def personal_claims(person: Person, privacy: Privacy, told: frozenset[str]) -> dict[str, str]:
    """Name and address as far as the institution shares them and the tool is `told` them; what is lacking is absent."""
    shared: dict[str, str | None] = {}
    if privacy in ("public", "name_only"):
        shared |= {"name": person.name, "given_name": person.given_name, "family_name": person.family_name}
    if privacy in ("public", "email_only"):
        shared["email"] = person.email
    return {name: value for name, value in shared.items() if value is not None and name in told}


class ClaimsBuilder:
    """Builds id_token claims from the world as it is now."""

    def __init__(self, settings: SandboxSettings, world: World, faults: Faults, gradebook: Gradebook) -> None:
        self._settings = settings
        self._world = world
        self._faults = faults
        self._gradebook = gradebook

    def build(self, message: Message) -> dict[str, Any]:
        """All claims but the nonce."""
        now = int(time.time() + self._faults.clock_skew)
        personal = personal_claims(message.person, self._faults.privacy, message.tool.claims)
        claims: dict[str, Any] = {
            "iss": self._settings.url,
            "aud": message.tool.client_id,
            "sub": message.person.sub,
            "iat": now,
            "exp": now + self._faults.behaviour.token_seconds,
            "locale": message.person.locale,
            **personal,
        }
        core = self._of_every_message(message, personal) | self._of_this_message(message)
        claims |= {words.CLAIM + name: value for name, value in core.items()}
        return claims | self._services(message)

    def _of_every_message(self, message: Message, personal: dict[str, str]) -> dict[str, Any]:
        core: dict[str, Any] = {
            "message_type": message.kind,
            "version": "1.3.0",
            "deployment_id": message.tool.deployment_id,
            "target_link_uri": self._target(message),
            "tool_platform": self._platform(),
            "launch_presentation": self._presentation(message.course, message.person),
            "lis": {"person_sourcedid": f"sis-{message.person.key}"},
            **self._roles(message.course, message.person),
        }
        if message.course is not None:
            core["context"] = self.context(message.course)
            core["lis"]["course_offering_sourcedid"] = f"sis-{message.course.key}"
        custom = resolve(self._asked(message), message.person, message.course, message.placement, personal)
        return core | ({"custom": custom} if custom else {})

    def _of_this_message(self, message: Message) -> dict[str, Any]:
        core: dict[str, Any] = {}
        if message.placement is not None and message.kind in (messages.RESOURCE_LINK, messages.SUBMISSION_REVIEW):
            core["resource_link"] = {
                "id": message.placement.link_id,
                "title": message.placement.title,
                "description": message.placement.description,
            }
        if message.about is not None:
            core["for_user"] = {"user_id": message.about.sub}
        return core

    def _target(self, message: Message) -> str:
        if message.kind == messages.SUBMISSION_REVIEW and message.item is not None and message.item.review.get("url"):
            return str(message.item.review["url"])
        if message.kind == messages.RESOURCE_LINK and message.placement is not None and message.placement.url:
            return message.placement.url
        return message.tool.target_of(message.kind)

    def _asked(self, message: Message) -> dict[str, str]:
        """The tool's custom parameters, then those of the message, of the link and of the column's review."""
        asked: dict[str, str] = {**message.tool.custom, **message.tool.asked_for(message.kind)}
        if message.placement is not None:
            asked |= message.placement.custom
        if message.kind == messages.SUBMISSION_REVIEW and message.item is not None:
            asked |= message.item.review.get("custom", {})
        return asked

    def _roles(self, course: Course | None, person: Person) -> dict[str, Any]:
        with self._world.lock:
            enrolment = course.enrolments.get(person.key) if course is not None else None
            if enrolment is None:
                return {"roles": list(person.institution_roles)}
            roles = enrolment.roles
            if self._faults.behaviour.assistants == "mixed_up" and words.TEACHING_ASSISTANT in roles:
                roles = (words.INSTRUCTOR,)
            claims: dict[str, Any] = {"roles": [*person.institution_roles, *roles]}
            if words.MENTOR in enrolment.roles:
                claims["role_scope_mentor"] = [self._world.people[key].sub for key in enrolment.mentees]
        return claims

    def context(self, course: Course) -> dict[str, Any]:
        """What messages and notices say of a course."""
        return {
            "id": course.context_id,
            "label": course.label,
            "title": course.title,
            "type": [self._faults.behaviour.context_type],
        }

    def _platform(self) -> dict[str, str]:
        return {
            "guid": opaque_id("platform", self._settings.url),
            "name": "Sandbox LMS",
            "product_family_code": self._faults.behaviour.family,
            "version": self._faults.behaviour.version,
            "contact_email": "sandbox@sandbox.example.edu",
            "url": self._settings.url,
        }

    def _presentation(self, course: Course | None, person: Person) -> dict[str, str]:
        place = f"/courses/{course.key}" if course is not None else "/site"
        return {
            "document_target": "iframe",
            # Real return addresses carry a query of their own: tools must add to it.
            "return_url": f"{self._settings.url}{place}/return?as={person.key}",
            "locale": person.locale,
        }

    def _services(self, message: Message) -> dict[str, Any]:
        notices = claim_of(message.tool, self._settings, self._faults)
        return notices if message.course is None else notices | self._of_course(message, message.course)

    def _of_course(self, message: Message, course: Course) -> dict[str, Any]:
        base = f"{self._settings.url}/courses/{course.key}"
        claims: dict[str, Any] = {}
        if not self._faults.without_roster and words.ROSTER_SCOPE in message.tool.scopes:
            claims[words.ROSTER_CLAIM] = {
                "context_memberships_url": f"{base}/memberships",
                "service_versions": ["2.0"],
            }
        if course.groups and words.GROUPS_SCOPE in message.tool.scopes:
            claims[words.GROUPS_CLAIM] = {
                "context_groups_url": f"{base}/groups", "context_group_sets_url": f"{base}/groupsets",
                "scope": [words.GROUPS_SCOPE], "service_versions": ["1.0"],
            }  # fmt: skip
        scopes = [scope for scope in words.GRADES_SCOPES if scope in message.tool.scopes]
        if not self._faults.without_gradebook and scopes:
            endpoint: dict[str, Any] = {"scope": scopes, "lineitems": f"{base}/lineitems"}
            item = message.item.id if message.item is not None else self._own_item(course, message.placement)
            if item is not None:
                endpoint["lineitem"] = f"{base}/lineitems/{item}"
            claims[words.GRADES_CLAIM] = endpoint
        return claims

    def _own_item(self, course: Course, placement: Placement | None) -> str | None:
        """Present only when exactly one line item belongs to this link (AGS 2.0, 3.1)."""
        own = self._gradebook.items(course.key, resource_link_id=placement.link_id) if placement is not None else []
        return own[0].id if len(own) == 1 else None
