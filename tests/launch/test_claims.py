"""The claims of a launch, read strictly and kept in our own words."""

from typing import Any

import pytest

from lti_tool.errors import Problem
from lti_tool.launch.claims import C, read_launch, read_locale

GOOD: dict[str, Any] = {
    "sub": "40899",
    "nonce": "n",
    C + "message_type": "LtiResourceLinkRequest",
    C + "version": "1.3.0",
    C + "deployment_id": "1",
    C + "target_link_uri": "http://localhost:8000/",
    C + "resource_link": {"id": "link"},
    C + "roles": [],
}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({C + "message_type": "ltiresourcelinkrequest"}, "message_unsupported"),
        ({C + "message_type": "LtiStartProctoring"}, "message_unsupported"),
        ({C + "message_type": ["LtiResourceLinkRequest"]}, "claim_malformed"),
        ({C + "target_link_uri": None}, "claims_missing"),
        ({C + "resource_link": "text"}, "claim_malformed"),
        ({C + "resource_link": {}}, "claim_malformed"),
        ({C + "resource_link": {"id": ""}}, "claim_malformed"),
        ({C + "resource_link": {"id": "x" * 300}}, "claim_malformed"),
        ({C + "roles": "Instructor"}, "claim_malformed"),
        ({C + "roles": [None]}, "claim_malformed"),
        ({C + "roles": ["x"] * 101}, "claim_malformed"),
        ({"sub": 40899}, "claim_malformed"),
        ({"sub": "x" * 5000}, "claim_malformed"),
        ({"sub": "naïve"}, "claim_malformed"),
        ({"sub": ""}, "claim_malformed"),
        ({C + "context": ["c"]}, "claim_malformed"),
        ({C + "context": "c"}, "claim_malformed"),
        ({C + "context": {"id": "x" * 300}}, "claim_malformed"),
        ({C + "context": {"title": "no id"}}, "claim_malformed"),
        ({C + "deployment_id": 1}, "claim_malformed"),
        ({C + "deployment_id": "half a \ud83d"}, "claim_malformed"),
        ({C + "resource_link": {"id": "a\x00b"}}, "claim_malformed"),
        ({C + "context": {"id": "\udc00"}}, "claim_malformed"),
        ({C + "custom": ["x"]}, "claim_malformed"),
        ({"nonce": None}, "nonce_wrong"),
    ],
)
def test_a_claim_of_the_wrong_form_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Problem) as refused:
        read_launch({**GOOD, **change})

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("context", "title"),
    [
        ({"id": "c", "title": "Biology", "label": "BIO"}, "Biology"),
        ({"id": "c", "title": None, "label": "BIO"}, "BIO"),
        ({"id": "c"}, "c"),
        ({"id": "c", "title": 7, "type": "CourseSection"}, "c"),
        ({"id": "c", "title": "T", "type": ["urn:odd"]}, "T"),
    ],
)
def test_a_course_without_a_title_is_called_by_what_it_has(context: dict[str, Any], title: str) -> None:
    launch = read_launch({**GOOD, C + "context": context})

    assert launch.context is not None
    assert launch.context.title == title


def test_names_are_trimmed_and_cannot_turn_the_page_around() -> None:
    launch = read_launch({**GOOD, "name": "\u202eRosa\u202c  \x00López " + "x" * 10_000, "email": "Rosa@Example.EDU"})

    assert launch.names.name is not None
    assert launch.names.name.startswith("Rosa López xxx")
    assert len(launch.names.name) == 200
    assert launch.names.email == "rosa@example.edu"


def test_a_name_cut_in_the_middle_of_a_character_loses_that_half() -> None:
    names = read_launch({**GOOD, "name": "Ana \ud83d", "family_name": "\ude00"}).names

    assert (names.name, names.family_name) == ("Ana", None)


def test_a_person_without_any_name_stays_without_one() -> None:
    names = read_launch({**GOOD, "name": None, "email": 7}).names

    assert (names.name, names.given_name, names.family_name, names.email) == (None, None, None, None)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("en-US", "en_US"),
        ("pt_br", "pt_BR"),
        ("de_comm", "de"),
        ("zh-Hans-CN", "zh"),
        ("../../x", "en"),
        ("zz-ZZ", "zz_ZZ"),
        (None, "en"),
        (7, "en"),
        ("x" * 40, "en"),
    ],
)
def test_locales_of_every_spelling(sent: object, read: str) -> None:
    assert read_locale(sent) == read


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil", "https://", 7, None, "https://a\x00b", "http://[x"]
)
def test_an_address_that_no_browser_should_follow_counts_as_absent(url: object) -> None:
    assert read_launch({**GOOD, C + "launch_presentation": {"return_url": url}}).return_url is None


@pytest.mark.parametrize(
    ("sent", "read"),
    [("2027-01-31T23:59:59Z", "2027-01-31"), ("$CourseSection.timeFrame.end", None), ("", None), ("soon", None)],
)
def test_an_unresolved_variable_counts_as_absent(sent: str, read: str | None) -> None:
    launch = read_launch({**GOOD, C + "context": {"id": "c"}, C + "custom": {"course_end": sent}})

    assert launch.context is not None
    assert (launch.context.ends_on.isoformat() if launch.context.ends_on else None) == read
