"""What a score says, when it says so, and where it goes."""

import itertools
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.launch.gradebook.rules import (
    FIND,
    LABEL_LENGTH,
    MAKE,
    RESULTS,
    SCORES,
    TAG,
    Result,
    Standing,
    Way,
    asking,
    beneath,
    column_in,
    drift_of,
    label_of,
    latest_moment,
    next_moment,
    results_in,
    score_document,
    shows,
    way_of,
)

NOW = datetime(2026, 11, 24, 8, 0, 0, 123456, UTC)
ITEMS, ITEM = "https://lms.example/items", "https://lms.example/items/1"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["userId", "resultScore", "resultMaximum", "resourceId", "tag", "id"]), inner, max_size=4
    ),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize(
    ("scopes", "line_items", "line_item", "way"),
    [
        ([MAKE, SCORES], ITEMS, None, Way.OWN),
        ([MAKE, SCORES], ITEMS, ITEM, Way.OWN),
        ([FIND, SCORES], ITEMS, None, Way.FOUND),
        ([FIND, SCORES], ITEMS, ITEM, Way.COUPLED),
        ([SCORES], ITEMS, ITEM, Way.COUPLED),
        ([SCORES], None, ITEM, Way.COUPLED),
        ([MAKE, SCORES], None, None, None),
        ([SCORES], ITEMS, None, None),
        ([MAKE, RESULTS], ITEMS, ITEM, None),
        ([], ITEMS, ITEM, None),
    ],
)
def test_what_the_platform_allows_decides_the_way(
    scopes: list[str], line_items: str | None, line_item: str | None, way: Way | None
) -> None:
    assert way_of(scopes, line_items=line_items, line_item=line_item) is way


@pytest.mark.parametrize(
    ("url", "scores"),
    [
        ("https://lms.example/1/lineitem", "https://lms.example/1/lineitem/scores"),
        ("https://lms.example/1/lineitem/", "https://lms.example/1/lineitem/scores"),
        ("https://lms.example/1/lineitem?type_id=1", "https://lms.example/1/lineitem/scores?type_id=1"),
        ("https://lms.example/1?a=1?b=2", "https://lms.example/1/scores?a=1?b=2"),
        ("https://lms.example/1#top", "https://lms.example/1/scores"),
        ("https://lms.example", "https://lms.example/scores"),
    ],
)
def test_scores_go_onto_the_path_before_the_query(url: str, scores: str) -> None:
    assert beneath(url, "scores") == scores


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://lms.example/items", "https://lms.example/items?tag=a%3Ab%20c"),
        ("https://lms.example/items?type_id=1", "https://lms.example/items?type_id=1&tag=a%3Ab%20c"),
        ("https://lms.example/items?q=%2F#x", "https://lms.example/items?q=%2F&tag=a%3Ab%20c"),
    ],
)
def test_a_question_is_added_to_an_address_that_stays_as_it_is(url: str, asked: str) -> None:
    assert asking(url, tag="a:b c") == asked


def test_a_score_is_final_in_utc_with_a_fraction() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=2)))

    also = {"https://x.example/": {"new": False}}
    said = score_document("4", Standing(2, 5, there), comment=True, times=True, also=also)

    assert said == {
        "userId": "4", "scoreGiven": 2, "scoreMaximum": 5, "activityProgress": "InProgress",
        "gradingProgress": "FullyGraded", "timestamp": "2026-11-24T08:00:00.123Z",
        "comment": "2 of 5 objectives completed", "https://x.example/": {"new": False},
    }  # fmt: skip
    done = score_document("4", Standing(5, 5, NOW), comment=False, times=False, also={})
    assert (done["activityProgress"], "comment" in done) == ("Completed", False)


def test_the_next_moment_is_now_or_a_second_after_the_last_one() -> None:
    whole = NOW.replace(microsecond=123000)
    assert next_moment(None, NOW) == whole
    assert next_moment(NOW - timedelta(hours=1), NOW) == whole
    assert next_moment(whole, NOW) == whole + timedelta(seconds=1)
    assert next_moment(NOW + timedelta(hours=1), NOW) == NOW + timedelta(hours=1, seconds=1)


@pytest.mark.parametrize(("skew", "ahead"), [(0, 60), (40, 60), (-1, 59), (-60, 0), (-90, -30)])
def test_no_timestamp_lies_further_ahead_of_either_clock_than_a_minute(skew: int, ahead: int) -> None:
    assert latest_moment(NOW, skew) == NOW + timedelta(seconds=ahead)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(st.integers(-7_200_000, 7_200_000), min_size=2, max_size=20))
