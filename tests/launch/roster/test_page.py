"""One page of a roster: what platforms really send, and what they should not (NRPS 2.0, sections 2.2 and 2.3)."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.launch.roster.page import NotCounted, Roster, RosterPerson, read_member
from lti_tool.people.names import Names

M = "http://purl.imsglobal.org/vocab/lis/v2/membership"
LEARNER, INSTRUCTOR = f"{M}#Learner", f"{M}#Instructor"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


def person(member: dict[str, Any]) -> RosterPerson:
    row = read_member({"user_id": "u1", "roles": [LEARNER], **member})
    assert isinstance(row, RosterPerson)
    return row


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ([LEARNER], "member"),
        ([INSTRUCTOR], "staff"),
        (["Learner"], "member"),
        (["Instructor"], "staff"),
        ([LEARNER, INSTRUCTOR], "staff"),
        ([INSTRUCTOR, f"{M}/Instructor#TeachingAssistant"], "staff"),
        ([f"{M}#ContentDeveloper"], "staff"),
        ([LEARNER, "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"], "member"),
        ([LEARNER, 7, None], "member"),
    ],
)
def test_the_highest_course_role_counts(roles: list[Any], role: str) -> None:
    assert person({"roles": roles}).role == role


@pytest.mark.parametrize(
    "roles",
    [
        [f"{M}#Mentor"],
        [],
        ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"],
        ["http://purl.imsglobal.org/vocab/lis/v2/person#Administrator"],
        ["urn:somebody:else"],
        [TEST_USER],
        [LEARNER, TEST_USER],
    ],
)
def test_observers_guests_administrators_and_test_users_are_no_members(roles: list[str]) -> None:
    assert read_member({"user_id": "u1", "roles": roles}) == NotCounted()


@pytest.mark.parametrize(
    "member",
    [
        {"roles": [LEARNER]},
        {"user_id": "", "roles": [LEARNER]},
        {"user_id": 17, "roles": [LEARNER]},
        {"user_id": None, "roles": [LEARNER]},
        {"user_id": "x" * 256, "roles": [LEARNER]},
        {"user_id": "ü", "roles": [LEARNER]},
        {"user_id": "a\x00b", "roles": [LEARNER]},
        {"user_id": "u1"},
        {"user_id": "u1", "roles": LEARNER},
        {"user_id": "u1", "roles": None},
        {"user_id": "u1", "roles": {"0": LEARNER}},
        "u1",
        None,
        [],
    ],
)
def test_an_unreadable_member_is_skipped_and_counted(member: object) -> None:
    roster = Roster()
    roster.add([member, {"user_id": "u2", "roles": [LEARNER]}])
    assert (set(roster.people), roster.skipped) == ({"u2"}, 1)


def test_somebody_whose_roles_cannot_be_read_is_remembered_as_named() -> None:
    roster = Roster()
    roster.add([{"user_id": "u1", "roles": LEARNER}, {"roles": [LEARNER]}])
    assert roster.unclear == {"u1"}


@pytest.mark.parametrize(
    ("status", "active"),
    [
        ("Active", True),
        (None, True),
        ("Inactive", False),
        ("inactive", False),
        ("Deleted", False),
        ("Suspended", True),
        (7, True),
    ],
)
def test_status_is_active_unless_it_says_otherwise(status: object, active: bool) -> None:
    assert person({"status": status}).active is active


def test_a_missing_status_is_active() -> None:
    assert person({}).active is True


def test_names_are_unescaped_once() -> None:
    row = person({"name": "Mu&ntilde;oz &amp; Ortiz", "given_name": "O&#039;Neil", "family_name": "&amp;lt;b&amp;gt;"})
    assert row.names == Names("Mu&ntilde;oz & Ortiz", "O'Neil", "&lt;b&gt;", None)


def test_names_of_any_type_and_halves_of_characters_do_no_harm() -> None:
    row = person({"name": ["x"], "given_name": 7, "family_name": "Lo\ud800vell", "email": {"a": 1}})
    assert row.names == Names("Lovell", None, "Lovell", None)


def test_addresses_are_kept_in_lower_case() -> None:
    assert person({"email": "R&amp;D@Example.EDU"}).names.email == "r&d@example.edu"


def test_somebody_on_two_pages_counts_once_with_the_highest_role() -> None:
    roster = Roster()
    roster.add([{"user_id": "u1", "roles": [LEARNER]}, {"user_id": "u2", "roles": [INSTRUCTOR]}])
    roster.add([{"user_id": "u1", "roles": [INSTRUCTOR]}, {"user_id": "u2", "roles": [LEARNER]}])
    assert {sub: row.role for sub, row in roster.people.items()} == {"u1": "staff", "u2": "staff"}


def test_an_active_enrolment_beats_an_ended_one_of_a_higher_role() -> None:
    roster = Roster()
    roster.add([{"user_id": "u1", "roles": [INSTRUCTOR], "status": "Inactive"}, {"user_id": "u1", "roles": [LEARNER]}])
    assert (roster.people["u1"].role, roster.people["u1"].active) == ("member", True)


def test_identifiers_that_differ_in_case_are_two_people() -> None:
    roster = Roster()
    roster.add([{"user_id": "abc", "roles": [LEARNER]}, {"user_id": "aBc", "roles": [LEARNER]}])
    assert set(roster.people) == {"abc", "aBc"}


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_member = st.fixed_dictionaries(
    {},
    optional={
        "user_id": _json | st.sampled_from(["a", "b"]),
        "roles": _json | st.lists(st.sampled_from([LEARNER, INSTRUCTOR, TEST_USER, "Learner"]), max_size=4),
        "status": _json,
        "name": _json,
        "email": _json,
    },
)


@given(st.lists(_json | _member, max_size=8))
@settings(max_examples=200, deadline=None)
def test_every_entry_is_read_skipped_or_not_counted(members: list[object]) -> None:
    roster = Roster()
    roster.add(members)
    assert roster.skipped == sum(read_member(member) is None for member in members)
    for sub, row in roster.people.items():
        assert row.sub == sub
        assert row.role in ("member", "staff")
        assert all(part is None or part.encode() for part in (row.names.name, row.names.email))
