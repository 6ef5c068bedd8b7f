"""Whatever an LMS sends is read or refused in words: configurations, answers and what opens a registration."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from lti_tool.errors import Problem
from lti_tool.fetch.answer import Answer
from lti_tool.launch.profiles import profiles
from lti_tool.launch.registration.answer import TOOL, Granted, read_answer, read_registration, said
from lti_tool.launch.registration.configuration import PLATFORM, read_configuration
from lti_tool.launch.registration.document import registration_document
from lti_tool.launch.registration.looking import Opening, read_opening
from tests.launch.registration.some_lms import configuration

LMS = "https://lms.example"
WHATEVER = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30)
    | st.sampled_from([LMS, "LtiResourceLinkRequest", "canvas", "RS256", "\ud800"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
BOUNDED = settings(max_examples=50, deadline=None, derandomize=True)


def supported(messages: Any, **platform: Any) -> dict[str, list[str]]:
    said = configuration(LMS)
    said[PLATFORM] = {"messages_supported": messages, **platform}
    return dict(read_configuration(said, f"{LMS}/c").messages)


@pytest.mark.parametrize(
    ("messages", "read"),
    [
        (["A", "B"], {"A": [], "B": []}),
        ([{"type": "A", "placements": ["p"]}], {"A": ["p"]}),
        ([{"type": "A", "placements": "p"}], {"A": ["p"]}),
        ([{"type": "A", "placements": None}], {"A": []}),
        ([{"type": "A"}, {"type": "A", "placements": ["p"]}, {"type": "A", "placements": ["q"]}], {"A": ["p", "q"]}),
        ({"type": "A"}, {"A": []}),
        ("A", {"A": []}),
        ([None, 7, [], {}, {"type": 3}, "", "A B", "x" * 100, "é"], {}),
        (None, {}),
        ([{"type": "A", "placements": [None, 7, "p", ""]}], {"A": ["p"]}),
    ],
)
def test_messages_are_read_in_every_shape(messages: Any, read: dict[str, list[str]]) -> None:
    assert supported(messages) == read


def test_placements_may_stand_beside_the_messages() -> None:
    assert supported(["LtiDeepLinkingRequest"], placements=["AddContentMenu"]) == {
        "LtiDeepLinkingRequest": ["AddContentMenu"]
    }


def test_long_lists_are_read_in_part() -> None:
    assert len(supported([f"Message{number}" for number in range(1000)])) == 40
    assert len(supported([{"type": "A", "placements": [f"p{number}" for number in range(1000)]}])["A"]) == 60


@pytest.mark.parametrize("platform", [None, [], "x", 7, {}])
def test_a_platform_part_that_is_none_says_nothing(platform: Any) -> None:
    read = read_configuration({**configuration(LMS), PLATFORM: platform}, f"{LMS}/c")

    assert (read.family, read.version, read.account, read.messages) == ("", "", None, {})


def outcome(read: Callable[[], Any]) -> Any:
    """What was read, or the refusal."""
    try:
        return read()
    except Problem as problem:
        return problem


@BOUNDED
@given(st.dictionaries(st.sampled_from([*configuration(LMS), "authorization_server"]), WHATEVER, max_size=6), WHATEVER)
def test_any_configuration_is_read_or_refused(changed: dict[str, Any], said: Any) -> None:
    platform = {"messages_supported": said, "placements": said, "product_family_code": said, "version": said}
    document = {**configuration(LMS), PLATFORM: platform, **changed}

    read = outcome(lambda: read_configuration(document, f"{LMS}/c"))

    if isinstance(read, Problem):
        assert read.code == "register_configuration"
    else:
        assert all(url.startswith(("http://", "https://")) for url in read.endpoints.values())
        assert json.dumps(read.kept())
        asked = registration_document(read, "https://tool.example")
        assert asked[TOOL]["messages"][0]["type"] == "LtiResourceLinkRequest"


@BOUNDED
@given(st.dictionaries(st.sampled_from(["client_id", "scope", TOOL]), WHATEVER, max_size=3))
def test_any_answer_is_read_or_refused(document: dict[str, Any]) -> None:
    granted = outcome(lambda: read_registration(document))

    if isinstance(granted, Problem):
        assert granted.code == "register_answer"
    else:
        assert 0 < len(granted.client_id) <= 255
        assert granted.scopes is None or all(isinstance(one, str) for one in granted.scopes)


@BOUNDED
@given(st.integers(100, 599), st.binary(max_size=400) | WHATEVER.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_of_any_status_are_an_answer_or_a_refusal_without_markup(status: int, body: bytes) -> None:
    read = outcome(lambda: read_answer(Answer(status, {}, body, LMS, "")))

    if isinstance(read, Problem):
        assert read.code.startswith("register_")
        assert "<" not in read.detail
        assert len(read.detail) < 300
    else:
        assert isinstance(read, Granted)


@pytest.mark.parametrize(
    ("document", "granted"),
    [
        ({"client_id": "a"}, Granted("a", None, None)),
        ({"client_id": "a", "scope": "x y  z"}, Granted("a", None, ["x", "y", "z"])),
        ({"client_id": "a", "scope": ["x", 7]}, Granted("a", None, ["x"])),
        ({"client_id": "a", "scope": None}, Granted("a", None, None)),
        ({"client_id": "a", TOOL: {"deployment_id": "2"}}, Granted("a", "2", None)),
        ({"client_id": "a", TOOL: {"deployment_id": 2}}, Granted("a", "2", None)),
        ({"client_id": "a", TOOL: {"deployment_id": True}}, Granted("a", None, None)),
        ({"client_id": "a", TOOL: {"deployment_id": "x" * 300}}, Granted("a", None, None)),
        ({"client_id": "a", TOOL: "2"}, Granted("a", None, None)),
    ],
)
def test_what_was_granted_is_read(document: dict[str, Any], granted: Granted) -> None:
    assert read_registration(document) == granted


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"missing required attribute jwks_uri", "missing required attribute jwks_uri"),
        (b"<html><body>No</body></html>", ""),
        (b"x" * 400, ""),
        (b'{"errors": ["a", "b", 7]}', "a. b"),
        (b'{"errors": [{"message": "Invalid scope"}]}', "Invalid scope"),
        (b'{"error_description": "Ask somebody@school.example at https://lms.example/x"}', "Ask … at …"),
        (b"\xff\xfe", ""),
        (b"", ""),
    ],
)
def test_what_the_lms_says_is_shown_as_one_plain_line(body: bytes, shown: str) -> None:
    assert said(Answer(400, {}, body, LMS, "")) == shown


PARAMETERS = st.tuples(st.sampled_from(["openid_configuration", "registration_token"]), st.text(max_size=60))


@settings(BOUNDED, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PARAMETERS, max_size=3))
def test_any_opening_is_read_or_refused(app: Flask, params: list[tuple[str, str]]) -> None:
    read = outcome(lambda: read_opening(MultiDict(params)))

    if isinstance(read, Problem):
        assert read.code in ("register_request", "register_address")
    else:
        assert read.headers.get("Authorization", "").isprintable()


def test_the_token_of_an_opening_is_in_no_repr() -> None:
    assert "secret" not in repr(Opening(f"{LMS}/c", "secret"))


def test_a_message_that_the_lms_does_not_name_is_not_asked_for() -> None:
    said = configuration(LMS)
    said[PLATFORM]["messages_supported"] = ["LtiResourceLinkRequest", "DataPrivacyLaunchRequest", "LtiSomethingElse"]

    asked = registration_document(read_configuration(said, f"{LMS}/c"), "https://tool.example")

    assert [one["type"] for one in asked[TOOL]["messages"]] == ["LtiResourceLinkRequest", "DataPrivacyLaunchRequest"]


@pytest.mark.parametrize("name", profiles())
def test_no_message_is_asked_for_twice(name: str) -> None:
    said = configuration(LMS)
    said[PLATFORM] = {"product_family_code": next(iter(profiles()[name].families), "")}

    asked = registration_document(read_configuration(said, f"{LMS}/c"), "https://tool.example")

    types = [one["type"] for one in asked[TOOL]["messages"]]
    assert len(types) == len(set(types)), "Sakai keeps the first of a type, Moodle the last"
