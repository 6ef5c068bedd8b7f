"""The LMS hears back, item 3: one token for each thing, errors understood, and nothing of them shown raw."""

import pytest
from sqlalchemy import update

from lti_tool.db import db, transaction
from lti_tool.launch.model import Registration
from lti_tool.sandbox.trouble import Trouble
from tests.flows.steps import add_objective, create_space_with_roster, mark_complete
from tests.flows.test_hears_back_item_2_delivery import begin, do_jobs_later, gradebook_page
from tests.make.hands import press
from tests.make.lms import Campus, words

_JSON = "application/json"
_SECRET = "eyJhbGciOiJSUzI1NiJ9.c2VjcmV0LXNlY3JldC1zZWNyZXQ.c2ln"


def test_tokens_are_asked_for_once_for_each_kind_and_worn_out_ones_are_replaced(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    add_objective(teacher, overview, "Draw a cell")
    school.lms.traffic.clear()

    for learner in ("Siobhán O'Connor", "Ngozi Okafor", "Siobhán O'Connor"):
        mark_complete(teacher, overview, learner)
        school.do_jobs()
    assert school.lms.traffic["token"] == 3, "one for columns, one for scores, one for reading grades"

    school.lms.faults.troubles = [Trouble(401, at=("scores",), first=1)]
    mark_complete(teacher, overview, "Ngozi Okafor")
    school.do_jobs()
    assert school.lms.traffic["token"] == 4
    assert "Sent 2 Waiting 0 Refused 0" in words(gradebook_page(teacher, overview))


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (Trouble(404, at=("scores",), reason=f"No <b>course</b> for {_SECRET}", body="[]"), "did not take this grade"),
        (Trouble(400, at=("token",), body='{"error" : ""kid" invalid, ', content_type=_JSON), "gave no access"),
        (Trouble(500, at=("line_items",), body="<html><script>alert(1)</script>"), "could not be reached"),
        (Trouble(200, at=("scores",), body="<html>Please log in</html>"), "cannot be read"),
        (Trouble(403, at=("scores",), body='{"errors": {"message": "locked"}}', content_type=_JSON), "refused"),
    ],
    ids=["reason phrase", "broken JSON", "HTML", "a page as success", "Canvas's errors"],
)  # fmt: skip
def test_an_error_in_any_form_is_told_in_words_and_passes(school: Campus, trouble: Trouble, told: str) -> None:
    teacher, overview = begin(school)
    school.lms.faults.troubles = [trouble]
    mark_complete(teacher, overview, "Siobhán O'Connor")
    school.do_jobs()

    page = gradebook_page(teacher, overview)
    assert told in words(page)
    for raw in (_SECRET, "<script>alert", "<b>course</b>", "Please log in", '""kid"'):
        assert raw not in page.text

    school.lms.faults.reset()
    do_jobs_later(school)
    if "Send again all that was refused" in words(page):
        press(teacher, page, "Send again all that was refused")
        school.do_jobs()
    assert "Sent 1 Waiting 0 Refused 0" in words(gradebook_page(teacher, overview))


def test_a_scope_that_was_taken_away_is_for_an_administrator_and_comes_back_by_itself(school: Campus) -> None:
    teacher, overview = begin(school)
    school.lms.faults.troubles = [
        Trouble(400, at=("token",), body='{"error": "invalid_scope"}', content_type="application/json")
    ]
    mark_complete(teacher, overview, "Siobhán O'Connor")
    school.do_jobs()
    assert "The LMS does not allow this service." in words(gradebook_page(teacher, overview))

    school.lms.faults.reset()
    mark_complete(teacher, overview, "Ngozi Okafor")
    school.do_jobs()
    assert "Sent 2 Waiting 0 Refused 0" in words(gradebook_page(teacher, overview))


@pytest.mark.parametrize("kind", ["canvas", "moodle", "blackboard", "brightspace"])
def test_an_lms_that_behaves_like_those_that_schools_use_gets_every_score_once(school: Campus, kind: str) -> None:
    school.lms.faults.behave_like(kind)
    with transaction():  # as an administrator enters it, or the platform's profile says it
        audience = school.lms.faults.behaviour.token_audience or None
        db.session.execute(update(Registration).values(token_audience=audience))
    teacher, overview = begin(school)
    mark_complete(teacher, overview, "Siobhán O'Connor")
    school.do_jobs()
    mark_complete(teacher, overview, "Ngozi Okafor")
    school.do_jobs()

    assert "Sent 2 Waiting 0 Refused 0" in words(gradebook_page(teacher, overview))
    [column] = school.lms.gradebook.items("biology")
    scores = school.lms.gradebook.scores(column)
    assert sorted((one.given, one.maximum) for one in scores) == [(1, 1), (1, 1)]
    assert all(number == 1 for number in school.lms.gradebook.attempts.values())
