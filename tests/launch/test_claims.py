"""The claims of a launch, read strictly and kept in our own words."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.errors import Problem
from lti_tool.launch.claims import AGS, NRPS, GradeService, Launch, read_launch, read_locale
from lti_tool.launch.messages import DEEP_LINKING_SETTINGS, C, Message
from lti_tool.launch.trace import what_was_sent
from lti_tool.people.visit import Role

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


DEEP_LINK = {
    C + "message_type": "LtiDeepLinkingRequest",
    DEEP_LINKING_SETTINGS: {"deep_link_return_url": "https://lms.example/back"},
}
REVIEW = {C + "message_type": "LtiSubmissionReviewRequest", C + "for_user": {"user_id": "7"}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({}, Message.RESOURCE_LINK),
        (DEEP_LINK, Message.DEEP_LINKING),
        (REVIEW, Message.SUBMISSION_REVIEW),
        ({C + "message_type": "LtiDataPrivacyLaunchRequest"}, Message.DATA_PRIVACY),
        ({C + "message_type": "DataPrivacyLaunchRequest"}, Message.DATA_PRIVACY),
    ],
)
def test_every_message_that_is_served_is_known_by_its_name(change: dict[str, Any], message: Message) -> None:
    assert read_launch({**GOOD, **change}).message is message


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({**DEEP_LINK, DEEP_LINKING_SETTINGS: None}, "Missing: deep_linking_settings."),
        ({**REVIEW, C + "for_user": None, C + "roles": None}, "Missing: for_user, roles."),
        ({C + "resource_link": None, "sub": None}, "Missing: resource_link, sub."),
        ({C + "message_type": None}, "Missing: message_type."),
        ({C + "message_type": "DataPrivacyLaunchRequest", "sub": None}, "Missing: sub."),
    ],
)
def test_all_that_a_message_lacks_is_said_at_once(change: dict[str, Any], missing: str) -> None:
    with pytest.raises(Problem) as refused:
        read_launch({**GOOD, **change})

    assert (refused.value.code, refused.value.detail) == ("claims_missing", missing)


@pytest.mark.parametrize("left_out", ["target_link_uri", "resource_link"])
def test_a_deep_linking_request_needs_no_link_of_its_own(left_out: str) -> None:
    launch = read_launch({**GOOD, **DEEP_LINK, C + left_out: None})

    assert launch.picking is not None
    assert launch.target == ("" if left_out == "target_link_uri" else GOOD[C + "target_link_uri"])


def test_a_deep_linking_request_may_name_the_link_that_it_is_for() -> None:
    assert read_launch({**GOOD, **DEEP_LINK, C + "resource_link": {"id": "_14_1"}}).resource_link == "_14_1"


INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ([INSTRUCTOR], Role.GUEST),
        (["Instructor", "Administrator"], Role.GUEST),
        ([INSTRUCTOR, ADMINISTRATOR], Role.SUPPORT),
        ([], Role.GUEST),
    ],
)
def test_a_message_about_personal_data_opens_no_course(roles: list[str], role: Role) -> None:
    about = {C + "message_type": "LtiDataPrivacyLaunchRequest", C + "roles": roles, C + "context": {"id": "c"}}
    launch = read_launch({**GOOD, **about})

    assert (launch.context, launch.standing.role) == (None, role)


@pytest.mark.parametrize("said", [{"user_id": 7}, {"user_id": ""}, {"user_id": "x" * 300}, {"user_id": "é"}, ["7"]])
def test_whom_a_review_is_about_is_read_strictly(said: object) -> None:
    with pytest.raises(Problem) as refused:
        read_launch({**GOOD, **REVIEW, C + "for_user": said})

    assert refused.value.code == "claim_malformed"


@pytest.mark.parametrize(
    ("said", "grades"),
    [
        ({"scope": ["a", 7], "lineitems": "https://x/i", "lineitem": ""}, GradeService(("a",), "https://x/i", None)),
        ({"scope": "a", "lineitem": "https://x/i/1"}, GradeService((), None, "https://x/i/1")),
        ({"scope": ["a"], "lineitems": "javascript:x"}, None),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_a_gradebook_without_an_address_is_none(said: object, grades: GradeService | None) -> None:
    assert read_launch({**GOOD, AGS: said}).grades == grades


@pytest.mark.parametrize("value", [None, "", "$Context.id.history", 7, ["x"], "x" * 2001])
def test_a_parameter_that_says_nothing_counts_as_absent(value: object) -> None:
    assert read_launch({**GOOD, C + "custom": {"a": value, "view": "home"}}).custom == {"view": "home"}


@pytest.mark.parametrize(
    ("said", "target"), [("window", "window"), ("frame", "frame"), ("popup", "iframe"), (7, "iframe"), (None, "iframe")]
)
def test_a_document_target_that_nobody_knows_is_a_frame(said: object, target: str) -> None:
    assert read_launch({**GOOD, C + "launch_presentation": {"document_target": said}}).document_target == target


def test_what_a_deep_linking_request_takes_is_kept_without_where_it_goes() -> None:
    settings = {"deep_link_return_url": "https://lms.example/planted", "accept_types": "file,ltiResourceLink"}
    kept = what_was_sent(read_launch({**GOOD, **DEEP_LINK, DEEP_LINKING_SETTINGS: {**settings, "data": "planted"}}))

    assert kept["takes"] == ["ltiResourceLink", "file"]
    assert "planted" not in json.dumps(kept)


def test_what_was_sent_is_kept_without_what_it_said() -> None:
    launch = read_launch({**GOOD, "name": "Rosa", "email": "rosa@example.edu", C + "custom": {"view": "secret-value"}})

    kept = what_was_sent(launch)

    assert kept["names"] == ["name", "email"]
    assert kept["custom"] == ["view"]
    assert kept["takes"] == []
    assert not [word for word in ("Rosa", "rosa@example.edu", "secret-value", "40899") if word in json.dumps(kept)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)
CLAIMS = st.sampled_from(
    [*GOOD, *DEEP_LINK, *REVIEW, NRPS, AGS, "name", "given_name", "email", "locale",
     *(C + name for name in ("context", "custom", "launch_presentation", "tool_platform", "role_scope_mentor",
                             "for_user", "lti1p1", "lis"))]
)  # fmt: skip
KINDS = st.sampled_from([{}, DEEP_LINK, REVIEW, {C + "message_type": "DataPrivacyLaunchRequest"}])


@settings(max_examples=50, deadline=None, derandomize=True)
@given(KINDS, st.dictionaries(CLAIMS, JSON, max_size=5))
def test_whatever_a_token_holds_it_is_read_or_refused_in_words(kind: dict[str, Any], odd: dict[str, Any]) -> None:
    outcome = read_or_refusal({**GOOD, **kind, **odd})

    if isinstance(outcome, Launch):
        assert 0 < len(outcome.sub) <= 255
        assert (outcome.picking is not None) is (outcome.message is Message.DEEP_LINKING)
        assert json.dumps(what_was_sent(outcome))
    else:
        assert outcome.entry.status == 400 or outcome.code == "nonce_wrong"


def read_or_refusal(claims: dict[str, Any]) -> Launch | Problem:
    try:
        return read_launch(claims)
    except Problem as refused:
        return refused
