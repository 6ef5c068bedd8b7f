"""The LMS hears back, item 1: what the gradebook shows, and that it follows the Space and harms no grade."""

from datetime import UTC, datetime, timedelta

import requests
from sqlalchemy import update

from lti_tool.db import db, transaction
from lti_tool.launch.gradebook import sweep
from lti_tool.spaces.model import Space
from tests.flows.steps import add_objective, create_space_with_roster, mark_complete
from tests.make.hands import buttons, follow, heading, press
from tests.make.lms import Browser, Campus, words


def begin(school: Campus) -> tuple[Browser, requests.Response]:
    """A Space with two objectives. Answers the teacher's browser and the overview."""
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    add_objective(teacher, overview, "Draw a cell")
    return teacher, overview


def gradebook_page(teacher: Browser, overview: requests.Response) -> requests.Response:
    return follow(teacher, follow(teacher, overview, "Progress"), "More about the gradebook")


def columns(school: Campus) -> list[str]:
    return [one.label for one in school.lms.gradebook.items("biology")]


def shown(school: Campus, learner: str, column: int = 0) -> tuple[float | None, float | None] | None:
    item = school.lms.gradebook.items("biology")[column]
    score = school.lms.gradebook.score(item, school.lms.world.people[learner].sub)
    return (score.given, score.maximum) if score else None


def choose(teacher: Browser, page: requests.Response, shows: str) -> requests.Response:
    """Look what would change; answers the page that says so."""
    return press(teacher, page, "See what would change", shows=shows)


def test_before_anybody_has_something_to_show_there_is_no_column_and_the_page_says_so(school: Campus) -> None:
    teacher, overview = begin(school)
    school.do_jobs()

    page = gradebook_page(teacher, overview)

    assert heading(page) == "Gradebook"
    assert "No grade has been sent yet." in words(page)
    assert columns(school) == []


def test_the_column_comes_with_the_first_completion_and_goes_back_with_it(school: Campus) -> None:
    teacher, overview = begin(school)
    mark_complete(teacher, overview, "Siobhán O'Connor")
    school.do_jobs()
    assert (columns(school), shown(school, "siobhan")) == (["Biology 101: objectives completed"], (1, 2))

    learner = follow(teacher, follow(teacher, overview, "Progress"), "Details", beside="Siobhán O'Connor")
    press(teacher, follow(teacher, learner, "Take back"), "Take back", reason="By mistake")
    school.do_jobs()

    assert shown(school, "siobhan") == (0, 2)


def test_staff_read_what_will_happen_choose_points_and_undo_it(school: Campus) -> None:
    teacher, overview = begin(school)
    mark_complete(teacher, overview, "Siobhán O'Connor")
    school.do_jobs()

    ahead = choose(teacher, gradebook_page(teacher, overview), "points")
    for said in (
        "Biology 101: points", "from then on.", "1 grade in it is written anew.",
        "No column and no grade is deleted, and you can go back.",
    ):  # fmt: skip
        assert said in words(ahead)
    school.do_jobs()
    assert shown(school, "siobhan") == (1, 2), "looking changes nothing"

    changed = press(teacher, ahead, "Change it")
    school.do_jobs()
    assert (columns(school), shown(school, "siobhan")) == (["Biology 101: points"], (10, 20))

    assert "What the gradebook shows was changed." in words(changed)
    press(teacher, changed, "Undo")
    school.do_jobs()
    assert (columns(school), shown(school, "siobhan")) == (["Biology 101: objectives completed"], (1, 2))


def test_a_column_for_each_objective_and_none_at_all(school: Campus) -> None:
    teacher, overview = begin(school)
    mark_complete(teacher, overview, "Siobhán O'Connor")
    school.do_jobs()

    ahead = choose(teacher, gradebook_page(teacher, overview), "objectives")
    assert "The LMS gets columns for 2 objectives, each with the first learner" in words(ahead)
    press(teacher, ahead, "Change it")
    school.do_jobs()
    assert columns(school) == ["Biology 101: objectives completed", "Explore the lab"]
    assert shown(school, "siobhan", 1) == (10, 10)

    press(teacher, choose(teacher, gradebook_page(teacher, overview), "nothing"), "Change it")
    mark_complete(teacher, overview, "Ngozi Okafor")
    sweep()
    school.do_jobs()
    assert shown(school, "ngozi", 1) is None
    assert len(columns(school)) == 2
    assert "Nothing is written into the LMS's gradebook." in words(gradebook_page(teacher, overview))


