"""Administrators and their browsers, signed in by a real link."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.db import transaction
from lti_tool.people.admin.administrators import invite_administrator

ORIGIN = "http://localhost:8000"


@dataclass
class Administrating:
    """A browser at `/admin`. It fills in the form token of the page that it looked at last."""

    client: FlaskClient
    form_token: str = ""

    def get(self, page: str = "", **kwargs: Any) -> TestResponse:
        answer = self.client.get(f"/admin{page}", **kwargs)
        is_page = answer.mimetype == "text/html"
        found = re.search(r'name="form_token" value="([0-9a-f]+)"', answer.text) if is_page else None
        if found:
            self.form_token = found.group(1)
        return answer

    def post(self, page: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        headers = {"Origin": ORIGIN, **kwargs.pop("headers", {})}
        fields = {"form_token": self.form_token, **(data or {})}
        return self.client.post(f"/admin{page}", data=fields, headers=headers, **kwargs)


def make_link(name: str = "Robin Root", email: str | None = None) -> str:
    """Invite an administrator. Answers the link's path below `/admin`."""
    with transaction():
        url, _ = invite_administrator(name=name, email=email)
    return urlsplit(url).path.removeprefix("/admin")


def make_admin(app: Flask, name: str = "Robin Root", email: str | None = None) -> Administrating:
    """An administrator's browser, signed in."""
    browser = Administrating(app.test_client())
    link = make_link(name, email)
    browser.get(link)
    answer = browser.post(link)
    assert answer.status_code == 303, answer.text
    browser.get()
    return browser
