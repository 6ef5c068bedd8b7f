"""What happens in the rooms that others may have to hear. `wiring.py` says who does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ObjectiveMoved:
    """A member has completed an objective, or it was taken back: `is_complete`. `person` is None for an open place,
    `completed` how many objectives the member has completed now, and `points` how many points they have.
    """

    space: str
    member: str
    person: str | None
    completed: int
    points: int
    objective: str
    is_complete: bool


@dataclass(frozen=True)
class ObjectivesMoved:
    """Many members have completed objectives, or these were taken back: look at all of the Space."""

    space: str


@dataclass(frozen=True)
class ObjectiveAdded:
    """A Space has one objective more."""

    space: str


@dataclass(frozen=True)
class ObjectivePutAway:
    """A Space has one objective less: it was archived or deleted. Completions of it count no more, their points do."""

    space: str


@dataclass(frozen=True)
class MembersCame:
    """These persons learn in a Space from now on, for the first time or again."""

    space: str
    persons: tuple[str, ...]


@dataclass(frozen=True)
class SpaceCreated:
    """A Space stands. `course` is the opaque reference of the course it was made for, or None without an LMS."""

    space: str
    course: str | None
    by: str | None


@dataclass(frozen=True)
class SpaceBrought:
    """A Space that had no course has this one from now on: `by` brought it there."""

    space: str
    course: str
    by: str


@dataclass(frozen=True)
class SpaceDeleted:
    """A Space in which nothing has happened is about to go: let go of it."""

    space: str


@dataclass(frozen=True)
class ViewChosen:
    """Whoever is in this visit looks as a student from now on, or no more. `viewing_as` is `preview` or a member."""

    visit: str
    viewing_as: str | None
