"""Item 2, the sandbox LMS: its pages lead into the tool as a real LMS's do, and its world can change."""

from urllib.parse import urljoin, urlsplit

import html5lib
import pytest
import requests

from lti_tool.sandbox import vocabulary
from tests.flows.steps import create_space_with_roster
from tests.make.hands import follow, heading, press
from tests.make.lms import Browser, Campus, forms, words

_X = "{http://www.w3.org/1999/xhtml}"


def frame_of(browser: Browser, page: requests.Response) -> requests.Response:
    """Load what the page shows in its frame, and press what presses itself where scripts run."""
    [frame] = html5lib.parse(page.text).iter(_X + "iframe")
    inside = browser.get(urljoin(page.url, frame.get("src") or ""))
    for _ in range(2):
        [form] = forms(inside)
        inside = browser.post(form.action, form.fields)
    return inside


OPEN_AS = [
    ("Helena Brandt", "Teacher", "Create the Space of this course"),
    ("Jun Takahashi", "Teaching assistant", "There is no Space here yet"),
    ("Siobhán O'Connor", "Learner", "Your teacher is still setting this up"),
    ("فاطمة الزهراء", "Learner", "Your teacher is still setting this up"),
    ("Test Student", "Test student", "Your teacher is still setting this up"),
    ("Ingrid Halvorsen", "Observer", "There is nothing to see for observers yet"),
    ("Pat Morgan", "Administrator", "The connection works"),
]


def test_open_as_somebody_puts_the_tool_in_a_frame_on_another_host(school: Campus) -> None:
    browser = school.browser(in_frame=True)
    courses = browser.get(f"{school.lms.settings.url}/")

    for person, role, inside in OPEN_AS:
        course = follow(browser, courses, f"Open as {person}")
        tool = frame_of(browser, course)

        assert f"({role})" in words(course)
        assert heading(tool) == inside
        assert urlsplit(course.url).hostname != urlsplit(tool.url).hostname, "cookies must be truly third-party"


def test_the_large_course_is_searched_for_one_of_its_many(school: Campus) -> None:
    browser = school.browser()
    courses = browser.get(f"{school.lms.settings.url}/")

    found = press(browser, courses, "Search", q="learner-0023")

    assert heading(found) == "Introduction to Data Literacy"
    assert words(found).count("Open as") == 1


def test_a_search_that_finds_nobody_and_a_gradebook_without_grades_say_so(school: Campus) -> None:
    browser = school.browser()
    courses = browser.get(f"{school.lms.settings.url}/")

    nobody = press(browser, courses, "Search", q="Zaphod")
    gradebook = follow(browser, courses, "Gradebook")

    assert "Nobody here has" in words(nobody)
    assert "Show everybody" in words(nobody)
    assert "The tool has made no column yet." in words(gradebook)


@pytest.mark.parametrize("address", ["/courses/biology/as/learner-0001/menu", "/launch/biology/as/learner-0001/menu"])
def test_whoever_is_not_in_the_course_cannot_open_it(school: Campus, address: str) -> None:
    refused = school.browser().get(f"{school.lms.settings.url}{address}")

    assert refused.status_code == 403
    assert "cannot open Biology 101" in words(refused)
    assert school.lms.traffic["auth"] == 0


def test_somebody_taken_out_of_the_course_leaves_the_space_and_comes_back_with_the_roster(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    members = follow(teacher, overview, "Members")
    world = school.lms.world

    world.withdraw("biology", "siobhan")
    refused = school.browser().get(f"{school.lms.settings.url}/courses/biology/as/siobhan/menu")
    press(teacher, members, "Refresh roster")
    school.do_jobs()
    without = follow(teacher, overview, "Members")
    world.enrol("biology", "siobhan", vocabulary.LEARNER)
    press(teacher, without, "Refresh roster")
    school.do_jobs()
    again = follow(teacher, overview, "Members")

    assert refused.status_code == 403
    assert [("Siobhán O'Connor left" in words(page)) for page in (members, without, again)] == [False, True, False]
    assert "9 learners" in words(without)
    assert "10 learners" in words(again)
