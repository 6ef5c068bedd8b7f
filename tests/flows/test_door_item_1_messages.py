"""Item 1, all messages: what the LMS can ask for, and the page that helps where it leaves something out."""

import json
import re
from typing import Any

import pytest
import requests

from lti_tool.sandbox.gradebook import LineItem as Column
from tests.flows.picking import PRIVACY, REVIEW, choose, go_back, open_picker, send
from tests.flows.steps import add_objective, create_space_with_roster, mark_complete
from tests.make.hands import follow, heading
from tests.make.lms import Browser, Campus, words

EMPTY = "What this tool keeps about you"


def prepare(school: Campus) -> tuple[Browser, requests.Response, Column]:
    """A Space with an objective whose link has a column in the gradebook, and a learner who has completed it."""
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    mark_complete(teacher, overview, "Siobhán O'Connor")
    browser, picker = open_picker(school)
    view = picker.text.partition('value="objective:')[2][:32]
    go_back(browser, choose(browser, picker, f"objective:{view}"))
    [column] = [item for item in school.lms.gradebook.items("biology") if item.members.get("resourceId") == view]
    return teacher, overview, column


def review(school: Campus, person: str, about: str | None, column: Column | None, **over: Any) -> requests.Response:
    school.lms.faults.launch_claims = over
    return send(school, REVIEW, "biology", person, about=about, item=column)[1]


# Submission review


def test_from_a_cell_of_the_gradebook_a_teacher_sees_what_that_learner_has_done(school: Campus) -> None:
    _, _, column = prepare(school)

    page = review(school, "helena", "siobhan", column)

    assert page.status_code == 200
    assert "Siobhán O'Connor" in words(page)
    assert "Explore the lab" in words(page)
    assert "/progress/" in page.url
    assert page.url.endswith(column.members["resourceId"])


def test_a_review_without_a_column_of_ours_opens_the_whole_of_that_learner(school: Campus) -> None:
    create_space_with_roster(school)

    page = review(school, "helena", "siobhan", None)

    assert heading(page).startswith("Siobhán O'Connor")


def test_a_column_that_we_know_names_its_objective_without_a_link(school: Campus) -> None:
    _, _, column = prepare(school)
    [link] = school.lms.deep_links.answers[-1].placements
    school.open("biology", "siobhan", link.key)

    page = review(school, "helena", "siobhan", column, custom={})

    assert page.url.endswith(f"/{column.members['resourceId']}")


def test_a_learner_reviews_themselves_and_nobody_else(school: Campus) -> None:
    _, _, column = prepare(school)

    own = review(school, "siobhan", "siobhan", column)
    whole = review(school, "siobhan", "siobhan", None)
    other = review(school, "siobhan", "amelie", column)

    assert heading(own) == "Explore the lab"
    assert "Complete since" in words(own)
    assert heading(whole) == "My progress"
    assert (other.status_code, heading(other)) == (404, "There is nobody to show")
    assert "Amélie" not in words(other)


def test_a_review_of_anybody_who_is_no_learner_of_this_course_says_so_in_words(school: Campus) -> None:
    create_space_with_roster(school)
    create_space_with_roster(school, "data-literacy")
    subs = [school.lms.world.people[key].sub for key in ("kwame", "learner-0001")]

    for sub in (*subs, "nobody-knows", "' OR 1=1 --"):
        page = review(school, "helena", "siobhan", None, for_user={"user_id": sub})

        assert (page.status_code, heading(page)) == (404, "There is nobody to show"), sub
        assert "Back to the start page" in words(page)


def test_a_review_before_there_is_a_space_offers_to_make_one(school: Campus) -> None:
    page = review(school, "helena", "siobhan", None)

    assert heading(page) == "Create the Space of this course"


def test_a_review_that_does_not_say_of_whom_shows_nobody_or_is_refused(school: Campus) -> None:
    create_space_with_roster(school)
    unsaid = {"{}": 404, '{"user_id": null}': 404, '{"user_id": ""}': 400, '{"user_id": 7}': 400, '"x"': 400}

    for claim, status in unsaid.items():
        page = review(school, "helena", "siobhan", None, for_user=json.loads(claim))

        assert page.status_code == status, claim
        assert "Siobhán" not in words(page)


# Data privacy


def test_a_person_reads_what_is_kept_about_them(school: Campus) -> None:
    prepare(school)

    _, page = send(school, PRIVACY, None, "siobhan")
    _, by_its_other_name = send(school, "DataPrivacyLaunchRequest", None, "siobhan")

    said = words(page)
    assert heading(by_its_other_name) == EMPTY
    assert heading(page) == EMPTY
    assert "Siobhán O'Connor" in said
    assert "siobhan.o'connor@" in said
    assert "Biology 101 : learner" in said
    assert "1 objective with its state and day" in said
    assert "1 badge award" in said
    assert "Deleted after 7 days at the latest." in said
    assert "Ask the administrator of your LMS" in said


def test_somebody_of_whom_hardly_anything_is_known_reads_that(school: Campus) -> None:
    school.lms.faults.privacy = "anonymous"

    _, page = send(school, PRIVACY, None, "siobhan")

    assert words(page).count("none: the LMS did not say it") == 2
    assert "A place in no Space." in words(page)
    assert "0 badge awards" in words(page)


