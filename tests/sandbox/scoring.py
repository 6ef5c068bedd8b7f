"""One column of the sandbox's gradebook, and scores for it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from lti_tool.sandbox import vocabulary as words
from tests.sandbox.installation import Installation

BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)


def make_item(lms: Installation, **over: object) -> dict[str, Any]:
    document = {"label": "Cells", "scoreMaximum": 10, "resourceId": "objective-1", "tag": "badge"} | over
    answer = lms.send("POST", "/courses/biology/lineitems", document, words.LINE_ITEM_TYPE)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def send_score(
    lms: Installation, item: dict[str, Any], *, to: str = "amelie", after: float = 0.0, **over: object
) -> requests.Response:  # fmt: skip
    """`after` so many seconds."""
    people = lms.platform.world.people
    score: dict[str, object] = {
        "userId": people[to].sub if to in people else to, "scoreGiven": 8, "scoreMaximum": 16, "comment": "Well done",
        "activityProgress": "Completed", "gradingProgress": "FullyGraded",
        "timestamp": (BEGAN + timedelta(seconds=after)).isoformat(),
    }  # fmt: skip
    document = {name: value for name, value in (score | over).items() if value is not None}
    scores, mark, query = str(item["id"]).partition("?")
    return lms.send("POST", f"{scores}/scores{mark}{query}", document, words.SCORE_TYPE)


def results(lms: Installation, item: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    answer = lms.get(f"{item['id']}/results{query}", words.RESULTS_TYPE)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found
