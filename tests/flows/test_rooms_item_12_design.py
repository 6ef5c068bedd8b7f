"""Rooms item 12: the LMS's guest, in the reader's language and colours, on a narrow window and on paper."""

import re

import pytest

from tests.flows.steps import add_objective, create_space_with_roster
from tests.make.hands import follow, heading, press
from tests.make.lms import Campus, words


def speaks(school: Campus, person: str, locale: str) -> None:
    school.lms.world.people[person].locale = locale


@pytest.mark.parametrize("locale", ["de", "de-AT", "de_comm", "de_US"])
def test_a_german_course_is_in_german_whichever_way_its_lms_spells_that(school: Campus, locale: str) -> None:
    speaks(school, "helena", locale)

    teacher, offer = school.open("biology", "helena")
    overview = press(teacher, offer, "Space erstellen")

    assert 'lang="de' in overview.text
    assert heading(overview) == "Übersicht"
    assert heading(follow(teacher, overview, "Mitglieder")) == "Mitglieder"


@pytest.mark.parametrize("locale", ["fr", "en-CN", "xx", "", "🦦"])
def test_a_language_that_is_not_offered_is_answered_in_english(school: Campus, locale: str) -> None:
    speaks(school, "helena", locale)

    _, offer = school.open("biology", "helena")

    assert (offer.status_code, heading(offer)) == (200, "Create the Space of this course")


def test_an_empty_space_says_in_german_what_to_do_next(school: Campus) -> None:
    create_space_with_roster(school)
    speaks(school, "siobhan", "de")

    _, own = school.open("biology", "siobhan")

    assert heading(own) == "Mein Fortschritt"
    assert "Ihre Lehrkraft hat noch keine Lernziele" in words(own)


def test_a_refusal_is_in_the_readers_language_and_its_code_is_not(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, "Cut an onion")
    speaks(school, "siobhan", "de")
    learner, own = school.open("biology", "siobhan")

    refused = learner.get(f"{own.url}members")

    assert (refused.status_code, heading(refused)) == (403, "Ihre Rolle umfasst das nicht")
    assert "not_allowed" in words(refused)


def test_days_are_written_as_they_are_in_the_readers_country(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    settings = follow(teacher, overview, "Settings")
    speaks(school, "helena", "de")
    german, again = school.open("biology", "helena")

    english = re.search(r"by itself after (\w+ \d+ \w+ \d{4})", words(settings))
    said = re.search(r"\w+\. \d+\. \w+\.? \d{4}", words(follow(german, again, "Einstellungen")))

    assert (bool(english), bool(said)) == (True, True)


def test_dark_is_chosen_in_the_foot_of_a_page_and_taken_back_there(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    members = follow(teacher, overview, "Members")

    dark = press(teacher, members, "Dark")
    back = press(teacher, dark, "Same as device")

    assert (dark.url, back.url) == (members.url, members.url)
    assert ['content="dark"' in page.text for page in (members, dark, back)] == [False, True, False]
