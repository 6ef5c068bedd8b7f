"""Item 4, course to Space: one click makes the Space of a course, and every link of the course leads there."""

from datetime import timedelta

from click.testing import CliRunner
from sqlalchemy import update

from lti_tool import clock
from lti_tool.badges.cli import issuer
from lti_tool.db import db, transaction
from lti_tool.sandbox import vocabulary
from lti_tool.spaces.model import Space
from tests.flows.steps import add_objective, create_space, create_space_with_roster
from tests.make.hands import buttons, follow, heading, press
from tests.make.lms import Campus, forms, words


def test_a_teachers_first_launch_offers_the_space_filled_in_and_one_click_makes_it(school: Campus) -> None:
    teacher, offer = school.open("biology", "helena")
    [form] = forms(offer)
    ends = school.lms.world.courses["biology"].ends

    overview = press(teacher, offer, "Create the Space")

    assert (form.fields["name"], form.fields["ends_on"]) == ("Biology 101", f"{ends:%Y-%m-%d}")
    assert heading(overview) == "Overview"
    assert "The Space stands." in words(overview)


def test_any_link_of_the_course_reaches_the_same_space_and_another_course_does_not(school: Campus) -> None:
    teacher, overview = create_space(school)
    add_objective(teacher, overview, "Cut an onion")

    _, by_activity = school.open("biology", "kwame", placement="activity")
    _, elsewhere = school.open("data-literacy", "helena")

    assert "Cut an onion" in words(by_activity)
    assert heading(elsewhere) == "Create the Space of this course"


def test_until_there_is_a_space_everybody_reads_what_they_wait_for(school: Campus) -> None:
    said = {
        "siobhan": "Your teacher is still setting this up",
        "test-student-biology": "Your teacher is still setting this up",
        "jun": "There is no Space here yet",
        "ingrid": "There is nothing to see for observers yet",
        "pat": "The connection works",
    }

    assert {person: heading(school.open("biology", person)[1]) for person in said} == said


def test_roles_become_staff_or_member_and_a_test_student_is_never_counted(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)

    _, learner = school.open("biology", "siobhan")
    _, assistant = school.open("biology", "jun")
    _, preview = school.open("biology", "test-student-biology")

    assert (heading(learner), heading(assistant)) == ("My progress", "Overview")
    assert "This is a preview. Nothing you do here is counted." in words(preview)
    assert "0 of 10 complete" in words(teacher.get(overview.url))
    assert "Test Student" not in words(follow(teacher, overview, "Members"))


WRONG_SPACES = [
    ({"name": " "}, "A Space needs a name."),
    ({"ends_on": ""}, "Choose the day on which the Space ends."),
    ({"ends_on": "2020-01-31"}, "The end date has passed. Choose today or a later day."),
    ({"ends_on": "2999-01-31"}, "A Space lasts 6 years at most. Choose an earlier end date."),
    ({"ends_on": "soon"}, "Not a valid date value."),
]


def test_a_wrong_form_comes_back_in_words_with_what_was_typed(school: Campus) -> None:
    teacher, offer = school.open("biology", "helena")

    for wrong, sentence in WRONG_SPACES:
        typed = {"name": "Cells & <b>membranes</b>", **wrong}
        refused = press(teacher, offer, "Create the Space", **typed)

        assert (refused.status_code, sentence in words(refused)) == (422, True), sentence
        assert {name: forms(refused)[0].fields[name] for name in typed} == typed
    assert heading(teacher.get(offer.url)) == "Create the Space of this course"


def test_a_learner_cannot_make_the_space_even_by_a_forged_form(school: Campus) -> None:
    _, offer = school.open("biology", "helena")
    learner, waiting = school.open("biology", "siobhan")
    theirs = forms(offer)[0].fields

    forged = learner.post(f"{waiting.url}space", {**theirs, "name": "Mine"})
    again = learner.get(waiting.url)

    assert (forged.status_code, "form_expired" in words(forged)) == (403, True)
    assert heading(again) == "Your teacher is still setting this up"


def test_of_two_teachers_who_click_the_second_is_told_and_finds_the_space(school: Campus) -> None:
    first, offer = school.open("biology", "helena")
    second, same_offer = school.open("biology", "kwame")
    press(first, offer, "Create the Space")

    late = press(second, same_offer, "Create the Space", name="Another one")

    assert (late.status_code, "course_has_space" in words(late)) == (409, True)
    assert heading(second.get(same_offer.url)) == "Overview"
    assert "Another one" not in words(second.get(same_offer.url))


def test_whoever_teaches_no_longer_runs_the_space_no_longer(school: Campus) -> None:
    create_space(school)
    _, before = school.open("biology", "kwame")
    school.lms.world.enrol("biology", "kwame", vocabulary.LEARNER)

    browser, after = school.open("biology", "kwame")
    refused = browser.get(f"{after.url}members")

    assert (heading(before), heading(after)) == ("Overview", "My progress")
    assert (refused.status_code, "not_allowed" in words(refused)) == (403, True)


def test_a_space_whose_end_has_passed_can_be_read_and_not_changed(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    grid = follow(teacher, overview, "Progress")
    with transaction():
        db.session.execute(update(Space).values(ends_on=(clock.now() - timedelta(days=2)).date()))

    refused = press(teacher, grid, "Mark complete", beside="O'Connor")
    ended = teacher.get(overview.url)

    assert (refused.status_code, "space_archived" in words(refused)) == (409, True)
    assert "read-only" in words(ended)
    assert "Explore the lab" in words(ended)
    assert buttons(ended) == ["View as student"]  # which changes nothing


def test_the_issuer_is_named_after_the_platform_until_somebody_renames_it(school: Campus) -> None:
    teacher, overview = create_space(school)
    objective = follow(teacher, add_objective(teacher, overview), "Explore the lab")
    public = follow(teacher, objective, "Explore the lab")
    named = follow(teacher, public, "Sandbox LMS")

    done = CliRunner().invoke(issuer, ["edit", named.url.rpartition("/")[2], "--name", "Riverside College"])

    assert done.output == "Riverside College is up to date.\n"
    assert heading(named) == "Sandbox LMS"
    assert heading(follow(teacher, teacher.get(public.url), "Riverside College")) == "Riverside College"
