"""The column that comes with a picked objective, beside the Space's own, against the sandbox LMS's real service."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.launch.gradebook import sweep
from lti_tool.launch.gradebook.choosing import choose as choose_what
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.reads import gradebook_state
from lti_tool.launch.gradebook.sending import send_again
from lti_tool.launch.model import CourseKey
from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.gradebook import LineItem as Column
from lti_tool.sandbox.gradebook import Score as Shown
from lti_tool.spaces.model import Space
from lti_tool.spaces.objectives import ObjectiveWords, edit_objective
from lti_tool.spaces.settings import delete_space
from tests.flows.picking import REVIEW, choose, go_back, open_picker, send
from tests.flows.steps import create_space, create_space_with_roster
from tests.launch.gradebook.moody_lms import Moods, said
from tests.launch.gradebook.term import Term
from tests.make.space import make_objective


def pick(term: Term, objective: str = "") -> tuple[str, Column]:
    """The teacher picks the objective with a column. Answers the new link of the course, and the LMS's new column."""
    browser, picker = open_picker(term.school)
    go_back(browser, choose(browser, picker, f"objective:{objective or term.objective}", column="y"))
    [placement] = term.school.lms.deep_links.answers[-1].placements
    return placement.key, term.columns[-1]


def shown(term: Term, column: Column, learner: str) -> Shown | None:
    return term.school.lms.gradebook.score(column, term.school.lms.world.people[learner].sub)


def taken(term: Term, column: Column) -> list[tuple[float | None, float | None]]:
    """Every score that the LMS has taken for this column, oldest first."""
    return [(one.given, one.maximum) for item, one in term.school.lms.gradebook.history if item == column.id]


def row(term: Term) -> LineItem:
    db.session.expire_all()
    return db.session.scalars(select(LineItem).where(LineItem.resource_id == term.objective)).one()


def unfinished(kind: str) -> int:
    return len(db.session.scalars(select(Job.id).where(Job.kind == kind, Job.finished_at.is_(None))).all())


def test_a_picked_objective_shows_its_points_beside_the_column_of_the_space(term: Term) -> None:
    link, column = pick(term)
    term.school.open("biology", "amelie", link)
    other = term.add_objective()

    term.complete("amelie")
    term.do_jobs_later()
    term.complete("amelie", objective=other)
    term.do_jobs_later()

    [picked, own] = term.columns
    assert picked.id == column.id
    assert (picked.members["resourceId"], own.members["resourceId"]) == (term.objective, term.space)
    assert (taken(term, picked), taken(term, own)) == ([(10, 10)], [(1, 2), (2, 2)])
    points = shown(term, picked, "amelie")
    assert points is not None
    assert (points.comment, points.activity_progress) == ("10 of 10 points", "Completed")


def test_who_was_done_before_the_pick_gets_the_points_and_no_learner_must_open_the_link(term: Term) -> None:
    term.complete("amelie", "ngozi")
    term.do_jobs()

    _, column = pick(term)
    term.do_jobs_later()
    sweep()
    term.do_jobs_later()

    assert taken(term, column) == [(10, 10), (10, 10)]
    assert len(term.columns) == 2
    assert row(term).url == f"{term.school.lms.settings.url}/courses/biology/lineitems/{column.id}"


def test_what_is_taken_back_is_worth_nothing_any_more(term: Term) -> None:
    _, column = pick(term)
    term.complete("amelie")
    term.do_jobs_later()

    term.take_back("amelie")
    term.do_jobs_later()

    assert taken(term, column) == [(10, 10), (0, 10)]
    assert taken(term, term.columns[1]) == [(1, 1), (0, 1)]


def test_a_platform_that_ignores_the_filters_is_read_to_the_last_page(
    term: Term, monkeypatch: pytest.MonkeyPatch
) -> None:
    lms = term.school.lms.gradebook
    for number in range(70):
        lms.add("biology", {"label": f"Essay {number}", "scoreMaximum": 5, "resourceId": term.space, "tag": "other"})
    _, column = pick(term)
    listed = lms.items
    monkeypatch.setattr(lms, "items", lambda course, **_filters: listed(course))

    term.complete("amelie")
    term.do_jobs_later()

    assert taken(term, column) == [(10, 10)]


