"""Groups and sections on a roster, in our own words. Pure.

Groups: members name theirs where the roster is asked with `groups=true` (Course Groups Service 1.0, section 3.3), and
the service names them. Sections: Canvas fills `$com.instructure.User.sectionNames` into the messages of members where
the roster is asked for a resource link (NRPS 2.0, section 2.4.3).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from lti_tool.launch.messages import C
from lti_tool.people.names import clean_text

PARAMETER = "section_names"
_MOST = 50  # of one person
_ID_LENGTH, _NAME_LENGTH = 200, 200
_TEXT_LENGTH = 4_000


@dataclass(frozen=True)
class Told:
    """What a member's entry says: refs of groups, and {ref: name} of sections. None where it does not speak of them."""

    groups: frozenset[str] | None = None
    sections: tuple[tuple[str, str], ...] | None = None

    @property
    def refs(self) -> frozenset[str]:
        return (self.groups or frozenset()) | {ref for ref, _ in self.sections or ()}


NOTHING = Told()


def told_by(member: Mapping[str, object]) -> Told:
    """Whatever cannot be read is no group."""
    enrolments, messages = member.get("group_enrollments"), member.get("message")
    groups = _groups(enrolments) if isinstance(enrolments, list) else None
    sections = _sections(messages) if isinstance(messages, list) else None
    return NOTHING if groups is None and sections is None else Told(groups, sections)


def _groups(said: list[object]) -> frozenset[str]:
    ids = (one.get("group_id") for one in said[:_MOST] if isinstance(one, dict))
    return frozenset(ref for ref in map(ref_of_group, ids) if ref)


def ref_of_group(said: object) -> str | None:
    """Ids are text, in some LMSs numbers."""
    identity = str(said) if isinstance(said, int) and not isinstance(said, bool) else said
    if not isinstance(identity, str) or not 0 < len(identity) <= _ID_LENGTH or "\x00" in identity:
        return None
    return f"group:{identity.encode('utf-8', 'ignore').decode('utf-8')}"


def _sections(messages: list[object]) -> tuple[tuple[str, str], ...] | None:
    for one in messages[:_MOST]:
        custom = one.get(C + "custom") if isinstance(one, dict) else None
        said = custom.get(PARAMETER) if isinstance(custom, dict) else None
        if isinstance(said, str):
            return tuple((f"section:{name}", name) for name in section_names(said))
    return None


def section_names(said: str) -> list[str]:
    """Canvas writes an array in JSON; a variable that nobody filled in, or a text too long, names none."""
    if said.startswith("$") or len(said) > _TEXT_LENGTH:
        return []
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        found = [said]
    names = (clean_name(one) for one in (found if isinstance(found, list) else [])[:_MOST])
    return [name for name in names if name]


def clean_name(name: object) -> str | None:
    """JSON may carry halves of characters: they go."""
    return clean_text(name.encode("utf-8", "ignore").decode(), _NAME_LENGTH) if isinstance(name, str) else None
