"""Signing in at `/admin`: by a link, once, with a button; and how a session ends."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.people.admin.administrators import disable_administrator, sign_out_everywhere
from lti_tool.people.admin.links import sweep_links
from lti_tool.people.admin.model import Administrator, SignInLink
from tests.make.admin import ORIGIN, Administrating, make_admin, make_link


def only_id() -> str:
    return db.session.scalars(select(Administrator.id)).one()


def shift_session(browser: Administrating, **moved: timedelta) -> None:
    """What the session says of its times lies so much further back."""
    with browser.client.session_transaction(path="/admin") as session:
        for name, by in moved.items():
            session[name] -= by.total_seconds()


def test_a_link_signs_in_by_its_button(app: Flask) -> None:
    browser = Administrating(app.test_client())
    link = make_link()

    page = browser.get(link)
    answer = browser.post(link)

    assert (page.status_code, "Sign in to the administration" in page.text) == (200, True)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin")
    assert "Robin Root" in browser.get().text


def test_looking_at_a_link_signs_nobody_in_and_uses_nothing_up(app: Flask) -> None:
    browser, scanner = Administrating(app.test_client()), app.test_client()
    link = make_link()

    for _ in range(3):
        scanner.get(f"/admin{link}")
        scanner.head(f"/admin{link}")

    assert scanner.get("/admin").status_code == 303
    browser.get(link)
    assert browser.post(link).status_code == 303


def test_a_link_works_once(app: Flask) -> None:
    link = make_link()
    first, second = (Administrating(app.test_client()) for _ in range(2))
    second.get(link)
    first.get(link)
    first.post(link)

    assert "does not sign anybody in any more" in Administrating(app.test_client()).get(link).text
    refused = second.post(link)
    assert (refused.status_code, "sign_in_link_over" in refused.text) == (401, True)
    assert second.client.get("/admin").status_code == 303


@pytest.mark.parametrize("why", ["expired", "unknown", "disabled"])
def test_a_link_that_is_over_signs_nobody_in(app: Flask, why: str) -> None:
    browser, link = Administrating(app.test_client()), make_link()
    browser.get(link)
    with transaction():
        if why == "expired":
            db.session.execute(update(SignInLink).values(expires_at=clock.now()))
        elif why == "disabled":
            disable_administrator(only_id())
    if why == "unknown":
        link = "/sign-in/anything"

    assert "does not sign anybody in any more" in browser.get(link).text
    browser.get(make_link("Somebody Else"))
    assert browser.post(link).status_code == 401
    assert browser.client.get("/admin").status_code == 303


def test_the_secret_of_a_link_is_kept_as_a_hash(app: Flask) -> None:
    secret = make_link().rpartition("/")[2]

    kept = db.session.scalars(select(SignInLink.secret_hash)).one()

    assert (len(secret) >= 43, secret in kept) == (True, False)


def test_whoever_is_not_signed_in_is_led_to_the_sign_in_page(client: FlaskClient) -> None:
    answer = client.get("/admin")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/sign-in")
    assert "lti-tool admin invite" in client.get("/admin/sign-in").text


def test_the_sessions_cookie_is_for_the_console_alone(app: Flask) -> None:
    browser = Administrating(app.test_client())
    link = make_link()
    browser.get(link)

    cookie = browser.post(link).headers["Set-Cookie"]

    assert {part.strip() for part in cookie.split(";")[1:]} == {"Secure", "HttpOnly", "Path=/admin", "SameSite=Lax"}


def test_no_page_of_the_console_may_be_framed(app: Flask) -> None:
    browser = make_admin(app)

    for answer in (
        browser.get(),
        browser.get("/audit"),
        browser.get("/nowhere"),
        browser.get("/sign-in/x"),
        browser.client.post("/admin/sign-out"),
        app.test_client().post("/admin/sign-out", headers={"Origin": ORIGIN}),
    ):
        assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://localhost:8001"])
def test_a_change_must_come_from_our_own_page(app: Flask, origin: str | None) -> None:
    browser = make_admin(app)
    headers = {"Origin": origin} if origin else {}

    answer = browser.client.post("/admin/sign-out", data={"form_token": browser.form_token}, headers=headers)

    assert (answer.status_code, "admin_form_expired" in answer.text) == (403, True)
    assert browser.get().status_code == 200


@pytest.mark.parametrize("token", ["", "0" * 64, "\ud800"])
def test_a_change_must_carry_the_sessions_form_token(app: Flask, token: str) -> None:
    browser = make_admin(app)

    answer = browser.post("/sign-out", {"form_token": token.encode("utf-8", "surrogatepass")})

    assert answer.status_code == 403
    assert browser.get().status_code == 200


def test_another_administrators_form_token_is_refused(app: Flask) -> None:
    mine, other = make_admin(app), make_admin(app, "Olga Other")

    assert mine.post("/sign-out", {"form_token": other.form_token}).status_code == 403


def test_signing_in_gives_the_forms_another_token(app: Flask) -> None:
    browser, link = Administrating(app.test_client()), make_link()
    browser.get(link)
    before = browser.form_token
    browser.post(link)
    browser.get()

    assert before != browser.form_token


@pytest.mark.parametrize(
    ("moved", "status"),
    [
        ({"seen": timedelta(minutes=59)}, 200),
        ({"seen": timedelta(minutes=61)}, 303),
        ({"since": timedelta(hours=11, minutes=59)}, 200),
        ({"since": timedelta(hours=12, minutes=1)}, 303),
    ],
)
def test_a_session_ends_after_an_idle_hour_or_twelve_in_all(
    app: Flask, moved: dict[str, timedelta], status: int
) -> None:
    browser = make_admin(app)
    with transaction():
        db.session.execute(update(Administrator).values(sessions_from=clock.now() - timedelta(days=1)))
    shift_session(browser, **moved)

    assert browser.get().status_code == status


def test_whose_session_is_over_signs_in_with_a_new_link(app: Flask) -> None:
    browser = make_admin(app)
    shift_session(browser, seen=timedelta(hours=2))
    link = make_link()

    browser.get(link)

    assert browser.post(link).status_code == 303
    assert browser.get().status_code == 200


def test_every_look_keeps_the_session_awake(app: Flask) -> None:
    browser = make_admin(app)
    for _ in range(3):
        shift_session(browser, seen=timedelta(minutes=40))
        assert browser.get().status_code == 200


def test_signing_out_ends_the_session_here_and_not_elsewhere(app: Flask) -> None:
    here, there = make_admin(app), make_admin(app)

    answer = here.post("/sign-out")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/sign-in")
    assert (here.get().status_code, there.get().status_code) == (303, 200)


def test_signing_out_everywhere_ends_every_session_of_this_administrator_alone(app: Flask) -> None:
    here, there, other = make_admin(app), make_admin(app), make_admin(app, "Olga Other")

    here.post("/sign-out", {"everywhere": "1"})

    assert [one.get().status_code for one in (here, there, other)] == [303, 303, 200]


def test_a_disabled_administrator_is_out_at_once_and_stays_out_when_let_in_again(app: Flask) -> None:
    browser = make_admin(app)
    with transaction():
        disable_administrator(only_id())

    assert browser.get().status_code == 303
    make_link()
    assert browser.get().status_code == 303


def test_who_acts_after_the_session_ended_is_told_that_nothing_changed(app: Flask) -> None:
    browser = make_admin(app)
    with transaction():
        sign_out_everywhere(only_id())

    answer = browser.post("/administrators", {"name": "Late"})

    assert (answer.status_code, "Nothing was changed" in answer.text) == (401, True)
    assert db.session.scalars(select(Administrator.name)).all() == ["Robin Root"]


def test_old_links_are_forgotten(app: Flask) -> None:
    make_link()
    link = make_link()
    with transaction():
        first = db.session.scalars(select(SignInLink).limit(1)).one()
        first.expires_at = clock.now() - timedelta(days=8)

    sweep_links()

    assert len(db.session.scalars(select(SignInLink)).all()) == 1
    assert re.fullmatch(r"/sign-in/[\w-]{43}", link)
