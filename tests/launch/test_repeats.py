"""The same POST twice: a browser that sends a form again lands where it landed, and nobody else lands anywhere."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import requests
from sqlalchemy import func, select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.model import Deployment, LoginState, Registration, VisitRow
from lti_tool.limits import counted_as, limiter
from lti_tool.people.model import Person
from tests.make.launch import PICKING, launch_on_its_way
from tests.make.lms import Campus, words


def visits() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(VisitRow)) or 0


def logins_counted() -> int:
    assert limiter.storage is not None
    return int(limiter.storage.get(f"logins/{counted_as('127.0.0.1')}"))


def let_seconds_pass(seconds: float) -> None:
    with transaction():
        used_at = db.session.scalars(select(LoginState.consumed_at)).one()
        assert used_at is not None
        db.session.execute(update(LoginState).values(consumed_at=used_at - timedelta(seconds=seconds)))


def refusal(answer: requests.Response) -> tuple[int, str]:
    code = words(answer).partition("Code ")[2].partition(" ")[0]
    return answer.status_code, code


@pytest.mark.parametrize("claims", [{}, PICKING], ids=["a link", "a teacher who picks"])
def test_it_lands_on_the_same_page_of_the_same_visit(school: Campus, claims: dict[str, Any]) -> None:
    sent = launch_on_its_way(school, **claims)

    first, again = sent.post(allow_redirects=False), sent.post(allow_redirects=False)

    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]
    assert visits() == 1
    assert sent.browser.get(again.headers["Location"]).status_code == 200


def test_both_answers_carry_the_same_proof_of_the_visit(school: Campus) -> None:
    sent = launch_on_its_way(school)

    answers = [sent.post(allow_redirects=False) for _ in range(2)]

    assert len({answer.cookies["visit"] for answer in answers}) == 1


@pytest.mark.parametrize(("seconds", "outcome"), [(8, 303), (11, 401)])
def test_for_ten_seconds_and_no_longer(school: Campus, seconds: float, outcome: int) -> None:
    sent = launch_on_its_way(school)
    sent.post(allow_redirects=False)
    let_seconds_pass(seconds)

    assert sent.post(allow_redirects=False).status_code == outcome
    assert visits() == 1


def test_another_browser_with_the_same_post_is_refused(school: Campus) -> None:
    sent = launch_on_its_way(school)
    sent.post(allow_redirects=False)

    assert refusal(sent.post(school.browser())) == (401, "browser_unproven")


def test_another_token_under_the_same_state_is_refused(school: Campus) -> None:
    sent, other = launch_on_its_way(school), launch_on_its_way(school, person="siobhan")
    sent.post(allow_redirects=False)

    assert refusal(sent.post(id_token=other.fields["id_token"])) == (401, "replayed")
    assert refusal(sent.post(id_token="")) == (401, "replayed")
    assert visits() == 1


def test_the_lmss_no_is_told_once_and_makes_no_way_in(school: Campus) -> None:
    sent = launch_on_its_way(school)
    no = {"error": "login_required", "state": sent.fields["state"]}

    first = sent.browser.post("/lti/launch", no)

    assert refusal(first) == (401, "platform_refused")
    assert refusal(sent.browser.post("/lti/launch", no)) == (401, "replayed")
    assert refusal(sent.post(allow_redirects=False)) == (401, "replayed")
    assert visits() == 0


def test_a_launch_that_was_refused_after_all_has_opened_nothing_to_land_on(school: Campus) -> None:
    with transaction():
        db.session.execute(update(Deployment).values(status="off"))
    sent = launch_on_its_way(school)

    assert refusal(sent.post(allow_redirects=False)) == (403, "deployment_off")
    assert refusal(sent.post(allow_redirects=False)) == (401, "replayed")
    assert visits() == 0


def test_somebody_who_is_switched_off_is_told_so_once_and_counts_once(school: Campus) -> None:
    launch_on_its_way(school).post()
    sent = launch_on_its_way(school)
    with transaction():
        db.session.execute(update(Person).values(disabled_at=clock.now()))

    refusals = [refusal(sent.post(allow_redirects=False)) for _ in range(3)]

    assert refusals == [(403, "person_disabled"), (401, "replayed"), (401, "replayed")]
    assert logins_counted() == 0


def test_the_same_post_many_times_at_once_gives_its_login_back_once(school: Campus) -> None:
    for _ in range(20):
        school.begin(school.browser(), school.lms.login_request("biology", "helena"))
    sent = launch_on_its_way(school)
    cookies = requests.utils.dict_from_cookiejar(sent.browser.session.cookies)

    def post(_: int) -> int:
        answer = requests.post(
            f"{school.url}/lti/launch", sent.fields, cookies=cookies, allow_redirects=False, timeout=30
        )
        return answer.status_code

    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(post, range(6)))

    assert (answers, logins_counted()) == ([303] * 6, 20)


@pytest.mark.parametrize(
    ("ended", "code"),
    [
        (lambda: update(Person).values(disabled_at=clock.now()), "person_disabled"),
        (lambda: update(Registration).values(switched_off_at=clock.now()), "platform_off"),
        (lambda: update(Deployment).values(status="off"), "deployment_off"),
        (lambda: update(VisitRow).values(created_at=clock.now() - timedelta(days=1)), "visit_over"),
    ],
    ids=["the person", "the registration", "the deployment", "the visit"],
)
def test_what_ended_in_between_is_not_opened_again(school: Campus, ended: Any, code: str) -> None:
    sent = launch_on_its_way(school)
    sent.post(allow_redirects=False)
    with transaction():
        db.session.execute(ended())

    landed = sent.browser.get(sent.post(allow_redirects=False).headers["Location"])

    assert refusal(landed)[1] == code


def test_the_cookie_of_the_login_is_gone_when_nothing_may_be_repeated_any_more(school: Campus) -> None:
    answer = launch_on_its_way(school).post(allow_redirects=False)

    [login] = [cookie for cookie in answer.raw.headers.getlist("Set-Cookie") if cookie.startswith("lti-")
               and not cookie.startswith("lti-kept")]  # fmt: skip
    assert "Max-Age=10;" in login
