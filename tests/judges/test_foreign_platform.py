"""Platforms that nobody here wrote: they sign our launches, check our assertions, and read what our picker returns."""

import time
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from tests.flows.picking import choose
from tests.judges.foreign import Abroad, Land, connected, running
from tests.judges.foreign_server import CLIENT, ROSTER_SCOPE
from tests.make.hands import follow, heading, press
from tests.make.lms import Browser, forms, words

PEERS = ("lti1p3platform", "lti-consumer")


@pytest.fixture(scope="module", params=PEERS)
def land(request: pytest.FixtureRequest) -> Iterator[Land]:
    with running(request.param) as platform:
        yield platform


@pytest.fixture
def peer(land: Land, database_url: str, tmp_path: Path) -> Iterator[Abroad]:
    with connected(land, database_url, tmp_path / "data") as both:
        yield both


def _pick(peer: Abroad) -> tuple[Browser, requests.Response]:
    """A teacher makes the Space, and the platform asks for content of it."""
    browser, offer = peer.open("link")
    press(browser, offer, "Create the Space")
    return peer.open("picker", browser)


def _go_back(browser: Browser, answer: requests.Response) -> requests.Response:
    return press(browser, answer, "Go back now")


def test_a_teacher_launches_and_the_roster_comes_by_a_token_that_the_platform_gave_for_our_assertion(
    peer: Abroad,
) -> None:
    browser, offer = peer.open("link")
    press(browser, offer, "Create the Space")
    peer.do_jobs()

    members, staff = (follow(browser, browser.get(offer.url), tab) for tab in ("Members", "Staff"))

    assert "Bo Diddley" in words(members)
    assert "Ada Lovelace" in words(staff)


def test_an_assertion_under_our_kid_that_is_not_signed_by_our_key_is_refused_by_the_platform(peer: Abroad) -> None:
    [ours, *_] = requests.get(f"{peer.url}/lti/jwks.json", timeout=10).json()["keys"]
    stranger = generate_private_key(public_exponent=65537, key_size=2048)
    now = int(time.time())
    claims = {"iss": CLIENT, "sub": CLIENT, "aud": f"{peer.peer}/token", "iat": now, "exp": now + 60, "jti": "1"}
    form = {
        "grant_type": "client_credentials", "scope": ROSTER_SCOPE,
        "client_assertion": jwt.encode(claims, stranger, algorithm="RS256", headers={"kid": ours["kid"]}),
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }  # fmt: skip

    refused = requests.post(f"{peer.peer}/token", data=form, timeout=10)

    assert refused.status_code == 400
    assert "Signature" in refused.json()["error_description"]


def test_what_was_picked_is_taken_by_the_platform_and_opens_from_there(peer: Abroad) -> None:
    browser, picker = _pick(peer)

    taken = _go_back(browser, choose(browser, picker, "leaderboard"))

    assert taken.status_code == 200, taken.text
    [item] = taken.json()["items"]
    assert (item["type"], item["url"]) == ("ltiResourceLink", f"{peer.url}/lti/launch")
    _, opened = peer.open("0")
    assert heading(opened) == "Leaderboard"


def test_a_picker_that_is_given_up_returns_an_empty_answer_that_the_platform_takes(peer: Abroad) -> None:
    browser, picker = _pick(peer)

    taken = _go_back(browser, press(browser, picker, "Back without adding anything"))

    assert (taken.status_code, taken.json()) == (200, {"items": []})


def test_an_answer_that_was_changed_on_its_way_is_refused_by_the_platform(peer: Abroad) -> None:
    browser, picker = _pick(peer)
    [form] = [form for form in forms(choose(browser, picker, "leaderboard")) if "JWT" in form.fields]
    head, body, _ = form.fields["JWT"].split(".")

    refused = browser.post(form.action, {"JWT": f"{head}.{body}.AAAA"})

    assert refused.status_code == 400
    assert "refused" in refused.json()
