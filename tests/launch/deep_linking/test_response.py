"""The claims of the answer: everything that was asked for, and nothing else."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from lti_tool.launch.deep_linking.request import PickSettings
from lti_tool.launch.deep_linking.response import D, Item, Parties, Words, content_item, response_claims
from lti_tool.launch.deep_linking.view import View
from lti_tool.launch.messages import C

URL = "https://tool.example/lti/launch"
OBJECTIVE = "0" * 31 + "1"
SETTINGS = PickSettings("https://lms.example/back", ("ltiResourceLink",))
LAB = Item(View("objective", OBJECTIVE), "Explore the lab", points=10)
NOW = 1_800_000_000.4


def response(parties: Parties | None = None, settings: PickSettings = SETTINGS, *items: Item) -> dict[str, Any]:
    parties = parties or Parties("client", "https://lms.example", "7")
    return response_claims(parties, settings, items, Words("Done.", "1 picked."), url=URL, now=NOW)


def item(one: Item = LAB, **settings: Any) -> dict[str, Any]:
    return content_item(one, replace(SETTINGS, **settings), url=URL)


def test_the_answer_goes_from_the_client_to_the_issuer_about_the_deployment() -> None:
    claims = response()

    assert (claims["iss"], claims["aud"], claims[C + "deployment_id"]) == ("client", "https://lms.example", "7")
    assert claims[C + "message_type"] == "LtiDeepLinkingResponse"
    assert claims[C + "version"] == "1.3.0"
    assert claims["exp"] - claims["iat"] == 300
    assert claims["nonce"] != response()["nonce"]


@pytest.mark.parametrize(("skew", "earlier", "later"), [(0, 0, 0), (90, 0, 90), (-90, 90, 0), (9999, 0, 600)])
def test_its_times_are_good_by_both_clocks(skew: int, earlier: int, later: int) -> None:
    claims = response(Parties("client", "https://lms.example", "7", skew))

    assert (int(NOW) - claims["iat"], claims["exp"] - 300 - int(NOW)) == (earlier, later)


@pytest.mark.parametrize("data", ["", "opaque &=ü", "\ud83d"])
def test_data_goes_back_as_it_came(data: str) -> None:
    assert response(None, replace(SETTINGS, data=data))[D + "data"] == data


def test_data_that_never_came_is_not_there() -> None:
    assert D + "data" not in response()


def test_an_answer_without_items_is_an_answer() -> None:
    assert response()[D + "content_items"] == []


def test_a_link_always_has_an_address_and_a_title_and_names_its_view() -> None:
    assert item() == {
        "type": "ltiResourceLink", "url": URL, "title": "Explore the lab",
        "custom": {
            "view": f"objective:{OBJECTIVE}", "context_history": "$Context.id.history",
            "link_history": "$ResourceLink.id.history",
        },
    }  # fmt: skip


def test_a_column_is_asked_for_only_where_it_is_taken_and_has_points() -> None:
    column = {
        "label": "Explore the lab", "scoreMaximum": 10, "resourceId": OBJECTIVE, "tag": "spaces:objective:v1",
        "submissionReview": {"reviewableStatus": ["InProgress", "Submitted", "Completed"]},
    }  # fmt: skip

    assert item(line_items=True)["lineItem"] == column
    assert "lineItem" not in item(line_items=False)
    assert "lineItem" not in item(replace(LAB, points=0), line_items=True)


@pytest.mark.parametrize(
    ("targets", "blocks"),
    [(("iframe", "window"), {"iframe"}), (("iframe",), {"iframe"}), (("window", "embed"), {"window"}), ((), set())],
)
def test_a_frame_or_window_is_named_only_where_it_is_taken(targets: tuple[str, ...], blocks: set[str]) -> None:
    assert {"iframe", "window", "embed"} & set(item(targets=targets)) == blocks


def test_days_are_instants_of_utc() -> None:
    first, last = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC)
    dated = replace(LAB, opens_at=first, due_at=last)

    assert item(dated)["available"] == {"startDateTime": "2027-01-01T00:00:00Z"}
    assert item(dated)["submission"] == {"endDateTime": "2027-01-31T23:59:59Z"}


def test_nothing_of_it_is_null() -> None:
    taken = replace(SETTINGS, line_items=True, targets=("iframe",), data="x")

    assert "null" not in json.dumps(response(None, taken, LAB, Item(View("home"), "B")))
