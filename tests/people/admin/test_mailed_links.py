"""Sign-in links by mail: for administrators alone, and nobody learns from the page who they are."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from lti_tool import clock, jobs
from lti_tool.db import db, transaction
from lti_tool.jobs.model import Job
from lti_tool.people.admin.administrators import disable_administrator
from lti_tool.people.admin.mail import send_sign_in
from lti_tool.people.admin.model import SignInLink
from tests.make.admin import Administrating, make_link
from tests.make.house import mailing_house
from tests.make.mailbox import Mailbox


@pytest.fixture
def mailing(box: Mailbox, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A house that mails, with one administrator."""
    with mailing_house(tmp_path, database_url, box) as app:
        make_link("Robin Root", "robin@example.org")
        with transaction():
            db.session.execute(update(SignInLink).values(created_at=clock.now() - timedelta(days=1)))
        yield app


def ask(app: Flask, address: str) -> str:
    """What the page says after somebody asked."""
    browser = Administrating(app.test_client())
    browser.get("/sign-in")
    answer = browser.post("/sign-in", {"email": address})
    db.session.rollback()
    return re.sub(r'nonce="[^"]*"', "", answer.text)


def links_in(box: Mailbox) -> list[str]:
    bodies = [mail.get_body(("plain",)) for mail in box.mails]
    return [found for body in bodies if body for found in re.findall(r"/sign-in/\S+", body.get_content())]


def test_an_administrator_gets_a_link_that_signs_in(mailing: Flask, box: Mailbox) -> None:
    ask(mailing, " Robin@Example.org ")
    jobs.drain(mailing)

    [link] = links_in(box)
    browser = Administrating(mailing.test_client())
    browser.get(link)
    assert browser.post(link).status_code == 303
    assert "Robin Root" in browser.get().text


def test_a_mailed_link_lasts_a_quarter_of_an_hour(mailing: Flask, box: Mailbox) -> None:
    ask(mailing, "robin@example.org")
    jobs.drain(mailing)
    newest = db.session.scalars(select(SignInLink.expires_at).order_by(SignInLink.created_at.desc()).limit(1)).one()

    assert timedelta(minutes=14) < newest - clock.now() <= timedelta(minutes=15)


@pytest.mark.parametrize("address", ["nobody@example.org", "", "no address", "robin@example.org\r\nBcc: x@example.org"])
def test_the_page_answers_the_same_whoever_asks(mailing: Flask, box: Mailbox, address: str) -> None:
    known, unknown = ask(mailing, "robin@example.org"), ask(mailing, address)
    written = db.session.scalars(select(Job).where(Job.kind == "mail.sign_in")).all()
    jobs.drain(mailing)

    assert re.sub(r"[0-9a-f]{64}", "", known) == re.sub(r"[0-9a-f]{64}", "", unknown)
    assert "Look into your mailbox" in known
    assert [set(job.arguments) for job in written] == [{"asked", "mail", "language"}] * 2
    assert all("@" not in str(job.arguments) for job in written)
    assert [mail["To"] for mail in box.mails] == ["robin@example.org"]


def test_a_disabled_administrator_gets_nothing(mailing: Flask, box: Mailbox) -> None:
    with transaction():
        disable_administrator("robin@example.org")

    ask(mailing, "robin@example.org")
    jobs.drain(mailing)

    assert box.mails == []


def test_a_mailbox_is_not_filled(mailing: Flask, box: Mailbox) -> None:
    for _ in range(5):
        ask(mailing, "robin@example.org")
        jobs.drain(mailing)

    assert len(box.mails) == 3


def test_a_job_that_runs_twice_sends_the_same_mail(mailing: Flask, box: Mailbox) -> None:
    ask(mailing, "robin@example.org")
    [arguments] = db.session.scalars(select(Job.arguments).where(Job.kind == "mail.sign_in"))
    db.session.rollback()
    send_sign_in(arguments)
    send_sign_in(arguments)

    assert len({mail["Message-ID"] for mail in box.mails}) == len(set(links_in(box))) == 1
    assert len(box.mails) == 2


def test_a_server_that_is_busy_gets_the_mail_later(mailing: Flask, box: Mailbox) -> None:
    box.answers = ["451 later"]
    ask(mailing, "robin@example.org")
    jobs.drain(mailing)
    with transaction():
        db.session.execute(update(Job).values(run_at=clock.now()))
    jobs.drain(mailing)

    assert len(links_in(box)) == 1


def test_without_a_mail_server_the_page_names_the_command_and_takes_no_address(app: Flask) -> None:
    browser = Administrating(app.test_client())
    browser.get(make_link())

    assert 'name="email"' not in browser.get("/sign-in").text
    assert browser.post("/sign-in", {"email": "robin@example.org"}).status_code == 404
