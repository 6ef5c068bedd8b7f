"""Browsers of people who come without an LMS, signed in by a real link."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.db import db, new_id, transaction
from lti_tool.people.home.links import make_link
from lti_tool.people.home.model import ProvenAddress
from lti_tool.people.own_session import token_of

ORIGIN = "http://localhost:8000"


@dataclass
class Home:
    """A browser at `/home`. It fills in the form token of its session."""

    client: FlaskClient

    def get(self, page: str = "", **kwargs: Any) -> TestResponse:
        return self.client.get(f"/home/{page}".removesuffix("/"), **kwargs)

    def post(self, page: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Post a form of ours, token and Origin included."""
        fields = {"form_token": self.form_token, **(data or {})}
        headers = {"Origin": ORIGIN, **kwargs.pop("headers", {})}
        return self.client.post(f"/home/{page}", data=fields, headers=headers, **kwargs)

    @property
    def form_token(self) -> str:
        with self.client.session_transaction("/home") as session:
            return token_of(session.get("secret", "none"))


def make_home_link(address: str) -> str:
    """A link as it is mailed to the address. Answers its page below `/home`."""
    with transaction():
        return "sign-in/" + make_link(new_id(), purpose="sign_in", address=address)


def make_proven(person: str, address: str) -> None:
    with transaction():
        db.session.add(ProvenAddress(person_id=person, address=address))


def make_home(app: Flask, person: str) -> Home:
    """The person's browser, signed in at `/home`. They have proved an address of their own for it."""
    address = f"{person}@home.example"
    if db.session.get(ProvenAddress, (person, address)) is None:
        make_proven(person, address)
    browser, link = Home(app.test_client()), make_home_link(address)
    assert re.search(r'name="form_token"', browser.get(link).text)
    answer = browser.post(link)
    assert answer.status_code == 303, answer.text
    return browser
