"""What completes a pathway: how far somebody who holds these badges has come in a tree of steps. Pure.

A step that is a badge counts one. A group counts the fewest steps that complete it, and what is missing of it is the
fewest that are still to be done: so “2 of these 3” is one of two done for whoever holds one of them. A group without
steps counts for nothing, and a pathway of which nothing counts is never complete.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field

from flask_babel import gettext as _

from lti_tool.words import to_say

NEEDS = ("all", "any", "some")
MOST_LEVELS = 4
MOST_STEPS = 60


@dataclass(frozen=True)
class Step:
    """A badge to hold, named by the key `badge`; or a group, which has none, and `needs` all, any one or `needed` of
    its `steps`.
    """

    id: str
    badge: str | None = None
    needs: str = "all"
    needed: int | None = None
    steps: tuple["Step", ...] = ()
    title: str = ""
    badge_id: str | None = None
    badge_ref: str | None = None

    @property
    def asked(self) -> int:
        """So many of the steps of a group are needed."""
        match self.needs:
            case "any":
                return 1
            case "some":
                return self.needed or 1
            case _:
                return len(self.steps)


@dataclass(frozen=True)
class State:
    """How far somebody has come with a step or with the whole: `done` of `total`."""

    done: int
    total: int

    @property
    def is_complete(self) -> bool:
        return 0 < self.total == self.done


@dataclass(frozen=True)
class Progress:
    """The state of a whole pathway, and of every step of it by its id."""

    whole: State
    of: Mapping[str, State] = field(default_factory=dict)


def progress(tree: Step, held: Set[str]) -> Progress:
    """How far whoever holds these badges has come; `tree` is the group of everything at the top."""
    states: dict[str, State] = {}
    return Progress(_weigh(tree, held, states), states)


def next_step(tree: Step, held: Set[str]) -> Step | None:
    """The badge to earn next: in the order of the steps, and where some are enough, where the least is missing."""
    states = progress(tree, held).of
    step = tree
    while step.badge is None:
        left = [one for one in step.steps if not states[one.id].is_complete and states[one.id].total]
        if states[step.id].is_complete or not left:
            return None
        step = left[0] if step.needs == "all" else min(left, key=lambda one: _missing(states[one.id]))
    return step


def every_step(tree: Step) -> Iterator[Step]:
    """All steps below the top, each before its own."""
    for step in tree.steps:
        yield step
        yield from every_step(step)


def badges_of(tree: Step) -> set[str]:
    """The keys of all badges that the tree names."""
    return {step.badge for step in every_step(tree) if step.badge is not None}


def levels(step: Step) -> int:
    """How deep the steps stand below this one; 0 for a step that has none."""
    return 1 + max(map(levels, step.steps)) if step.steps else 0


def why_impossible(needs: str, needed: int | None, steps: int) -> str | None:
    """Why a group of so many steps cannot ask for this, in words; None where it can."""
    if needs not in NEEDS:
        return to_say("A group needs all, any one or some of its steps.")
    if needs != "some":
        return None
    if needed is None or needed < 1:
        return to_say("Say how many of its steps the group needs: 1 or more.")
    if needed > steps:
        sentence = _(
            "The group has %(steps)s of the %(needed)s steps that it would need, so nobody could complete it.",
            steps=steps, needed=needed,
        )  # fmt: skip
        return str(sentence)
    return None


def key_of(badge_id: str | None, badge_ref: str | None, issuer_ref: str | None) -> str:
    """What a badge is called in a tree: ours by its id, a foreign one by its own id and its issuer's."""
    return badge_id if badge_id is not None else f"{badge_ref}\n{issuer_ref}"


def _weigh(step: Step, held: Set[str], states: dict[str, State]) -> State:
    if step.badge is not None:
        found = State(1 if step.badge in held else 0, 1)
    else:
        below = [_weigh(one, held, states) for one in step.steps]
        counting = [one for one in below if one.total]
        asked = len(counting) if step.needs == "all" else step.asked
        absent = max(0, asked - len(counting)) if counting else 0  # steps that nobody can have done
        total = sum(sorted(one.total for one in counting)[:asked]) + absent
        missing = sum(sorted(map(_missing, counting))[:asked]) + absent
        found = State(total - missing, total)
    states[step.id] = found
    return found


def _missing(state: State) -> int:
    return state.total - state.done
