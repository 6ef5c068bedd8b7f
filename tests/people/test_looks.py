"""Light or dark: chosen once, and so wherever the person comes from."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_tool.people.visit import Role
from tests.make.home import make_home
from tests.make.person import make_person
from tests.make.visit import make_visit


def _colours(page: str) -> tuple[str, list[str]]:
    """The scheme that a page names, and when its dark colours apply."""
    (scheme,) = re.findall(r'name="color-scheme" content="([^"]*)"', page)
    return scheme, re.findall(r'dark\.css[^"]*" media="([^"]*)"', page)


AS_DEVICE = ("light dark", ["screen and (prefers-color-scheme: dark)"])


def test_pages_follow_the_device_until_somebody_chooses_and_again_when_they_say_so(
    app: Flask, organization: str
) -> None:
    person = make_person(organization)
    visitor = make_visit(app, organization=organization, person=person, role=Role.MEMBER)
    seen = [_colours(visitor.get("backpack").text)]
    for theme in ("dark", "light", "device"):
        answer = visitor.post("looks", {"theme": theme, "to": f"{visitor.path}/backpack"})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{visitor.path}/backpack")
        seen.append(_colours(visitor.get("backpack").text))

    assert seen == [AS_DEVICE, ("dark", ["screen"]), ("light", []), AS_DEVICE]


def test_the_choice_holds_at_home_and_in_the_next_visit(app: Flask, organization: str) -> None:
    person = make_person(organization)
    browser = make_home(app, person)
    answer = browser.post("looks", {"theme": "dark", "to": "/home/backpack"})
    later = make_visit(app, organization=organization, person=person, role=Role.MEMBER)

    assert answer.headers["Location"] == "/home/backpack"
    assert _colours(browser.get("backpack").text) == ("dark", ["screen"])
    page = later.get("backpack").text
    assert _colours(page) == ("dark", ["screen"])
    assert re.search(r'value="dark" aria-pressed="true"', page)
    assert page.count('aria-pressed="true"') == 1


ELSEWHERE = ["", "https://evil.example/", "//evil.example", "/v/other/backpack", "backpack", "/a\\b"]


@pytest.mark.parametrize("to", ELSEWHERE)
def test_the_choice_leads_back_into_this_visit_and_nowhere_else(app: Flask, organization: str, to: str) -> None:
    visitor = make_visit(app, organization=organization, person=make_person(organization), role=Role.MEMBER)

    answer = visitor.post("looks", {"theme": "dark", "to": to})

    assert answer.headers["Location"] == f"{visitor.path}/"
    assert visitor.get("").status_code == 200


def test_colours_that_there_are_not_are_refused(app: Flask, organization: str) -> None:
    visitor = make_visit(app, organization=organization, person=make_person(organization), role=Role.MEMBER)

    assert visitor.post("looks", {"theme": "pink"}).status_code == 400
    assert _colours(visitor.get("backpack").text) == AS_DEVICE


def test_whoever_looks_through_another_account_chooses_nothing_for_it(app: Flask, organization: str) -> None:
    person = make_person(organization)
    masked = make_visit(app, organization=organization, person=person, role=Role.MEMBER, masked=True)

    page = masked.get("about")

    assert (page.status_code, "aria-pressed" in page.text) == (200, False)
    assert masked.post("looks", {"theme": "dark"}).status_code == 403


def test_who_is_nobody_here_follows_the_device(client: FlaskClient) -> None:
    assert _colours(client.get("/home/sign-in").text) == AS_DEVICE
