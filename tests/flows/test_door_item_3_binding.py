"""Item 3, binding on every browser: whoever begins a login is who gets in, in a frame, in a window, twice, in turn."""

from datetime import timedelta

import requests
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.model import LoginState, RefusedLaunch, VisitRow
from tests.flows.picking import open_picker
from tests.flows.steps import create_space
from tests.make.hands import buttons, follow, heading, press
from tests.make.launch import PICKING, launch_on_its_way
from tests.make.lms import Browser, Campus, words

OFFER = "This tool opens in a new window"


def open_frame(school: Campus, browser: Browser, person: str = "helena") -> requests.Response:
    """What the frame shows after the login: the tool, or the offer of a window."""
    page = browser.post("/lti/login", school.lms.login_request("biology", person))
    if "Continue to the tool" in buttons(page):
        page = press(browser, page, "Continue to the tool")
    return page


def proofs() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(VisitRow.proof).order_by(VisitRow.created_at)))


def refusals() -> list[tuple[str, str | None]]:
    db.session.rollback()
    rows = select(RefusedLaunch.code, RefusedLaunch.said).order_by(RefusedLaunch.at)
    return [(code, said) for code, said in db.session.execute(rows)]


def test_a_frame_that_keeps_cookies_gets_in_and_the_visit_says_how(school: Campus) -> None:
    frame = school.browser(in_frame=True)

    page = open_frame(school, frame)

    assert heading(page) == "Create the Space of this course"
    assert heading(frame.get(page.url)) == "Create the Space of this course"
    assert proofs() == ["frame"]


def test_a_frame_that_keeps_none_offers_a_window_before_the_lms_is_asked_and_the_window_gets_in(school: Campus) -> None:
    frame, window = school.browser(in_frame=True, keeps_cookies=False), school.browser()

    offer = open_frame(school, frame)
    asked = school.lms.traffic["auth"]
    page = press(window, press(window, offer, "Open in a new window"), "Continue to the tool")

    assert (heading(offer), asked) == (OFFER, 0), "some LMSs take their hint back once only"
    assert "When you are done, close it and you are back here." in words(offer)
    assert "To open it again, reload the page of your course." in words(offer)
    assert heading(page) == "Create the Space of this course"
    assert proofs() == ["new_window"]


def test_a_window_that_the_lms_opened_needs_neither_round_nor_button(school: Campus) -> None:
    _, page = school.open("biology", "helena")

    assert heading(page) == "Create the Space of this course"
    assert proofs() == ["window"]


def test_a_frame_that_lost_its_cookies_on_the_way_is_refused_with_a_way_back_and_next_time_offered_the_window(
    school: Campus,
) -> None:
    frame = school.browser(in_frame=True)
    open_frame(school, frame)
    answer = frame.post("/lti/login", school.lms.login_request("biology", "helena"))
    for cookie in list(frame.session.cookies):
        if cookie.name != "lti-kept":
            frame.session.cookies.clear(cookie.domain, cookie.path, cookie.name)

    refused = press(frame, answer, "Continue to the tool")
    frame.keeps_cookies = False
    frame.__post_init__()
    frame.session.cookies.clear()

    assert (refused.status_code, heading(refused)) == (401, "Your browser did not bring back our cookie")
    assert heading(follow(frame, refused, "Back to the LMS")) == "Courses"
    assert heading(open_frame(school, frame)) == OFFER
    assert refusals() == [("browser_unproven", "The cookie of this login did not come with the launch.")]


def test_the_login_of_one_browser_lets_no_other_one_in(school: Campus) -> None:
    sent, other = launch_on_its_way(school), school.browser()
    other.session.cookies.update(launch_on_its_way(school).browser.session.cookies)  # its own login does not help

    refused = sent.post(by=other)

    assert (refused.status_code, "browser_unproven" in words(refused)) == (401, True)
    assert proofs() == []
    assert heading(sent.post()) == "Create the Space of this course"


def test_the_same_launch_twice_lands_on_the_same_page_and_later_it_is_used_up(school: Campus) -> None:
    sent = launch_on_its_way(school)
    first, again = sent.post(), sent.post()
    with transaction():
        used_at = db.session.scalars(select(LoginState.consumed_at)).one()
        assert used_at is not None
        db.session.execute(update(LoginState).values(consumed_at=used_at - timedelta(seconds=11)))

    late = sent.post()

    assert first.url == again.url
    assert (late.status_code, heading(late)) == (401, "This launch was used before")
    assert heading(sent.browser.get(first.url)) == "Create the Space of this course", "the visit itself goes on"
    assert heading(follow(sent.browser, late, "Back to the LMS")) == "Courses"
    assert len(proofs()) == 1


def test_a_teacher_who_picks_lands_twice_on_the_same_picker(school: Campus) -> None:
    create_space(school)
    picker = open_picker(school)[1]
    sent = launch_on_its_way(school, **PICKING)

    first, again = sent.post(), sent.post()

    assert first.url == again.url
    assert heading(first) == heading(again) == heading(picker)


def test_two_people_take_turns_at_one_browser_and_each_is_themselves(school: Campus) -> None:
    create_space(school)
    browser, teacher = school.open("biology", "helena")
    _, learner = school.open("biology", "siobhan", browser=browser)
    _, again = school.open("biology", "helena", browser=browser)

    assert [heading(browser.get(page.url)) for page in (teacher, learner, again)] == [
        "Overview", "My progress", "Overview",
    ]  # fmt: skip
    assert len({page.url for page in (teacher, learner, again)}) == 3


def test_a_tab_whose_visit_is_over_says_so_and_the_course_opens_it_again(school: Campus) -> None:
    create_space(school)
    browser, page = school.open("biology", "siobhan")
    with transaction():
        db.session.execute(update(VisitRow).values(last_seen_at=clock.now() - timedelta(hours=2)))

    over = browser.get(page.url)
    _, again = school.open("biology", "siobhan", browser=browser)

    assert (over.status_code, "visit_over" in words(over)) == (401, True)
    assert heading(again) == "My progress"
