"""Whatever comes, a reader of the platform reads it or refuses it in its own words, and nothing else."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.sandbox.addresses import is_web_address, origin_of
from lti_tool.sandbox.content_items import BadItemError, read_items
from lti_tool.sandbox.registration_document import RegistrationRefused, check_document
from lti_tool.sandbox.registrations import SUPPORTED
from tests.sandbox.installation import Installation
from tests.sandbox.picking import pick
from tests.sandbox.test_registration import T, _document, _register

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ITEM_MEMBERS = "type url title text icon iframe window custom lineItem available submission html".split()
DOCUMENT_MEMBERS = "application_type redirect_uris jwks_uri initiate_login_uri scope client_name grant_types".split()
TOOL_MEMBERS = "domain secondary_domains target_link_uri claims messages custom_parameters".split()
LIMITS = settings(max_examples=50, deadline=None, derandomize=True)


def _outcome(read: Callable[[], Any]) -> Any:
    """What was read, or that it was refused; any other error is a fault of the reader."""
    try:
        return read()
    except (BadItemError, RegistrationRefused):
        return "refused"


@LIMITS
@given(st.dictionaries(st.sampled_from(ITEM_MEMBERS), JSON) | JSON)
def test_an_item_is_read_or_refused(members: Any) -> None:
    right = {"type": "ltiResourceLink", "url": "https://tool.example/", "title": "A"}
    item = right | members if isinstance(members, dict) else members
    accepted = {"accept_types": ["ltiResourceLink"], "accept_lineitem": True}
    assert _outcome(lambda: read_items([item], accepted)) in ("refused", [item])


@LIMITS
@given(st.dictionaries(st.sampled_from(DOCUMENT_MEMBERS), JSON), st.dictionaries(st.sampled_from(TOOL_MEMBERS), JSON))
def test_a_registration_is_read_or_refused(document: dict[str, Any], tool: dict[str, Any]) -> None:
    url = "https://tool.example"
    right_tool = {"domain": "tool.example", "target_link_uri": f"{url}/", "claims": [], "messages": []}
    right = {
        "application_type": "web", "response_types": ["id_token"], "grant_types": ["client_credentials", "implicit"],
        "redirect_uris": [f"{url}/launch"], "initiate_login_uri": f"{url}/login", "jwks_uri": f"{url}/jwks",
        "client_name": "A", "token_endpoint_auth_method": "private_key_jwt", "scope": "",
    }  # fmt: skip
    whole = right | document | {T: right_tool | tool}
    assert _outcome(lambda: check_document(whole, SUPPORTED)) in ("refused", right_tool | tool)


@LIMITS
@given(st.text(max_size=30).map("http://".__add__) | st.text(max_size=30))
def test_an_address_that_is_taken_can_stand_in_a_policy(text: str) -> None:
    if is_web_address(text):
        assert not set(origin_of(text)) & set(" ;,'\"\r\n")


@pytest.mark.parametrize(
    "address", ["http://a;script-src *", "http://[", "http://a b/", "http://u@a/", "http:///x", "https://a/#x", "a"]
)
def test_odd_addresses_register_nothing_and_open_no_frame(lms: Installation, address: str) -> None:
    refused = _register(lms, _document(lms, redirect_uris=[address]))
    assert (refused.status_code, len(lms.platform.tools.listed())) == (400, 1)
    assert not is_web_address(address)


@pytest.mark.parametrize(
    "times", [{"exp": "9999999999"}, {"exp": float("inf")}, {"iat": "1"}, {"iat": float("nan")}, {"exp": True}]
)
def test_odd_times_are_refused_in_answers_and_assertions(lms: Installation, times: dict[str, Any]) -> None:
    now = int(time.time())
    odd = {"iat": now, "exp": now + 60} | times
    asked = pick(lms)
    assert asked.answer(asked.link(), **odd).status_code == 400
    assert lms.ask_token(assertion=lms.assertion(**odd)).status_code == 401


def test_a_document_nested_a_thousand_levels_deep_is_refused(lms: Installation) -> None:
    deep: dict[str, Any] = {}
    for _ in range(900):
        deep = {"x": deep}
    asked = pick(lms)
    registered = _register(lms, _document(lms) | {"https://example.org/deep": deep})
    answered = asked.answer(asked.link(), **{"https://example.org/deep": deep})
    assert (registered.status_code, answered.status_code) == (400, 400)
