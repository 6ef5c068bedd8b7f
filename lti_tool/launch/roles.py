"""Roles: what a platform's role URIs mean for us. Pure. (LTI 1.3 core, appendix A.2; decision 7.)

Authority comes from context roles alone. The principal is the path part of a URI, not its fragment:
`…/membership/Instructor#TeachingAssistant` is an instructor, namely a teaching assistant.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from lti_tool.people.visit import Role

_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
_INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
_SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
_TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

_PRINCIPALS = {
    "Instructor": Role.STAFF,
    "Administrator": Role.STAFF,
    "ContentDeveloper": Role.STAFF,
    "Manager": Role.STAFF,
    "Learner": Role.MEMBER,
    "Member": Role.MEMBER,
    "Mentor": Role.OBSERVER,
}
# Short names are deprecated but allowed; Moodle's roster sends nothing else.
_SHORT = {**_PRINCIPALS, "TeachingAssistant": Role.STAFF, "Student": Role.MEMBER}
_ORDER = (Role.STAFF, Role.MEMBER, Role.OBSERVER)
_ADMINISTRATORS = {"Administrator", "SysAdmin", "SysSupport", "AccountAdmin"}


@dataclass(frozen=True)
class Standing:
    """What the roles of one person in one course come to."""

    role: Role
    assistant: bool = False
    preview: bool = False


def read_roles(uris: Iterable[str]) -> Standing:
    """The highest context role, with its flags; an institution administrator without one is SUPPORT, others GUEST."""
    principals: set[str] = set()
    subs: set[str] = set()
    administers = preview = False
    for uri in uris:
        principal, sub = _context_role(uri)
        if principal:
            principals.add(principal)
            subs.add(sub)
        administers = administers or _administers(uri)
        preview = preview or uri == _TEST_USER
    found = {_SHORT[principal] for principal in principals}
    for role in _ORDER:
        if role in found:
            return Standing(role, role is Role.STAFF and _only_assists(principals, subs), preview)
    return Standing(Role.SUPPORT if administers else Role.GUEST, preview=preview)


def _only_assists(principals: set[str], subs: set[str]) -> bool:
    """Canvas sends `#Instructor` beside `/Instructor#TeachingAssistant`: the narrower one counts for authority."""
    staff = {principal for principal in principals if _SHORT[principal] is Role.STAFF}
    if staff == {"TeachingAssistant"}:
        return True
    return staff <= {"Instructor", "TeachingAssistant"} and "TeachingAssistant" in subs


def _context_role(uri: str) -> tuple[str, str]:
    if uri in _SHORT:
        return uri, ""
    if uri.startswith(_MEMBERSHIP + "#"):
        principal = uri.removeprefix(_MEMBERSHIP + "#")
        return (principal, "") if principal in _PRINCIPALS else ("", "")
    if uri.startswith(_MEMBERSHIP + "/"):
        principal, _, sub = uri.removeprefix(_MEMBERSHIP + "/").partition("#")
        return (principal, sub) if principal in _PRINCIPALS and sub else ("", "")
    return "", ""


def _administers(uri: str) -> bool:
    for prefix in (_INSTITUTION, _SYSTEM):
        if uri.startswith(prefix):
            return uri.removeprefix(prefix) in _ADMINISTRATORS
    return False
