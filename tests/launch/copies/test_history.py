"""The history of a context or a link: bounded, decoded, and nothing where the platform did not resolve it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.launch.claims import read_launch
from lti_tool.launch.copies.history import MOST, read_history
from lti_tool.launch.messages import C


def claims(**custom: object) -> dict[str, Any]:
    return {
        C + "message_type": "LtiResourceLinkRequest", C + "version": "1.3.0", C + "deployment_id": "1",
        C + "target_link_uri": "https://tool.example/", C + "resource_link": {"id": "link-3"}, C + "roles": [],
        C + "context": {"id": "course-3"}, C + "custom": custom, "sub": "ada", "nonce": "n",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("course-2,course-1", ("course-2", "course-1")),
        (" course-2 , course-1 ", ("course-2", "course-1")),
        ("a%2Cb,c%20d", ("a,b", "a%2Cb", "c d", "c%20d")),
        ("course-1,course-1,,", ("course-1",)),
        ("", ()),
        ("$Context.id.history", ()),
        (None, ()),
        (7, ()),
        (["course-2"], ()),
        ("a%00b,good", ("a%00b", "good")),
        (f"{'x' * 256},good", ("good",)),
    ],
)
def test_the_ids_are_read_the_nearest_first(said: object, read: tuple[str, ...]) -> None:
    assert read_history(said) == read


def test_a_long_history_is_cut_and_not_dropped() -> None:
    ids = [f"{number:040x}" for number in range(500)]

    assert read_history(",".join(ids)) == tuple(ids[:MOST])


def test_a_launch_reads_both_past_the_length_of_other_parameters() -> None:
    ids = ",".join(f"{number:040x}" for number in range(60))

    launch = read_launch(claims(context_history=ids, link_history="link-2,link-1"))

    assert (len(launch.context_history), launch.context_history[0]) == (MOST, f"{0:040x}")
    assert launch.link_history == ("link-2", "link-1")
    assert "context_history" not in launch.custom, "as any parameter that is too long"


def test_nothing_is_a_copy_of_itself() -> None:
    launch = read_launch(claims(context_history="course-3,course-2", link_history="link-3"))

    assert (launch.context_history, launch.link_history) == (("course-2",), ())


@given(st.one_of(st.text(), st.integers(), st.none(), st.lists(st.text()), st.binary()))
def test_whatever_comes_the_ids_can_be_kept(said: object) -> None:
    for one in read_history(said):
        assert 0 < len(one) <= 255
        assert "\x00" not in one
        one.encode("utf-8")
