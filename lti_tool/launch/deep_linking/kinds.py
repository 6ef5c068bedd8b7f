"""Every kind of view that a link can open, one row each: what the picker offers of it, and where it lies in a visit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from lti_tool.launch.deep_linking.view import View
from lti_tool.people.names import clean_text
from lti_tool.spaces.lineage import objective_here
from lti_tool.spaces.objective_reads import objective_lines, space_of_objective
from lti_tool.spaces.space import SpaceFacts

_TEXT_LENGTH = 500


@dataclass(frozen=True)
class Offer:
    """One thing to pick. `text` goes to the platform, `note` is for the person who picks, `points` for a column."""

    view: View
    title: str
    note: str
    text: str | None = None
    points: int = 0


@dataclass(frozen=True)
class Kind:
    """`page` is its address below the visit's path. `space_of` tells which Space has one, where a Space has several,
    and `here` which one of a Space it means there: itself, or its copy.

    `is_open` says whether learners find something there now.
    """

    offers: Callable[[SpaceFacts], list[Offer]]
    page: Callable[[str], str]
    space_of: Callable[[str], str | None] | None = None
    here: Callable[[str, str], str | None] = lambda _ref, _space: None
    is_open: Callable[[SpaceFacts], bool] = lambda _space: True


def offers_of(space: SpaceFacts) -> list[Offer]:
    """All that a Space has to pick from, in the order of the table."""
    return [offer for kind in KINDS.values() for offer in kind.offers(space)]


def _home(space: SpaceFacts) -> list[Offer]:
    note = gettext("The start page: learners see their own progress, staff the overview.")
    return [Offer(View("home"), space.name, note)]


def _objectives(space: SpaceFacts) -> list[Offer]:
    return [
        Offer(
            View("objective", line.id), line.title,
            ngettext("Objective, %(num)s point", "Objective, %(num)s points", line.points),
            clean_text(line.public_criteria, _TEXT_LENGTH), line.points,
        )
        for line in objective_lines(space.id)
    ]  # fmt: skip


def _leaderboard(space: SpaceFacts) -> list[Offer]:
    on, off = gettext("Who has how many points."), gettext("It is off: learners see it once a teacher switches it on.")
    return [Offer(View("leaderboard"), gettext("Leaderboard"), on if space.leaderboard_on else off)]


KINDS: Mapping[str, Kind] = {
    "home": Kind(_home, lambda _: ""),
    "objective": Kind(_objectives, lambda ref: f"objectives/{ref}", space_of_objective, objective_here),
    "leaderboard": Kind(_leaderboard, lambda _: "leaderboard", is_open=lambda space: space.leaderboard_on),
}
