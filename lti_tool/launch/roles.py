"""Roles: what a platform's role URIs mean for us. Pure. (LTI 1.3 core, appendix A.2; decisions 7 and 32.)

Authority comes from context roles alone. The principal is the path part of a URI, not its fragment:
`…/membership/Instructor#TeachingAssistant` is an instructor, namely a teaching assistant. Where a principal comes both
alone and with a sub-role, as Canvas sends them, the sub-role says what is meant.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lti_tool.people.visit import Role

_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
_INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
_SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
_TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


class Meaning(StrEnum):
    """What one role URI says here, in a word that a page can put into a sentence."""

    TEACHER = "teacher"
    ASSISTANT = "assistant"
    DESIGNER = "designer"
    LEARNER = "learner"
    MENTOR = "mentor"
    SUPPORT = "support"
    TEST_USER = "test_user"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


_PRINCIPALS = {
    "Instructor": Meaning.TEACHER,
    "Administrator": Meaning.TEACHER,
    "ContentDeveloper": Meaning.DESIGNER,
    "Learner": Meaning.LEARNER,
    "Member": Meaning.LEARNER,
    "Manager": Meaning.LEARNER,  # who leads a group is one of the learners, in Canvas at least
    "Officer": Meaning.LEARNER,
    "Mentor": Meaning.MENTOR,
}
# What a sub-role makes of its principal; every other one leaves it as it is.
_SUB_ROLES = {
    ("Instructor", "Grader"): Meaning.ASSISTANT,
    ("Instructor", "GuestInstructor"): Meaning.ASSISTANT,
    ("Administrator", "Support"): Meaning.SUPPORT,
    ("Administrator", "ExternalSupport"): Meaning.SUPPORT,
    ("Manager", "CourseCoordinator"): Meaning.TEACHER,
    ("Manager", "Observer"): Meaning.MENTOR,
    ("Manager", "ExternalObserver"): Meaning.MENTOR,
}
# Short names are deprecated but allowed; Moodle's roster sends nothing else.
_SHORT = {principal: (principal, "") for principal in _PRINCIPALS} | {
    "TeachingAssistant": ("Instructor", "TeachingAssistant"),
    "Student": ("Learner", ""),
}
_ADMINISTRATORS = {"Administrator", "SysAdmin", "SysSupport", "AccountAdmin"}


@dataclass(frozen=True)
class Standing:
    """What the roles of one person in one course come to. `mentors`: those whom the launch names may be followed."""

    role: Role
    assistant: bool = False
    preview: bool = False
    mentors: bool = False

    @property
    def place(self) -> str | None:
        """As what this person is listed in the Space; observers, guests and support are in no list."""
        return {Role.STAFF: "staff", Role.DESIGNER: "staff", Role.MEMBER: "member"}.get(self.role)


def read_roles(uris: Iterable[str]) -> Standing:
    """The highest context role, with its flags; an institution administrator without one is SUPPORT, others GUEST."""
    said = list(uris)
    found = _course_meanings(said) | {_meaning_elsewhere(uri) for uri in said}
    preview, mentors = Meaning.TEST_USER in found, Meaning.MENTOR in found
    both = {Meaning.ASSISTANT, Meaning.DESIGNER} <= found  # may work with people, and may shape the Space
    if Meaning.TEACHER in found or both:
        return Standing(Role.STAFF, preview=preview, mentors=mentors)
    if Meaning.ASSISTANT in found:
        return Standing(Role.STAFF, assistant=True, preview=preview, mentors=mentors)
    return Standing(_without_staff(found), preview=preview, mentors=mentors)


def meaning_of(uri: str) -> Meaning:
    """What this one role means here, whatever others come beside it."""
    principal, sub = _context_role(uri)
    return _meaning(principal, sub) if principal else _meaning_elsewhere(uri)


def _without_staff(found: set[Meaning]) -> Role:
    ranks = {
        Meaning.DESIGNER: Role.DESIGNER, Meaning.LEARNER: Role.MEMBER, Meaning.MENTOR: Role.OBSERVER,
        Meaning.SUPPORT: Role.SUPPORT,
    }  # fmt: skip
    return next((role for meaning, role in ranks.items() if meaning in found), Role.GUEST)


def _course_meanings(uris: list[str]) -> set[Meaning]:
    roles = {_context_role(uri) for uri in uris} - {("", "")}
    narrowed = {principal for principal, sub in roles if sub}
    return {_meaning(principal, sub) for principal, sub in roles if sub or principal not in narrowed}


def _meaning(principal: str, sub: str) -> Meaning:
    if principal == "Instructor" and sub.startswith("TeachingAssistant"):  # …Section, …Group, …Offering, …Template
        return Meaning.ASSISTANT
    return _SUB_ROLES.get((principal, sub), _PRINCIPALS[principal])


def _context_role(uri: str) -> tuple[str, str]:
    """Principal and sub-role; empty for what is no context role."""
    if uri in _SHORT:
        return _SHORT[uri]
    if uri.startswith(_MEMBERSHIP + "#"):
        principal = uri.removeprefix(_MEMBERSHIP + "#")
        return (principal, "") if principal in _PRINCIPALS else ("", "")
    if uri.startswith(_MEMBERSHIP + "/"):
        path, _, sub = uri.removeprefix(_MEMBERSHIP + "/").partition("#")
        principal = path[:1].upper() + path[1:]  # Canvas has written `membership/instructor#…` too
        return (principal, sub) if principal in _PRINCIPALS and sub else ("", "")
    return "", ""


def _meaning_elsewhere(uri: str) -> Meaning:
    """A role in the school or in the LMS gives no authority in a course."""
    if uri == _TEST_USER:
        return Meaning.TEST_USER
    for prefix in (_INSTITUTION, _SYSTEM):
        if uri.startswith(prefix):
            return Meaning.SUPPORT if uri.removeprefix(prefix) in _ADMINISTRATORS else Meaning.ELSEWHERE
    return Meaning.UNKNOWN
