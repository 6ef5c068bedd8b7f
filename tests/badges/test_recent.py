"""What was made lately is kept while it fits, and nothing is kept beyond."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.badges.recent import Recent


def test_what_was_used_last_is_made_once_and_what_was_not_is_made_again() -> None:
    recent, made = Recent[bytes](10, len), []

    def ask(key: str) -> Callable[[], bytes]:
        def make() -> bytes:
            made.append(key)
            return b"12345"

        return make

    for key in ("a", "b", "a", "c", "a", "b"):
        recent.get(key, ask(key))

    assert made == ["a", "b", "c", "b"]


def test_one_that_is_larger_than_all_the_room_is_answered_and_drives_nothing_out() -> None:
    recent = Recent[bytes](10, len)
    recent.get("small", lambda: b"123")

    assert recent.get("huge", lambda: b"x" * 11) == b"x" * 11
    assert recent.get("huge", lambda: b"other") == b"other"
    assert recent.get("small", lambda: b"never") == b"123"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 12))))
def test_whatever_is_asked_for_the_answer_is_one_that_was_made_and_the_room_is_kept(
    asked: list[tuple[int, int]],
) -> None:
    recent = Recent[bytes](20, len)
    first: dict[int, set[bytes]] = {}

    for key, size in asked:
        first.setdefault(key, set()).add(b"x" * size)
        assert recent.get(key, lambda: b"x" * size) in first[key]  # noqa: B023
        assert sum(len(one) for one in recent._kept.values()) == recent._bytes <= 20
