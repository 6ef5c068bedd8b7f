"""How many clicks each task takes, from the page of the course to the result, beside the target that we set ourselves.

`make browser` prints them as a table (see `conftest`).
"""

import csv
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.registration.invites import make_invite
from lti_tool.people.model import Person
from lti_tool.spaces.completions import complete
from lti_tool.spaces.leaderboard_options import set_leaderboard_options
from lti_tool.spaces.model import Member, Space
from tests.browser.hand import Hand, opens
from tests.browser.walk import stands_at
from tests.flows.steps import create_space_with_roster
from tests.make.admin import make_link
from tests.make.evidence import make_evidence_objective, make_handed_in
from tests.make.lms import Campus
from tests.make.space import make_objective

pytestmark = pytest.mark.browser

Browsers = Callable[..., BrowserContext]
Count = Callable[..., None]
LEARNER, TEACHER = "Siobhán O'Connor", "Helena Brandt"


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Count:
    """`clicks` are written down beside the target; `at_most` where we know that we miss it."""

    def note(task: str, clicks: int, target: int, *, at_most: int | None = None) -> None:
        record_property("clicks", [task, clicks, target])
        assert clicks <= (at_most or target)

    return note


@pytest.fixture
def space(school: Campus) -> str:
    """The Space of the biology course, with everybody in it."""
    create_space_with_roster(school)
    return db.session.scalars(select(Space.id)).one()


def member(space: str, name: str) -> str:
    named = select(Member.id).join(Person, Person.id == Member.person_id).where(Person.name == name)
    return db.session.scalars(named.where(Member.space_id == space)).one()


def with_leaderboard(space: str) -> None:
    with transaction():
        set_leaderboard_options(space, on=True, aliases=True, names=False)


def with_completion(space: str, organization: str, name: str = LEARNER) -> str:
    """Answers the objective."""
    objective = make_objective(space, organization, "Draw a cell")
    with transaction():
        complete(objective_id=objective, member_id=member(space, name), by=None)
    return objective


def test_a_student_sees_the_own_progress(school: Campus, browsers: Browsers, space: str, count: Count) -> None:
    make_objective(space, school.organization, "Draw a cell")

    hand = opens(browsers(), school, LEARNER)

    stands_at(hand.where, "My progress")
    expect(hand.where.get_by_text("0 of 1 objective complete")).to_be_visible()
    count("1 · Student: see my progress", hand.clicks, 1)


def test_a_student_hands_in_evidence_for_the_next_objective(
    school: Campus, browsers: Browsers, space: str, count: Count
) -> None:
    make_evidence_objective(space, school.organization, "Draw a cell")
    hand = opens(browsers(), school, LEARNER)
    hand.press("link", "Hand in evidence")
    hand.where.get_by_label("Your text").fill("The walls are green.")

    hand.press("button", "Hand it in")

    expect(hand.where.get_by_role("status")).to_contain_text("Waiting for review")
    count("2 · Student: hand in evidence for the next objective", hand.clicks, 3)


def test_a_student_compares_without_giving_a_name(school: Campus, browsers: Browsers, space: str, count: Count) -> None:
    with_leaderboard(space)
    with_completion(space, school.organization)
    hand = opens(browsers(), school, LEARNER)

    hand.press("link", "Leaderboard")

    stands_at(hand.where, "Leaderboard")
    expect(hand.where.locator("tr[aria-current=true]").get_by_role("cell")).to_have_text(["1", "10"])
    expect(hand.where.get_by_role("table")).not_to_contain_text("Siobhán")
    count("3 · Student: compare without giving my name", hand.clicks, 2)


def test_a_student_leaves_the_board_and_may_undo_it_at_once(
    school: Campus, browsers: Browsers, space: str, count: Count
) -> None:
    with_leaderboard(space)
    make_objective(space, school.organization, "Draw a cell")
    hand = opens(browsers(), school, LEARNER)

    hand.press("button", "Hide me")

    expect(hand.where.get_by_role("status")).to_have_text("You have left the board.")
    count("4 · Student: hide my name or leave", hand.clicks, 2)
    hand.press("button", "Undo")
    expect(hand.where.get_by_role("status")).to_have_text("You are on the board again.")


