"""What happens in the rooms that others may have to hear. `wiring.py` says who does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ObjectiveMoved:
    """A member has completed an objective, or it was taken back: `is_complete`. `person` is None for an open place,
    `completed` how many objectives the member has completed now.
    """

    space: str
    member: str
    person: str | None
    completed: int
    objective: str
    is_complete: bool


@dataclass(frozen=True)
class ObjectiveAdded:
    """A Space has one objective more."""

    space: str


@dataclass(frozen=True)
class SpaceCreated:
    """A Space stands. `course` is the opaque reference of the course it was made for, or None without an LMS."""

    space: str
    course: str | None
    by: str | None
