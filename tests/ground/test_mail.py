"""Mail as it reaches a real server: two forms of one text, a Message-ID that stays, and TLS unless told otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from lti_tool.jobs import Away
from lti_tool.mail import send_mail
from tests.make.house import house
from tests.make.mailbox import Mailbox
from tests.make.serving import free_port

URL = "https://badges.example/admin/sign-in/a-secret"
LOCAL = frozenset({"127.0.0.1"})


@contextmanager
def posting(folder: Path, url: str, hosts: frozenset[str] = LOCAL) -> Iterator[Flask]:
    address = "badges@school.example"
    with house(
        folder, mail_url=url, private_hosts=hosts, contact_email=address, public_url="https://badges.example"
    ) as app:
        yield app


def send(language: str | None = None) -> None:
    send_mail("sign_in", to="robin@example.org", message_id="sign-in.abc", language=language, url=URL)


def test_a_mail_arrives_as_text_and_as_html(tmp_path: Path, box: Mailbox) -> None:
    with posting(tmp_path, box.url):
        send()

    [mail] = box.mails
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert (mail["To"], mail["From"]) == ("robin@example.org", "Spaces <badges@school.example>")
    assert mail["Subject"] == "Your sign-in link for the administration of Spaces"
    assert text is not None
    assert html is not None
    assert URL in text.get_content().splitlines()
    assert f'<a href="{URL}">' in html.get_content()


@pytest.mark.parametrize(
    ("asked", "written"), [("de", "de"), ("de_AT", "de-AT"), ("de_XX", "de"), ("tlh", "en"), ("", "en"), (None, "en")]
)
def test_a_mail_is_in_the_language_that_is_asked_for_or_else_in_english(
    tmp_path: Path, box: Mailbox, asked: str | None, written: str
) -> None:
    with posting(tmp_path, box.url):
        send(asked)

    html = box.mails[0].get_body(("html",))
    assert html is not None
    assert f'<html lang="{written}" dir="ltr">' in html.get_content()


def test_an_address_that_no_mail_can_carry_is_passed_over(tmp_path: Path, box: Mailbox) -> None:
    with posting(tmp_path, box.url):
        for to in ("two..dots@example.org", "ü@example.org", "a@b..org", "=?utf-8?q?a=0abcc=3ax=40y.org?=@b.org"):
            send_mail("sign_in", to=to, message_id="sign-in.abc", url=URL)

    assert box.mails == []


def test_the_same_mail_has_the_same_message_id(tmp_path: Path, box: Mailbox) -> None:
    with posting(tmp_path, box.url):
        send()
        send()

    assert [mail["Message-ID"] for mail in box.mails] == ["<sign-in.abc@badges.example>"] * 2


def test_user_and_password_of_the_url_log_in(tmp_path: Path, box: Mailbox) -> None:
    with posting(tmp_path, box.url.replace("//", "//mail%40school:p%3Aw@")):
        send()

    assert (box.logins, len(box.mails)) == ([(b"mail@school", b"p:w")], 1)


def test_a_server_that_offers_no_tls_gets_nothing_unless_it_is_our_own(tmp_path: Path, box: Mailbox) -> None:
    with posting(tmp_path, box.url, frozenset()), pytest.raises(Away, match="SMTPNotSupportedError"):
        send()

    assert box.mails == []


def test_a_server_may_be_named_with_its_port(tmp_path: Path, box: Mailbox) -> None:
    port = urlsplit(box.url).port
    with posting(tmp_path, box.url, frozenset({f"127.0.0.1:{port}"})):
        send()
    with posting(tmp_path, box.url, frozenset({"127.0.0.1:25"})), pytest.raises(Away, match="SMTPNotSupportedError"):
        send()

    assert len(box.mails) == 1


def test_a_no_for_now_is_raised_and_a_no_for_ever_is_not(tmp_path: Path, box: Mailbox) -> None:
    box.answers = ["451 later", "550 never"]
    with posting(tmp_path, box.url):
        with pytest.raises(Away, match="SMTPRecipientsRefused"):
            send()
        send()

    assert box.mails == []


def test_a_server_that_is_away_is_raised(tmp_path: Path) -> None:
    with posting(tmp_path, f"smtp://127.0.0.1:{free_port()}"), pytest.raises(Away, match="ConnectionRefusedError"):
        send()


def test_without_a_server_nothing_is_mailed_and_the_log_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with house(tmp_path, log_level="INFO"):
        send()
    said = capsys.readouterr().err

    assert ("mail_not_set_up" in said, "robin" in said, "a-secret" in said) == (True, False, False)


@pytest.mark.parametrize("url", ["mail.example.org", "https://mail.example.org", "smtp://", "smtp:///x"])
def test_a_mail_server_that_is_none_is_refused_at_start(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match="should be a mail server"), posting(tmp_path, url):
        pass
