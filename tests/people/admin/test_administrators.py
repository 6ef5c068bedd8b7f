"""Administrators: invited on the command line or at the console, listed, disabled."""

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from lti_tool import clock
from lti_tool.cli import main
from lti_tool.db import db
from lti_tool.people.admin.model import Administrator, AuditEntry, SignInLink
from tests.make.admin import ORIGIN, Administrating, make_admin, make_link
from tests.make.house import house


def command(*words: str) -> Result:
    db.session.rollback()
    result = CliRunner().invoke(main, ["admin", *words])
    db.session.rollback()
    db.session.expire_all()
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def invite(*words: str) -> str:
    return str(json.loads(command("invite", "--json", *words).stdout)["url"])


def test_inviting_prints_a_link_that_signs_in_and_when_it_expires(app: Flask) -> None:
    printed = json.loads(command("invite", "--json").stdout)

    assert set(printed) == {"url", "expires"}
    assert printed["url"].startswith("http://localhost:8000/admin/sign-in/")
    link = db.session.scalars(select(SignInLink)).one()
    assert timedelta(hours=23) < link.expires_at - clock.now() <= timedelta(hours=24)
    browser, path = Administrating(app.test_client()), urlsplit(printed["url"]).path.removeprefix("/admin")
    browser.get(path)
    assert browser.post(path).status_code == 303


def test_an_invitation_without_an_address_says_that_no_link_can_be_mailed_to_it(app: Flask) -> None:
    warning = "No link can be mailed without an address: --email names one."

    assert warning in command("invite").stdout
    assert warning not in command("invite", "--email", "robin@example.org").stdout


def test_who_has_the_address_is_the_administrator(app: Flask) -> None:
    invite("--name", "Robin", "--email", "Robin@Example.org")
    invite("--email", "robin@example.org")
    invite("--name", "Robin", "--email", "other@example.org")

    known = db.session.scalars(select(Administrator.email).order_by(Administrator.created_at)).all()
    assert known == ["robin@example.org", "other@example.org"]


def test_without_an_address_the_name_says_who_it_is(app: Flask) -> None:
    invite()
    invite()
    invite("--name", "Robin")

    assert db.session.scalars(select(Administrator.name).order_by(Administrator.id)).all() == ["Administrator", "Robin"]


def test_an_address_that_is_none_is_refused(app: Flask) -> None:
    refused = command("invite", "--email", "nobody")

    assert (refused.exit_code, "no e-mail address" in refused.output) == (1, True)
    assert db.session.scalars(select(Administrator)).all() == []


def test_the_list_names_everybody(app: Flask) -> None:
    assert "There is no administrator yet" in command("list").output
    invite("--name", "Robin", "--email", "robin@example.org")
    invite()

    assert [one["email"] for one in json.loads(command("list", "--json").output)] == ["robin@example.org", None]
    assert [line.split()[1] for line in command("list").output.splitlines()] == ["on", "on"]


@pytest.mark.parametrize("by", ["id", "address"])
def test_disabling_ends_sessions_and_links_until_the_next_invitation(app: Flask, by: str) -> None:
    browser, unused = make_admin(app, email="robin@example.org"), make_link(email="robin@example.org")
    who = "Robin@example.org" if by == "address" else db.session.scalars(select(Administrator.id)).one()

    assert command("disable", who).output == "Robin Root is disabled.\n"
    assert browser.get().status_code == 303
    assert "off" in command("list").output
    invite("--email", "robin@example.org")

    assert "does not sign anybody in any more" in browser.get(unused).text
    assert browser.get().status_code == 303
    assert "on" in command("list").output


def test_disabling_somebody_unknown_is_refused_in_words(app: Flask) -> None:
    refused = command("disable", "nobody")

    assert (refused.exit_code, "There is no such administrator" in refused.output) == (1, True)


def test_administrators_invite_and_disable_each_other_at_the_console(app: Flask) -> None:
    first, second = make_admin(app), Administrating(app.test_client())

    shown = first.post("/administrators", {"name": "Nora New"}).text
    link = shown.split(">http://localhost:8000/admin")[1].split("<")[0]
    second.get(link)
    second.post(link)
    assert "Nora New" in second.get().text
    nora = db.session.scalars(select(Administrator.id).where(Administrator.name == "Nora New")).one()
    assert first.post(f"/administrators/{nora}/off").status_code == 303

    assert second.get().status_code == 303
    assert "disabled" in first.get("/administrators").text
    deeds = db.session.scalars(select(AuditEntry.deed).order_by(AuditEntry.id)).all()
    assert deeds[-3:] == ["administrator.invited", "administrator.signed_in", "administrator.disabled"]


def test_the_secret_of_a_link_is_in_no_log(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with house(tmp_path, database_url=database_url, log_level="DEBUG", public_url=ORIGIN) as app:
        link = make_link()
        client = app.test_client()
        client.get(f"/admin{link}")
        refused = client.post(f"/admin{link}")  # without Origin and token
    said = capsys.readouterr()

    assert refused.status_code == 403
    assert "/admin/sign-in/<secret>" in said.err
    assert link.rpartition("/")[2] not in said.err + said.out
