"""Recorded columns, results and scores of real LMSs."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from lti_tool.launch.gradebook import columns, rules
from lti_tool.launch.gradebook.rules import Standing
from lti_tool.launch.link_header import next_link
from lti_tool.launch.profiles import profile_named
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.launch.services import SafeServiceConnector
from tests.corpus.recorded import recorded
from tests.launch.roster.roster_server import RosterServer, answer, connect, make_platform, roster_server

STANDING = Standing(5, 100, datetime(2019, 8, 12, 9, 50, 45, tzinfo=UTC))


def ask(lms: RosterServer, *answers: dict[str, Any]) -> SafeServiceConnector:
    """A connector to an LMS that gives these recorded answers, one after the other."""
    lms.instead[1] = [answer(one.get("body", ""), one["status"]) for one in answers]
    return connect(make_platform(lms), lms)


@pytest.mark.parametrize(("name", "file"), recorded("lineitems").items(), ids=recorded("lineitems"))
def test_no_column_of_another_tool_is_taken_for_ours(app: Flask, name: str, file: dict[str, Any]) -> None:
    ours = {"id": "https://lms.example/ours", "label": "Ours", "resourceId": "space-1", "tag": rules.TAG}
    payload = file["payload"]
    with roster_server() as lms:
        connector = ask(lms, payload, {**payload, "body": [*payload["body"], ours]})
        at_lms = columns.Columns(connector, f"{lms.url}/items")

        without, beside = (at_lms.find("space-1", scope=rules.FIND) for _ in range(2))

    assert (without, beside) == (None, ours)


def test_canvas_pages_its_columns() -> None:
    payload = recorded("lineitems")["canvas-lineitems-1"]["payload"]

    following = next_link(payload["headers"]["Link"], "https://example-school.instructure.com/api/lti/courses/3334")

    assert following == "https://example-school.instructure.com/api/lti/courses/3334/line_items?opaqueB"


@pytest.mark.parametrize(("name", "file"), recorded("lineitems").items(), ids=recorded("lineitems"))
def test_a_column_goes_back_with_all_that_it_had_but_its_id(app: Flask, name: str, file: dict[str, Any]) -> None:
    item = file["payload"]["body"][0]
    with roster_server() as lms:
        connector = ask(lms, {"status": 200, "body": item}, {"status": 200, "body": item})

        kept = columns.look_at(connector, f"{lms.url}/items/1")
        columns.put_back(connector, f"{lms.url}/items/1", kept, {"scoreMaximum": 7})

    [put] = [one for one in lms.requests if one.method == "PUT"]
    sent = json.loads(put.get_data())
    assert sent == {name: value for name, value in item.items() if name != "id"} | {"scoreMaximum": 7}


@pytest.mark.parametrize(
    ("name", "user", "part"),
    [
        ("canvas-results-1", "20eb59f5-26e8-46bc-87b0-57ed54820aeb", 0.13),
        ("blackboard-results-1", "b317a895e7f64796a3fd01bb18a61d65", 0.5),
        ("blackboard-results-1", "77a1f06f53a1498fbf02eef7b34876c6", 0.1),
        ("blackboard-results-1", "somebody else", None),
    ],
)
def test_a_recorded_result_is_read_and_the_last_one_counts(
    app: Flask, name: str, user: str, part: float | None
) -> None:
    with roster_server() as lms:
        connector = ask(lms, recorded("results")[name]["payload"])

        found = columns.results_of(connector, f"{lms.url}/items/1", [user], page_size=None).get(user)

    assert (found.part if found else None) == part


def test_canvas_gets_what_its_recorded_score_has_and_no_new_submission(app: Flask) -> None:
    payload = recorded("score")["canvas-score-1"]["payload"]
    recorded_score, profile = payload["request"]["body"], profile_named("canvas")
    with roster_server() as lms:
        connector = ask(lms, payload)
        columns.post_score(connector, f"{lms.url}/items/1", recorded_score["userId"], STANDING, profile)

    sent = json.loads(lms.requests[-1].get_data())
    assert set(sent) == set(recorded_score)
    extension = "https://canvas.instructure.com/lti/submission"
    assert sent[extension] == recorded_score[extension] == {"new_submission": False}
    assert lms.requests[-1].headers["Content-Type"] == payload["request"]["headers"]["Content-Type"]
    same = ("userId", "scoreGiven", "scoreMaximum", "gradingProgress")
    assert [sent[name] for name in same] == [recorded_score[name] for name in same]
    assert datetime.fromisoformat(sent["timestamp"]) == datetime.fromisoformat(recorded_score["timestamp"])


@pytest.mark.parametrize("given", [0, 3, 5])
def test_no_score_of_ours_is_what_deletes_a_grade_at_blackboard(given: int) -> None:
    write, delete = recorded("score")["blackboard-score-1"]["payload"]["requests"]

    ours = rules.score_document("1", Standing(given, 5, STANDING.moved_at), comment=True, times=True, also={})

    assert set(write) <= set(ours)
    assert ours["gradingProgress"] == write["gradingProgress"] != delete["gradingProgress"]
    assert ours["activityProgress"] != delete["activityProgress"]


def test_canvas_says_in_its_own_way_that_somebody_is_no_student(app: Flask) -> None:
    payload = recorded("score-error")["canvas-score-error-1"]["payload"]
    with roster_server() as lms:
        connector = ask(lms, payload)
        with pytest.raises(ServiceRefused) as refused:
            columns.post_score(connector, f"{lms.url}/items/1", "1", STANDING, profile_named("canvas"))

    assert (refused.value.status, refused.value.may_pass) == (422, False)
    assert refused.value.said == "User not found in course or is not a student"
