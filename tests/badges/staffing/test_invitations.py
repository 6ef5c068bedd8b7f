"""Invitations to an issuer's staff: by mail or by hand, accepted by people who may have no LMS at all."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, update

from lti_tool import clock, jobs
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.model import Issuer
from lti_tool.badges.staffing.invitations import invite_again, invite_staff, withdraw_invitation
from lti_tool.badges.staffing.model import IssuerInvitation, IssuerStaff
from lti_tool.cli import main
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.jobs.model import Job
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.home.model import ProvenAddress
from lti_tool.people.invitations.inviting import link_of
from lti_tool.people.invitations.mail import send_invitation
from lti_tool.people.model import Person
from lti_tool.spaces.model import Space
from lti_tool.spaces.staffing.invitations import invite_to_space
from lti_tool.spaces.staffing.model import SpaceInvitation
from tests.make.home import Home, make_home, make_home_link, make_proven
from tests.make.mailbox import Mailbox, links_in
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_space
from tests.make.staff import make_staff

ADDRESS = "grace@example.org"
ASSERTED = "LMS know you by this address?"


def by_hand(issuer: str, role: str = "editor", address: str = ADDRESS, name: str | None = None) -> str:
    """An invitation whose link is shown. Answers the link's page below `/home`."""
    with transaction():
        invited = invite_staff(issuer, email=address, role=role, name=name, by_hand=True)
    return urlsplit(str(invited.url)).path.removeprefix("/home/")


def mailed(issuer: str, role: str = "editor", address: str = ADDRESS) -> str:
    """A mailed invitation's link, as it stands in the mail."""
    with transaction():
        invited = invite_staff(issuer, email=address, role=role)
        return urlsplit(link_of(db.session.get_one(IssuerInvitation, invited.id))).path.removeprefix("/home/")


def roles(issuer: str) -> dict[str, str]:
    db.session.expire_all()
    return dict(
        db.session.execute(select(IssuerStaff.person_id, IssuerStaff.role).where(IssuerStaff.issuer_id == issuer)).all()
    )


def test_an_owner_invites_by_mail_and_the_guest_arrives_without_any_lms(mailing: Flask, box: Mailbox) -> None:
    organization = make_organization()
    issuer, owner = first_issuer_of(organization), make_person(organization, "Olga Owner")
    make_staff(issuer, owner)
    sent = make_home(mailing, owner).post(
        f"issuers/{issuer}/staff/invitations", {"email": f" {ADDRESS.upper()} ", "role": "editor", "name": "Grace"}
    )
    jobs.drain(mailing)
    [mail], [link] = box.mails, links_in(box, "/home/")
    guest = Home(mailing.test_client())

    page = guest.get(link)
    scanned = roles(issuer)
    answer = guest.post(link, {"as": "new", "name": "Grace Hopper"})
    landed = guest.get().headers["Location"]

    assert ("on its way" in sent.text, link in sent.text) == (True, False)
    assert (mail["To"], "Example University" in mail["Subject"]) == (ADDRESS, True)
    assert all(words in str(mail.get_body(("plain",))) for words in ("Hello Grace,", "Olga Owner invites", "Editor"))
    assert "Example University" in page.text
    assert scanned == {owner: "owner"}
    assert (answer.status_code, answer.headers["Location"], landed) == (303, "/home", "/home/issuers")
    grace = db.session.scalars(select(Person).where(Person.name == "Grace Hopper")).one()
    assert (grace.organization_id, grace.email) == (organization, None)
    assert roles(issuer) == {owner: "owner", grace.id: "editor"}
    assert (grace.id, ADDRESS) in [(one.person_id, one.address) for one in db.session.scalars(select(ProvenAddress))]
    assert guest.get(f"issuers/{issuer}").status_code == 200
    assert guest.get(f"issuers/{issuer}/staff").status_code == 403
    deeds = db.session.scalars(select(AuditEntry).where(AuditEntry.scope == issuer).order_by(AuditEntry.id)).all()
    assert [(one.deed, one.actor_kind, one.actor, one.facts) for one in deeds] == [
        ("staff.invited", "person", owner, {"role": "editor"}),
        ("staff.accepted", "person", grace.id, {"role": "editor"}),
    ]


