"""What nobody learns from a public address: who holds a badge, unless its holder wants to be seen."""

import json
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.model import Award
from lti_tool.badges.openbadge.recipient import hashed_email
from lti_tool.badges.signing.keys import published_keys
from lti_tool.db import db, transaction
from lti_tool.people.model import Person
from lti_tool.spaces.model import Member
from tests.make.award import make_award
from tests.make.person import make_person
from tests.make.space import make_badge, make_member_of

NAME, ADDRESS, ALIAS = "Zaphod Quillfeather", "zaphod.quillfeather@example.org", "Luminous Wombat"


@pytest.fixture
def badge(organization: str) -> str:
    return make_badge(organization)


@pytest.fixture
def holder(organization: str, space: str) -> str:
    """A person with a name, an address, and an alias on the leaderboard of a Space."""
    person = make_person(organization, NAME, ADDRESS)
    member = make_member_of(space, person)
    with transaction():
        db.session.get_one(Member, member).alias = ALIAS
    return person


@pytest.fixture
def award(badge: str, holder: str) -> str:
    return make_award(badge, Recipient(person=holder, email=ADDRESS), narrative="Held the *course*.")


def set_award(award: str, **columns: object) -> None:
    with transaction():
        for name, value in columns.items():
            setattr(db.session.get_one(Award, award), name, value)


def addresses(app: Flask, award: str, badge: str, issuer: str) -> Iterator[str]:
    """Every public address that there is, of this award and what it leads to."""
    ids = {"award_id": award, "badge_id": badge, "issuer_id": issuer, "name": f"{issuer}-0", "form": "",
           "kid": published_keys(issuer)[0].id, "recipient_id": "somebody", "collection_id": "none",
           "entry_id": "none"}  # fmt: skip
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/public/"):
            choices = re.findall(r"<any\(([^)]+)\):form>", rule.rule)
            for form in choices[0].split(", ") if choices else [""]:
                yield re.sub(r"<(?:any\([^)]+\):)?(\w+)>", lambda found: (ids | {"form": form})[found[1]], rule.rule)  # noqa: B023


def told(client: FlaskClient, address: str) -> Iterator[bytes]:
    for accept in ("text/html", "application/ld+json", "application/vc+jwt"):
        answer = client.get(address, headers={"Accept": accept}, follow_redirects=True)
        assert answer.status_code in (200, 404, 410), address
        yield answer.data + str(answer.headers).encode()


def test_no_public_address_says_who_holds_a_badge(
    app: Flask, client: FlaskClient, organization: str, badge: str, award: str
) -> None:
    issuer = first_issuer_of(organization)
    secrets = [NAME, ADDRESS, *NAME.split(), "quillfeather", ALIAS, "wombat"]
    every = list(addresses(app, award, badge, issuer))

    for change in ({}, {"recipient_name": NAME}, {"narrative": "Held it."}):
        set_award(award, **change)
        for address in every:
            for answer in told(client, address):
                assert [one for one in secrets if one.lower().encode() in answer.lower()] == [], address
    with transaction():
        revoke_award(award, reason="By mistake")
    for address in every:
        for answer in told(client, address):
            assert [one for one in secrets if one.lower().encode() in answer.lower()] == [], address

    assert len(every) > 20


def test_a_name_is_on_the_page_only_while_its_holder_wants_it_and_never_in_a_document(
    client: FlaskClient, award: str, holder: str
) -> None:
    page = f"/public/assertions/{award}"

    def seen() -> str:
        return client.get(page, headers={"Accept": "text/html"}).text

    assert NAME not in seen()
    set_award(award, shows_name=True)
    shown, document = seen(), client.get(f"{page}.json")
    set_award(award, shows_name=False)

    assert shown.count(NAME) == 1
    assert ALIAS not in shown
    assert ADDRESS not in shown
    assert "Quillfeather" not in document.text
    assert document.get_json()["recipient"]["identity"] == hashed_email(
        ADDRESS, document.get_json()["recipient"]["salt"]
    )
    assert NAME not in seen()


def test_whoever_is_switched_off_or_has_no_name_is_not_shown(client: FlaskClient, award: str, holder: str) -> None:
    page = f"/public/assertions/{award}"
    set_award(award, shows_name=True, recipient_name="Z. Q.")
    with transaction():
        db.session.get_one(Person, holder).name = None

    by_list = client.get(page, headers={"Accept": "text/html"}).text
    with transaction():
        person = db.session.get_one(Person, holder)
        person.disabled_at = person.created_at
    away = client.get(page, headers={"Accept": "text/html"}).text

    assert "Z. Q." in by_list
    assert "Awarded to" not in away


def test_a_revoked_award_keeps_nothing_but_that_it_is_revoked(client: FlaskClient, award: str) -> None:
    set_award(award, shows_name=True, evidence="https://example.org/secret-log")
    with transaction():
        revoke_award(award, reason="A reason for verifiers")

    page = client.get(f"/public/assertions/{award}", headers={"Accept": "text/html"})
    document = client.get(f"/public/assertions/{award}.json")

    assert (page.status_code, document.status_code) == (410, 410)
    for gone in (NAME, "secret-log", "Held the", "Explorer", "Example University", "A reason for"):
        assert gone not in page.text
    assert set(json.loads(document.text)) == {"@context", "type", "id", "revoked", "revocationReason"}