def test_a_student_learns_why_a_badge_is_missing(school: Campus, browsers: Browsers, space: str, count: Count) -> None:
    make_evidence_objective(space, school.organization, "Draw a cell")
    hand = opens(browsers(), school, LEARNER)

    hand.press("link", "Draw a cell")

    expect(hand.where.get_by_role("region", name="Why not yet?")).to_contain_text("Hand in evidence")
    count("5 · Student: learn why a badge is missing", hand.clicks, 2)


def test_a_teacher_reviews_the_first_evidence_and_then_each_next(
    school: Campus, browsers: Browsers, space: str, count: Count
) -> None:
    objective = make_evidence_objective(space, school.organization, "Draw a cell")
    make_handed_in(objective, member(space, LEARNER), "The walls are green.")
    make_handed_in(objective, member(space, "Ngozi Okafor"), "The walls are thick.")
    hand = opens(browsers(), school, TEACHER)
    hand.press("button", "Review 2 waiting")
    expect(hand.where.get_by_text("The walls are green.")).to_be_visible()
    count("6 · Instructor: see the first evidence", hand.clicks, 2)
    before = hand.clicks

    hand.press("button", "Accept")

    expect(hand.where.get_by_text("The walls are thick.")).to_be_visible()
    expect(hand.where.get_by_role("status")).to_contain_text("Accepted: Siobhán")
    count("6 · Instructor: decide, and see the next", hand.clicks - before, 1)


def test_a_teacher_awards_one_person_by_hand(school: Campus, browsers: Browsers, space: str, count: Count) -> None:
    make_objective(space, school.organization, "Draw a cell")
    hand = opens(browsers(), school, TEACHER)
    hand.press("link", "Progress")

    hand.click(hand.where.get_by_role("button", name="Mark complete", exact=True).first)

    expect(hand.where.get_by_role("status")).to_contain_text("Marked complete: Draw a cell")
    count("7 · Instructor: award one person by hand", hand.clicks, 3)


def test_a_teacher_marks_one_objective_for_a_whole_course(school: Campus, browsers: Browsers, count: Count) -> None:
    create_space_with_roster(school, "data-literacy")
    make_objective(db.session.scalars(select(Space.id)).one(), school.organization, "Read a chart")
    hand = opens(browsers(), school, TEACHER, "data-literacy")
    hand.press("link", "0 of 30 complete")
    hand.press("link", "Select all shown")

    hand.press("button", "Mark complete for the selected")

    expect(hand.where.get_by_role("status").first).to_contain_text("30")
    db.session.rollback()
    assert db.session.query(Member).filter_by(completed=1).count() == 30
    count("8 · Instructor: same objective for 25 people", hand.clicks, 4)


def test_a_teacher_sees_who_is_stuck_and_how_many_have_not_started(
    school: Campus, browsers: Browsers, space: str, count: Count
) -> None:
    make_objective(space, school.organization, "Present it")
    objective = with_completion(space, school.organization, "Ngozi Okafor")
    with transaction():
        complete(objective_id=objective, member_id=member(space, LEARNER), by=None)
    long_ago = clock.now() - timedelta(days=20)
    with transaction():
        db.session.execute(update(Member).where(Member.id == member(space, LEARNER)).values(moved_at=long_ago))

    hand = opens(browsers(), school, TEACHER)

    expect(hand.where.get_by_role("region", name="Stuck").get_by_role("listitem")).to_have_text([LEARNER])
    expect(hand.where.get_by_role("link", name="8 have not started")).to_be_visible()
    count("9 · Instructor: who is stuck, how many have not started", hand.clicks, 1)


def test_a_teacher_exports_the_progress(school: Campus, browsers: Browsers, space: str, count: Count) -> None:
    with_completion(space, school.organization)
    hand = opens(browsers(), school, TEACHER)

    exported = hand.take_file("link", "Export as CSV")

    rows = list(csv.reader(exported.path().read_text("utf-8-sig").splitlines()))
    assert len(rows) == 1 + 10
    count("10 · Instructor: export progress", hand.clicks, 2)


def test_a_teacher_sets_up_a_course_from_nothing(school: Campus, browsers: Browsers, count: Count) -> None:
    hand = opens(browsers(), school, TEACHER)
    hand.click(hand.where.locator("summary", has_text="Start from a template"))
    hand.click(hand.where.get_by_label("A course with three milestones"))

    hand.click(hand.where.locator("details").get_by_role("button", name="Create the Space"))

    stands_at(hand.where, "Overview")
    expect(hand.where.get_by_role("link", name="Third milestone: done", exact=True)).to_be_visible()
    count("11 · Instructor: set up a course from nothing", hand.clicks, 4)


