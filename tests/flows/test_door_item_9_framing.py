"""Item 9, framing and headers: the LMS may frame a visit, a stranger may not, and a page says what it may reach."""

import requests

from lti_tool.launch.messages import C
from tests.flows.picking import choose, open_picker
from tests.flows.steps import create_space
from tests.make.hands import buttons, heading
from tests.make.launch import launch_on_its_way
from tests.make.lms import Campus, words

COURSES = "https://courses.example"


def rule(page: requests.Response, name: str) -> set[str]:
    rules = (one.strip().split() for one in page.headers["Content-Security-Policy"].split(";"))
    [found] = [set(one[1:]) for one in rules if one[0] == name]
    return found


def test_the_lms_that_launched_may_frame_the_visit_and_nobody_else(school: Campus) -> None:
    browser, page = school.open("biology", "helena")

    assert rule(page, "frame-ancestors") == {"'self'", school.lms.settings.url}
    assert rule(browser.get(page.url), "frame-ancestors") == {"'self'", school.lms.settings.url}


def test_an_lms_whose_courses_lie_elsewhere_names_that_place_and_once_it_does_not_the_next_visit_forgets_it(
    school: Campus,
) -> None:
    there = {C + "launch_presentation": {"return_url": f"{COURSES}/course/7?sesskey=secret"}}

    named = launch_on_its_way(school, **there).post()
    unnamed = launch_on_its_way(school, **{C + "launch_presentation": None}).post()

    assert COURSES in rule(named, "frame-ancestors")
    assert "sesskey" not in named.headers["Content-Security-Policy"]
    assert rule(unnamed, "frame-ancestors") == {"'self'", school.lms.settings.url}


def test_an_address_that_is_none_opens_nothing(school: Campus) -> None:
    odd = {C + "tool_platform": {"guid": "g", "url": "https://a.example; script-src *"}}

    page = launch_on_its_way(school, **odd).post()

    assert page.status_code == 200
    assert "script-src *" not in page.headers["Content-Security-Policy"]
    assert rule(page, "frame-ancestors") == {"'self'", school.lms.settings.url}


def test_a_refusal_is_readable_in_any_frame_and_has_no_button(school: Campus) -> None:
    refused = launch_on_its_way(school).post_forged()

    assert rule(refused, "frame-ancestors") == {"*"}
    assert buttons(refused) == []
    assert heading(refused) == "The signature is wrong"


def test_every_page_runs_only_scripts_with_its_own_nonce_and_tells_no_other_site_its_address(school: Campus) -> None:
    browser, overview = create_space(school)

    for path in ("", "members", "progress", "leaderboard"):
        page = browser.get(f"{overview.url}{path}")
        [nonce] = rule(page, "script-src")
        assert nonce.startswith("'nonce-")
        assert page.text.count("<script") == page.text.count(f'nonce="{nonce[7:-1]}"')
        assert (rule(page, "default-src"), rule(page, "form-action")) == ({"'none'"}, {"'self'"})
        assert page.headers["Referrer-Policy"] == "same-origin"


def test_the_answer_of_a_picker_may_be_posted_to_the_lms_and_to_no_other_place(school: Campus) -> None:
    create_space(school)
    browser, picker = open_picker(school)

    answer = choose(browser, picker, "home")

    assert rule(picker, "form-action") <= {"'self'", school.lms.settings.url}
    assert rule(answer, "form-action") == {"'self'", school.lms.settings.url}, words(answer)
