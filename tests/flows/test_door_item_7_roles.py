"""The door, item 7: what each role of the LMS opens here, several at once, and none at all (decisions 7 and 32)."""

import re
from datetime import timedelta

import pytest
import requests
from sqlalchemy import update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.model import Registration
from lti_tool.sandbox import vocabulary as lms
from tests.flows.steps import add_objective, create_space, create_space_with_roster, mark_complete
from tests.make.hands import buttons, follow, heading, press
from tests.make.lms import Browser, Campus, forms, words

M = "http://purl.imsglobal.org/vocab/lis/v2/membership"
DESIGNER = f"{M}#ContentDeveloper"


def with_progress(school: Campus) -> tuple[Browser, requests.Response]:
    """A Space with everybody of the roster, one objective, and one learner who has completed it."""
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    mark_complete(teacher, teacher.get(overview.url), "Ngozi Okafor")
    return teacher, overview


def come_as(school: Campus, person: str, *roles: str) -> tuple[Browser, requests.Response]:
    """Open the course as somebody whom the LMS gives exactly these roles."""
    school.lms.faults.launch_claims = {"roles": list(roles)}
    opened = school.open("biology", person)
    school.lms.faults.launch_claims = {}
    return opened


def status(browser: Browser, page: requests.Response, where: str) -> int:
    return browser.get(f"{page.url.split('/following')[0].rstrip('/')}/{where}").status_code


def test_an_assistant_works_with_learners_and_leaves_the_space_to_the_teacher(school: Campus) -> None:
    with_progress(school)

    assistant, page = school.open("biology", "jun")
    done = mark_complete(assistant, page, "O'Connor")

    assert "Marked complete:" in words(done)
    assert "Turn the leaderboard on" not in buttons(follow(assistant, page, "Leaderboard"))


@pytest.mark.parametrize("sub", ["Grader", "GuestInstructor"])
def test_who_grades_or_is_a_guest_teacher_is_an_assistant_here(school: Campus, sub: str) -> None:
    with_progress(school)

    browser, page = come_as(school, "kwame", f"{M}#Instructor", f"{M}/Instructor#{sub}")

    assert heading(page) == "Overview"
    assert "You are here as an assistant" in words(follow(browser, page, "What the LMS sent"))


def test_a_designer_makes_the_space_and_its_objectives_and_sees_nobody(school: Campus) -> None:
    designer, offer = come_as(school, "kwame", DESIGNER)
    press(designer, offer, "Create the Space")
    school.do_jobs()
    add_objective(designer, designer.get(offer.url))
    teacher, overview = school.open("biology", "helena")
    mark_complete(teacher, overview, "Ngozi Okafor")

    page = designer.get(offer.url)
    options = follow(designer, page, "Leaderboard")

    assert "1 of 10 complete" in words(page)
    assert {status(designer, page, where) for where in ("progress", "members", "progress.csv")} == {403}
    assert heading(options) == "Leaderboard"
    assert "Turn the leaderboard on" in buttons(options)
    for shown in (page, options, follow(designer, page, "Explore the lab")):
        assert "Okafor" not in words(shown)
        assert "O'Connor" not in words(shown)


def test_a_mentor_sees_the_learners_named_to_them_and_nobody_else(school: Campus) -> None:
    teacher, overview = with_progress(school)

    mentor, page = school.open("biology", "ingrid")
    one = follow(mentor, page, "Ngozi Okafor")

    assert (heading(page), heading(one)) == ("Learners you follow", "Ngozi Okafor")
    assert "Amélie Dubois" in words(page)
    assert "1 of 1 objective complete" in words(one)
    for shown in (page, one):
        assert not [one for one in ("O'Connor", "Helena", "@", "Place") if one in words(shown)]
        assert forms(shown) == []
    other = follow(teacher, follow(teacher, teacher.get(overview.url), "Progress"), "Details", beside="Siobhán")
    not_theirs = other.url.rstrip("/").rpartition("/")[2].partition("?")[0]
    assert mentor.get(f"{page.url}/{not_theirs}").status_code == 404
    for where in ("progress", "members", "leaderboard", "progress.csv", f"progress/{not_theirs}"):
        assert status(mentor, page, where) == 403