def test_a_launch_names_the_column_where_none_may_be_looked_for_and_the_space_does_not_take_it(
    term: Term, moods: Moods
) -> None:
    lms = term.school.lms
    link, column = pick(term)
    url = f"{lms.settings.url}/courses/biology/lineitems/{column.id}"
    with transaction():
        db.session.execute(update(CourseKey).values(line_items_url=None, grade_scopes=[]))
    lms.faults.launch_claims = {"gradebook": {"scope": [words.SCORE_SCOPE], "lineitem": url}}
    term.complete("amelie")

    term.school.open("biology", "ngozi", link)
    term.do_jobs_later()
    term.complete("ngozi")
    term.do_jobs_later()

    assert db.session.scalars(select(CourseKey.line_item_url)).one() is None
    assert taken(term, column) == [(10, 10), (10, 10)]
    assert len(term.columns) == 1
    assert moods.of("GET", "lineitems") == moods.of("POST", "lineitems") == []


def test_a_link_whose_column_is_known_is_opened_as_before(term: Term) -> None:
    link, _ = pick(term)
    term.school.open("biology", "amelie", link)
    term.do_jobs_later()

    term.school.open("biology", "amelie", link)

    assert unfinished("gradebook.settle") == 0
    assert len(db.session.scalars(select(LineItem)).all()) == 1


def test_a_pick_that_the_lms_has_not_kept_is_nobodys_trouble_and_makes_no_column(term: Term, moods: Moods) -> None:
    _, column = pick(term)
    term.school.lms.gradebook.remove(column)
    with transaction():
        db.session.execute(update(LineItem).values(created_at=clock.now() - timedelta(days=2)))

    term.complete("amelie")
    term.do_jobs_later()
    before = len(moods.seen)
    sweep()
    term.do_jobs_later()

    assert [one.members["resourceId"] for one in term.columns] == [term.space]
    assert len(moods.seen) == before, "it is looked for no more"
    page = term.teacher.get(f"{term.overview.url}progress").text
    assert "<dt>Sent</dt><dd>1</dd>" in " ".join(page.split())
    assert "column of its own" not in page
    assert "Send again" not in page


def test_a_column_that_comes_late_is_found_by_the_sweep(term: Term) -> None:
    _, column = pick(term)
    gradebook = term.school.lms.gradebook
    gradebook.remove(column)
    term.complete("amelie")
    term.do_jobs_later()

    late = gradebook.add("biology", column.members)
    sweep()
    term.do_jobs_later()

    assert taken(term, late) == [(10, 10)]
    assert row(term).problem is None


def test_points_that_change_are_followed_by_the_score_and_the_column(term: Term) -> None:
    _, column = pick(term)
    _, other = pick(term, term.add_objective("Second"))
    term.complete("amelie")
    term.do_jobs_later()
    with transaction():
        edit_objective(term.objective, words=ObjectiveWords("First", points=25))

    sweep()
    term.do_jobs_later()

    assert taken(term, column) == [(10, 10), (25, 25)]
    assert (column.score_maximum, other.score_maximum) == (25, 10)


def test_a_maximum_that_a_teacher_has_set_in_the_lms_stays(term: Term) -> None:
    _, column = pick(term)
    term.complete("amelie")
    term.do_jobs_later()
    column.members["scoreMaximum"] = 100
    with transaction():
        edit_objective(term.objective, words=ObjectiveWords("First", points=25))

    sweep()
    term.do_jobs_later()

    assert taken(term, column) == [(10, 10), (25, 25)]
    points = shown(term, column, "amelie")
    assert points is not None
    assert (column.score_maximum, points.result(100)) == (100, 100)


def test_a_column_that_went_with_its_link_is_filled_again_when_it_comes_back(term: Term) -> None:
    _, column = pick(term)
    term.complete("amelie")
    term.do_jobs_later()
    term.school.lms.gradebook.remove(column)
    term.complete("ngozi")
    term.do_jobs_later()
    assert (row(term).url, row(term).problem) == (None, "column_gone")
    assert len(term.columns) == 1

    _, back = pick(term)
    term.do_jobs_later()

    assert taken(term, back) == [(10, 10), (10, 10)]
    assert row(term).problem is None


def test_a_column_in_trouble_holds_back_no_other(term: Term, moods: Moods) -> None:
    _, column = pick(term)
    moods.instead[f"POST {column.id}/scores"] = [said(403, {"message": "this column is locked"})]
    term.complete("amelie")
    term.do_jobs_later()

    assert taken(term, term.columns[1]) == [(1, 1)]
    assert taken(term, column) == []
    assert row(term).problem is not None

    with transaction():
        send_again(term.course)
    sweep()
    term.do_jobs_later()
    assert (taken(term, column), row(term).problem) == ([(10, 10)], None)
    assert taken(term, term.columns[1]) == [(1, 1)]


