"""The custom parameter that names a view."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.launch.deep_linking.view import View, read_view

ID = "0123456789abcdef" * 2


@pytest.mark.parametrize("view", [View("home"), View("leaderboard"), View("objective", ID)])
def test_a_view_is_read_as_it_was_written(view: View) -> None:
    assert read_view(str(view)) == view


@pytest.mark.parametrize(
    "said", ["", "Home", "objective:", f"objective:{ID.upper()}", f"objective:{ID}/edit", f"objective:{ID}\n",
             "../home", "home:x", "objective:../../members", "$view"]
)  # fmt: skip
def test_anything_else_names_no_view(said: str) -> None:
    assert read_view(said) is None


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.text(max_size=80) | st.from_regex(r"[a-z]{0,22}:?[0-9a-f]{0,33}", fullmatch=True))
def test_whatever_is_read_can_stand_in_an_address(said: str) -> None:
    view = read_view(said)

    if view is not None:
        assert str(view) == said
        assert view.kind.isalpha()
        assert view.ref == "" or (len(view.ref) == 32 and view.ref.isalnum())
