"""The rows of alignments: whatever a browser sends, there are at most as many as a badge may have."""

from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.badges.revisions import MOST_ALIGNMENTS
from lti_tool.badges.workshop.alignment_rows import AlignmentRows

NUMBERS = st.one_of(st.integers(-2, 50).map(str), st.text(max_size=4))
NAMES = st.builds("alignment-{}-{}".format, NUMBERS, st.sampled_from(["name", "url", "code", "else"]))


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(NAMES, st.text(max_size=20)), st.text(max_size=6))
def test_rows_are_bounded_and_adding_and_dropping_change_one_at_most(form: dict[str, str], dropped: str) -> None:
    rows = AlignmentRows.sent(form)
    before = len(rows.rows)

    rows.add()
    after_adding = len(rows.rows)
    rows.drop(dropped)

    assert before <= after_adding <= min(before + 1, MOST_ALIGNMENTS)
    assert after_adding - 1 <= len(rows.rows) <= after_adding
    assert all(any(text.strip() for text in row.values()) for row in rows.filled)


def test_a_row_keeps_what_was_typed_in_it() -> None:
    rows = AlignmentRows.sent(
        {"alignment-0-name": "A", "alignment-7-url": "https://x.example/", "alignment-8-name": " "}
    )

    assert [row["name"] for row in rows.rows] == ["A", "", " "]
    assert [(row["name"], row["url"]) for row in rows.filled] == [("A", ""), ("", "https://x.example/")]
    rows.drop("0")
    assert [row["url"] for row in rows.rows] == ["https://x.example/", ""]
