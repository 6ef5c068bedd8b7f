"""What an administrator does inside the LMS: opens the page, looks, and says yes."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.db import db, transaction
from lti_tool.launch.registration.invites import make_invite
from tests.launch.registration.some_lms import TOKEN, SomeLms
from tests.make.lms import forms

OURS = {"Origin": "http://localhost:8000"}


def make_invitation(name: str | None = None, organization: str | None = None) -> str:
    """The path of a fresh invitation."""
    with transaction():
        return urlsplit(make_invite(name=name, organization=organization, hours=1).url).path


def opened(client: FlaskClient, path: str, lms: SomeLms, token: str | None = TOKEN) -> TestResponse:
    """The page that the LMS shows in its frame."""
    said = {"openid_configuration": lms.address, **({"registration_token": token} if token else {})}
    return client.get(f"{path}?{urlencode(said)}")


def pressed(client: FlaskClient, page: TestResponse, **changed: str) -> TestResponse:
    """The page that comes when the one button is pressed, with some of its fields changed."""
    assert page.status_code == 200, page.text
    [form] = forms(page)  # type: ignore[arg-type]  # it looks at `text` alone
    db.session.rollback()
    answer = client.post(form.action, data={**form.fields, **changed}, headers=OURS)
    db.session.rollback()
    return answer


def looked(client: FlaskClient, lms: SomeLms, path: str | None = None, **kwargs: Any) -> TestResponse:
    """The page before the yes, or the refusal that comes in its place."""
    return pressed(client, opened(client, path or make_invitation(), lms, **kwargs))


def connected(client: FlaskClient, lms: SomeLms, path: str | None = None, **kwargs: Any) -> TestResponse:
    return pressed(client, looked(client, lms, path, **kwargs))
