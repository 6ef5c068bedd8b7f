"""Invitations: one URL, one LMS, some days."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug import Response

from lti_tool import clock
from lti_tool.cli import main
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.launch.keys import published_keys
from lti_tool.launch.model import Registration
from lti_tool.launch.registration.invites import make_invite, open_invites, withdraw_invite
from lti_tool.launch.registration.model import RegistrationInvite
from tests.launch.registration.some_lms import SomeLms, in_json, registered
from tests.launch.registration.steps import connected, looked, make_invitation, pressed
from tests.make.lms import words


def expire(by: timedelta = timedelta(seconds=1)) -> None:
    with transaction():
        db.session.execute(update(RegistrationInvite).values(expires_at=clock.now() - by))


def command(*said: str) -> Result:
    db.session.rollback()
    result = CliRunner().invoke(main, ["platform", "invite", *said])
    db.session.rollback()
    return result


def test_the_command_prints_a_url_and_its_end(app: Flask, client: FlaskClient) -> None:
    printed = json.loads(command("--json", "--hours", "2", "--name", "Hill College").stdout)

    assert set(printed) == {"url", "expires"}
    assert printed["url"].startswith("http://localhost:8000/lti/register/")
    left = datetime.fromisoformat(printed["expires"]) - clock.now()
    assert timedelta(minutes=118) < left < timedelta(minutes=121)
    assert [one.name for one in open_invites()] == ["Hill College"]
    assert client.get(urlsplit(printed["url"]).path).status_code == 200


def test_without_json_the_command_speaks_to_a_person(app: Flask) -> None:
    assert "It connects one LMS, until " in command().stdout


@pytest.mark.parametrize("said", [("--hours", "0"), ("--hours", "99999"), ("--organization", "nobody")])
def test_what_cannot_be_is_refused_by_the_command(app: Flask, said: tuple[str, str]) -> None:
    result = command(*said)

    assert (result.exit_code != 0, "Traceback" in result.output, open_invites()) == (True, False, [])


def test_the_url_stands_in_no_row(app: Flask) -> None:
    with transaction():
        url = make_invite(name=None, organization=None, hours=1).url

    [row] = db.session.scalars(select(RegistrationInvite))
    assert url.rsplit("/", 1)[1] not in str(vars(row))


def test_whoever_opens_it_in_a_browser_is_told_where_to_paste_it(app: Flask, client: FlaskClient) -> None:
    path = make_invitation()

    page = client.get(path)

    assert f"http://localhost:8000{path}" in words(page)  # type: ignore[arg-type]
    assert "Site administration, Plugins" in words(page)  # type: ignore[arg-type]
    assert "http://localhost:8000/lti/login" in words(page)  # type: ignore[arg-type]


@pytest.mark.parametrize("secret", ["x", "x" * 43, "x" * 5000, "%00", "%C3%A9" * 43])
def test_an_invitation_that_nobody_made_is_refused(app: Flask, client: FlaskClient, secret: str) -> None:
    page = client.get(f"/lti/register/{secret}")

    assert page.status_code in (400, 403)


def test_an_expired_invitation_is_refused_and_its_key_is_published_no_more(
    app: Flask, client: FlaskClient, lms: SomeLms
) -> None:
    path = make_invitation()
    page = looked(client, lms, path)
    before = len(published_keys())
    expire()

    refused = client.get(path)

    assert page.status_code == 200
    assert (refused.status_code, "invite_expired" in words(refused)) == (403, True)  # type: ignore[arg-type]
    assert (before, published_keys(), open_invites()) == (1, [], [])


def test_a_withdrawn_invitation_leads_nowhere(app: Flask, client: FlaskClient) -> None:
    path = make_invitation()
    with transaction():
        withdraw_invite(open_invites()[0].id)

    refused = client.get(path)

    assert (refused.status_code, "invite_unknown" in words(refused)) == (403, True)  # type: ignore[arg-type]


def test_a_used_invitation_is_refused_and_stays(app: Flask, client: FlaskClient, lms: SomeLms) -> None:
    path = make_invitation()
    connected(client, lms, path)

    refused = client.get(path)

    assert (refused.status_code, "invite_used" in words(refused)) == (403, True)  # type: ignore[arg-type]
    used = db.session.scalars(select(RegistrationInvite)).one()
    assert used.registration_id is not None
    assert (used.sealed_token, used.sealed_key, used.draft) == (None, None, None)
    with pytest.raises(Problem, match="not_found"), transaction():
        withdraw_invite(used.id)


def test_an_invitation_that_expires_while_the_lms_thinks_still_counts(
    app: Flask, client: FlaskClient, lms: SomeLms
) -> None:
    with transaction():
        url = make_invite(name=None, organization=None, hours=1).url
        db.session.execute(update(RegistrationInvite).values(expires_at=clock.now() + timedelta(seconds=5)))

    connected(client, lms, urlsplit(url).path)

    used = db.session.scalars(select(RegistrationInvite)).one()
    assert used.used_at is not None
    assert used.expires_at > clock.now() + timedelta(minutes=4)


def test_an_invitation_that_is_used_again_while_the_lms_thinks_connects_one_lms(
    app: Flask, client: FlaskClient, lms: SomeLms
) -> None:
    path = make_invitation()
    others = []

    def think(sent: dict[str, Any]) -> Response:
        if others:
            return in_json(registered(sent, client_id="quicker"))
        others.append(app.test_client())
        with app.app_context():
            assert connected(others[0], lms, path).status_code == 200
        return in_json(registered(sent, client_id="slower"))

    first = looked(client, lms, path)
    lms.answers = think
    slower = pressed(client, first)

    assert (slower.status_code, "invite_used" in slower.text) == (403, True)
    assert db.session.scalars(select(Registration.client_id)).all() == ["quicker"]


def test_what_nobody_used_is_forgotten_a_month_later(app: Flask) -> None:
    make_invitation()
    expire(timedelta(days=31))

    make_invitation()

    assert db.session.query(RegistrationInvite).count() == 1
