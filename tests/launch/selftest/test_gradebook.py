"""The temporary platform's gradebook takes what AGS 2.0 prescribes, and says what is wrong with the rest."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool import clock
from lti_tool.launch.selftest.gradebook import _not_newer, _wrong_item, _wrong_score, items_of, result_of, scores_of
from lti_tool.launch.selftest.words import (
    LINE_ITEM_READ_SCOPE,
    LINE_ITEM_SCOPE,
    LINE_ITEM_TYPE,
    LINE_ITEMS_TYPE,
    RESULT_SCOPE,
    RESULTS_TYPE,
    SCORE_SCOPE,
    SCORE_TYPE,
)
from tests.launch.selftest.served import Served, serve_run

ITEM = {"label": "Objectives", "scoreMaximum": 4, "resourceId": "space-1", "tag": "spaces:progress:v1"}


def score(**changes: Any) -> dict[str, Any]:
    said = {
        "userId": "learner-1", "scoreGiven": 2, "scoreMaximum": 4, "activityProgress": "InProgress",
        "gradingProgress": "FullyGraded", "timestamp": clock.now().isoformat(), **changes,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}


@pytest.fixture
def served(client: FlaskClient) -> Served:
    return serve_run(client)


def make_item(served: Served, **changes: Any) -> str:
    document = {**ITEM, **changes}
    answer = served.ask(
        "POST", "course/lineitems", served.token(LINE_ITEM_SCOPE), document, Content_Type=LINE_ITEM_TYPE
    )
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"]).rpartition("/")[2]


def hand_in(served: Served, number: str, document: object, media_type: str = SCORE_TYPE) -> int:
    token = served.token(SCORE_SCOPE)
    address = f"course/lineitems/{number}/scores"
    return served.ask("POST", address, token, document, Content_Type=media_type).status_code


def test_a_line_item_is_made_found_and_replaced(served: Served) -> None:
    number = make_item(served)
    address, read = f"course/lineitems/{number}", served.token(LINE_ITEM_READ_SCOPE)

    shown = served.ask("GET", address, read, Accept=LINE_ITEM_TYPE).get_json()
    changed = {**ITEM, "scoreMaximum": 5}
    put = served.ask("PUT", address, served.token(LINE_ITEM_SCOPE), changed, Content_Type=LINE_ITEM_TYPE)

    assert shown == {**ITEM, "id": f"{served.lms.base}/{address}"}
    assert put.get_json()["scoreMaximum"] == 5
    assert items_of(served.run) == {number: changed}


@pytest.mark.parametrize(
    ("query", "found"), [("", 1), ("?tag=spaces:progress:v1", 1), ("?tag=other", 0), ("?resource_id=space-1", 1),
                         ("?resource_id=space-1&tag=other", 0), ("?resource_link_id=link-course", 0)],
)  # fmt: skip
def test_line_items_are_narrowed_by_what_is_asked(served: Served, query: str, found: int) -> None:
    make_item(served)

    answer = served.ask("GET", "course/lineitems" + query, served.token(LINE_ITEM_READ_SCOPE), Accept=LINE_ITEMS_TYPE)

    assert len(answer.get_json()) == found


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"label": " "}, "label"), ({"label": None}, "label"), ({"scoreMaximum": 0}, "scoreMaximum"),
        ({"scoreMaximum": True}, "scoreMaximum"), ({"scoreMaximum": "4"}, "scoreMaximum"), ({"tag": 1}, "tag"),
        ({"colour": "red"}, "colour"), ({"resourceLinkId": "elsewhere"}, "resource link"),
    ],
)  # fmt: skip
def test_a_line_item_is_refused_with_the_rule_that_it_breaks(changes: dict[str, Any], wrong: str) -> None:
    assert wrong in _wrong_item({**ITEM, **changes})
    assert _wrong_item({**ITEM, "https://lms.example/extension": {}}) == ""


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"userId": "nobody"}, "userId"), ({"userId": None}, "userId"), ({"activityProgress": "Done"}, "Progress"),
        ({"gradingProgress": None}, "Progress"), ({"scoreMaximum": None}, "needs scoreMaximum"),
        ({"scoreMaximum": 0}, "scoreMaximum"), ({"scoreGiven": -1}, "scoreGiven"), ({"scoreGiven": "2"}, "scoreGiven"),
        ({"timestamp": None}, "timestamp"), ({"timestamp": "2026-11-25"}, "timestamp"),
        ({"timestamp": "2026-11-25T08:00:00"}, "timestamp"), ({"timestamp": 7}, "timestamp"),
        ({"timestamp": "2126-11-25T08:00:00Z"}, "future"), ({"grade": "A"}, "grade"),
    ],
)  # fmt: skip
def test_a_score_is_refused_with_the_rule_that_it_breaks(changes: dict[str, Any], wrong: str) -> None:
    assert wrong in _wrong_score(score(**changes))
    assert _wrong_score(score()) == ""
    assert _wrong_score(score(**{"https://lms.example/extension": {}})) == ""


def test_a_score_arrives_once_for_each_moment(served: Served) -> None:
    number = make_item(served)
    first = score()

    assert hand_in(served, number, first) == 200
    assert hand_in(served, number, first) == 400
    assert hand_in(served, number, score(scoreGiven=4)) == 200

    assert scores_of(served.run, number)["learner-1"]["scoreGiven"] == 4
    later, earlier = clock.now(), clock.now() - timedelta(seconds=1)
    assert _not_newer(score(timestamp=later.isoformat()), score(timestamp=earlier.isoformat()))


@pytest.mark.parametrize("document", [b"", b"no JSON", b"[]", b"\xff\xfe", b"[" * 20_000])
def test_what_is_no_json_object_is_no_score(served: Served, document: bytes) -> None:
    assert hand_in(served, make_item(served), document) == 400


def test_a_score_wants_its_media_type_and_a_line_item(served: Served) -> None:
    assert hand_in(served, make_item(served), score(), "application/json") == 415
    assert hand_in(served, "99", score()) == 404


def test_results_are_on_the_line_items_own_scale(served: Served) -> None:
    number = make_item(served, scoreMaximum=10)
    hand_in(served, number, score(scoreGiven=1, scoreMaximum=4))

    answer = served.ask(
        "GET", f"course/lineitems/{number}/results?user_id=learner-1", served.token(RESULT_SCOPE), Accept=RESULTS_TYPE
    )

    [found] = answer.get_json()
    assert (found["userId"], found["resultScore"], found["resultMaximum"]) == ("learner-1", 2.5, 10)
    assert "resultScore" not in result_of("", number, ITEM, score(gradingProgress="Pending"))


_JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner), max_leaves=5)
_NAMES = st.sampled_from([*score(), *ITEM, "other"])


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(_NAMES, _JSON))
def test_whatever_is_sent_is_judged_without_a_fault(said: dict[str, Any]) -> None:
    assert isinstance(_wrong_score(said), str)
    assert isinstance(_wrong_item(said), str)
