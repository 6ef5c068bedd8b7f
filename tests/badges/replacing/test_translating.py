"""The words of another platform's badge in ours: what does not fit is cut and told."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.badges.replacing.translating import our_words
from lti_tool.badges.revisions import clean_words
from lti_tool.badges.verifying.verdict import FoundBadge, FoundIssuer
from lti_tool.errors import Problem

BADGE = FoundBadge(
    "https://x.example/badge", "Navigator", "Found the way.", "Cross the forest.", None,
    FoundIssuer("https://x.example", "Scouts"),
)  # fmt: skip
ALIGNED = {"name": "Orientation", "url": "https://skills.example/1"}


def test_words_that_fit_are_taken_as_they_are() -> None:
    found = replace(BADGE, tags=("maps",), alignments=(ALIGNED,), achievement_type="Badge")

    words, notes = our_words(found)

    assert (words.name, words.description, words.criteria) == ("Navigator", "Found the way.", "Cross the forest.")
    assert (words.tags, words.alignments, words.achievement_type) == (("maps",), (ALIGNED,), "Badge")
    assert notes == ()


@pytest.mark.parametrize(
    ("said", "note"),
    [
        ({"name": "N" * 121}, "Its name is longer than 120 characters: its end is left out."),
        ({"description": "D" * 10_001}, "Its description is longer than 10,000 characters"),
        ({"criteria": "C" * 1_000_000}, "The text of its criteria is longer than 10,000 characters"),
        ({"criteria_url": "javascript:alert(1)"}, "The link of its criteria is no web address and is left out."),
        ({"criteria_url": "https://[broken"}, "The link of its criteria is no web address and is left out."),
        ({"tags": ("t" * 61, "maps")}, "1 of its tags are too long or too many and are left out."),
        ({"tags": tuple(map(str, range(40)))}, "10 of its tags are too long or too many and are left out."),
        ({"alignments": ({"name": "No link"}, ALIGNED)}, "1 of its alignments have no name or web address"),
        ({"alignments": (ALIGNED,) * 25}, "5 of its alignments"),
    ],
)
def test_what_does_not_fit_is_cut_and_told(said: dict[str, Any], note: str) -> None:
    words, notes = our_words(replace(BADGE, **said))

    assert clean_words(words) == words
    assert len(notes) == 1
    assert notes[0].startswith(note)


@pytest.mark.parametrize("said", [{"name": " "}, {"description": ""}, {"criteria": "", "criteria_url": "mailto:x@y.z"}])
def test_a_badge_that_lacks_what_ours_needs_is_refused_in_words(said: dict[str, Any]) -> None:
    with pytest.raises(Problem) as refused:
        our_words(replace(BADGE, **said))

    assert refused.value.code == "replacement_refused"
    assert refused.value.message.startswith("That badge lacks something. A badge needs")


WORDS = st.text(max_size=200) | st.text(alphabet="x\n\u202e\ud800\0é", min_size=100, max_size=300)


@given(WORDS, WORDS, WORDS, st.none() | WORDS, st.lists(WORDS, max_size=40), st.lists(st.dictionaries(WORDS, WORDS)))
@settings(max_examples=50, deadline=None)
def test_whatever_is_said_becomes_words_of_ours_or_a_refusal(
    name: str, description: str, criteria: str, link: str | None, tags: list[str], aligned: list[dict[str, str]]
) -> None:
    found = replace(
        BADGE, name=name, description=description, criteria=criteria, criteria_url=link, tags=tuple(tags),
        alignments=tuple(aligned),
    )  # fmt: skip

    outcome = _tried(found)

    assert outcome == "replacement_refused" or clean_words(outcome) == outcome


def _tried(found: FoundBadge) -> Any:
    try:
        return our_words(found)[0]
    except Problem as refused:
        return refused.code
