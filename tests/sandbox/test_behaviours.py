"""Each kind of platform differs as the references say: see `lti_tool/sandbox/behaviours.py` for these."""

import jwt
import pytest
import requests

from lti_tool.launch.link_header import next_link
from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.behaviours import BEHAVIOURS
from tests.sandbox.installation import Installation
from tests.sandbox.reading import LARGE, members, read
from tests.sandbox.scoring import make_item, results, send_score

BIOLOGY = "/courses/biology/memberships"
CANVAS = "https://canvas.instructure.com/lti/submission"


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_the_launch_names_the_product(lms: Installation, name: str) -> None:
    lms.platform.faults.behave_like(name)
    said = lms.platform.claims("biology", "amelie")
    assert said[words.CLAIM + "tool_platform"]["product_family_code"] == BEHAVIOURS[name].family
    assert said["exp"] - said["iat"] == (60 if name == "moodle" else 300)


@pytest.mark.parametrize(
    ("name", "stale", "ungraded", "unknown"),
    [
        ("canvas", 400, 422, 422),
        ("moodle", 409, 400, 400),
        ("blackboard", 409, 400, 400),
        ("brightspace", 409, 403, 404),
    ],
)
def test_scores_are_refused_with_its_own_statuses(
    lms: Installation, name: str, stale: int, ungraded: int, unknown: int
) -> None:
    lms.platform.faults.behave_like(name)
    item = make_item(lms)
    assert send_score(lms, item).status_code == 200
    assert send_score(lms, item).status_code == stale
    assert send_score(lms, item, to="helena").status_code == ungraded
    assert send_score(lms, item, to="nobody-here").status_code == unknown


def test_canvas_gives_fifty_a_page_at_most_and_says_why_in_errors(lms: Installation) -> None:
    lms.platform.faults.behave_like("canvas")
    assert [len(page) for page in read(lms, f"{LARGE}?limit=500")] == [50, 50, 33]
    refused = lms.get(f"{LARGE}?limit=x", words.ROSTER_TYPE)
    assert refused.json()["errors"] == {"type": "bad_request", "message": "limit must be a whole number above nought"}


def test_canvas_makes_an_attempt_of_every_score_unless_it_is_told_not_to(lms: Installation) -> None:
    lms.platform.faults.behave_like("canvas")
    item, sub = make_item(lms), lms.platform.world.people["amelie"].sub
    for number in range(3):
        send_score(lms, item, after=number)
    three = dict(lms.platform.gradebook.attempts)
    send_score(lms, item, after=9, **{CANVAS: {"new_submission": False}})
    [key] = three
    assert (three[key], key[1], lms.platform.gradebook.attempts[key]) == (3, sub, 3)
    assert lms.platform.gradebook.comments[key] == 4


def test_canvas_keeps_a_grade_under_a_score_that_is_not_final_and_refuses_tomorrow(lms: Installation) -> None:
    lms.platform.faults.behave_like("canvas")
    item = make_item(lms)
    send_score(lms, item)
    send_score(lms, item, after=1, gradingProgress="NotReady", scoreGiven=1)
    [kept] = results(lms, item)
    tomorrow = send_score(lms, item, after=2, **{CANVAS: {"submitted_at": "2199-01-01T00:00:00Z"}})
    assert (kept["resultScore"], tomorrow.status_code) == (5.0, 400)


def test_canvas_says_with_403_that_it_was_asked_too_often_and_guards_the_column_of_a_link(lms: Installation) -> None:
    lms.platform.faults.behave_like("canvas")
    link = lms.platform.world.courses["biology"].placements["activity"].link_id
    item, bearer = make_item(lms, resourceLinkId=link), lms.bearer()
    guarded = requests.delete(item["id"], headers=bearer, timeout=10)
    lms.platform.faults.throttle(at=("roster",), first=1)
    throttled = lms.get(BIOLOGY, words.ROSTER_TYPE)
    assert guarded.status_code == 401
    assert (throttled.status_code, throttled.headers["X-Rate-Limit-Remaining"]) == (403, "0.0")
    assert lms.get(BIOLOGY, words.ROSTER_TYPE).status_code == 200


@pytest.mark.parametrize("name", ["canvas", "moodle"])
def test_who_does_not_say_who_asks_is_refused(lms: Installation, name: str) -> None:
    bearer = lms.bearer()
    lms.platform.faults.behave_like(name)
    headers = {"Accept": words.ROSTER_TYPE, "User-Agent": "", **bearer}
    assert requests.get(lms.url + BIOLOGY, headers=headers, timeout=10).status_code == 403


def test_moodle_lists_everybody_at_once_unless_it_is_given_a_limit(lms: Installation) -> None:
    lms.platform.faults.behave_like("moodle")
    assert [len(page) for page in read(lms, LARGE)] == [133]
    assert [len(page) for page in read(lms, f"{LARGE}?limit=100")] == [100, 33]


