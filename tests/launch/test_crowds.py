"""Many at once: every one of a class gets in, and one launch counts once however often it is posted."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import func, select

from lti_tool.db import db
from lti_tool.launch.model import VisitRow
from tests.make.house import house
from tests.make.lms import Campus


def visits() -> int:
    return db.session.scalar(select(func.count()).select_from(VisitRow)) or 0


def test_the_same_launch_posted_a_hundred_times_at_once_opens_one_visit(school: Campus) -> None:
    browser = school.browser()
    answer = school.authorize(browser, school.begin(browser, school.lms.login_request("biology", "helena")))
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.session.cookies)

    def post(_: int) -> tuple[int, str | None]:
        other = school.browser()
        said = other.post("/lti/launch", answer, headers={"Cookie": cookies}, allow_redirects=False)
        other.close()
        return said.status_code, said.headers.get("Location")

    with ThreadPoolExecutor(20) as pool:
        landed = set(pool.map(post, range(100)))

    assert [status for status, _ in landed] == [303]
    assert visits() == 1


def test_a_hundred_people_at_once_all_get_in(school: Campus) -> None:
    def come(number: int) -> int:
        browser, page = school.open("data-literacy", f"learner-{number % 30 + 1:04d}")
        browser.close()
        return page.status_code

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(come, range(100)))

    assert set(statuses) == {200}
    assert visits() == 100


def test_one_address_that_knocks_without_end_is_asked_to_wait_and_another_is_not(
    database_url: str, tmp_path: Path
) -> None:
    with house(tmp_path, database_url=database_url, login_limit="5 per minute") as app:
        client = app.test_client()
        knocks = [client.get("/lti/login", environ_base={"REMOTE_ADDR": "192.0.2.1"}) for _ in range(7)]
        other = client.get("/lti/login", environ_base={"REMOTE_ADDR": "192.0.2.2"})

    assert [knock.status_code for knock in knocks] == [400] * 5 + [429] * 2
    assert b"too_many" in knocks[-1].data
    assert other.status_code == 400


def test_keys_that_change_while_a_class_comes_keep_nobody_out(school: Campus) -> None:
    def come(number: int) -> int:
        if number % 10 == 5:
            school.lms.keys.rotate()
        browser, page = school.open("data-literacy", f"learner-{number % 30 + 1:04d}")
        browser.close()
        return page.status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(come, range(40)))

    assert set(statuses) == {200}