def test_a_mentor_of_one_learner_is_led_straight_to_them(school: Campus) -> None:
    with_progress(school)
    school.lms.world.courses["biology"].enrolments["ingrid"].mentees = ("ngozi",)

    _, page = school.open("biology", "ingrid")

    assert (heading(page), page.status_code) == ("Ngozi Okafor", 200)
    assert "1 of 1 objective complete" in words(page)


def test_a_mentor_without_learners_reads_who_can_mend_that(school: Campus) -> None:
    with_progress(school)
    school.lms.faults.launch_claims = {"role_scope_mentor": ["a-stranger"]}

    mentor, page = school.open("biology", "ingrid")

    assert heading(page) == "There is nothing to see for observers yet"
    assert "follows learners who are named beside it" in words(follow(mentor, page, "What the LMS sent"))


def test_a_learner_who_also_mentors_has_both(school: Campus) -> None:
    with_progress(school)
    school.lms.faults.launch_claims = {
        "roles": [lms.LEARNER, lms.MENTOR], "role_scope_mentor": [school.lms.world.people["amelie"].sub],
    }  # fmt: skip

    learner, page = school.open("biology", "siobhan")

    assert heading(page) == "My progress"
    assert heading(follow(learner, page, "Following")) == "Amélie Dubois"


def test_an_administrator_of_the_lms_sees_how_the_connection_stands_and_nobody(school: Campus) -> None:
    with_progress(school)

    visitor, page = school.open("biology", "pat")
    diagnostics = follow(visitor, page, "How the connection stands")

    told = words(diagnostics)
    assert heading(page) == "The connection works"
    assert "spaces-sandbox" in told
    assert re.search(r"Last read .* \d+ people in it\.", told)
    assert "Explore the lab" in told
    assert "10 learners are here." in told
    assert "Kind of LMS the sandbox LMS Last launch" in told
    for where in ("progress", "members", "leaderboard", "progress.csv", "awards"):
        assert status(visitor, page, where) == 403
    assert "Okafor" not in told
    assert "Helena" not in told


def test_the_last_launch_is_the_newest_one_whatever_was_noted_within_the_hour(school: Campus) -> None:
    noted = clock.now() - timedelta(minutes=50)
    with transaction():
        db.session.execute(update(Registration).values(launched_at=noted))

    visitor, page = school.open("biology", "pat")
    told = words(follow(visitor, page, "How the connection stands"))

    [said] = re.findall(r"Last launch \w+ \d+ \w+ \d+, (\d\d:\d\d) UTC", told)
    assert said != f"{noted:%H:%M}"


def test_an_administrator_of_the_lms_reads_what_a_teacher_would_be_offered(school: Campus) -> None:
    visitor, page = school.open("biology", "pat")

    told = words(follow(visitor, page, "How the connection stands"))

    assert "An offer to create the Space of this course, in one click." in told
    assert "The list has not been read yet. That happens once the Space is made." in told


def test_several_roles_at_once_are_the_highest_of_them(school: Campus) -> None:
    create_space(school)

    _, both = come_as(school, "kwame", lms.LEARNER, lms.INSTRUCTOR, lms.INSTITUTION_STUDENT)
    _, of_school = come_as(school, "siobhan", lms.INSTITUTION_ADMINISTRATOR, lms.LEARNER)

    assert heading(both) == "Overview"
    assert heading(of_school) == "My progress"


