"""The settings of a deep linking request: what platforms send, and what is made of it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.errors import Problem
from lti_tool.launch.deep_linking.request import (
    DATA_DEPTH,
    DATA_LENGTH,
    PickSettings,
    origin_of,
    read_settings,
    settings_kept,
    settings_to_keep,
)
from lti_tool.launch.messages import DEEP_LINKING_SETTINGS

BACK = "https://lms.example/return?sesskey=1"
GOOD: dict[str, Any] = {"deep_link_return_url": BACK, "accept_types": ["ltiResourceLink"]}


def read(**change: Any) -> PickSettings:
    return read_settings({DEEP_LINKING_SETTINGS: {**GOOD, **change}})


@pytest.mark.parametrize("said", [[], "text", 7, True])
def test_settings_that_are_no_object_are_refused(said: object) -> None:
    with pytest.raises(Problem) as refused:
        read_settings({DEEP_LINKING_SETTINGS: said})

    assert refused.value.code == "claim_malformed"


@pytest.mark.parametrize(
    "url",
    [
        None, "", 7, "javascript:alert(1)", "//lms.example/x", "https://", "https://user@lms.example/x",
        "https://lms.example;/x", "https://lms.example\nx", "https://lms.example:port/", "https://lms exämple/",
    ],
)  # fmt: skip
def test_without_an_address_to_go_back_to_nothing_begins(url: object) -> None:
    with pytest.raises(Problem) as refused:
        read(deep_link_return_url=url)

    assert refused.value.code == "claim_malformed"


@pytest.mark.parametrize(
    ("said", "types"),
    [
        (["ltiResourceLink"], ("ltiResourceLink",)),
        (["file", "ltiResourceLink", "ltiResourceLink"], ("ltiResourceLink", "file")),
        ("link, ltiResourceLink", ("ltiResourceLink", "link")),
        (["LTIRESOURCELINK", "x", 7, None], ()),
        ([], ()),
        ({"ltiResourceLink": True}, ()),
        (None, ()),
    ],
)
def test_types_are_read_from_a_list_or_a_text_and_unknown_ones_count_for_nothing(
    said: object, types: tuple[str, ...]
) -> None:
    assert read(accept_types=said).types == types


@pytest.mark.parametrize("said", [True, "true", "True"])
def test_several_items_and_columns_are_taken_where_the_platform_says_so(said: object) -> None:
    taken = read(accept_multiple=said, accept_lineitem=said)

    assert (taken.multiple, taken.line_items) == (True, True)


@pytest.mark.parametrize("said", [False, "false", None, 1, "yes", []])
def test_what_a_platform_does_not_say_clearly_it_is_not_sent(said: object) -> None:
    taken = read(accept_multiple=said, accept_lineitem=said)

    assert (taken.multiple, taken.line_items) == (False, False)


@pytest.mark.parametrize("said", [None, "", "image/*,text/html", ["image/*"], 7])
def test_media_types_may_come_in_any_form(said: object) -> None:
    assert read(accept_media_types=said).takes_links


def nested(levels: int) -> Any:
    data: Any = "deep"
    for _ in range(levels):
        data = [data]
    return data


@pytest.mark.parametrize(
    "data",
    ["", " a ", "x" * DATA_LENGTH, "\x00\ud83d", "null", "ü&=%2B", {}, [], {"ü": [1, None, {"b": 1.5}]},
     ["x" * (DATA_LENGTH - 4)], nested(DATA_DEPTH - 1)],
)  # fmt: skip
def test_data_is_kept_as_it_came(data: Any) -> None:
    taken = read(data=data)

    assert taken.data == data
    assert settings_kept(json.loads(json.dumps(settings_to_keep(taken)))) == taken


@pytest.mark.parametrize(
    "data",
    [7, False, 1.5, "x" * (DATA_LENGTH + 1), ["x" * (DATA_LENGTH - 3)], ["ü" * 4000], nested(DATA_DEPTH),
     nested(5000), [float("inf")]],
    ids=["a number", "no", "a part", "a long text", "a long list", "long once written", "deep", "too deep to write",
         "without end"],
)  # fmt: skip
def test_data_of_another_form_is_refused(data: object) -> None:
    with pytest.raises(Problem):
        read(data=data)


def test_absent_data_and_null_are_no_data() -> None:
    assert (read().data, read(data=None).data) == (None, None)


def test_proposals_are_cleaned_like_every_text_that_we_show() -> None:
    taken = read(title="\u202eTitle\n", text=["x"])

    assert (taken.title, taken.text) == ("Title", None)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://lms.example/a?b#c", "https://lms.example"),
        ("http://127.0.0.1:8090/x", "http://127.0.0.1:8090"),
        ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443"),
        ("https://lms.example'; script-src *//", ""),
        ("https://[x", ""),
    ],
)
def test_an_origin_can_stand_in_a_policy_header(url: str, origin: str) -> None:
    assert origin_of(url) == origin


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
MEMBERS = st.sampled_from(
    ["accept_types", "accept_presentation_document_targets", "accept_multiple", "accept_lineitem", "auto_create",
     "title", "text", "data", "accept_media_types", "other"]
)  # fmt: skip


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.dictionaries(MEMBERS, JSON), st.just(BACK) | JSON)
def test_whatever_comes_is_either_read_and_kept_the_same_or_refused_in_words(
    said: dict[str, Any], back: object
) -> None:
    outcome = read_or_code({**said, "deep_link_return_url": back})

    if isinstance(outcome, PickSettings):
        assert settings_kept(settings_to_keep(outcome)) == outcome
        assert outcome.return_origin
    else:
        assert outcome == "claim_malformed"


def read_or_code(said: dict[str, Any]) -> PickSettings | str:
    try:
        return read_settings({DEEP_LINKING_SETTINGS: said})
    except Problem as refused:
        return refused.code
