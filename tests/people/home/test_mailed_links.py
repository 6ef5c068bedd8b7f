"""Sign-in links by mail, over a real SMTP server: nobody learns from the page who is known."""

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
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.home.mail import send_link
from lti_tool.people.home.model import MailedLink, ProvenAddress
from lti_tool.people.model import Person
from tests.make.home import Home, make_home
from tests.make.house import mailing_house
from tests.make.mailbox import Mailbox, links_in
from tests.make.organization import make_organization
from tests.make.person import make_person

ADDRESS = "ada@example.org"


@pytest.fixture
def mailing(box: Mailbox, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A house that mails, and a person whose school says what their address is."""
    with mailing_house(tmp_path, database_url, box) as app:
        make_person(make_organization(), "Ada Lovelace", ADDRESS)
        yield app


def ask(app: Flask, address: str, **more: str) -> str:
    """What the page says after somebody asked."""
    browser = Home(app.test_client())
    token = re.search(r'name="form_token" value="(\w+)"', browser.get("sign-in").text)
    assert token is not None
    answer = browser.post("sign-in", {"form_token": token.group(1), "email": address, **more})
    db.session.rollback()
    return re.sub(r'nonce="[^"]*"', "", answer.text)


def test_a_link_comes_by_mail_and_signs_in_and_leads_to_the_page_that_was_wanted(mailing: Flask, box: Mailbox) -> None:
    ask(mailing, " Ada@Example.org ", to="/home/addresses")
    jobs.drain(mailing)
    [link] = links_in(box, "/home/")

    browser = Home(mailing.test_client())
    browser.get(link)
    answer = browser.post(link)

    [mail] = box.mails
    assert (mail["To"], mail["Auto-Submitted"]) == (ADDRESS, "auto-generated")
    assert re.fullmatch(r"sign-in/[0-9a-f]{64}", link)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/home/addresses")
    assert "Ada Lovelace" in browser.get("addresses").text
    [row] = db.session.scalars(select(MailedLink))
    assert link.rpartition("/")[2] not in (row.secret_hash, row.address)
    assert timedelta(minutes=29) < row.expires_at - row.created_at <= timedelta(minutes=31)


def test_a_mail_server_that_is_away_for_a_while_gets_the_mail_and_none_whose_link_is_over(
    mailing: Flask, box: Mailbox
) -> None:
    box.answers = ["451 later"] * 12
    for minutes in (0, 1, 2, 4, 8, 16, 29, 31):
        if minutes == 0:
            ask(mailing, ADDRESS)
        with transaction():
            written = clock.now() - timedelta(minutes=minutes)
            db.session.execute(update(Job).values(run_at=clock.now(), created_at=written))
            db.session.execute(update(MailedLink).values(expires_at=written + timedelta(minutes=30)))
        if minutes == 29:
            tried = 12 - len(box.answers)
            box.answers = []
        jobs.drain(mailing)

    assert (tried, len(box.mails)) == (6, 1)
    ask(mailing, ADDRESS)
    with transaction():
        db.session.execute(update(MailedLink).values(expires_at=clock.now()))
    jobs.drain(mailing)
    assert len(box.mails) == 1
    assert db.session.scalars(select(Job.failed_at)).all() == [None, None]


def test_the_mail_is_in_the_language_of_the_page_that_it_was_asked_for_on(mailing: Flask, box: Mailbox) -> None:
    browser = Home(mailing.test_client())
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de-CH, de;q=0.9"
    browser.get("sign-in")
    token = re.search(r'name="form_token" value="(\w+)"', browser.get("sign-in").text)
    assert token is not None
    browser.post("sign-in", {"form_token": token.group(1), "email": ADDRESS})
    db.session.rollback()
    job = db.session.scalars(select(Job)).one()
    jobs.drain(mailing)
    with transaction():
        db.session.get_one(Job, job.id).arguments = {"mail": job.arguments["mail"]}  # as jobs were before
    send_link(db.session.get_one(Job, job.id).arguments)

    bodies = [mail.get_body(("html",)) for mail in box.mails]
    written = [re.findall(r'lang="(\w+)"', body.get_content()) for body in bodies if body]
    assert written == [["de"], ["en"]]


def test_two_links_of_one_person_work_in_two_browsers(mailing: Flask, box: Mailbox) -> None:
    for _ in range(2):
        ask(mailing, ADDRESS)
    jobs.drain(mailing)

    for link in links_in(box, "/home/"):
        browser = Home(mailing.test_client())
        browser.get(link)
        assert browser.post(link).status_code == 303
        assert browser.get("addresses").status_code == 200
    assert len(set(links_in(box, "/home/"))) == 2


def test_the_page_answers_the_same_whoever_asks_and_no_stranger_is_kept(mailing: Flask, box: Mailbox) -> None:
    strangers = ("nobody@example.org", "", "no address", f"{ADDRESS}\r\nBcc: x@example.org", "x" * 90_000)
    known, *unknown = (ask(mailing, address) for address in (ADDRESS, *strangers))
    arguments = db.session.scalars(select(Job.arguments).where(Job.kind == "mail.home")).all()
    db.session.rollback()
    jobs.drain(mailing)

    assert unknown == [known] * 5
    assert "Look into your mailbox" in known
    assert "@" not in str(arguments)
    assert [mail["To"] for mail in box.mails] == [ADDRESS]
    assert db.session.scalars(select(MailedLink.address)).all() == [ADDRESS]


def test_a_disabled_person_gets_nothing(mailing: Flask, box: Mailbox) -> None:
    with transaction():
        db.session.execute(update(Person).values(disabled_at=clock.now()))

    ask(mailing, ADDRESS)
    jobs.drain(mailing)

    assert box.mails == []


def test_a_mailbox_is_not_filled(mailing: Flask, box: Mailbox) -> None:
    for _ in range(5):
        ask(mailing, ADDRESS)
        jobs.drain(mailing)

    assert len(box.mails) == 3


def test_nobody_asks_without_end(mailing: Flask) -> None:
    answers = [ask(mailing, f"somebody-{number}@example.org") for number in range(12)]

    assert ["too_many" in said for said in answers] == [False] * 10 + [True] * 2


def test_a_job_that_runs_twice_sends_the_same_mail(mailing: Flask, box: Mailbox) -> None:
    ask(mailing, ADDRESS)
    [arguments] = db.session.scalars(select(Job.arguments).where(Job.kind == "mail.home"))
    db.session.rollback()
    send_link(arguments)
    send_link(arguments)

    assert len({mail["Message-ID"] for mail in box.mails}) == len(set(links_in(box, "/home/"))) == 1
    assert len(box.mails) == 2


def test_another_address_is_proved_by_whoever_opens_the_mail_and_presses_the_button(
    mailing: Flask, box: Mailbox
) -> None:
    person = db.session.scalars(select(Person.id)).one()
    browser = make_home(mailing, person)

    asked = browser.post("addresses", {"email": " Countess@Home.example "})
    jobs.drain(mailing)
    [link] = links_in(box, "/home/")
    elsewhere = Home(mailing.test_client())
    page = elsewhere.get(link)
    before = browser.get("addresses").text
    proven = elsewhere.post(link)
    after = browser.get("addresses").text

    assert ("on its way" in asked.text, box.mails[0]["To"]) == (True, "countess@home.example")
    assert all(words in page.text for words in ("Ada Lovelace", "Example University", "countess@home.example"))
    assert "Ada Lovelace (Example University) asks" in str(box.mails[0].get_body(("plain",)))
    assert ("countess@home.example" in before, "countess@home.example" in after) == (False, True)
    assert proven.status_code == 200
    deeds = select(AuditEntry.deed, AuditEntry.actor_kind).where(AuditEntry.actor == person)
    assert ("address.proven", "person") in [tuple(row) for row in db.session.execute(deeds)]
    assert elsewhere.get("addresses").status_code == 303
    assert "proves nothing any more" in elsewhere.get(link).text
    assert elsewhere.post(link).status_code == 401


def test_a_proof_is_not_for_signing_in_and_nobody_sends_our_mail_to_many(mailing: Flask, box: Mailbox) -> None:
    browser = make_home(mailing, db.session.scalars(select(Person.id)).one())
    answers = [browser.post("addresses", {"email": f"friend-{number}@example.org"}) for number in range(6)]
    wrong = browser.post("addresses", {"email": "nobody"})
    jobs.drain(mailing)
    link = links_in(box, "/home/")[0].replace("prove/", "sign-in/")

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert (wrong.status_code, "address_unreadable" in wrong.text) == (400, True)
    assert len(box.mails) == 5
    assert "does not sign anybody in any more" in browser.get(link, follow_redirects=True).text
    assert browser.post(link).status_code == 401
    assert len(db.session.scalars(select(ProvenAddress)).all()) == 1
