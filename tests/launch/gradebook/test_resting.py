"""Whom and what the LMS refuses for good: who waits for it and who does not, and what ends it."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.gradebook import sweep
from lti_tool.launch.gradebook.losing import note_gone
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.read_back import read_back_by_schedule
from lti_tool.launch.gradebook.reads import gradebook_state
from lti_tool.launch.gradebook.sending import send_again
from lti_tool.launch.model import CourseKey
from lti_tool.sandbox import vocabulary as words
from tests.launch.gradebook.moody_lms import Moods, Seen, said
from tests.launch.gradebook.term import Term
from tests.launch.gradebook.test_refusals import may, rest_of, until_it_rests, when_it_has_rested
from tests.make.lms import words as words_of


def refuse(term: Term, moods: Moods, refused: Mapping[str, int]) -> None:
    """The LMS answers the scores of these people with such a status, from now on."""
    subs = {term.school.lms.world.people[who].sub.encode(): status for who, status in refused.items()}

    def answer(request: Seen) -> None:
        status = next((status for sub, status in subs.items() if sub in request.body), None)
        moods.instead["POST /scores"] = [said(status, {"message": "no"})] if status else []

    moods.before = answer


def try_again(term: Term) -> None:
    when_it_has_rested()
    sweep()
    term.do_jobs()


def tell(**values: object) -> None:
    with transaction():
        db.session.execute(update(LineItem).values(**values))


def test_one_person_who_is_refused_never_makes_the_others_wait(term: Term, moods: Moods) -> None:
    refuse(term, moods, {"amelie": 403})
    term.complete("amelie")
    for _ in range(3):
        sweep()
        term.do_jobs()
    told, rests_until = term.item().problem, term.item().try_again_at

    term.complete("ngozi")
    term.do_jobs()

    assert (told, rests_until) == ("service_forbidden", None)
    assert term.states() == {"amelie": "refused", "ngozi": "sent"}
    assert term.item().problem is None


def test_two_who_are_refused_make_a_third_wait_for_the_next_sweep_at_most(term: Term, moods: Moods) -> None:
    refuse(term, moods, {"amelie": 403, "dmitri": 403})
    term.complete("amelie", "dmitri")
    until_it_rests(term)
    asked = len(moods.seen)

    term.complete("ngozi")
    term.do_jobs()
    while_it_rests = len(moods.seen) - asked
    sweep()
    term.do_jobs()

    assert while_it_rests == 0
    assert term.states() == {"amelie": "refused", "dmitri": "refused", "ngozi": "sent"}
    assert (term.item().problem, term.item().try_again_at) == (None, None)


def test_when_all_were_refused_it_is_not_always_the_same_who_are_tried(term: Term, moods: Moods) -> None:
    everybody = {"amelie": 403, "dmitri": 403, "ngozi": 403}
    refuse(term, moods, everybody)
    term.complete("amelie", "dmitri", "ngozi")
    for _ in range(4):
        try_again(term)
    assert {one.tried_at == one.moved_at for one in term.scores().values()} == {True}
    rest_of(term)

    refuse(term, moods, {"amelie": 403, "dmitri": 403})
    runs = 0
    while term.states()["ngozi"] != "sent" and runs < 40:
        try_again(term)
        runs += 1

    assert term.states() == {"amelie": "refused", "dmitri": "refused", "ngozi": "sent"}


def test_somebody_who_is_refused_where_grades_cannot_be_read_stops_nobody(term: Term, moods: Moods) -> None:
    refuse(term, moods, {"amelie": 422})
    moods.instead["GET /results"] = [said(200, "<h1>Grades</h1>") for _ in range(9)]
    term.complete("amelie", "ngozi")
    term.do_jobs()

    assert term.states() == {"amelie": "refused", "ngozi": "sent"}
    assert term.item().problem is None


def test_an_unknown_student_is_no_lost_column_where_nobody_may_ask_for_the_column(term: Term, moods: Moods) -> None:
    lms = term.school.lms
    column = lms.gradebook.add("biology", {"label": "Activity", "scoreMaximum": 1})
    url = f"{lms.settings.url}/courses/biology/lineitems/{column.id}"
    with transaction():
        only = {"line_items_url": None, "line_item_url": url, "grade_scopes": [words.SCORE_SCOPE]}
        db.session.execute(update(CourseKey).values(**only))
    term.complete("amelie")
    term.do_jobs()
    with transaction():
        db.session.execute(update(Score).values(state="kept", found_score=0.9, found_maximum=1, drift=None))

    refuse(term, moods, {"ngozi": 404})
    term.complete("ngozi")
    term.do_jobs()

    kept = term.scores()["amelie"]
    assert (kept.state, kept.found_score, kept.drift) == ("kept", 0.9, None)
    assert (term.item().problem, term.item().try_again_at) == ("service_gone", None)
    term.complete("dmitri")
    term.do_jobs()
    assert term.states() == {"amelie": "kept", "ngozi": "refused", "dmitri": "sent"}


def test_a_column_that_was_made_anew_meanwhile_is_not_taken_for_gone(term: Term, moods: Moods) -> None:
    """Staff press “Send again” while the LMS says that it does not know the old column."""
    term.complete("amelie")
    term.do_jobs()
    [column] = term.columns
    term.school.lms.gradebook.remove(column)
    pressed: list[str] = []

    def press(request: Seen) -> None:
        if request.method == "GET" and request.path.endswith(f"/{column.id}") and not pressed:
            pressed.append(request.path)
            with term.school.app.app_context(), transaction():
                db.session.execute(update(LineItem).values(problem="column_gone"))
                db.session.flush()
                send_again(term.course)

    moods.before = press
    term.complete("ngozi")
    term.do_jobs()
    sweep()
    term.do_jobs()

    assert (len(pressed), term.item().problem) == (1, None)
    assert (len(term.columns), term.states()) == (1, {"amelie": "sent", "ngozi": "sent"})


def test_of_another_address_than_the_column_s_nothing_is_told(term: Term) -> None:
    term.complete("amelie")
    term.do_jobs()
    with transaction():
        db.session.execute(update(Score).values(state="kept", found_score=0.9, found_maximum=1))
    row = term.item().id

    with transaction():
        answer = note_gone(row, "http://127.0.0.1/old", "not here")

    assert (answer, term.item().problem, term.scores()["amelie"].found_score) == (False, None, 0.9)


def test_a_column_that_the_night_finds_gone_is_told_with_all_that_belongs_to_it(term: Term) -> None:
    term.complete("amelie")
    term.do_jobs()
    tell(try_again_at=clock.now() - timedelta(hours=1), problem_said="an older word")
    term.school.lms.gradebook.remove(term.columns[0])
    read_back_by_schedule()
    term.do_jobs_later()

    item = term.item()
    assert (item.problem, item.troubled_since, item.try_again_at) == ("column_gone", None, None)
    assert item.problem_said != "an older word"
    assert item.refused_since is not None


def test_a_column_that_is_gone_is_not_asked_for_whoever_completes_something(term: Term, moods: Moods) -> None:
    term.complete("amelie")
    term.do_jobs()
    term.school.lms.gradebook.remove(term.columns[0])
    term.complete("ngozi")
    term.do_jobs()
    asked = len(moods.seen)

    term.complete("dmitri")
    term.do_jobs_later()
    sweep()
    term.do_jobs_later()

    assert (term.item().problem, len(moods.seen)) == ("column_gone", asked)


def test_a_missing_column_is_made_when_a_launch_says_that_we_may(term: Term, moods: Moods) -> None:
    may("https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly", words.SCORE_SCOPE, words.RESULT_SCOPE)
    moods.instead["GET lineitems"] = [said(200, [])]
    moods.instead["POST token"] = [said(200, {"access_token": "t", "token_type": "Bearer", "expires_in": 3600})]
    term.complete("amelie")
    term.do_jobs()
    missing = term.item().problem
    db.session.rollback()  # else this test goes on reading what it has read now

    term.school.open("biology", "helena")
    term.do_jobs()

    assert missing == "column_missing"
    assert (term.handed_in, term.item().problem) == ([("amelie", 1, 1)], None)


def test_a_column_that_was_refused_once_is_tried_when_a_launch_names_another_gradebook(
    term: Term, moods: Moods
) -> None:
    moods.instead["GET lineitems"] = [said(404)]
    term.complete("amelie")
    term.do_jobs()
    with transaction():
        db.session.execute(update(CourseKey).values(line_items_url="http://127.0.0.1:9/gone"))

    term.school.open("biology", "helena")
    term.do_jobs()

    assert (term.handed_in, term.item().problem) == ([("amelie", 1, 1)], None)


def test_the_same_permissions_in_another_order_are_no_news(term: Term, moods: Moods) -> None:
    moods.instead["GET lineitems"] = [said(403) for _ in range(9)]
    term.complete("amelie")
    until_it_rests(term)
    with transaction():
        scopes = db.session.scalars(select(CourseKey.grade_scopes)).one()
        db.session.execute(update(CourseKey).values(grade_scopes=scopes[::-1]))
    asked = len(moods.seen)

    term.school.open("biology", "helena")
    term.do_jobs()

    assert len(moods.seen) == asked
    rest_of(term)


def test_a_next_try_is_told_only_while_it_is_to_come_and_nobody_is_away(term: Term, moods: Moods) -> None:
    moods.instead["GET lineitems"] = [said(403), said(403), said(503)]
    term.complete("amelie")
    until_it_rests(term)

    def told() -> object:
        db.session.rollback()
        return gradebook_state(term.course, term.space, "Biology").again_at

    rests = told()
    tell(try_again_at=clock.now() - timedelta(minutes=1))
    over = told()
    try_again(term)
    item = term.item()

    assert (rests is not None, over) == (True, None)
    assert (item.problem, item.troubled_since is not None, item.try_again_at) == ("service_unreachable", True, None)
    tell(try_again_at=clock.now() + timedelta(minutes=5))
    assert told() is None


def test_what_an_older_version_has_delivered_does_not_rest(term: Term, moods: Moods) -> None:
    """It takes the problem away, and knows nothing of the rest beside it."""
    moods.instead["GET lineitems"] = [said(403), said(403)]
    term.complete("amelie")
    until_it_rests(term)
    tell(problem=None, problem_said=None)
    term.complete("ngozi")
    term.do_jobs()
    assert sorted(term.states().values()) == ["sent", "sent"]

    tell(refused_since=clock.now() - timedelta(days=3))
    moods.instead["POST /scores"] = [said(403), said(403)]
    term.complete("dmitri", "fatima")
    term.do_jobs()

    item = term.item()
    assert (item.problem, item.try_again_at) == ("service_forbidden", None), "it is the first time"
    assert item.refused_since is not None
    assert clock.now() - item.refused_since < timedelta(minutes=10)


def test_a_learner_is_not_told_that_it_is_on_its_way_while_somebody_must_mend_it(term: Term, moods: Moods) -> None:
    moods.instead["GET lineitems"] = [said(403) for _ in range(9)]
    term.complete("siobhan")
    coming = words_of(term.school.open("biology", "siobhan")[1])
    until_it_rests(term)

    page = words_of(term.school.open("biology", "siobhan")[1])

    assert "On its way to the gradebook." in coming
    assert "On its way" not in page
    assert "Not in the gradebook yet. Your teacher sees why." in page