def test_a_privacy_launch_opens_no_course_whatever_roles_it_brings(school: Campus) -> None:
    create_space_with_roster(school)
    course = school.lms.claims("biology", "helena")
    school.lms.faults.launch_claims = {
        name: claim for name, claim in course.items() if name.endswith(("/context", "/roles", "/resource_link"))
    }

    browser, page = send(school, PRIVACY, None, "helena")
    inside = browser.get(page.url.removesuffix("privacy"))
    members = browser.get(page.url.removesuffix("privacy") + "members")

    assert heading(page) == EMPTY
    assert heading(inside) == "Open this tool from a course"
    assert members.status_code == 403
    assert "Siobhán" not in words(page) + words(inside) + words(members)


ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"


def ask_about(school: Campus, person: str, about: dict[str, str], role: str = ADMINISTRATOR) -> requests.Response:
    school.lms.faults.launch_claims = {"for_user": about, "roles": [role]}
    return send(school, PRIVACY, None, person)[1]


def test_an_administrator_of_the_lms_may_ask_about_somebody_else(school: Campus) -> None:
    prepare(school)
    sub = school.lms.world.people["siobhan"].sub

    page = ask_about(school, "kwame", {"user_id": sub})

    assert heading(page) == "What this tool keeps about one person"
    assert "Siobhán O'Connor" in words(page)
    assert "1 badge award" in words(page)
    assert "Explore the lab" not in words(page), "no work of theirs"


def test_nothing_is_kept_of_somebody_who_never_came(school: Campus) -> None:
    page = ask_about(school, "kwame", {"user_id": "never-seen"})

    assert "Nothing: the person whom the LMS named has never opened this tool" in words(page)


def test_nobody_else_asks_about_somebody_else(school: Campus) -> None:
    create_space_with_roster(school)
    sub = school.lms.world.people["siobhan"].sub

    for role in ("membership#Instructor", "membership#Administrator", "institution/person#Faculty"):
        page = ask_about(school, "kwame", {"user_id": sub}, f"http://purl.imsglobal.org/vocab/lis/v2/{role}")

        assert heading(page) == EMPTY, role
        assert "Siobhán" not in words(page)


def test_a_visit_that_was_opened_otherwise_asks_about_nobody_else(school: Campus) -> None:
    school.lms.faults.launch_claims = {"roles": [ADMINISTRATOR]}
    browser, page = school.open("biology", "kwame")

    answer = browser.get(page.url + "privacy/other")

    assert answer.status_code == 404


# What is not served, and what is left out


@pytest.mark.parametrize("name", ["LtiEulaRequest", "LtiStartProctoring", "LtiAssetProcessorSettingsRequest"])
def test_a_message_that_is_not_served_is_refused_by_its_name(school: Campus, name: str) -> None:
    school.lms.faults.launch_claims = {"message_type": name}

    browser, page = school.open("biology", "helena")

    assert page.status_code == 400
    assert f"The LMS sent “{name}”." in words(page)
    assert heading(follow(browser, page, "Back to the LMS")) == "Courses"


def test_a_message_type_cannot_bring_words_of_its_own_onto_the_page(school: Campus) -> None:
    school.lms.faults.launch_claims = {"message_type": "<b>Call 555 0100 now</b>"}

    _, page = school.open("biology", "helena")

    assert page.status_code == 400
    assert "555" not in page.text


def test_a_teacher_from_outside_a_course_reads_where_to_open_the_tool(school: Campus) -> None:
    create_space_with_roster(school)
    school.lms.faults.launch_claims = {"context": None}

    browser, page = school.open("biology", "helena")

    assert heading(page) == "Open this tool from a course"
    assert "none of your Spaces can be opened from this place" in words(page)
    assert "Biology" not in words(page), "without a course there is no authority in any"
    assert browser.get(page.url + "members").status_code == 403


def test_an_administrator_from_outside_a_course_reads_that_the_connection_works(school: Campus) -> None:
    school.lms.faults.launch_claims = {"context": None, "roles": [ADMINISTRATOR]}

    browser, page = school.open("biology", "kwame")

    assert "the connection works" in words(page)
    assert follow(browser, page, "How the connection stands").status_code == 200


def test_a_learner_from_outside_a_course_reads_whom_to_ask(school: Campus) -> None:
    school.lms.faults.launch_claims = {"context": None}

    _, page = school.open("biology", "siobhan")

    assert "ask a teacher of the course where it is" in words(page)


@pytest.mark.parametrize("link", [None, {}, {"id": None}])
def test_a_launch_without_its_link_is_refused_with_the_name_of_what_is_missing(school: Campus, link: object) -> None:
    school.lms.faults.launch_claims = {"resource_link": link}

    _, page = school.open("biology", "helena")

    assert page.status_code == 400
    assert "resource_link" in words(page)
    assert "the administrator of the LMS" in words(page)


def test_somebody_without_a_name_gets_in_and_the_teacher_tells_them_apart(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    school.lms.faults.privacy = "anonymous"

    _, page = school.open("biology", "siobhan")

    assert heading(page) == "My progress"
    members = words(follow(teacher, overview, "Members"))
    assert "Siobhán" not in members
    assert re.search(r"Learner [0-9A-F]{6}", members)