@pytest.mark.parametrize(
    ("language", "zone", "end"),
    [
        ("en", "Pacific/Auckland", "until Tue 8 Dec 2099, 11:30 (Pacific/Auckland)"),
        ("en", "America/New_York", "until Mon 7 Dec 2099, 17:30 (America/New_York)"),
        ("de", "Europe/Berlin", "bis Mo. 7. Dez. 2099, 23:30 (Europe/Berlin)"),
        ("en", "UTC", "until Mon 7 Dec 2099, 22:30 (UTC)"),
    ],
)
def test_the_mail_says_until_when_on_the_clocks_of_the_issuer_and_of_the_space(
    mailing: Flask, box: Mailbox, language: str, zone: str, end: str
) -> None:
    organization = make_organization()
    issuer, space = first_issuer_of(organization), make_space(organization)
    with transaction():
        to_issuer = invite_staff(issuer, email=ADDRESS, role="editor")
        to_space = invite_to_space(space, email=ADDRESS, role="teacher")
        for host in (Issuer, Space):
            db.session.execute(update(host).values(time_zone=zone))
        for row in (IssuerInvitation, SpaceInvitation):
            db.session.execute(update(row).values(expires_at=datetime(2099, 12, 7, 22, 30, tzinfo=UTC)))

    for kind, one in (("issuer", to_issuer), ("space", to_space)):
        send_invitation({"kind": kind, "invitation": one.id, "mail": one.id, "language": language})

    bodies = [mail.get_body((form,)) for mail in box.mails for form in ("plain", "html")]
    assert [end in str(body) for body in bodies] == [True] * 4


def test_an_invitation_works_once_in_whichever_browser(app: Flask, organization: str) -> None:
    issuer = first_issuer_of(organization)
    link = by_hand(issuer)
    first, second = Home(app.test_client()), Home(app.test_client())
    for browser in (first, second):
        browser.get(link)

    first.post(link, {"as": "new"})
    refused = second.post(link, {"as": "new"})

    assert (refused.status_code, "invitation_over" in refused.text) == (401, True)
    assert "of no use any more" in second.get(link).text
    assert len(roles(issuer)) == 1
    assert second.get("addresses").status_code == 303


@pytest.mark.parametrize("why", ["expired", "withdrawn", "sent otherwise", "unknown"])
def test_an_invitation_that_is_over_gives_nothing(app: Flask, organization: str, why: str) -> None:
    issuer = first_issuer_of(organization)
    link, browser = by_hand(issuer), Home(app.test_client())
    browser.get(link)
    invitation = db.session.scalars(select(IssuerInvitation.id)).one()
    with transaction():
        if why == "expired":
            db.session.execute(update(IssuerInvitation).values(expires_at=clock.now()))
        elif why == "withdrawn":
            withdraw_invitation(issuer, invitation)
        elif why == "sent otherwise":
            invite_again(issuer, invitation)
    link = "invitations/unknown" if why == "unknown" else link

    assert "of no use any more" in browser.get(link).text
    assert browser.post(link, {"as": "new"}).status_code == 401
    assert roles(issuer) == {}


def test_whoever_has_proved_the_address_already_is_not_made_twice(app: Flask, organization: str) -> None:
    issuer, grace = first_issuer_of(organization), make_person(organization, "Grace Hopper", ADDRESS)
    elsewhere = make_person(make_organization("Second School"), "Grace Elsewhere", ADDRESS)
    for person in (grace, elsewhere):
        make_proven(person, ADDRESS)
    link, browser = mailed(issuer, "owner"), Home(app.test_client())

    page = browser.get(link).text
    refused = [browser.post(link, form).status_code for form in ({}, {"as": "new"}, {"as": "x" * 9000})]
    answer = browser.post(link, {"as": grace})

    assert ("Grace Hopper" in page, "Grace Elsewhere" in page, 'name="name"' in page) == (True, False, False)
    assert ASSERTED not in page
    assert refused == [409] * 3
    assert answer.status_code == 303
    assert roles(issuer) == {grace: "owner"}
    assert "Grace Hopper" in browser.get("addresses").text


