"""What completes a pathway, held against the plainest way to say it."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.badges.pathways.rules import (
    State,
    Step,
    badges_of,
    levels,
    next_step,
    progress,
    why_impossible,
)

_BADGES = "abcde"


def badge(name: str) -> Step:
    return Step(f"s-{name}", badge=name)


def group(*steps: Step, needs: str = "all", needed: int | None = None, name: str = "g") -> Step:
    return Step(name, needs=needs, needed=needed, steps=steps)


@st.composite
def drawn(draw: st.DrawFn, depth: int = 3) -> Step:
    number = draw(st.integers(0, 3 if depth else 0))
    below = tuple(
        draw(drawn(depth - 1)) if depth > 1 and draw(st.booleans()) else badge(draw(st.sampled_from(_BADGES)))
        for _ in range(number)
    )
    needs = draw(st.sampled_from(("all", "any", "some") if below else ("all", "any")))
    return group(*below, needs=needs, needed=draw(st.integers(1, number)) if needs == "some" else None)


def named(step: Step, name: str = "top") -> Step:
    """Every step with an id of its own."""
    below = tuple(named(one, f"{name}.{place}") for place, one in enumerate(step.steps))
    return replace(step, id=name, steps=below)


def trees(depth: int = 3) -> st.SearchStrategy[Step]:
    """Trees as they can be built: no group asks for more than it has."""
    return drawn(depth).map(named)


def counts(step: Step) -> bool:
    return step.badge is not None or any(map(counts, step.steps))


def holds(step: Step, held: frozenset[str]) -> bool:
    """The oracle: is the step done?"""
    if step.badge is not None:
        return step.badge in held
    below = [one for one in step.steps if counts(one)]
    done = sum(holds(one, held) for one in below)
    return bool(below) and {"all": done == len(below), "any": done >= 1, "some": done >= (step.needed or 0)}[step.needs]


@given(trees(), st.frozensets(st.sampled_from(_BADGES)))
def test_it_is_complete_exactly_where_the_oracle_says_so(tree: Step, held: frozenset[str]) -> None:
    found = progress(tree, held)

    assert found.whole.is_complete == holds(tree, held)
    assert 0 <= found.whole.done <= found.whole.total
    if progress(tree, badges_of(tree)).whole.is_complete:  # else no badge can complete it, and nothing has to come next
        assert (next_step(tree, held) is None) == found.whole.is_complete


@given(trees(), st.frozensets(st.sampled_from(_BADGES)), st.sampled_from(_BADGES))
def test_one_badge_more_never_takes_a_step_away(tree: Step, held: frozenset[str], more: str) -> None:
    assert progress(tree, held | {more}).whole.done >= progress(tree, held).whole.done


@given(trees(depth=2))
def test_the_total_is_the_fewest_steps_that_complete_it(tree: Step) -> None:
    whole = told_apart(tree)
    keys = sorted(badges_of(whole))
    sizes = [
        size for size in range(len(keys) + 1) for some in combinations(keys, size) if holds(whole, frozenset(some))
    ]

    if sizes:
        assert progress(whole, set()).whole.total == min(sizes)


def told_apart(step: Step) -> Step:
    """The same, with each badge standing in one place only."""
    return replace(step, badge=step.id if step.badge else None, steps=tuple(map(told_apart, step.steps)))


def test_the_state_of_every_step_and_what_comes_next() -> None:
    core = group(badge("a"), badge("b"), badge("c"), needs="some", needed=2, name="core")
    tree = group(core, badge("d"))

    begun = progress(tree, {"a"})

    assert (begun.whole, begun.of["core"], begun.of["s-a"], begun.of["s-b"]) == (
        State(1, 3), State(1, 2), State(1, 1), State(0, 1),
    )  # fmt: skip
    assert [next_step(tree, held) for held in ({"a"}, {"a", "b"}, {"a", "b", "d"})] == [badge("b"), badge("d"), None]
    assert levels(tree) == 2


def test_of_ways_that_are_enough_the_shorter_one_comes_next() -> None:
    tree = group(group(badge("a"), badge("b"), name="long"), badge("c"), needs="any")

    assert next_step(tree, set()) == badge("c")


def test_a_group_without_steps_counts_for_nothing_and_completes_nothing() -> None:
    assert not progress(group(), {"a"}).whole.is_complete
    assert not progress(group(group(name="empty")), {"a"}).whole.is_complete
    assert progress(group(group(name="empty"), badge("a")), {"a"}).whole == State(1, 1)


@pytest.mark.parametrize(
    ("needs", "needed", "steps", "says"),
    [
        ("some", 3, 2, "nobody could complete it"),
        ("some", None, 2, "1 or more"),
        ("some", 0, 2, "1 or more"),
        ("most", None, 2, "all, any one or some"),
    ],
)
def test_what_nobody_could_do_is_refused_in_words(needs: str, needed: int | None, steps: int, says: str) -> None:
    assert says in (why_impossible(needs, needed, steps) or "")


def test_what_somebody_can_do_is_not_refused_and_too_few_steps_never_complete() -> None:
    assert [why_impossible(needs, 2, 2) for needs in ("all", "any", "some")] == [None] * 3
    assert not progress(group(badge("a"), needs="some", needed=2), {"a"}).whole.is_complete
