"""What becomes of the awards: DM-15 to DM-17 and DM-27 to DM-33."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_tool import clock
from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.openbadge.baking import split_png
from lti_tool.badges.openbadge.unbaking import read_png
from lti_tool.badges.verifying.checking import Given, check_badge
from lti_tool.db import transaction
from lti_tool.settings import Settings
from tests.api.program import make_program
from tests.make.award import make_award
from tests.make.elsewhere import Elsewhere, make_png
from tests.make.everything import everything
from tests.make.reader import Reader
from tests.requirements.conftest import Desk

STAYS = ("id", "recipient", "issuedOn", "expires", "narrative", "evidence", "verification")


def public(client: FlaskClient, award: str, ending: str = "", **headers: str) -> Any:
    return client.get(f"/public/assertions/{award}{ending}", headers=headers)


def replaced(desk: Desk, foreign: Elsewhere) -> Reader:
    """The badge is a red Navigator from now on."""
    return desk.preview(url=foreign.award(picture=make_png("crimson"))).press("Replace Badge")


def test_dm_15_a_badge_is_edited_and_an_award_is_called_one(desk: Desk) -> None:
    """A badge class can be edited; once it is awarded it is an award, called so."""
    page = desk.at_the_badge()
    assert page.tabs == ["Badge", "Awards", "Edit", "Data Management"]
    assert "1 of 1 award shows the badge as it is now." in page.says

    page.follow("Edit").press("Save", badge_name="Discoverer")

    assert "Discoverer" in Reader(desk.editor.client).open(f"/public/assertions/{desk.award}").says


def test_dm_16_an_award_is_baked_with_recipient_badge_and_date(client: FlaskClient, desk: Desk) -> None:
    """An award is baked with its recipient, its badge and its date."""
    award = json.loads(read_png(public(client, desk.award, "/image.png").get_data())["openbadges"])

    assert award["recipient"]["type"] == "email"
    assert award["recipient"]["identity"].startswith("sha256$")
    assert award["badge"] == f"http://localhost:8000/public/badges/{desk.badge}"
    assert datetime.fromisoformat(award["issuedOn"]).date() == clock.now().date()


def test_dm_17_an_award_cannot_be_edited(app: Flask, desk: Desk) -> None:
    """An award cannot be edited."""
    program = make_program(app, desk.organization)
    before = everything()

    asked = [
        program.call(method, f"/awards/{desk.award}", json={"narrative": "Never happened."})
        for method in ("PUT", "PATCH", "POST", "DELETE")
    ]
    page = desk.editor.open(f"/home/badges/{desk.badge}").follow("Awards")

    assert [answer.status_code for answer in asked] == [405] * 4
    links = [one.get("href") for one in page.page.iter("a", "form") if desk.award in (one.get("href") or "")]
    assert not [link for link in links if "edit" in link]
    assert everything()["award"] == before["award"]


def test_dm_27_the_old_badge_is_nowhere_public(client: FlaskClient, desk: Desk, foreign: Elsewhere) -> None:
    """The old badge is to be seen nowhere public any more."""
    old_picture = client.get(f"/public/badges/{desk.badge}/image.png").get_data()
    addresses = [
        f"/public/badges/{desk.badge}", f"/public/assertions/{desk.award}", f"/public/issuers/{desk.issuer}",
        f"/public/credentials/{desk.award}",
    ]  # fmt: skip

    replaced(desk, foreign)

    for address in addresses:
        for accept in ("text/html", "application/ld+json"):
            text = client.get(address, headers={"Accept": accept}, follow_redirects=True).text
            assert "Explorer" not in text, address
    for address in (f"/public/badges/{desk.badge}/image.png", f"/public/assertions/{desk.award}/image.png"):
        assert split_png(client.get(address).get_data()) != split_png(old_picture)


def test_dm_28_earlier_awards_show_the_new_badge(client: FlaskClient, desk: Desk, foreign: Elsewhere) -> None:
    """Awards that were given before show the new badge as well."""
    others = [make_award(desk.badge, Recipient(email=f"{name}@example.org")) for name in ("grace", "mary")]

    replaced(desk, foreign)

    for award in (desk.award, *others):
        assert "Navigator" in public(client, award, Accept="text/html").text
        baked = public(client, award, "/image.png").get_data()
        assert json.loads(read_png(baked)["openbadges"])["id"].endswith(award)
        assert split_png(baked) == split_png(client.get(f"/public/badges/{desk.badge}/image.png").get_data())


def test_dm_29_the_text_changes_right_away(client: FlaskClient, desk: Desk, foreign: Elsewhere) -> None:
    """The text of awards changes right away."""
    document = public(client, desk.award).json
    badge = document["badge"].removeprefix("http://localhost:8000")
    assert client.get(badge).json["name"] == "Explorer"

    replaced(desk, foreign)

    assert client.get(badge).json["name"] == "Navigator"
    assert client.get(badge).json["criteria"]["narrative"] == "Cross the *forest* alone."
    assert "Found the way without a map." in public(client, desk.award, Accept="text/html").text


def test_dm_30_the_next_request_has_the_new_picture(client: FlaskClient, desk: Desk, foreign: Elsewhere) -> None:
    """The picture of an award is the new one on the next request, and a plain refresh shows it."""
    first = public(client, desk.award, "/image.png")
    known = {"If-None-Match": first.headers["ETag"]}
    assert public(client, desk.award, "/image.png", **known).status_code == 304

    replaced(desk, foreign)
    refreshed = public(client, desk.award, "/image.png", **known)

    assert refreshed.status_code == 200
    assert refreshed.get_data() != first.get_data()
    assert "max-age=0" in refreshed.headers["Cache-Control"]
    assert "must-revalidate" in refreshed.headers["Cache-Control"]


@pytest.fixture
def kept_award(desk: Desk) -> str:
    """An award with all that an award can have."""
    words: dict[str, Any] = {
        "issued_on": datetime(2026, 2, 1, tzinfo=UTC), "expires": clock.now() + timedelta(days=400),
        "narrative": "Found the bug.", "evidence": "https://example.org/moth",
    }  # fmt: skip
    return make_award(desk.badge, Recipient(email="grace@example.org"), **words)


def test_dm_31_the_award_itself_stays(
    client: FlaskClient, desk: Desk, foreign: Elsewhere, kept_award: str
) -> None:  # fmt: skip
    """Recipient, salt, dates, evidence, narrative, revocation and address of an award stay, and a picture downloaded
    before still verifies.
    """
    before, rows = public(client, kept_award).json, everything()["award"]
    downloaded = public(client, kept_award, "/image.png").get_data()

    replaced(desk, foreign)
    after = public(client, kept_award).json
    verdict = check_badge(Given("image", downloaded))

    assert {name: after.get(name) for name in STAYS} == {name: before.get(name) for name in STAYS}
    assert everything()["award"] == rows
    assert verdict.valid, verdict.checks
    assert verdict.award is not None
    assert verdict.award.own == kept_award


def test_dm_32_expired_and_revoked_awards_are_no_trouble(client: FlaskClient, desk: Desk, foreign: Elsewhere) -> None:
    """Expired and revoked awards are replaced without a fault; revoked ones stay revoked and show no picture."""
    past = clock.now() - timedelta(days=1)
    dates: dict[str, Any] = {"issued_on": past - timedelta(days=9), "expires": past}
    expired = make_award(desk.badge, Recipient(email="old@example.org"), **dates)
    with transaction():
        revoke_award(desk.award, reason="By mistake.")

    page = desk.preview(url=foreign.award())
    assert "Revoked: shows nothing" in page.says
    page.press("Replace Badge")

    assert public(client, expired, "/image.png").status_code == 200
    assert [public(client, desk.award, ending).status_code for ending in ("", "/image.png")] == [410, 410]
    assert "1 revoked award stays revoked and shows nothing." in page.says


def test_dm_33_a_line_says_how_many_show_it_and_whom_to_ask(desk: Desk, foreign: Elsewhere) -> None:
    """A line says how many awards show the new badge, and whom to ask for help."""
    for name in ("grace", "mary"):
        make_award(desk.badge, Recipient(email=f"{name}@example.org"))

    page = replaced(desk, foreign)

    assert "The badge was replaced." in page.says
    assert "3 of 3 awards show the badge as it is now." in page.says
    assert "The latest 3 were read and their pictures made anew just now to see it." in page.says
    assert "ask for support: badges@school.example" in page.says


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"support_contact": "badges@school.example"})
