"""One of the staff of an issuer or a Space, as its page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.people.model import Person

PERSON = (Person.id, Person.name, Person.email, Person.disabled_at)


@dataclass(frozen=True)
class StaffLine:
    """`is_gone`: they were disabled, and cannot act."""

    person: str
    name: str | None
    email: str | None
    role: str
    added_at: datetime
    is_gone: bool


def staff_lines_in(rows: Iterable[Any]) -> list[StaffLine]:
    """From rows of `PERSON`, then a role and the moment since when they have it."""
    return [
        StaffLine(id, name, email, role, added_at, is_gone=disabled_at is not None)
        for id, name, email, disabled_at, role, added_at in rows
    ]
