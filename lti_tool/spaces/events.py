"""What happens in the rooms that others may have to hear. `wiring.py` says who does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SpaceCreated:
    """A Space stands. `course` is the opaque reference of the course it was made for, or None without an LMS."""

    space: str
    course: str | None
    by: str | None
