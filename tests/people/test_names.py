"""Names and addresses as platforms send them: made safe to keep, to sort and to show, and missing ones are normal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.people.names import (
    EMAIL_LENGTH,
    NAME_LENGTH,
    Names,
    clean_email,
    clean_names,
    clean_text,
    code_of,
    sort_key,
)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("  Ada \t Lovelace\n", "Ada Lovelace"),
        ("e\u0301", "é"),
        ("\u202eadA", "adA"),
        ("\u061cAda", "Ada"),
        ("Ada\u200b\ufeff", "Ada"),
        ("a\x00b\x7fc", "a b c"),
        ("王 小明", "王 小明"),
        ("<b>Robert</b>", "<b>Robert</b>"),
        ("", None),
        (" \u200f ", None),
        (None, None),
        (7, None),
        (["Ada"], None),
    ],
)
def test_a_line_is_cleaned_and_never_changed_in_meaning(said: object, kept: str | None) -> None:
    assert clean_text(said) == kept


def test_a_long_line_is_cut() -> None:
    assert clean_text("x" * 10_000) == "x" * NAME_LENGTH
    assert clean_text("abc", 2) == "ab"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Ada@Example.ORG", "ada@example.org"),
        (" O'Connor+x@example.org ", "o'connor+x@example.org"),
        ("o-connor+x@example.org", "o-connor+x@example.org"),
        ("ada@exämple.org", "ada@exämple.org"),
        ("ada", None),
        ("ada@@example.org", None),
        ("ada@example.org, bo@example.org", None),
        ("Ada <ada@example.org>", None),
        ("ada@example.org\nBcc: x@y.z", None),
        ("a" * 65 + "@example.org", None),
        ("ada@" + "x" * 260, None),
        ("İ" + "a" * 62 + "@" + "x" * 190, None),
        (None, None),
        (5, None),
    ],
)
def test_an_address_is_one_address_in_lower_case_or_none(said: object, kept: str | None) -> None:
    assert clean_email(said) == kept


def test_a_whole_name_is_made_of_its_parts_where_it_is_missing() -> None:
    assert clean_names(name=None, given_name="Ada", family_name="Lovelace", email=None).name == "Ada Lovelace"
    assert clean_names(name="A. L.", given_name="Ada", family_name="Lovelace", email=None).name == "A. L."
    assert clean_names(name=None, given_name=None, family_name=3, email=None) == Names()


def test_people_are_sorted_by_family_name_and_the_nameless_come_last() -> None:
    people = [
        Names(), Names("Zoë"), Names("Ada Lovelace", "Ada", "Lovelace"), Names(email="bo@example.org"),
        Names("Åsa Berg", "Åsa", "Berg"),
    ]  # fmt: skip

    assert [one.name or one.email for one in sorted(people, key=lambda one: one.sort_name)] == [
        "Åsa Berg", "bo@example.org", "Ada Lovelace", "Zoë", None
    ]  # fmt: skip


@given(st.text(max_size=400))
def test_whatever_is_sent_is_kept_as_one_safe_line_and_stays_so(said: str) -> None:
    kept = clean_text(said)

    assert kept is None or (0 < len(kept) <= NAME_LENGTH and clean_text(kept) == kept)
    assert kept is None or not any(one in kept for one in "\n\r\t\x00\u202e\u2066\u200f")
    assert len(sort_key(kept, None, None, None)) <= NAME_LENGTH


@given(st.text(max_size=300))
def test_whatever_passes_for_an_address_is_short_and_passes_again(said: str) -> None:
    kept = clean_email(said)

    assert kept is None or (len(kept) <= EMAIL_LENGTH and kept.count("@") == 1 and clean_email(kept) == kept)


def test_the_nameless_are_told_apart_by_a_code_that_stays_and_says_nothing() -> None:
    one, other = "0193a5c0d1e2f3a4b5c6d7e8f9a0b1c2", "0193a5c0d1e2f3a4b5c6d7e8f9a0b1c3"

    assert code_of(one) == code_of(one) == "A0B1C2"
    assert code_of(other) != code_of(one)
