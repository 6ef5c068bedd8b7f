"""Aliases: random words that tell nothing of anybody, and never the same one twice."""

from itertools import islice

from lti_tool.spaces.aliases import fresh_aliases

ALIAS_LENGTH = 40


def test_no_two_are_the_same_however_many_there_are() -> None:
    taken: set[str] = set()
    given = list(islice(fresh_aliases(taken), 20_000))

    assert len(set(given)) == 20_000
    assert taken == set(given)
    assert max(len(alias) for alias in given) <= ALIAS_LENGTH


def test_what_is_taken_is_not_given() -> None:
    before = set(islice(fresh_aliases(set()), 500))

    assert before.isdisjoint(islice(fresh_aliases(set(before)), 500))


def test_the_first_ones_are_two_plain_words() -> None:
    for alias in islice(fresh_aliases(set()), 50):
        first, second, *number = alias.split(" ")
        assert first.istitle()
        assert second.istitle()
        assert number == [] or number[0].isdigit()


def test_they_come_in_no_order_that_a_class_could_guess() -> None:
    first, second = (list(islice(fresh_aliases(set()), 30)) for _ in range(2))

    assert first != second
    assert first != sorted(first)
