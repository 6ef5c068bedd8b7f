"""Rooms item 7, progress: who stands where at a glance, down to one cell, and one objective for many at once."""

import re

import requests
from sqlalchemy import func, select, update

from lti_tool import clock
from lti_tool.badges.model import Award
from lti_tool.db import db, transaction
from lti_tool.spaces.model import Member
from lti_tool.spaces.progress.stuck import STUCK_DAYS, quiet_since
from tests.flows.steps import add_objective, create_space, create_space_with_roster, mark_complete
from tests.make.hands import follow, heading, press, rows
from tests.make.lms import Campus, words


def ticked(page: requests.Response) -> list[str]:
    """Whoever is ticked on the page, as its form sends it."""
    boxes = re.findall(r'<input[^>]*name="member"[^>]*>', page.text)
    return [str(re.search(r'value="(\w+)"', box)[1]) for box in boxes if " checked" in box]  # type: ignore[index]


def awards() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Award).where(Award.revoked_at.is_(None))) or 0


def test_one_objective_for_the_whole_class_in_four_clicks_and_undone_for_all(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, "Cut an onion", points="30")
    mark_complete(teacher, overview, "O'Connor")

    grid = follow(teacher, overview, "Progress")
    column = follow(teacher, grid, "Cut an onion")
    selected = follow(teacher, column, "Select all shown")
    marked = press(teacher, selected, "Mark complete for the selected", member=ticked(selected))
    given = awards()
    undone = press(teacher, marked, "Undo for all")

    assert (len(ticked(column)), len(ticked(selected))) == (0, 10)
    assert ("Marked complete for 9 learners:" in words(marked), "1 had it already." in words(marked)) == (True, True)
    assert given == 10
    assert "Undone for 9 learners:" in words(undone)
    assert awards() == 1
    assert "Siobhán" in words(follow(teacher, undone, "Complete"))


def test_a_form_that_the_browser_sent_twice_can_still_be_undone(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, "Cut an onion", points="30")
    mark_complete(teacher, overview, "O'Connor")
    column = follow(teacher, follow(teacher, overview, "Progress"), "Cut an onion")
    selected = follow(teacher, column, "Select all shown")

    first = press(teacher, selected, "Mark complete for the selected", member=ticked(selected))
    again = press(teacher, selected, "Mark complete for the selected", member=ticked(selected))
    undone = press(teacher, again, "Undo for all")
    after_it = press(teacher, selected, "Mark complete for the selected", member=[ticked(selected)[0]])

    assert words(again) == words(first)
    assert "Undone for 9 learners:" in words(undone)
    assert "Marked complete for 1 learner:" in words(after_it)
    assert awards() == 2


def test_who_has_not_started_who_is_stuck_and_the_way_from_them_to_one_cell(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, "Cut an onion")
    add_objective(teacher, overview, "Fry it")
    for name in ("O'Connor", "Соколов"):
        mark_complete(teacher, overview, name)
    with transaction():
        long_ago = quiet_since(clock.now()).replace(year=2020)
        db.session.execute(update(Member).where(Member.sort_name.like("%siobh%")).values(moved_at=long_ago))

    grid = follow(teacher, overview, "Progress")
    stuck = follow(teacher, grid, "Stuck")
    shown = [len(rows(page, "progress-grid")) for page in (follow(teacher, grid, "Have not started"), stuck)]
    chart = follow(teacher, grid, "See it as a chart")
    details = follow(teacher, stuck, "Details")
    cell = follow(teacher, details, "Fry it")
    done = press(teacher, cell, "Mark complete")

    assert shown == [8, 1]
    assert f"have not moved for {STUCK_DAYS} days while others have" in words(stuck)
    assert "2 of 10" in words(chart)
    assert ("Siobhán" in heading(details), heading(cell)) == (True, "Fry it")
    assert "Marked complete: Fry it" in words(done)
    assert words(done).count("First") == 1  # the filter goes along: nobody stands before her, and Cut an onion does
    assert "Nobody is stuck." in words(follow(teacher, follow(teacher, overview, "Progress"), "Stuck"))


def test_the_empty_and_the_refused_case(school: Campus) -> None:
    school.lms.faults.without_roster = True
    teacher, overview = create_space(school)
    nothing = follow(teacher, overview, "Progress")
    add_objective(teacher, overview, "Cut an onion")
    nobody = follow(teacher, overview, "Progress")
    student, home = school.open("biology", "siobhan")
    grid = follow(teacher, overview, "Progress")

    no_objective = press(teacher, grid, "Mark complete for the selected")
    column = follow(teacher, grid, "Cut an onion")
    no_learner = press(teacher, column, "Mark complete for the selected")
    learner = student.post(f"{home.url}progress/complete-many", {"objective": "x"})

    assert "There are no objectives yet." in words(nothing)
    assert "Nobody has opened this yet." in words(nobody)
    assert "Choose the objective that shall be complete." in words(no_objective)
    assert "Tick the learners first" in words(no_learner)
    assert learner.status_code == 403
    assert awards() == 0
