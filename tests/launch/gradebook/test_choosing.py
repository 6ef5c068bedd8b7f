"""What the gradebook shows is chosen, and no choice takes a column or a grade away."""

import pytest
from sqlalchemy import select, update

from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.launch.gradebook import sweep
from lti_tool.launch.gradebook.choosing import choice_of, choose, outlook
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.sandbox.gradebook import LineItem as Column
from lti_tool.spaces.model import Objective, Space
from tests.launch.gradebook.moody_lms import Moods, said
from tests.launch.gradebook.term import Term


def take(term: Term, shows: str) -> None:
    with transaction():
        choose(term.course, term.space, shows)
    sweep()
    term.do_jobs_later()


def grades(term: Term, learner: str = "amelie") -> dict[str, tuple[float | None, float | None]]:
    """By the name of the column."""
    sub = term.school.lms.world.people[learner].sub
    shown = {one.label: term.school.lms.gradebook.score(one, sub) for one in term.columns}
    return {label: (one.given, one.maximum) for label, one in shown.items() if one}


def column_of(term: Term, objective: str) -> Column:
    [found] = [one for one in term.columns if one.members.get("resourceId") == objective]
    return found


def test_points_are_shown_in_the_same_column_under_another_name_and_back(term: Term) -> None:
    term.add_objective("Second")
    term.complete("amelie")
    term.do_jobs()

    take(term, "points")
    assert grades(term) == {"Biology 101: points": (10, 20)}
    [column] = term.columns
    assert (column.score_maximum, term.shown("amelie").comment) == (20, "10 of 20 points")  # type: ignore[union-attr]

    take(term, "completed")
    assert grades(term) == {"Biology 101: objectives completed": (1, 2)}
    assert len(term.columns) == 1


def test_points_move_with_what_is_completed_and_taken_back(term: Term) -> None:
    second = term.add_objective("Second")
    take(term, "points")
    term.complete("amelie", objective=second)
    term.do_jobs()
    term.complete("amelie")
    term.do_jobs()
    assert grades(term) == {"Biology 101: points": (20, 20)}

    term.take_back("amelie")
    term.do_jobs()
    assert grades(term) == {"Biology 101: points": (10, 20)}


def test_a_column_each_comes_with_the_first_who_has_something_to_show_there(term: Term) -> None:
    second = term.add_objective("Second")
    take(term, "objectives")
    assert list(term.columns) == []

    term.complete("amelie")
    term.do_jobs()

    assert grades(term) == {"First": (10, 10)}
    assert column_of(term, term.objective).members["tag"] == "spaces:objective:v1"

    term.complete("ngozi", objective=second)
    term.do_jobs()
    assert grades(term, "ngozi") == {"Second": (10, 10)}
    assert len(term.columns) == 2


def test_whoever_was_done_before_gets_the_points_of_each_and_the_other_column_stays_as_it_is(term: Term) -> None:
    term.add_objective("Second")
    term.complete("amelie")
    term.do_jobs()

    take(term, "objectives")
    assert grades(term) == {"Biology 101: objectives completed": (1, 2), "First": (10, 10)}

    term.take_back("amelie")
    term.do_jobs()
    assert grades(term) == {"Biology 101: objectives completed": (1, 2), "First": (0, 10)}


def test_an_objective_that_is_added_later_gets_its_column_too(term: Term) -> None:
    take(term, "objectives")
    third = term.add_objective("Third")
    term.complete("amelie", objective=third)
    term.do_jobs()

    assert grades(term) == {"Third": (10, 10)}


def test_going_back_leaves_the_columns_of_single_objectives_as_they_are(term: Term) -> None:
    take(term, "objectives")
    term.complete("amelie")
    term.do_jobs()

    take(term, "completed")
    term.take_back("amelie")
    term.do_jobs()

    assert grades(term) == {"Biology 101: objectives completed": (0, 1), "First": (10, 10)}
    assert choice_of(term.course, term.space).before == "objectives"


def test_nothing_means_nothing_and_all_of_it_follows_when_it_is_undone(term: Term, moods: Moods) -> None:
    term.complete("amelie")
    term.do_jobs()
    take(term, "nothing")
    moods.seen.clear()
    term.take_back("amelie")
    term.complete("ngozi")
    sweep()
    term.do_jobs_later()
    assert moods.seen == []

    take(term, "completed")

    assert grades(term) == {"Biology 101: objectives completed": (0, 1)}
    assert grades(term, "ngozi") == {"Biology 101: objectives completed": (1, 1)}