def test_a_teacher_turns_on_a_leaderboard_with_aliases(
    school: Campus, browsers: Browsers, space: str, count: Count
) -> None:
    make_objective(space, school.organization, "Draw a cell")
    hand = opens(browsers(), school, TEACHER)

    hand.press("button", "Turn the leaderboard on")

    expect(hand.where.get_by_role("status")).to_have_text("The leaderboard is on. Your choice is saved.")
    expect(hand.where.get_by_label("Aliases only")).to_be_checked()
    count("12 · Instructor: turn on a leaderboard with aliases", hand.clicks, 2)


def test_a_teacher_sees_it_as_a_student(school: Campus, browsers: Browsers, space: str, count: Count) -> None:
    """Opening the tool is a click of its own, so the target is met inside the tool alone."""
    make_objective(space, school.organization, "Draw a cell")
    hand = opens(browsers(), school, TEACHER)

    hand.press("button", "View as student")

    stands_at(hand.where, "My progress")
    expect(hand.where.get_by_text("You see this Space as a student who has just come.")).to_be_visible()
    count("13 · Instructor: see it as a student", hand.clicks, 1, at_most=2)


def test_an_administrator_of_the_lms_connects_the_tool(school: Campus, browsers: Browsers, count: Count) -> None:
    with transaction():
        address = make_invite(name="Hill College", organization=None, hours=1).url
    page = browsers().new_page()
    page.goto(f"{school.lms.settings.url}/administration")
    hand = Hand(page, page.frame_locator("#registering"))
    page.get_by_label("registration address").fill(address)
    hand.click(page.get_by_role("button", name="Add", exact=True))
    theirs = hand.clicks
    hand.press("button", "Look at the LMS")

    hand.press("button", "Connect this LMS")

    page.wait_for_url(f"{school.lms.settings.url}/administration")
    count("14 · LMS admin: connect the tool, beside the LMS's own", hand.clicks - theirs, 2)


def at_the_console(browser: BrowserContext, school: Campus) -> Hand:
    page = browser.new_page()
    page.goto(f"{school.url}/admin{make_link()}")
    page.get_by_role("button").first.click()
    page.wait_for_url(f"{school.url}/admin")
    return Hand(page, page)


def found(hand: Hand) -> None:
    """Somebody asked: find them."""
    hand.press("link", "People")
    hand.where.get_by_label("Name, address or id in the LMS").fill("siobhan.o'connor@sandbox.example.edu")
    hand.press("button", "Find")
    expect(hand.where.get_by_role("heading", level=1)).to_contain_text(LEARNER)


@pytest.mark.usefixtures("space")
def test_an_owner_exports_all_that_is_kept_of_one_person(school: Campus, browsers: Browsers, count: Count) -> None:
    hand = at_the_console(browsers(), school)
    found(hand)

    exported = hand.take_file("button", "Export everything")

    assert zipfile.is_zipfile(exported.path())
    count("15 · Owner: export one person", hand.clicks, 3)


@pytest.mark.usefixtures("space")
def test_an_owner_erases_one_person(school: Campus, browsers: Browsers, count: Count) -> None:
    hand = at_the_console(browsers(), school)
    found(hand)
    hand.press("link", "Erase…")
    code = hand.page.locator("label[for=code] strong").inner_text()
    hand.where.get_by_label("To erase this person for good").fill(code)

    hand.press("button", "Erase for good")

    expect(hand.where.get_by_role("status")).to_contain_text("Erased.")
    count("15 · Owner: erase one person", hand.clicks, 4)


def test_a_teacher_copies_the_space_of_last_term(school: Campus, browsers: Browsers, space: str, count: Count) -> None:
    make_objective(space, school.organization, "Draw a cell")
    school.lms.world.copy_course("biology", "biology-2", "Biology 101, spring")
    hand = opens(browsers(), school, TEACHER, "biology-2")

    hand.press("button", "Bring them along")

    stands_at(hand.where, "Overview")
    expect(hand.where.get_by_role("link", name="Draw a cell", exact=True)).to_be_visible()
    count("+ · Instructor: copy the Space of last term", hand.clicks, 2)