@pytest.mark.parametrize("roles", [(), ("http://evil.example/membership#Instructor",), (lms.INSTITUTION_FACULTY,)])
def test_without_a_role_in_the_course_the_page_says_what_came_and_what_to_do(
    school: Campus, roles: tuple[str, ...]
) -> None:
    create_space(school)

    nobody, page = come_as(school, "kwame", *roles)
    sent = follow(nobody, page, "What the LMS sent")

    assert heading(page) == "The LMS gave you no role in this course"
    assert (roles[0] if roles else "The LMS sent no role.") in words(sent)
    assert status(nobody, page, "members") == 403


@pytest.mark.parametrize(
    ("person", "here"),
    [
        ("helena", "You are here as a teacher."),
        ("siobhan", "You are here as a learner."),
        ("pat", "You are here as an administrator of the LMS"),
        ("ingrid", "You are here as an observer"),
    ],
)
def test_everybody_can_read_what_the_lms_sent_of_them(school: Campus, person: str, here: str) -> None:
    create_space(school)
    browser, page = school.open("biology", person)

    sent = follow(browser, page, "What the LMS sent")

    assert here in words(sent)
    assert "Your name and your e-mail address came." in words(sent)
    assert "Biology 101" in words(sent)
    assert school.lms.world.people[person].sub not in sent.text
    assert "@" not in words(sent)


def test_authority_is_taken_anew_at_each_launch_and_an_open_visit_keeps_its_own(school: Campus) -> None:
    create_space(school)
    before, as_teacher = school.open("biology", "kwame")
    school.lms.world.enrol("biology", "kwame", lms.LEARNER)

    now, as_learner = school.open("biology", "kwame")

    assert heading(as_learner) == "My progress"
    assert status(now, as_learner, "members") == 403
    assert heading(before.get(as_teacher.url)) == "Overview"


def test_whoever_becomes_a_teacher_runs_the_space_from_the_next_launch_on(school: Campus) -> None:
    create_space(school)
    _, as_learner = school.open("biology", "siobhan")
    school.lms.world.enrol("biology", "siobhan", lms.INSTRUCTOR)

    _, as_teacher = school.open("biology", "siobhan")

    assert (heading(as_learner), heading(as_teacher)) == ("My progress", "Overview")


def test_a_test_student_is_told_that_nothing_counts(school: Campus) -> None:
    with_progress(school)

    browser, page = school.open("biology", "test-student-biology")

    assert "This is a preview. Nothing you do here is counted." in words(page)
    assert "is a test student: nothing is counted" in words(follow(browser, page, "What the LMS sent"))


def test_through_somebody_elses_account_one_looks_and_changes_nothing(school: Campus) -> None:
    teacher, overview = with_progress(school)
    school.lms.faults.launch_claims = {"custom": {"masquerading_user": "535fa085f22b4655f48cd5a36a9215f64c062838"}}

    masked, page = school.open("biology", "helena")
    refused = mark_complete(masked, page, "O'Connor")

    assert "You are looking through this account; nothing can be changed." in words(page)
    assert (refused.status_code, heading(refused)) == (403, "Nothing can be changed here")
    grid = words(follow(teacher, teacher.get(overview.url), "Progress"))
    assert grid.count("1 of 1 · 10 points") == 1, "only the one who was complete before"


def test_what_is_somebodys_alone_is_not_seen_through_their_account(school: Campus) -> None:
    with_progress(school)
    siobhan, hers = school.open("biology", "siobhan")
    school.lms.faults.launch_claims = {"custom": {"masquerading_user": "admin-1"}}
    masked, page = school.open("biology", "siobhan")
    theirs = ("addresses", "backpack", "backpack/import", "backpack/collections", "my-data", "my-data.zip", "privacy")

    for where in theirs:
        refused = masked.get(f"{page.url}{where}")
        assert (refused.status_code, heading(refused)) == (403, "This is not part of what you see here"), where
        assert "theirs alone" in words(refused)
        assert status(siobhan, hers, where) == 200, where
    assert heading(page) == heading(hers) == "My progress"
    assert ("Backpack" in words(page), "Backpack" in words(hers)) == (False, True)
    assert status(masked, page, "about") == 200
