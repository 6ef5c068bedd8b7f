"""A backpack's list: searched without regard to case, sorted, and cut into pages."""

from datetime import UTC, datetime, timedelta

import pytest

from lti_tool.badges.backpack.shelf import Held, Sort, State, Wanted, lay_out, state_of

NOW = datetime(2027, 6, 1, tzinfo=UTC)


def held(name: str, issuer: str = "College", days: int | None = 0) -> Held:
    issued_on = None if days is None else NOW - timedelta(days=days)
    return Held(name, name, issuer, issued_on, None, State.VALID, badge="b")


BADGES = [held("Zoo", "Élan"), held("apple", "College", 3), held("Éclair", "Bakery", 1), held("Undated", days=None)]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(), ["Zoo", "Éclair", "apple", "Undated"]),
        (Wanted(sort=Sort.NAME), ["apple", "Undated", "Zoo", "Éclair"]),
        (Wanted(sort=Sort.ISSUER), ["Éclair", "apple", "Undated", "Zoo"]),
        (Wanted("ÉCLAIR"), ["Éclair"]),
        (Wanted("élan zo"), ["Zoo"]),
        (Wanted("bakery"), ["Éclair"]),
        (Wanted("nothing of the kind"), []),
    ],
)
def test_badges_are_found_and_sorted_as_asked(wanted: Wanted, names: list[str]) -> None:
    assert [one.name for one in lay_out(BADGES, wanted).badges] == names


@pytest.mark.parametrize(("page", "shown"), [(1, ["a", "b"]), (2, ["c"]), (0, ["a", "b"]), (99, ["c"])])
def test_a_page_that_is_not_there_is_the_nearest_one(page: int, shown: list[str]) -> None:
    shelf = lay_out([held("a"), held("b"), held("c")], Wanted(sort=Sort.NAME, page=page), size=2)

    assert [one.name for one in shelf.badges] == shown
    assert (shelf.found, shelf.pages) == (3, 2)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"expires": None}, State.VALID),
        ({"expires": NOW + timedelta(days=1)}, State.VALID),
        ({"expires": NOW}, State.EXPIRED),
        ({"expires": NOW, "counts": False}, State.EXPIRED),
        ({"expires": None, "counts": False}, State.FAILED),
        ({"expires": NOW, "revoked": True}, State.REVOKED),
    ],
)
def test_a_badge_is_worth_what_its_facts_say(facts: dict[str, object], state: State) -> None:
    assert state_of(now=NOW, **facts) is state  # type: ignore[arg-type]
