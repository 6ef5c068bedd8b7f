"""Item 3, the door: how a browser gets in from a frame, how somebody is turned away, and how that is mended."""

import pytest
import requests
from click.testing import CliRunner

from lti_tool.launch.cli import platform
from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.settings import SandboxSettings
from tests.flows.steps import create_space
from tests.make.hands import buttons, follow, heading, press
from tests.make.lms import Browser, Campus, forms, words
from tests.make.serving import free_port, serving


def open_course_page(school: Campus, browser: Browser, person: str = "helena") -> requests.Response:
    """What the frame of the course page shows when it has loaded, forms that send themselves included."""
    page = browser.get(f"{school.lms.settings.url}/launch/biology/as/{person}/menu")
    while len(forms(page)) == 1 and not forms(page)[0].action.startswith(("/v/", "/lti/")):
        [form] = forms(page)
        page = browser.post(form.action, form.fields)
    return page


def test_a_frame_that_keeps_cookies_leads_straight_into_the_tool(school: Campus) -> None:
    framed = school.browser(in_frame=True)

    first = open_course_page(school, framed)
    reloaded = framed.get(first.url)

    assert heading(first) == heading(reloaded) == "Create the Space of this course"
    assert "frame-ancestors 'self'" in first.headers["Content-Security-Policy"]
    assert school.lms.settings.url in first.headers["Content-Security-Policy"]


def test_a_frame_without_cookies_shows_one_button_that_goes_on_in_a_window(school: Campus) -> None:
    framed, window = school.browser(in_frame=True, keeps_cookies=False), school.browser()

    offer = open_course_page(school, framed)
    [form] = forms(offer)
    asked_before = school.lms.traffic["auth"]
    answer = window.post(form.action, form.fields)
    arrived = window.post(forms(answer)[0].action, forms(answer)[0].fields)

    assert buttons(offer) == ["Open in a new window"]
    assert asked_before == 0, "some platforms accept their hint only once"
    assert heading(arrived) == "Create the Space of this course"


def test_two_people_in_two_tabs_of_one_browser_never_mix(school: Campus) -> None:
    create_space(school)
    browser, teacher = school.open("biology", "helena")
    _, learner = school.open("biology", "siobhan", browser=browser)

    assert heading(browser.get(teacher.url)) == "Overview"
    assert heading(browser.get(learner.url)) == "My progress"


def test_no_address_and_no_page_of_the_way_in_holds_a_token(school: Campus) -> None:
    browser = school.browser()
    asked = school.begin(browser, school.lms.login_request("biology", "helena"))
    fields = school.authorize(browser, asked)

    arrived = browser.post("/lti/launch", fields)

    for secret in (asked["state"], asked["nonce"], fields["id_token"]):
        assert secret not in arrived.url
        assert secret not in arrived.text


def test_whoever_opens_the_tools_own_address_is_told_where_it_lives(school: Campus) -> None:
    page = school.browser().get("/")

    assert "Open it from the menu of your course in the LMS" in words(page)


def test_a_visit_belongs_to_the_browser_that_opened_it(school: Campus) -> None:
    _, page = school.open("biology", "helena")

    stolen = school.browser().get(page.url)

    assert (stolen.status_code, "visit_over" in words(stolen)) == (401, True)
    assert "Biology" not in words(stolen)


@pytest.mark.parametrize("wrong", ["signature", "again", "refused by the LMS"])
def test_a_refused_launch_says_why_and_leads_back_to_the_lms(school: Campus, wrong: str) -> None:
    browser = school.browser()
    fields = school.authorize(browser, school.begin(browser, school.lms.login_request("biology", "helena")))
    if wrong == "signature":
        fields["id_token"] = fields["id_token"][:-20] + "A" * 20
    elif wrong == "again":
        browser.post("/lti/launch", fields)
        fields["id_token"] += "A"  # the very same POST would land where it landed: see item 3 of the whole door
    else:
        fields = {"state": fields["state"], "error": "access_denied"}

    refused = browser.post("/lti/launch", fields)

    code = {"signature": "signature_wrong", "again": "replayed", "refused by the LMS": "platform_refused"}[wrong]
    assert refused.status_code == 401
    assert f"Code {code} Reference" in words(refused)
    back = follow(browser, refused, "Back to the LMS")
    assert heading(back) == "Courses"


def test_the_lms_no_lets_nobody_in_and_a_later_yes_does(school: Campus) -> None:
    browser = school.browser()
    asked = school.begin(browser, school.lms.login_request("biology", "siobhan"))
    school.lms.world.suspend("biology", "siobhan")

    refused = browser.post("/lti/launch", school.authorize(browser, asked))
    school.lms.world.courses["biology"].enrolments["siobhan"].status = "Active"
    _, again = school.open("biology", "siobhan", browser=browser)

    assert (refused.status_code, heading(refused)) == (401, "The LMS did not let you in")
    assert heading(again) == "Your teacher is still setting this up"


def test_a_deployment_that_nobody_approved_gets_in_once_the_administrator_says_so(school: Campus) -> None:
    school.lms.faults.login_parameters = {"lti_deployment_id": "campus-2"}
    school.lms.faults.launch_claims = {"deployment_id": "campus-2"}
    _, refused = school.open("biology", "helena")

    done = CliRunner().invoke(platform, ["approve", school.registration, "campus-2"])
    _, again = school.open("biology", "helena")

    assert (refused.status_code, "deployment_pending" in words(refused)) == (403, True)
    assert "Deployment campus-2 is approved." in done.output
    assert heading(again) == "Create the Space of this course"


def test_a_second_lms_is_connected_by_one_command_and_its_people_stay_apart(school: Campus) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    other = create_sandbox(SandboxSettings(url=url, tool_url=school.url, client_id="second", learners=1))
    words_said = ["--issuer", url, "--client-id", "second", "--auth-url", f"{url}/auth", "--token-url", f"{url}/token",
                  "--jwks-url", f"{url}/jwks.json", "--deployment", "1", "--name", "Hill College"]  # fmt: skip
    teacher, overview = create_space(school)

    added = CliRunner().invoke(platform, ["add", *words_said])
    with serving(other, port):
        hill = Campus(school.app, school.url, other.extensions["sandbox"], "", "")
        _, theirs = hill.open("biology", "helena")

    assert added.output.startswith("Registered Hill College as ")
    assert heading(theirs) == "Create the Space of this course", "the same ids of another LMS are another course"
    assert heading(teacher.get(overview.url)) == "Overview"
    again = CliRunner().invoke(platform, ["add", *words_said])
    assert (again.exit_code, "Traceback" in again.output) == (1, False)


def test_a_form_from_another_site_changes_nothing(school: Campus) -> None:
    teacher, offer = school.open("biology", "helena")
    [form] = forms(offer)

    forged = teacher.post(form.action, form.fields, headers={"Origin": "https://evil.example"})
    own = press(teacher, offer, "Create the Space")

    assert (forged.status_code, "form_expired" in words(forged)) == (403, True)
    assert heading(own) == "Overview"