def test_switched_off_a_picked_column_gets_nothing_and_switched_on_again_all_of_it(term: Term) -> None:
    _, column = pick(term)
    with transaction():
        choose_what(term.course, term.space, "nothing")
    _, other = pick(term, term.add_objective("Second"))
    term.complete("amelie")
    sweep()
    term.do_jobs_later()
    assert (term.handed_in, db.session.scalars(select(Score)).all()) == ([], [])

    with transaction():
        choose_what(term.course, term.space, "completed")
    sweep()
    term.do_jobs_later()

    assert (taken(term, column), taken(term, other)) == ([(10, 10)], [])


def test_the_panel_counts_both_kinds_and_names_the_picked_ones(term: Term) -> None:
    pick(term)
    term.complete("amelie", "ngozi")
    term.do_jobs_later()

    page = " ".join(term.teacher.get(f"{term.overview.url}progress").text.split())

    assert "One objective has a column of its own: “<bdi>First</bdi>”." in page
    assert "<dt>Sent</dt><dd>4</dd>" in page


def test_the_second_link_to_an_objective_leaves_the_first_column_the_filled_one(term: Term) -> None:
    first, column = pick(term)
    term.school.open("biology", "amelie", first)
    second, beside = pick(term)

    term.school.open("biology", "amelie", second)
    term.complete("amelie")
    term.do_jobs_later()

    assert (taken(term, column), taken(term, beside)) == ([(10, 10)], [])


def test_a_link_that_was_copied_into_another_course_brings_no_column_there(term: Term) -> None:
    link, _ = pick(term)
    school = term.school
    earlier, copy = (school.lms.world.courses[key] for key in ("biology", "data-literacy"))
    copied = copy.placements["copied"] = earlier.placements[link]
    create_space(school, "data-literacy")
    school.lms.gradebook.add(
        "data-literacy", {"label": "Copied", "scoreMaximum": 10, "resourceLinkId": copied.link_id}
    )

    school.open("data-literacy", "helena", "copied")

    courses = db.session.scalars(select(LineItem.course_id)).all()
    assert courses == [term.course]


def test_a_review_opens_the_objective_of_its_column_and_all_of_the_learner_from_that_of_the_space(term: Term) -> None:
    pick(term)
    term.complete("amelie")
    term.do_jobs_later()
    member = term.member("amelie")
    [picked, own] = term.columns
    picked.members.pop("resourceLinkId")  # nothing but the column itself says what it stands for

    pages = [send(term.school, REVIEW, "biology", "helena", about="amelie", item=one)[1].url for one in (picked, own)]

    assert pages[0].endswith(f"/progress/{member}/{term.objective}")
    assert pages[1].endswith(f"/progress/{member}")


def begin_anew(term: Term) -> Term:
    """The Space is deleted, and the teacher makes another one in the same course."""
    revision = db.session.get_one(Space, term.space).revision
    with transaction():
        delete_space(term.space, seen=revision)
    teacher, overview = create_space_with_roster(term.school)
    db.session.expire_all()
    space = str(db.session.get_one(CourseKey, term.course).space_id)
    objective = make_objective(space, term.school.organization, "Another")
    return replace(term, space=space, objective=objective, teacher=teacher, overview=overview)


def test_what_was_chosen_for_a_deleted_space_does_not_silence_the_next_one(term: Term) -> None:
    with transaction():
        choose_what(term.course, term.space, "nothing")
    later = begin_anew(term)

    _, column = pick(later)
    later.complete("amelie")
    later.do_jobs_later()

    assert taken(later, column) == [(10, 10)]


def test_a_picked_column_of_a_deleted_space_is_not_told_as_one_of_the_next(term: Term) -> None:
    link, _ = pick(term)
    term.school.open("biology", "amelie", link)
    before = gradebook_state(term.course, term.space, "Biology 101").picked
    later = begin_anew(term)

    assert list(before) == ["First"]
    assert list(gradebook_state(later.course, later.space, "Biology 101").picked) == []


def test_unknown_students_beside_somebody_who_is_taken_are_no_lost_column(term: Term, moods: Moods) -> None:
    """Nobody may ask here whether the LMS still knows the column."""
    lms = term.school.lms
    link, column = pick(term)
    url = f"{lms.settings.url}/courses/biology/lineitems/{column.id}"
    with transaction():
        db.session.execute(update(CourseKey).values(line_items_url=None, grade_scopes=[]))
    lms.faults.launch_claims = {"gradebook": {"scope": [words.SCORE_SCOPE], "lineitem": url}}
    term.school.open("biology", "amelie", link)
    moods.before = lambda _request: moods.instead.update(
        {"POST /scores": [said(404)] if moods.of("POST", "/scores") else []}
    )

    term.complete("amelie", "ngozi", "dmitri")
    term.do_jobs()

    assert taken(term, column) == [(10, 10)]
    assert (row(term).url, row(term).problem, row(term).try_again_at) == (url, "service_gone", None)
