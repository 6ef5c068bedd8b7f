"""Where badge classes are in use, and whose badges somebody may make where they are. The rooms above tell it; the
workshop knows them by this page only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Flask, current_app


@dataclass(frozen=True)
class Use:
    """One Space that uses a badge class. `own`: whoever is here runs that Space. `people`: its learners.

    `giving`: so many of its objectives give the badge; none once the Space has ended.
    """

    space: str
    name: str
    own: bool
    people: int
    giving: int


Teller = Callable[[Sequence[str]], Mapping[str, Sequence[Use]]]
IssuerHere = Callable[[], str | None]


def init_uses(app: Flask, tellers: Sequence[Teller], here: Sequence[IssuerHere] = ()) -> None:
    app.extensions["badge_uses"] = tuple(tellers)
    app.extensions["issuer_here"] = tuple(here)


def uses_of(badge_id: str) -> list[Use]:
    return uses_of_many([badge_id])[badge_id]


def uses_of_many(badge_ids: Sequence[str]) -> dict[str, list[Use]]:
    """The uses of each of these badge classes; an empty list where there are none."""
    found: dict[str, list[Use]] = {badge_id: [] for badge_id in badge_ids}
    for tell in current_app.extensions["badge_uses"]:
        for badge_id, uses in tell(badge_ids).items():
            found[badge_id] += uses
    return found


def issuer_here() -> str | None:
    """The issuer whose badges whoever is here makes and gives by building a Space; None for everybody else."""
    return next((found for tell in current_app.extensions["issuer_here"] if (found := tell())), None)