def test_moodle_forgets_a_role_filter_on_the_next_page_and_ignores_those_it_does_not_know(lms: Installation) -> None:
    lms.platform.faults.behave_like("moodle")
    first, *rest = read(lms, f"{LARGE}?role=Instructor&limit=1")
    assert first[0]["roles"] == ["Instructor"]
    assert any(one["roles"] == ["Learner"] for page in rest for one in page)
    assert len(members(lms, f"{BIOLOGY}?role=Mentor")) == len(members(lms, BIOLOGY))


def test_moodle_says_short_names_lists_assistants_as_learners_and_escapes(lms: Installation) -> None:
    world = lms.platform.world
    lms.platform.faults.behave_like("moodle")
    world.suspend("biology", "dmitri")
    by_sub = {one["user_id"]: one for one in members(lms, BIOLOGY)}
    launched = lms.platform.claims("biology", "jun")[words.CLAIM + "roles"]
    names = {str(one.get("name")) for one in by_sub.values()}
    assert (by_sub[world.people["jun"].sub]["roles"], launched[-1]) == (["Learner"], words.INSTRUCTOR)
    assert by_sub[world.people["helena"].sub]["roles"] == ["Instructor"]
    assert "&lt;b&gt;Robert&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Sons&quot;" in names
    assert "Siobhán O&#039;Connor" in names
    assert world.people["dmitri"].sub not in by_sub


def test_moodle_erases_a_grade_with_a_score_that_is_not_final_and_caps_what_is_over(lms: Installation) -> None:
    lms.platform.faults.behave_like("moodle")
    item = make_item(lms)
    send_score(lms, item, scoreGiven=60, scoreMaximum=50)
    [capped] = results(lms, item)
    send_score(lms, item, after=1, gradingProgress="Pending")
    [erased] = results(lms, item)
    assert (capped["resultScore"], capped["comment"]) == (10.0, "Well done")
    assert ("resultScore" in erased, "comment" in erased) == (False, False)


def test_moodle_compares_whole_seconds_and_a_time_of_tomorrow_blocks_all_of_today(lms: Installation) -> None:
    lms.platform.faults.behave_like("moodle")
    item = make_item(lms)
    first, same_second = send_score(lms, item, after=0.1), send_score(lms, item, after=0.9)
    tomorrow, today = send_score(lms, item, after=86_400), send_score(lms, item, after=10)
    assert [one.status_code for one in (first, same_second, tomorrow, today)] == [200, 409, 200, 409]


def test_moodle_says_why_in_the_status_line_and_answers_pages(lms: Installation) -> None:
    lms.platform.faults.behave_like("moodle")
    item = make_item(lms)
    refused = send_score(lms, item, to="helena")
    page = lms.get(f"{item['id']}/results?limit=10", words.RESULTS_TYPE)
    wrong = lms.get(BIOLOGY, "application/json")
    assert (refused.reason, refused.json()) == ("userId is not an active learner of the course", [])
    assert (page.status_code, page.headers["Content-Type"].startswith("text/html")) == (404, True)
    assert wrong.status_code == 400


def test_moodle_leads_to_the_next_columns_by_curly_quotes(lms: Installation) -> None:
    lms.platform.faults.behave_like("moodle")
    for number in range(3):
        make_item(lms, resourceId=f"r{number}")
    first = lms.get("/courses/biology/lineitems?limit=2", words.LINE_ITEMS_TYPE)
    header = first.headers["Link"]
    following = next_link(header, lms.url)
    assert "rel=“next”" in header.encode("latin-1").decode()
    assert "&amp;" in header
    assert following is not None
    assert len(lms.get(following, words.LINE_ITEMS_TYPE).json()) == 1


def test_blackboard_clears_a_grade_by_its_states_drops_comments_and_sees_no_id(lms: Installation) -> None:
    lms.platform.faults.behave_like("blackboard")
    item, sub = make_item(lms), lms.platform.world.people["amelie"].sub
    send_score(lms, item)
    [whole] = results(lms, item)
    [one] = results(lms, item, f"?user_id={sub}")
    put = lms.send("PUT", item["id"], item, words.LINE_ITEM_TYPE)
    send_score(lms, item, after=1, activityProgress="Initialized", gradingProgress="NotReady")
    assert ("comment" in whole, "comment" in one, put.status_code) == (True, False, 400)
    assert results(lms, item) == []


def test_brightspace_wants_its_own_audience(lms: Installation) -> None:
    lms.platform.faults.behave_like("brightspace")
    audience = BEHAVIOURS["brightspace"].token_audience
    assert lms.ask_token(assertion=lms.assertion(aud=f"{lms.url}/token")).status_code == 401
    assert lms.ask_token(assertion=lms.assertion(aud=audience)).status_code == 200


def test_nothing_of_this_is_so_from_the_start(lms: Installation) -> None:
    assert [len(page) for page in read(lms, LARGE)] == [50, 50, 33]
    token = lms.platform.sign(lms.platform.claims("biology", "amelie"))
    assert jwt.get_unverified_header(token)["alg"] == "RS256"
    assert lms.platform.gradebook.attempts == {}
