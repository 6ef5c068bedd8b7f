"""Who knocks without end is asked to wait; who gets in is not counted, however many they are (item 10 of the door)."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lti_tool.counts import SharedCounts
from lti_tool.db import db
from lti_tool.launch.model import LoginState, RefusedLaunch, Registration
from lti_tool.limits import count_invitation, count_login, give_login_back, limiter
from tests.make.house import house
from tests.make.lms import Campus, campus, words
from tests.make.organization import make_organization
from tests.make.redis import Server
from tests.make.visit import make_registration

HERE, NEXT_DOOR, ELSEWHERE = "2001:db8:1:2::3", "2001:db8:1:2:ffff::1", "2001:db8:1:3::3"
ASKED = {"login_hint": "1", "target_link_uri": "http://localhost:8000/"}


def knock(client: FlaskClient, address: str, **params: str) -> TestResponse:
    return client.post("/lti/login", data=params, environ_base={"REMOTE_ADDR": address})


def launch(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    return client.post("/lti/launch", data=fields, environ_base={"REMOTE_ADDR": address})


def count(table: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def platform() -> dict[str, str]:
    """A login request of a platform that is registered."""
    registration = db.session.get_one(Registration, make_registration(make_organization()))
    return {**ASKED, "iss": registration.issuer, "client_id": registration.client_id}


def begin(client: FlaskClient, params: dict[str, str], address: str = HERE) -> str:
    """Begin a login. Answers the state that goes to the platform."""
    answer = knock(client, address, **params)
    return parse_qs(urlsplit(answer.headers["Location"]).query)["state"][0]


@pytest.fixture
def small(database_url: str, tmp_path: Path) -> Any:
    """A house with limits that a test can reach."""
    limits = {"login_limit": "4 per minute", "refusal_limit": "3 per minute", "platform_refusal_limit": "5 per minute"}
    with house(tmp_path, database_url=database_url, **limits) as app:
        yield app


@pytest.fixture
def client(small: Flask) -> FlaskClient:
    return small.test_client()


def test_logins_that_come_to_nothing_are_limited_in_words(client: FlaskClient) -> None:
    params = platform()

    knocks = [knock(client, HERE, **params) for _ in range(6)]

    assert [one.status_code for one in knocks] == [303] * 4 + [429] * 2
    assert b"too_many_logins" in knocks[-1].data
    assert 1 <= int(knocks[-1].headers["Retry-After"]) <= 60
    assert count(LoginState) == 4


@pytest.mark.parametrize(
    ("first", "other", "status"),
    [(HERE, NEXT_DOOR, 429), (HERE, ELSEWHERE, 400), ("192.0.2.1", "::ffff:192.0.2.1", 429), ("192.0.2.1", HERE, 400)],
)
def test_of_an_ipv6_address_the_network_is_counted(client: FlaskClient, first: str, other: str, status: int) -> None:
    for _ in range(5):
        knock(client, first)

    assert knock(client, other).status_code == status


def test_the_round_of_a_frame_is_not_counted_twice(client: FlaskClient) -> None:
    params, framed = platform(), {"Sec-Fetch-Dest": "iframe"}
    for _ in range(8):
        answer = client.post("/lti/login", data=params, headers=framed)
        client.delete_cookie("lti-kept", domain="localhost")
        assert client.get(answer.headers["Location"], headers=framed).status_code == 200

    assert count(LoginState) == 0


def test_refused_launches_of_an_address_are_limited_in_words(client: FlaskClient) -> None:
    answers = [launch(client, HERE, state="made-up", id_token="x") for _ in range(5)]

    assert [one.status_code for one in answers] == [401] * 3 + [429] * 2
    assert b"too_many_refused" in answers[-1].data
    assert b"Why: This launch did not begin here." in answers[-1].data
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert launch(client, ELSEWHERE, state="made-up", id_token="x").status_code == 401


def test_refused_launches_of_a_platform_are_limited_from_wherever_they_come(client: FlaskClient) -> None:
    params, other = platform(), platform()
    addresses = [f"192.0.2.{number}" for number in range(8)]

    answers = [launch(client, one, state=begin(client, params, one), id_token="x").status_code for one in addresses]

    assert answers == [400] * 5 + [429] * 3
    assert count(RefusedLaunch) == 5
    assert launch(client, ELSEWHERE, state=begin(client, other, ELSEWHERE), id_token="x").status_code == 400


def test_good_launches_pass_every_limit(database_url: str, tmp_path: Path) -> None:
    with campus(database_url, tmp_path / "data", login_limit="3 per minute", refusal_limit="2 per minute") as school:
        statuses = [school.open("biology", "helena")[1].status_code for _ in range(12)]

    assert statuses == [200] * 12


def test_whoever_is_refused_too_often_still_gets_in_with_a_good_launch(database_url: str, tmp_path: Path) -> None:
    with campus(database_url, tmp_path / "data", refusal_limit="2 per minute") as school:
        refused = [bad(school) for _ in range(4)]
        _, page = school.open("biology", "helena")

    assert refused == [401, 401, 429, 429]
    assert (page.status_code, "Create the Space" in words(page)) == (200, True)


def bad(school: Campus) -> int:
    browser = school.browser()
    fields = school.authorize(browser, school.begin(browser, school.lms.login_request("biology", "helena")))
    return browser.post("/lti/launch", {**fields, "id_token": fields["id_token"][:-20] + "A" * 20}).status_code


def test_a_class_whose_deployment_waits_is_told_so_to_the_last_learner(database_url: str, tmp_path: Path) -> None:
    with campus(database_url, tmp_path / "data", refusal_limit="2 per minute", login_limit="3 per minute") as school:
        school.lms.faults.login_parameters = {"lti_deployment_id": "campus-2"}
        school.lms.faults.launch_claims = {"deployment_id": "campus-2"}
        statuses = [school.open("biology", "siobhan")[1].status_code for _ in range(6)]

    assert statuses == [403] * 6


def test_two_thousand_good_launches_of_one_address_in_a_minute_stay_below_every_count(app: Flask) -> None:
    """The arithmetic of a whole campus: the real counters, at the settings that everybody has."""
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": HERE}):
        for _ in range(2000):  # all of them begin before the first one is let in
            count_login()
        for _ in range(2000):
            give_login_back()
        for _ in range(20_000):  # and then an hour's worth, each in turn
            count_login()
            give_login_back()


def test_no_address_of_anybody_lies_in_redis(database_url: str, tmp_path: Path, redis: Server) -> None:
    with house(tmp_path, database_url=database_url, limits_url=redis.url) as app:
        client = app.test_client()
        knock(client, "192.0.2.7"), knock(client, HERE)
        launch(client, "192.0.2.7", state="made-up", id_token="x")
        client.post("/home/sign-in", environ_base={"REMOTE_ADDR": "192.0.2.7"})
        for address in ("/api/v1/openapi.json", "/api/v1/spaces"):
            client.get(address, environ_base={"REMOTE_ADDR": "192.0.2.7"})
        with app.test_request_context():
            waits = [count_invitation("ada@school.example") for _ in range(11)]
        kept = limiter.storage
        assert isinstance(kept, SharedCounts)
        kept.close()
    with Redis.from_url(redis.url) as asked:
        keys = [key.decode() for key in asked.keys("*")]

    assert len(keys) >= 6, keys
    assert (waits[9], waits[10] > 0) == (0, True)
    assert [key for key in keys if any(word in key for word in ("192.0.2", "2001:db8", "ada@", "school"))] == []


@pytest.mark.parametrize("kind", ["one long field", "many short ones", "a long token", "parts without end"])
def test_the_body_of_a_launch_has_an_end(app: Flask, kind: str) -> None:
    fields: Any = {
        "one long field": {"state": "s", "odd": "x" * 300_000},
        "many short ones": {f"f{number}": "x" * 20 for number in range(20_000)},
        "a long token": {"state": "s", "id_token": "x" * 300_000},
        "parts without end": {f"f{number}": "x" for number in range(300)},
    }[kind]
    multipart = {"content_type": "multipart/form-data"} if kind == "parts without end" else {}

    answer = app.test_client().post("/lti/launch", data=fields, **multipart)

    assert (answer.status_code, b"too_large" in answer.data) == (413, True)


@pytest.mark.parametrize(
    ("name", "longest"),
    [
        ("iss", 2000), ("login_hint", 8192), ("target_link_uri", 2000), ("lti_message_hint", 8192),
        ("lti_deployment_id", 255), ("client_id", 255),
    ],
)  # fmt: skip
def test_every_part_of_a_login_has_an_end(app: Flask, name: str, longest: int) -> None:
    params = platform()
    client = app.test_client()

    fits = client.post("/lti/login", data={**params, name: "x" * longest})
    longer = client.post("/lti/login", data={**params, name: "x" * (longest + 1)})

    assert b"login_malformed" not in fits.data
    assert (longer.status_code, b"login_malformed" in longer.data) == (400, True)


def test_a_login_with_a_body_without_end_is_refused_before_it_is_read(app: Flask) -> None:
    answer = app.test_client().post("/lti/login", data={**platform(), "odd": "x" * 300_000})

    assert (answer.status_code, b"too_large" in answer.data) == (413, True)


def test_a_token_of_more_than_64_kib_is_too_large(app: Flask) -> None:
    client = app.test_client()
    state = begin(client, platform())

    answer = client.post("/lti/launch", data={"state": state, "id_token": "x" * (64 * 1024 + 1)})

    assert (answer.status_code, b"token_too_large" in answer.data) == (413, True)
