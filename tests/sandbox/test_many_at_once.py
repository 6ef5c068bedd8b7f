"""What works once works once, however many ask at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import requests

from lti_tool.sandbox import vocabulary as words
from tests.sandbox.installation import Installation


def test_of_thirty_uses_of_one_hint_exactly_one_gets_a_token(lms: Installation) -> None:
    login = lms.platform.login_request("biology", "helena")

    def ask(_: int) -> bool:
        page = requests.get(f"{lms.url}/auth", params=lms.tool.authentication(login), timeout=10)
        return 'name="id_token"' in page.text

    with ThreadPoolExecutor(10) as pool:
        answered = list(pool.map(ask, range(30)))
    assert answered.count(True) == 1
    assert lms.platform.traffic["auth"] == 30


def test_of_thirty_equal_scores_exactly_one_is_kept(lms: Installation) -> None:
    item = lms.platform.gradebook.add("biology", {"label": "Cells", "scoreMaximum": 10})
    bearer = lms.bearer(words.SCORE_SCOPE)
    score = {
        "userId": lms.platform.world.people["amelie"].sub,
        "scoreGiven": 1,
        "scoreMaximum": 10,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": datetime.now(UTC).isoformat(),
    }

    def post(_: int) -> int:
        address = f"/courses/biology/lineitems/{item.id}/scores"
        return lms.send("POST", address, score, words.SCORE_TYPE, bearer).status_code

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(post, range(30)))
    assert sorted(statuses) == [200, *[409] * 29]
    assert len(lms.platform.gradebook.history) == 1


def test_of_ten_uses_of_one_assertion_exactly_one_gets_a_token(lms: Installation) -> None:
    assertion = lms.assertion()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: lms.ask_token(assertion=assertion).status_code, range(10)))
    assert sorted(answers) == [200, *[401] * 9]
    assert lms.tool.key_fetches == 1