def test_the_name_follows_the_space_while_nobody_has_changed_it_in_the_lms(school: Campus) -> None:
    teacher, overview = begin(school)
    mark_complete(teacher, overview, "Siobhán O'Connor")
    school.do_jobs()
    for name, teachers, expected in (
        ("Biology for all", None, "Biology for all: objectives completed"), ("Biology", "Badges", "Badges"),
    ):  # fmt: skip
        if teachers:
            school.lms.gradebook.items("biology")[0].members["label"] = teachers
        with transaction():
            db.session.execute(update(Space).values(name=name))
        sweep()
        school.do_jobs()

        assert columns(school) == [expected]


def test_a_grade_that_a_teacher_changed_is_held_and_staff_say_whose_stays(school: Campus) -> None:
    teacher, overview = begin(school)
    mark_complete(teacher, overview, "Siobhán O'Connor")
    mark_complete(teacher, overview, "Ngozi Okafor")
    school.do_jobs()
    [column] = school.lms.gradebook.items("biology")
    for learner in ("siobhan", "ngozi"):
        sub = school.lms.world.people[learner].sub
        school.lms.gradebook.grade(column, sub, 1.5, at=datetime.now(UTC) - timedelta(minutes=5))
    mark_complete(teacher, overview, "Siobhán O'Connor")
    mark_complete(teacher, overview, "Ngozi Okafor")
    school.do_jobs()
    assert shown(school, "siobhan") == (1.5, 2)

    page = follow(teacher, follow(teacher, overview, "Progress"), "Gradebook: 2 grades ask for you")
    assert "This Space: 2 of 2 The LMS: 1.5 of 2" in words(page)

    page = press(teacher, page, "Keep the LMS's: Ngozi Okafor")
    page = press(teacher, page, "Send ours: Siobhán O'Connor")
    school.do_jobs()
    assert (shown(school, "siobhan"), shown(school, "ngozi")) == ((2, 2), (1.5, 2))

    page = gradebook_page(teacher, overview)
    assert "Here the LMS's grade stays" in words(page)
    press(teacher, page, "Send ours: Ngozi Okafor")
    school.do_jobs()
    assert shown(school, "ngozi") == (2, 2)


def test_an_assistant_reads_it_and_changes_nothing(school: Campus) -> None:
    teacher, overview = begin(school)
    mark_complete(teacher, overview, "Siobhán O'Connor")
    school.do_jobs()

    assistant, start = school.open("biology", "jun")
    page = follow(assistant, follow(assistant, start, "Progress"), "More about the gradebook")

    assert "How many objectives are completed, in one column" in words(page)
    assert "See what would change" not in buttons(page)


def test_what_stands_in_a_column_that_is_left_asks_nobody_any_more(school: Campus) -> None:
    teacher, overview = begin(school)
    mark_complete(teacher, overview, "Siobhán O'Connor")
    school.do_jobs()
    [column] = school.lms.gradebook.items("biology")
    sub = school.lms.world.people["siobhan"].sub
    school.lms.gradebook.grade(column, sub, 0.5, at=datetime.now(UTC) - timedelta(minutes=5))
    mark_complete(teacher, overview, "Siobhán O'Connor")
    school.do_jobs()
    page = follow(teacher, follow(teacher, overview, "Progress"), "Gradebook: 1 grade asks for you")
    assert "Held back 1" in words(page)

    press(teacher, choose(teacher, page, "objectives"), "Change it")
    school.do_jobs()

    page = gradebook_page(teacher, overview)
    assert "Held back" not in words(page)
    assert "The LMS shows another grade" not in words(page)
