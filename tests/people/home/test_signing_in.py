"""Signing in at `/home`: by a mailed link, once, with a button; and how a session ends."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.home.links import sweep_mailed_links
from lti_tool.people.home.model import MailedLink, ProvenAddress
from lti_tool.people.model import Person
from tests.make.admin import make_admin
from tests.make.home import Home, make_home, make_home_link, make_proven
from tests.make.organization import make_organization
from tests.make.person import make_person

ADDRESS = "ada@example.org"


def disable(person: str) -> None:
    with transaction():
        db.session.get_one(Person, person).disabled_at = clock.now()


def shift_session(browser: Home, **moved: timedelta) -> None:
    """What the session says of its times lies so much further back."""
    with browser.client.session_transaction("/home") as session:
        for name, by in moved.items():
            session[name] -= by.total_seconds()


def open_link(app: Flask, link: str) -> Home:
    browser = Home(app.test_client())
    browser.get(link)
    return browser


def test_the_address_that_one_school_asserts_for_one_person_signs_in_and_proves_nothing(
    app: Flask, organization: str
) -> None:
    """The account may be one that somebody else holds in an LMS, who wrote the address there."""
    person, link = make_person(organization, "Ada Lovelace", ADDRESS), make_home_link(ADDRESS)
    browser = Home(app.test_client())

    page = browser.get(link)
    answer = browser.post(link)
    addresses = browser.get("addresses").text

    assert all(said in page.text for said in ("Ada Lovelace", "Example University"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/home")
    assert db.session.scalars(select(ProvenAddress)).all() == []
    mine = select(AuditEntry.deed, AuditEntry.actor_kind).where(AuditEntry.actor == person)
    assert [tuple(row) for row in db.session.execute(mine)] == [("person.signed_in", "person")]
    assert all(said in addresses for said in ("Ada Lovelace", ADDRESS, "Not proven"))


def test_a_proof_that_was_removed_does_not_come_back_by_signing_in(app: Flask, organization: str) -> None:
    person = make_person(organization, "Ada Lovelace", ADDRESS)
    make_proven(person, ADDRESS)
    make_home(app, person).post("addresses/removal", {"address": ADDRESS})
    link = make_home_link(ADDRESS)

    answer = open_link(app, link).post(link)

    assert answer.status_code == 303
    assert ADDRESS not in db.session.scalars(select(ProvenAddress.address)).all()


def test_looking_at_a_link_signs_nobody_in_and_uses_nothing_up(app: Flask, organization: str) -> None:
    make_person(organization, email=ADDRESS)
    link, scanner = make_home_link(ADDRESS), Home(app.test_client())

    for _ in range(3):
        assert scanner.get(link).status_code == 200
        assert scanner.client.head(f"/home/{link}").status_code == 200

    assert scanner.get("addresses").status_code == 303
    assert open_link(app, link).post(link).status_code == 303


@pytest.mark.parametrize("why", ["used", "expired", "unknown", "disabled", "of another kind"])
def test_a_link_that_is_over_signs_nobody_in(app: Flask, organization: str, why: str) -> None:
    person = make_person(organization, email=ADDRESS)
    link = make_home_link(ADDRESS)
    browser = open_link(app, link)
    if why == "used":
        open_link(app, link).post(link)
    elif why == "disabled":
        disable(person)
    elif why == "unknown":
        link = "sign-in/anything"
    else:
        said = {"expires_at": clock.now()} if why == "expired" else {"purpose": "prove", "person_id": person}
        with transaction():
            db.session.execute(update(MailedLink).values(**said))

    assert "does not sign anybody in any more" in browser.get(link).text
    refused = browser.post(link)
    assert (refused.status_code, "home_link_over" in refused.text) == (401, True)
    assert browser.get("addresses").status_code == 303


def test_an_address_that_a_school_asserts_for_two_leads_to_neither_until_one_has_proved_it(
    app: Flask, organization: str
) -> None:
    make_person(organization, "Ada Lovelace", ADDRESS)
    other = make_person(organization, "Ada Byron", ADDRESS)
    link = make_home_link(ADDRESS)

    assert "does not sign anybody in any more" in open_link(app, link).get(link).text
    make_proven(other, ADDRESS)

    page = open_link(app, link).get(link).text
    assert ("Ada Byron" in page, "Ada Lovelace" in page) == (True, False)


def test_somebody_whom_two_schools_know_chooses_one_and_no_other(app: Flask, organization: str) -> None:
    here, there = make_person(organization, "Ada at Example", ADDRESS), make_organization("Second School")
    second, stranger = make_person(there, "Ada at Second", ADDRESS), make_person(there, "Somebody Else")
    link = make_home_link(ADDRESS)
    browser = open_link(app, link)

    assert all(words in browser.get(link).text for words in ("Example University", "Second School", here, second))
    for wrong in ({}, {"person": stranger}, {"person": "x" * 5000}):
        assert browser.post(link, wrong).status_code == 409
    assert browser.get("addresses").status_code == 303

    assert browser.post(link, {"person": second}).status_code == 303
    assert "Second School" in browser.get("addresses").text
    assert db.session.scalars(select(ProvenAddress)).all() == []


def test_whoever_is_not_signed_in_is_led_to_the_sign_in_page_and_then_to_where_they_wanted(
    app: Flask, organization: str
) -> None:
    answer = app.test_client().get("/home/addresses")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/home/sign-in?to=/home/addresses")
    browser = make_home(app, make_person(organization))
    assert browser.get("sign-in?to=/home/addresses").headers["Location"] == "/home/addresses"
    for evil in (
        "https://evil.example",
        "//evil.example",
        "/home//evil",
        "/home/../admin",
        "/homes",
        "/admin",
        "/home/%0d%0a",
    ):
        assert browser.get(f"sign-in?to={evil}").headers["Location"] == "/home"


def test_the_sessions_of_home_and_console_are_two(app: Flask, organization: str) -> None:
    client = app.test_client()
    browser, admin = Home(client), make_admin(app)
    link = make_home_link(ADDRESS)
    make_person(organization, email=ADDRESS)
    browser.get(link)

    cookie = browser.post(link).headers["Set-Cookie"]
    stolen = client.get_cookie("home_session", path="/home")

    assert cookie.startswith("home_session=")
    assert {part.strip() for part in cookie.split(";")[1:]} == {"Secure", "HttpOnly", "Path=/home", "SameSite=Lax"}
    assert client.get("/admin").status_code == 303
    assert stolen is not None
    client.set_cookie("admin_session", stolen.value, path="/admin")
    assert client.get("/admin").status_code == 303
    console = admin.client.get_cookie("admin_session", path="/admin")
    assert console is not None
    admin.client.set_cookie("home_session", console.value, path="/home")
    assert admin.client.get("/home/addresses").status_code == 303
    browser.post("sign-out")
    assert admin.get().status_code == 200


def test_signing_in_begins_a_new_session(app: Flask, organization: str) -> None:
    """Whoever planted a session in this browser before has nothing of the one after."""
    make_person(organization, email=ADDRESS)
    link = make_home_link(ADDRESS)
    browser = open_link(app, link)
    planted = browser.client.get_cookie("home_session", path="/home")
    assert planted is not None
    before = browser.form_token
    browser.post(link)
    attacker = app.test_client()
    attacker.set_cookie("home_session", planted.value, path="/home")

    assert before != browser.form_token
    assert attacker.get("/home/addresses").status_code == 303
    assert browser.post("sign-out", {"form_token": before}).status_code == 403


def test_one_browser_is_one_person_and_two_are_two(app: Flask, organization: str) -> None:
    ada, grace = (make_person(organization, name) for name in ("Ada Lovelace", "Grace Hopper"))
    first, second = make_home(app, ada), make_home(app, grace)

    assert "Ada Lovelace" in first.get("addresses").text
    assert "Grace Hopper" in second.get("addresses").text
    assert first.post("sign-out", {"form_token": second.form_token}).status_code == 403


def test_a_change_must_come_from_our_own_page_and_carry_its_token(app: Flask, organization: str) -> None:
    browser = make_home(app, make_person(organization))
    form = {"form_token": browser.form_token}

    for origin in ({}, {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Origin": "http://localhost:8001"}):
        answer = browser.client.post("/home/sign-out", data=form, headers=origin)
        assert (answer.status_code, "home_form_expired" in answer.text) == (403, True)
        assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    for token in ("", "0" * 64, "\ud800".encode("utf-8", "surrogatepass")):
        assert browser.post("sign-out", {"form_token": token}).status_code == 403
    assert browser.post("addresses/removal", {"address": "a\x00b"}).status_code == 400
    assert browser.post("addresses/removal", {"address": ["a", "a\x00b"]}).status_code == 400
    assert browser.get("addresses").status_code == 200


def test_no_page_at_home_may_be_framed(app: Flask, organization: str) -> None:
    browser = make_home(app, make_person(organization))

    for answer in (browser.get("addresses"), browser.get("nowhere"), browser.get("sign-in/x"), browser.get("prove/x")):
        assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")


def test_a_session_lasts_as_long_as_a_visit(app: Flask, organization: str) -> None:
    person = make_person(organization)
    moved = {
        "seen": {timedelta(minutes=59): 200, timedelta(minutes=61): 303},
        "since": {timedelta(hours=11, minutes=59): 200, timedelta(hours=12, minutes=1): 303},
    }

    for name, moments in moved.items():
        for by, status in moments.items():
            browser = make_home(app, person)
            shift_session(browser, **{name: by})
            assert browser.get("addresses").status_code == status


def test_a_disabled_person_is_out_at_once(app: Flask, organization: str) -> None:
    person = make_person(organization)
    browser = make_home(app, person)
    disable(person)

    assert browser.get("addresses").status_code == 303
    refused = browser.post("addresses", {"email": ADDRESS})
    assert (refused.status_code, "Nothing was changed" in refused.text) == (401, True)


def test_signing_out_ends_the_session_here_and_everywhere_if_asked(app: Flask, organization: str) -> None:
    person = make_person(organization)
    here, there, last, other = (
        make_home(app, person),
        make_home(app, person),
        make_home(app, person),
        make_home(app, make_person(organization, "Olga Other")),
    )

    answer = here.post("sign-out")
    left = [one.get("addresses").status_code for one in (here, there)]
    there.post("sign-out", {"everywhere": "1"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/home/sign-in?out=1")
    assert "You are signed out." in here.client.get(answer.headers["Location"]).text
    assert left == [303, 200]
    assert [one.get("addresses").status_code for one in (there, last, other)] == [303, 303, 200]
    assert make_home(app, person).get("addresses").status_code == 200


def test_a_page_that_is_not_there_says_so_in_homes_words(app: Flask, organization: str, client: FlaskClient) -> None:
    inside, outside = make_home(app, make_person(organization)).get("nowhere"), client.get("/home/nowhere")

    assert (inside.status_code, outside.status_code) == (404, 404)
    assert "To your start page" in inside.text
    assert "To the sign-in page" in outside.text
    assert all("course and open the tool" not in page.text for page in (inside, outside))


def test_without_a_mail_server_the_page_says_so_and_takes_no_address(app: Flask, organization: str) -> None:
    make_person(organization, email=ADDRESS)
    browser = open_link(app, make_home_link(ADDRESS))

    assert "no mail server is set up" in browser.get("sign-in").text
    refused = browser.post("sign-in", {"email": ADDRESS})
    assert (refused.status_code, "mail_not_set_up" in refused.text) == (409, True)


def test_old_links_are_forgotten(app: Flask) -> None:
    make_home_link(ADDRESS)
    make_home_link("old@example.org")
    with transaction():
        db.session.execute(
            update(MailedLink)
            .where(MailedLink.address == "old@example.org")
            .values(expires_at=clock.now() - timedelta(days=8))
        )

    sweep_mailed_links()

    assert db.session.scalars(select(MailedLink.address)).all() == [ADDRESS]