def test_moments_never_step_back_whatever_the_clock_does(clock_steps: list[int]) -> None:
    moments, last, now = [], None, NOW
    for step in clock_steps:
        now += timedelta(milliseconds=step)
        last = next_moment(last, now)
        moments.append(last.replace(microsecond=0))

    assert all(later > before for before, later in itertools.pairwise(moments))


@pytest.mark.parametrize(
    ("items", "found"),
    [
        ([], None),
        ([{"id": "1", "resourceId": "other", "tag": TAG}], None),
        ([{"id": "1", "resourceId": "ours", "tag": "other"}], None),
        ([{"id": "1", "resourceId": "ours"}], "1"),
        ([None, 7, {"id": "1", "resourceId": "ours", "tag": TAG}, {"id": "2", "resourceId": "ours", "tag": TAG}], "1"),
    ],
)
def test_a_column_is_known_by_what_it_stands_for(items: list[object], found: str | None) -> None:
    column = column_in(items, "ours")
    assert (column and column["id"]) == found


@pytest.mark.parametrize(
    ("results", "part"),
    [
        ([], None),
        ([{"userId": "other", "resultScore": 1, "resultMaximum": 1}], None),
        ([{"userId": "me"}], None),
        ([{"userId": "me", "resultScore": None, "resultMaximum": 5}], None),
        ([{"userId": "me", "resultScore": 3, "resultMaximum": 0}], None),
        ([{"userId": "me", "resultScore": True, "resultMaximum": 1}], None),
        ([{"userId": "me", "resultScore": 0.4}], 0.4),
        ([{"userId": "me", "resultScore": 50, "resultMaximum": 100}], 0.5),
        ([{"userId": "me", "resultScore": 1, "resultMaximum": 2}, {"userId": "me", "resultScore": 2}], 2.0),
    ],
)
def test_a_result_is_a_part_of_the_whole_and_the_last_one_counts(results: list[object], part: float | None) -> None:
    found = results_in(results).get("me")
    assert (found and found.part) == part


@pytest.mark.parametrize(("part", "same"), [(2 / 3, True), (0.66, False), (0.667, True), (1.0, False), (0.0, False)])
def test_what_the_lms_shows_is_ours_but_for_rounding(part: float, same: bool) -> None:
    assert shows(part, Standing(2, 3, NOW).part) is same


def test_more_than_the_whole_may_be_shown_as_the_whole() -> None:
    assert shows(1.0, 1.5)
    assert not shows(1.0, 0.5)
    assert not shows(1.0, None)


@pytest.mark.parametrize(
    ("score", "maximum", "drift"),
    [
        (2, 4, None), (2.001, 4, None), (10, 20, "rescaled"), (2, 8, "rescaled"), (3, 4, "changed"), (0, 4, "changed"),
    ],
)  # fmt: skip
def test_what_is_shown_otherwise_has_its_explanation(score: float, maximum: float, drift: str | None) -> None:
    assert drift_of(Result(score, maximum), 2, 4) == drift
    assert drift_of(None, 2, 4) == "missing"
    assert drift_of(Result(4, 4), 6, 4) == "capped"


def test_when_the_evidence_was_handed_in_is_said_where_there_is_some() -> None:
    began, sent = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
    standing = Standing(1, 2, NOW, began_at=began, handed_in_at=sent)

    said = score_document("4", standing, comment=False, times=True, also={})
    assert said["submission"] == {"startedAt": "2026-11-24T06:00:00.123Z", "submittedAt": "2026-11-24T07:00:00.123Z"}
    assert "submission" not in score_document("4", standing, comment=False, times=False, also={})
    assert "submission" not in score_document("4", Standing(1, 2, NOW), comment=False, times=True, also={})


def test_what_was_begun_after_it_was_handed_in_was_begun_then() -> None:
    standing = Standing(1, 2, NOW, began_at=NOW, handed_in_at=NOW - timedelta(hours=1))
    said = score_document("4", standing, comment=False, times=True, also={})["submission"]
    assert said["startedAt"] == said["submittedAt"]


@pytest.mark.parametrize(
    ("shows_what", "label"),
    [("completed", "Lab: objectives completed"), ("points", "Lab: points"), ("nothing", "Lab: objectives completed")],
)
def test_the_column_s_name_says_what_it_counts(shows_what: str, label: str) -> None:
    assert label_of("Lab", shows_what) == label


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(JSON, max_size=4))
def test_any_list_of_anything_can_be_looked_through(said: list[object]) -> None:
    column_in(said, "ours")
    results_in(said)


def test_a_long_name_leaves_room_for_what_the_column_is() -> None:
    assert label_of("Biology 101") == "Biology 101: objectives completed"
    assert len(label_of("x" * 200)) == LABEL_LENGTH
    assert label_of("x" * 200).endswith(": objectives completed")