@pytest.mark.parametrize("many", [1, 2])
def test_an_account_of_which_only_a_school_says_the_address_is_neither_named_nor_given_anything(
    app: Flask, organization: str, many: int
) -> None:
    """A learner may have written an invitee's address into her profile in the LMS."""
    issuer = first_issuer_of(organization)
    learners = [make_person(organization, "Lea Learner", ADDRESS) for _ in range(many)]
    link, browser = mailed(issuer, "owner"), Home(app.test_client())

    page = browser.get(link).text
    refused = [browser.post(link, form).status_code for form in ({}, *({"as": one} for one in learners))]
    answer = browser.post(link, {"as": "new", "name": "Grace Hopper"})

    assert ("Lea" in page, ASSERTED in page, 'name="name"' in page) == (False, True, True)
    assert set(refused) == {409}
    assert answer.status_code == 303
    [grace] = roles(issuer)
    assert grace not in learners
    assert [(one.person_id, one.address) for one in db.session.scalars(select(ProvenAddress))] == [(grace, ADDRESS)]


@pytest.mark.parametrize("way", ["by mail", "by hand"])
def test_who_signed_in_by_an_address_that_only_a_school_says_accepts_nothing_for_that_account(
    app: Flask, organization: str, way: str
) -> None:
    """Until they have proved it: then it is the account of whoever reads the mailbox, and they have said so."""
    issuer, ada = first_issuer_of(organization), make_person(organization, "Ada Lovelace", ADDRESS)
    link = by_hand(issuer) if way == "by hand" else mailed(issuer)
    browser, sign_in = Home(app.test_client()), make_home_link(ADDRESS)
    browser.get(sign_in)
    browser.post(sign_in)

    before, refused = browser.get(link).text, browser.post(link, {"as": ada})
    make_proven(ada, ADDRESS)
    after, accepted = browser.get(link).text, browser.post(link, {"as": ada})

    assert ("Accept as" in before, "Accept as <bdi>Ada Lovelace" in after) == (False, True)
    assert (refused.status_code, accepted.status_code) == (409, 303)
    assert roles(issuer) == {ada: "editor"}


def test_a_link_that_was_shown_leads_to_nobodys_account_and_proves_no_address(app: Flask, organization: str) -> None:
    """Whoever invites would else come in as anybody whose address they type."""
    issuer, grace = first_issuer_of(organization), make_person(organization, "Grace Hopper", ADDRESS)
    link, browser = by_hand(issuer), Home(app.test_client())

    page = browser.get(link).text
    refused = browser.post(link, {"as": grace})
    browser.post(link, {"as": "new", "name": "Somebody"})

    assert "Grace Hopper" not in page
    assert (ASSERTED in page, ADDRESS in page) == (False, False)
    assert "prove your e-mail address afterwards" in page
    assert refused.status_code == 409
    assert grace not in roles(issuer)
    assert db.session.scalars(select(ProvenAddress)).all() == []


def test_somebody_who_is_signed_in_accepts_as_themselves_and_loses_no_wider_role(app: Flask, organization: str) -> None:
    issuer, ada = first_issuer_of(organization), make_person(organization)
    make_staff(issuer, ada, "owner")
    browser, link = make_home(app, ada), mailed(issuer, "awarder", "ada@private.example")

    page = browser.get(link).text
    assert browser.post(link, {"as": ada}).status_code == 303

    assert "Accept as <bdi>Ada Lovelace" in page
    assert "<bdi>ada@private.example</bdi> is your address here" in page
    assert roles(issuer) == {ada: "owner"}
    assert (ada, "ada@private.example") in {
        (one.person_id, one.address) for one in db.session.scalars(select(ProvenAddress))
    }


def test_somebody_whom_the_school_has_disabled_does_not_come_back_as_a_new_person(
    app: Flask, organization: str
) -> None:
    issuer, grace = first_issuer_of(organization), make_person(organization, "Grace Hopper", ADDRESS)
    with transaction():
        db.session.get_one(Person, grace).disabled_at = clock.now()
    link, browser = mailed(issuer), Home(app.test_client())

    assert "closed the account" in browser.get(link).text
    assert browser.post(link, {"as": "new"}).status_code == 409
    assert roles(issuer) == {}


