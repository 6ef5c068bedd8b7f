"""Any order of completions, revocations, faults, restarts and clock steps ends with exactly the final state."""

from tests.launch.gradebook.any_order import play
from tests.launch.gradebook.moody_lms import Moods
from tests.launch.gradebook.term import Term


def test_whatever_happens_the_lms_ends_up_with_exactly_what_stands_in_the_space(term: Term, moods: Moods) -> None:
    term.add_objective("Second")

    play(term, moods, examples=25, steps=20)
