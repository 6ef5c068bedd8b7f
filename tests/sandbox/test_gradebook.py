"""Line items, scores and results as the specification has them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from lti_tool.sandbox import vocabulary as words
from tests.sandbox.installation import Installation

ITEMS = "/courses/biology/lineitems"
_NOW = datetime.now(UTC) - timedelta(minutes=5)


def _make(lms: Installation, **over: object) -> dict[str, Any]:
    document = {
        "label": "Badge: Cells",
        "scoreMaximum": 10,
        "resourceId": "objective-1",
        "tag": "badge",
    } | over
    answer = lms.send("POST", ITEMS, document, words.LINE_ITEM_TYPE)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def _score(lms: Installation, item: dict[str, Any], **over: object) -> requests.Response:
    score: dict[str, object] = {
        "userId": lms.platform.world.people["amelie"].sub,
        "scoreGiven": 8,
        "scoreMaximum": 16,
        "comment": "Well done",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": _NOW.isoformat(),
    }
    document = {name: value for name, value in (score | over).items() if value is not None}
    return lms.send("POST", f"{item['id']}/scores", document, words.SCORE_TYPE)


def _results(lms: Installation, item: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    answer = lms.get(f"{item['id']}/results{query}", words.RESULTS_TYPE)
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()
    return results


def test_a_line_item_is_made_read_replaced_and_removed(lms: Installation) -> None:
    made = _make(lms, **{"https://example.org/extension": {"kept": True}})
    assert lms.get(made["id"], words.LINE_ITEM_TYPE).json() == made
    replaced = lms.send("PUT", made["id"], {"id": made["id"], "label": "New", "scoreMaximum": 5}, words.LINE_ITEM_TYPE)
    assert replaced.json() == {"id": made["id"], "label": "New", "scoreMaximum": 5}
    removed = requests.delete(made["id"], headers=lms.bearer(), timeout=10)
    assert removed.status_code == 204
    assert lms.get(made["id"], words.LINE_ITEM_TYPE).status_code == 404


def test_line_items_are_found_by_resource_tag_and_link_in_pages(lms: Installation) -> None:
    link = lms.platform.world.courses["biology"].placements["activity"].link_id
    _make(lms)
    _make(lms, resourceId="objective-2")
    _make(lms, resourceId="objective-3", tag="other", resourceLinkId=link)
    bearer = lms.bearer()

    def labels(query: str) -> list[str]:
        answer = lms.get(f"{ITEMS}?{query}", words.LINE_ITEMS_TYPE, bearer)
        assert answer.headers["Content-Type"] == words.LINE_ITEMS_TYPE
        return [item["resourceId"] for item in answer.json()]

    assert labels("resource_id=objective-2") == ["objective-2"]
    assert labels("tag=badge") == ["objective-1", "objective-2"]
    assert labels(f"resource_link_id={link}") == ["objective-3"]
    first = lms.get(f"{ITEMS}?limit=2", words.LINE_ITEMS_TYPE, bearer)
    second = lms.get(first.links["next"]["url"], words.LINE_ITEMS_TYPE, bearer)
    assert [len(first.json()), len(second.json())] == [2, 1]
    assert "next" not in second.links


@pytest.mark.parametrize(
    ("over", "status"),
    [
        ({"label": "  "}, 400),
        ({"scoreMaximum": 0}, 400),
        ({"scoreMaximum": True}, 400),
        ({"scoreMaximum": "10"}, 400),
        ({"tag": None}, 400),
        ({"unknown": 1}, 400),
        ({"id": "mine"}, 400),
        ({"resourceLinkId": "foreign"}, 404),
    ],
)
def test_a_wrong_line_item_is_refused(lms: Installation, over: dict[str, object], status: int) -> None:
    document = {"label": "x", "scoreMaximum": 1} | over
    assert lms.send("POST", ITEMS, document, words.LINE_ITEM_TYPE).status_code == status


def test_a_line_item_keeps_its_link(lms: Installation) -> None:
    link = lms.platform.world.courses["biology"].placements["activity"].link_id
    made = _make(lms, resourceLinkId=link)
    answer = lms.send("PUT", made["id"], {"label": "x", "scoreMaximum": 1}, words.LINE_ITEM_TYPE)
    assert answer.status_code == 400


def test_each_verb_needs_its_scope_and_media_type(lms: Installation) -> None:
    made = _make(lms)
    reading = lms.bearer(words.LINE_ITEM_READ_SCOPE)
    document = {"label": "x", "scoreMaximum": 1}
    assert lms.get(ITEMS, words.LINE_ITEMS_TYPE, reading).status_code == 200
    assert lms.send("POST", ITEMS, document, words.LINE_ITEM_TYPE, reading).status_code == 403
    assert lms.send("PUT", made["id"], document, words.LINE_ITEM_TYPE, reading).status_code == 403
    assert requests.delete(made["id"], headers=reading, timeout=10).status_code == 403
    assert lms.get(f"{made['id']}/results", words.RESULTS_TYPE, reading).status_code == 403
    assert lms.send("POST", f"{made['id']}/scores", {}, words.SCORE_TYPE, reading).status_code == 403
    assert lms.send("POST", ITEMS, document, "application/json").status_code == 415
    assert lms.send("POST", f"{made['id']}/scores", {}, "application/json").status_code == 415
    assert lms.get(ITEMS, "*/*").status_code == 406


def test_a_score_becomes_a_result_on_the_scale_of_the_line_item(lms: Installation) -> None:
    made = _make(lms)
    answer = _score(lms, made)
    assert answer.status_code == 200
    [result] = _results(lms, made)
    assert result["id"] == answer.json()["resultUrl"]
    assert result["scoreOf"] == made["id"]
    assert (result["resultScore"], result["resultMaximum"]) == (5, 10)
    assert result["comment"] == "Well done"


def test_a_score_that_is_not_later_changes_nothing(lms: Installation) -> None:
    made = _make(lms)
    _score(lms, made)
    assert _score(lms, made, scoreGiven=1).status_code == 409
    assert _score(lms, made, scoreGiven=1, timestamp=(_NOW - timedelta(1)).isoformat()).status_code == 409
    later = (_NOW + timedelta(milliseconds=1)).isoformat()
    assert _score(lms, made, scoreGiven=2, timestamp=later).status_code == 200
    assert [score.given for _, score in lms.platform.gradebook.history] == [8, 2]


def test_a_score_without_points_clears_the_result(lms: Installation) -> None:
    made = _make(lms)
    _score(lms, made)
    later = (_NOW + timedelta(seconds=1)).isoformat()
    _score(lms, made, scoreGiven=None, comment=None, timestamp=later)
    [result] = _results(lms, made)
    assert "resultScore" not in result
    assert "comment" not in result


@pytest.mark.parametrize(
    "over",
    [
        {"userId": None},
        {"userId": 7},
        {"activityProgress": "Done"},
        {"gradingProgress": "Maybe"},
        {"timestamp": "yesterday"},
        {"timestamp": "2026-01-01T10:00:00"},
        {"timestamp": "2026-01-01"},
        {"timestamp": (datetime.now(UTC) + timedelta(hours=1)).isoformat()},
        {"scoreMaximum": 0},
        {"scoreMaximum": None},
        {"scoreGiven": -1},
        {"scoreGiven": "8"},
        {"scoreGiven": True},
        {"comment": 5},
        {"extra": "member"},
        {"submission": {"startedAt": "2026-01-02T00:00:00Z", "submittedAt": "2026-01-01T00:00:00Z"}},
    ],
)
def test_a_wrong_score_is_refused(lms: Installation, over: dict[str, object]) -> None:
    made = _make(lms)
    assert _score(lms, made, **over).status_code == 400
    assert lms.platform.gradebook.history == []


@pytest.mark.parametrize("body", [b"not json", b"[]", b'{"userId": "a", "userId": "b"}', b"\xff"])
def test_a_body_that_is_no_plain_object_is_refused(lms: Installation, body: bytes) -> None:
    made = _make(lms)
    headers = {"Content-Type": words.SCORE_TYPE, **lms.bearer()}
    assert requests.post(f"{made['id']}/scores", data=body, headers=headers, timeout=10).status_code == 400


@pytest.mark.parametrize("person", ["helena", "test-student-biology", "learner-0001", "ingrid"])
def test_only_learners_of_the_course_are_graded(lms: Installation, person: str) -> None:
    made = _make(lms)
    assert _score(lms, made, userId=lms.platform.world.people[person].sub).status_code == 422


def test_a_repeated_name_is_refused_in_an_otherwise_good_score(lms: Installation) -> None:
    made = _make(lms)
    amelie = lms.platform.world.people["amelie"].sub
    body = (
        f'{{"userId": "{amelie}", "userId": "{amelie}", "activityProgress": "Completed",'
        f'"gradingProgress": "FullyGraded", "timestamp": "{_NOW.isoformat()}"}}'
    )
    headers = {"Content-Type": words.SCORE_TYPE, **lms.bearer()}
    assert requests.post(f"{made['id']}/scores", data=body, headers=headers, timeout=10).status_code == 400


def test_a_score_still_to_be_graded_is_no_result_yet(lms: Installation) -> None:
    made = _make(lms)
    assert _score(lms, made, gradingProgress="PendingManual").status_code == 200
    [result] = _results(lms, made)
    assert "resultScore" not in result


def test_a_line_item_belongs_to_its_course(lms: Installation) -> None:
    made = _make(lms)
    elsewhere = made["id"].replace("/biology/", "/data-literacy/")
    assert lms.get(elsewhere, words.LINE_ITEM_TYPE).status_code == 404


def test_an_identifier_in_another_case_is_nobody(lms: Installation) -> None:
    made = _make(lms)
    assert _score(lms, made, userId=lms.platform.world.people["ngozi"].sub.swapcase()).status_code == 422


def test_a_user_is_matched_by_case(lms: Installation) -> None:
    made = _make(lms)
    _score(lms, made, userId=lms.platform.world.people["amelie-2"].sub)
    assert _results(lms, made, f"?user_id={lms.platform.world.people['amelie'].sub}") == []
    assert len(_results(lms, made, f"?user_id={lms.platform.world.people['amelie-2'].sub}")) == 1


def test_a_platform_without_the_service_has_no_line_items(lms: Installation) -> None:
    made = _make(lms)
    before = lms.bearer()
    lms.platform.faults.without_gradebook = True
    assert lms.get(made["id"], words.LINE_ITEM_TYPE, before).status_code == 404
    assert lms.get(ITEMS, words.LINE_ITEMS_TYPE, before).status_code == 404
    assert lms.ask_token(words.SCORE_SCOPE).json()["error"] == "invalid_scope"