def test_the_same_mail_comes_twice_and_another_one_when_sent_again(mailing: Flask, box: Mailbox) -> None:
    issuer = first_issuer_of(make_organization())
    mailed(issuer)
    [arguments] = db.session.scalars(select(Job.arguments).where(Job.kind == "mail.invitation"))
    db.session.rollback()
    for _ in range(2):
        send_invitation(arguments)
    jobs.drain(mailing)
    mailed(issuer, "owner")
    jobs.drain(mailing)

    assert [mail["Message-ID"] for mail in box.mails[:3]] == [box.mails[0]["Message-ID"]] * 3
    assert len(box.mails) == 4
    assert box.mails[3]["Message-ID"] != box.mails[0]["Message-ID"]
    assert len(set(links_in(box, "/home/"))) == 1
    assert "Owner" in str(box.mails[3].get_body(("plain",)))
    assert len(db.session.scalars(select(IssuerInvitation)).all()) == 1


def test_whoever_is_invited_and_asks_to_sign_in_gets_the_invitation_once_more(mailing: Flask, box: Mailbox) -> None:
    mailed(first_issuer_of(make_organization()))
    jobs.drain(mailing)
    asking = Home(mailing.test_client())
    for _ in range(2):
        asking.get("sign-in")
        asking.post("sign-in", {"email": ADDRESS})
        jobs.drain(mailing)
    soon = len(box.mails)
    with transaction():
        db.session.execute(update(IssuerInvitation).values(sent_at=clock.now() - timedelta(hours=1)))
    asking.post("sign-in", {"email": ADDRESS})
    jobs.drain(mailing)

    assert (soon, len(box.mails)) == (1, 2)
    assert len(set(links_in(box, "/home/invitations/"))) == 1


def test_a_mailbox_is_not_filled_with_invitations(mailing: Flask, organization: str) -> None:
    issuer = first_issuer_of(organization)
    with mailing.test_request_context():
        for _ in range(10):
            with transaction():
                withdraw_invitation(issuer, invite_staff(issuer, email=ADDRESS, role="editor").id)
        with pytest.raises(Problem, match="invited_often"), transaction():
            invite_staff(issuer, email=ADDRESS.upper(), role="owner")
        with transaction():
            invite_staff(issuer, email="another@example.org", role="editor")


def test_what_is_no_invitation_is_refused_in_words(app: Flask, organization: str) -> None:
    issuer, owner = first_issuer_of(organization), make_person(organization, "Olga Owner")
    make_staff(issuer, owner)
    browser = make_home(app, owner)
    page = f"issuers/{issuer}/staff/invitations"

    refused = [
        browser.post(page, form)
        for form in (
            {"email": "nobody", "role": "owner"},
            {"email": "two..dots@example.org", "role": "owner"},
            {"email": ADDRESS, "role": "king"},
            {"email": ADDRESS},
            {"email": ADDRESS + "\x00", "role": "owner"},
            {"email": ADDRESS, "role": b"\xed\xa0\x80"},
        )
    ]
    for number in range(50):
        with transaction():
            invite_staff(issuer, email=f"guest-{number}@example.org", role="editor", by_hand=True)
    enough = browser.post(page, {"email": ADDRESS, "role": "editor"})

    assert [answer.status_code for answer in refused] == [400] * 6
    assert (enough.status_code, "invited_enough" in enough.text) == (409, True)
    assert len(db.session.scalars(select(IssuerInvitation)).all()) == 50


def test_the_command_prints_a_link_for_the_first_owner(app: Flask, organization: str) -> None:
    issuer = first_issuer_of(organization)
    db.session.rollback()
    printed = CliRunner().invoke(main, ["issuer", "invite", issuer, "--email", ADDRESS, "--role", "owner", "--json"])
    said = CliRunner().invoke(main, ["issuer", "invite", issuer, "--email", ADDRESS])
    wrong = CliRunner().invoke(main, ["issuer", "invite", "nobody", "--email", ADDRESS])
    db.session.rollback()

    assert set(json.loads(printed.stdout)) == {"url", "expires"}
    link = urlsplit(json.loads(printed.stdout)["url"]).path.removeprefix("/home/")
    assert said.stdout.startswith("http://localhost:8000/home/invitations/")
    assert (wrong.exit_code, "There is nothing here" in wrong.output) == (1, True)
    browser = Home(app.test_client())
    browser.get(link)
    browser.post(link, {"as": "new", "name": "Grace"})
    assert list(roles(issuer).values()) == ["owner"]
    assert browser.get(f"issuers/{issuer}/staff").status_code == 200
