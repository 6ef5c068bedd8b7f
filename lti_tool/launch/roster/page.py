"""One page of a roster in our own words. Pure. (NRPS 2.0, sections 2.2 and 2.3.)

What cannot be read is skipped and counted, never guessed. Somebody who is named but whose roles cannot be read is
remembered as named, so that nobody is taken for gone because of a platform's slip.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from lti_tool.launch.claim_shapes import ID_LENGTH
from lti_tool.launch.roles import read_roles
from lti_tool.launch.roster.groups import NOTHING, Told, told_by
from lti_tool.people.names import Names, clean_names

_ROLES = 100
_GONE = {"inactive", "deleted"}  # `Deleted` belongs to differences, and is no more than inactive to us
# What PHP's htmlspecialchars writes. Moodle escapes names in its roster, but not in its launches (4.5.6).
_ESCAPED = re.compile("&(amp|lt|gt|quot|apos|#0*39);")
_PLAIN = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


@dataclass(frozen=True)
class RosterPerson:
    """One row of a roster: a learner or one of the staff."""

    sub: str
    role: str  # "member" or "staff", as the rooms say it
    names: Names
    active: bool
    told: Told = NOTHING


@dataclass
class Roster:
    """All that was read so far. `unclear` are people who are named, but not in a way that can be read.

    `group_names`: {ref: name} of groups and sections; None when the platform did not tell the names.
    """

    people: dict[str, RosterPerson] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)
    skipped: int = 0
    group_names: dict[str, str] | None = field(default_factory=dict)

    @property
    def tells_groups(self) -> bool:
        """Does anybody's entry speak of groups or sections?"""
        return any(one.told is not NOTHING for one in self.people.values())

    @property
    def names_groups(self) -> bool:
        """Does anybody's entry name a group whose own name must be asked for?"""
        return any(one.told.groups for one in self.people.values())

    def add(self, members: Iterable[object]) -> None:
        """Take in one page. Somebody on several pages or with several enrolments counts once, with the highest role."""
        for member in members:
            row = read_member(member)
            if row is None:
                self.skipped += 1
                self._remember(member)
            elif isinstance(row, RosterPerson):
                self.people[row.sub] = _higher(self.people.get(row.sub), row)
                if self.group_names is not None:
                    self.group_names.update(row.told.sections or ())

    def _remember(self, member: object) -> None:
        sub = _sub(member.get("user_id")) if isinstance(member, dict) else None
        if sub is not None:
            self.unclear.add(sub)


@dataclass(frozen=True)
class NotCounted:
    """Readable, but nobody for the list: an observer, a guest, an administrator without a course role, a test user."""


def read_member(member: object) -> RosterPerson | NotCounted | None:
    """What one entry of `members` says; None when it cannot be read."""
    if not isinstance(member, dict):
        return None
    sub, roles = _sub(member.get("user_id")), member.get("roles")
    if sub is None or not isinstance(roles, list) or len(roles) > _ROLES:
        return None
    standing = read_roles(role for role in roles if isinstance(role, str))
    if standing.preview or standing.place is None:
        return NotCounted()
    return RosterPerson(sub, standing.place, _names(member), _is_active(member.get("status")), told_by(member))


def _sub(value: object) -> str | None:
    """The same identifier as a launch's `sub`, under the same rules (core, section 5.3.6.1)."""
    if not isinstance(value, str) or not 0 < len(value) <= ID_LENGTH:
        return None
    return value if value.isascii() and "\x00" not in value else None


def _names(member: dict[str, object]) -> Names:
    name, given, family, email = (_unescaped(member.get(key)) for key in ("name", "given_name", "family_name", "email"))
    return clean_names(name=name, given_name=given, family_name=family, email=email)


def _unescaped(value: object) -> object:
    """Undo HTML escaping once: `&amp;lt;` becomes `&lt;`, never `<`. JSON may carry halves of characters: they go."""
    if not isinstance(value, str):
        return value
    whole = value.encode("utf-8", "ignore").decode("utf-8")
    return _ESCAPED.sub(lambda found: _PLAIN.get(found[1], "'"), whole)


def _is_active(status: object) -> bool:
    """Absent means active (section 2.2), and so does a word that nobody knows."""
    return not (isinstance(status, str) and status.strip().lower() in _GONE)


def _higher(known: RosterPerson | None, row: RosterPerson) -> RosterPerson:
    """Of two entries the one that counts, in the groups of both."""
    if known is None:
        return row
    higher = row if _rank(row) > _rank(known) else known
    both = {known.told, row.told} - {NOTHING}
    return replace(higher, told=_together(known.told, row.told) if len(both) == 2 else both.pop() if both else NOTHING)


def _together(one: Told, other: Told) -> Told:
    sections = dict.fromkeys((*(one.sections or ()), *(other.sections or ())))
    return Told((one.groups or frozenset()) | (other.groups or frozenset()), tuple(sections))


def _rank(row: RosterPerson) -> tuple[bool, bool]:
    return row.active, row.role == "staff"
