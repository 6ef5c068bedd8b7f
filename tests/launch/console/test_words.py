"""Launches, scopes and clocks in words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.launch.console.scopes import COLUMNS, ROSTER, SCORES, clock_words, grants
from lti_tool.launch.console.words import message_words, proof_words, role_words, short_role
from lti_tool.people.visit import Role

V = "http://purl.imsglobal.org/vocab/lis/v2/"


@pytest.mark.parametrize(
    ("uri", "short"),
    [
        (V + "membership#Instructor", "Instructor"),
        (V + "membership/Instructor#TeachingAssistant", "Instructor: TeachingAssistant"),
        (V + "institution/person#Administrator", "Administrator (institution)"),
        (V + "system/person#SysAdmin", "SysAdmin (system)"),
        ("http://purl.imsglobal.org/vocab/lti/system/person#TestUser", "TestUser (system)"),
        ("Learner", "Learner"),
        ("urn:lti:odd", "urn:lti:odd"),
        ("", ""),
    ],
)
def test_a_role_is_said_shortly(uri: str, short: str) -> None:
    assert short_role(uri) == short


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.text())
def test_any_text_is_a_role_that_can_be_shown(uri: str) -> None:
    assert len(short_role(uri)) <= len(uri) + len(" (institution)")


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_words(role: Role) -> None:
    assert role_words(role.value) != role.value


def test_what_narrows_a_role_is_said_too() -> None:
    assert "teaching assistant" in role_words("staff", assistant=True)
    assert "preview" in role_words("member", preview=True)
    assert "in somebody's place" in role_words("member", masked=True)


def test_what_is_unknown_is_shown_as_it_came() -> None:
    assert message_words("LtiStartProctoring") == "LtiStartProctoring"
    assert (message_words(None), proof_words(None)) == ("Not read as far as its kind", "not proven yet")


@pytest.mark.parametrize(
    ("scopes", "granted"),
    [
        ((), [False, False, False]),
        ((ROSTER,), [True, False, False]),
        ((SCORES,), [False, False, True]),
        ((ROSTER, COLUMNS, SCORES, "anything"), [True, True, True]),
    ],
)
def test_scopes_are_what_was_granted(scopes: tuple[str, ...], granted: list[bool]) -> None:
    assert [one.granted for one in grants(scopes)] == granted


def test_the_lack_of_columns_is_less_where_scores_are_granted() -> None:
    assert "that a teacher made" in grants((SCORES,))[1].lack
    assert "shows nothing" in grants(())[1].lack


@pytest.mark.parametrize(
    ("skew", "words", "is_well"),
    [
        (None, "Not measured yet", True),
        (0, "agrees with ours", True),
        (-5, "agrees with ours", True),
        (40, "40 seconds ahead of ours, which is tolerated", True),
        (-61, "61 seconds behind ours. More than a minute makes launches fail", False),
        (600, "10 minutes ahead of ours", False),
        (-7200, "2 hours behind ours", False),
    ],
)
def test_a_clock_is_told_in_words(skew: int | None, words: str, is_well: bool) -> None:
    said, well = clock_words(skew)

    assert (words in said, well) == (True, is_well)