def test_the_same_choice_again_changes_nothing(term: Term) -> None:
    take(term, "points")
    take(term, "points")

    assert choice_of(term.course, term.space).before == "completed"


def test_what_nobody_can_choose_is_refused(term: Term) -> None:
    with pytest.raises(Problem, match="bad_request"), transaction():
        choose(term.course, term.space, "everything")
    assert db.session.scalars(select(LineItem)).all() == []


def test_what_will_happen_is_said_before(term: Term) -> None:
    term.add_objective("Second")
    first = outlook(term.course, term.space, "points")
    assert (first.is_made, first.label, first.grades) == (False, "Biology 101: points", 0)
    term.complete("amelie", "ngozi")
    term.do_jobs()

    ahead = outlook(term.course, term.space, "points")

    assert (ahead.is_made, ahead.is_renamed, ahead.grades) == (True, True, 2)
    assert (ahead.label_now, ahead.label) == ("Biology 101: objectives completed", "Biology 101: points")
    assert outlook(term.course, term.space, "objectives").objectives == 2


def test_a_grade_that_a_teacher_changed_is_held_when_the_choice_changes(term: Term) -> None:
    term.complete("amelie")
    term.do_jobs()
    [column] = term.columns
    sub = term.school.lms.world.people["amelie"].sub
    term.school.lms.gradebook.grade(column, sub, 0.6, at=term.shown("amelie").timestamp)  # type: ignore[union-attr]

    take(term, "points")

    assert (term.shown("amelie").given, term.states()) == (0.6, {"amelie": "held"})  # type: ignore[union-attr]


# Names


def test_a_column_follows_the_name_of_its_space(term: Term) -> None:
    term.complete("amelie")
    term.do_jobs()
    [column] = term.columns
    column.members["https://lms.example/extension"] = {"kept": True}
    with transaction():
        db.session.execute(update(Space).values(name="Biology for all"))

    sweep()
    term.do_jobs_later()

    assert column.label == "Biology for all: objectives completed"
    assert column.members["https://lms.example/extension"] == {"kept": True}
    assert term.handed_in == [("amelie", 1, 1)], "nothing but the name was sent"


def test_the_column_of_an_objective_follows_its_title(term: Term) -> None:
    take(term, "objectives")
    term.complete("amelie")
    term.do_jobs()
    with transaction():
        db.session.execute(update(Objective).values(title="Another title"))

    sweep()
    term.do_jobs_later()

    assert [one.label for one in term.columns] == ["Another title"]


def test_a_name_that_a_teacher_gave_in_the_lms_stays(term: Term, moods: Moods) -> None:
    term.complete("amelie")
    term.do_jobs()
    [column] = term.columns
    column.members["label"] = "Weekly badges"
    with transaction():
        db.session.execute(update(Space).values(name="Biology for all"))

    sweep()
    term.do_jobs_later()
    sweep()
    moods.seen.clear()
    term.do_jobs_later()

    assert column.label == "Weekly badges"
    assert moods.seen == [], "and the LMS is not asked about it for ever"
    assert term.item().label_there == "Weekly badges"


def test_an_lms_that_escapes_names_is_understood(term: Term) -> None:
    with transaction():
        db.session.execute(update(Space).values(name="Plants & people"))
    term.complete("amelie")
    term.do_jobs()
    [column] = term.columns
    column.members["label"] = "Plants &amp; people: objectives completed"
    with transaction():
        db.session.execute(update(Space).values(name="Plants"))

    sweep()
    term.do_jobs_later()

    assert column.label == "Plants: objectives completed"


def test_an_lms_that_refuses_a_new_name_gets_the_scores_all_the_same(term: Term, moods: Moods) -> None:
    term.complete("amelie")
    term.do_jobs()
    [column] = term.columns
    moods.instead[f"PUT {column.id}"] = [said(403)]
    with transaction():
        db.session.execute(update(Space).values(name="Biology for all"))

    term.complete("ngozi")
    term.do_jobs()

    assert column.label == "Biology 101: objectives completed"
    assert term.states() == {"amelie": "sent", "ngozi": "sent"}
    assert db.session.scalars(select(Score.problem)).all() == [None, None]
