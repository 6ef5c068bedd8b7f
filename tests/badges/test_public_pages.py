"""The public pages as people see them: what a badge means and how to take it along, never who holds it."""

import re

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.badge_classes import create_badge
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.markdown import as_html
from lti_tool.db import transaction
from tests.make.award import make_award
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_badge

HERE = "http://localhost:8000/public"
NAME, ADDRESS = "Zaphod Quillfeather", "zaphod.quillfeather@example.org"
_X = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture
def organization(app: Flask) -> str:
    return make_organization("Пример & Co")


@pytest.fixture
def badge(organization: str) -> str:
    return make_badge(organization, "Sky <navigator>")


@pytest.fixture
def award(organization: str, badge: str) -> str:
    """An award to a person with a name and an address."""
    person = make_person(organization, NAME, ADDRESS)
    recipient = Recipient(person=person, email=ADDRESS)
    return make_award(badge, recipient, narrative="Held the *course*.", evidence="https://example.org/log")


def seen(client: FlaskClient, path: str, status: int = 200) -> str:
    """The page as HTML. Its structure is looked at by the guard of every page."""
    answer = client.get(f"/public/{path}", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    return answer.text


def words(page: str) -> str:
    body = html5lib.parse(page).find(f"{_X}body")
    assert body is not None
    return re.sub(r"\s+", " ", " ".join(body.itertext()))


def named(page: str) -> dict[str, str]:
    """The `meta` elements of a page by name or property."""
    found = html5lib.parse(page).iter(f"{_X}meta")
    return {one.get("property") or one.get("name") or "": one.get("content") or "" for one in found}


def links(page: str) -> list[str]:
    return [one.get("href") or "" for one in html5lib.parse(page).iter(f"{_X}a")]


def test_the_page_of_an_award_shows_what_was_earned_and_how_to_take_it(client: FlaskClient, award: str) -> None:
    page = seen(client, f"assertions/{award}")

    for said in ("Sky <navigator>", "Пример & Co", "How it is earned", "Do it.", "Held the course ."):
        assert said in words(page)
    assert f"/public/assertions/{award}/image.png?download=1" in links(page)
    assert f"/public/assertions/{award}/image.svg?download=1" in links(page)
    assert "https://example.org/log" in links(page)
    assert f'value="{HERE}/assertions/{award}"' in page


def test_the_page_of_a_badge_shows_its_criteria_and_leads_to_its_issuer(
    client: FlaskClient, badge: str, organization: str
) -> None:
    page = seen(client, f"badges/{badge}")

    assert "Sky <navigator> did it." in words(page)
    assert "Do it." in words(page)
    assert f"/public/issuers/{first_issuer_of(organization)}" in links(page)


def test_the_page_of_an_issuer_lists_its_badges_and_leads_to_its_own_site(
    client: FlaskClient, badge: str, organization: str
) -> None:
    page = seen(client, f"issuers/{first_issuer_of(organization)}")

    assert f"/public/badges/{badge}" in links(page)
    assert "https://example.org/" in links(page)
    assert "badges@example.org" not in page


def test_an_issuer_without_badges_says_so(client: FlaskClient, organization: str) -> None:
    assert "no badges yet" in words(seen(client, f"issuers/{first_issuer_of(organization)}"))


def test_messages_that_name_a_page_can_show_title_picture_and_words(
    client: FlaskClient, award: str, badge: str, organization: str
) -> None:
    issuer = first_issuer_of(organization)

    for path in (f"assertions/{award}", f"badges/{badge}"):
        meta = named(seen(client, path))
        assert meta["og:title"] == "Sky <navigator>"
        assert meta["og:description"] == "Sky <navigator> did it."
        assert meta["og:image"] == f"{HERE}/{path}/image.png"
        assert meta["og:url"] == f"{HERE}/{path}"
        assert meta["robots"] == "noindex"
    assert named(seen(client, f"issuers/{issuer}"))["og:title"] == "Пример & Co"


@pytest.mark.parametrize("accept", ["text/html", "application/ld+json"])
def test_no_public_answer_says_who_holds_a_badge(
    client: FlaskClient, organization: str, badge: str, award: str, accept: str
) -> None:
    issuer = first_issuer_of(organization)
    addresses = [f"assertions/{award}{end}" for end in ("", "/image.png", "/image.svg")]
    addresses += [f"badges/{badge}", f"issuers/{issuer}", f"revocations/{issuer}", "recipients/somebody"]

    def check() -> None:
        for address in addresses:
            answer = client.get(f"/public/{address}", headers={"Accept": accept})
            told = answer.data + str(answer.headers).encode()
            for secret in (NAME, ADDRESS, *NAME.split(), "quillfeather"):
                assert secret.encode() not in told, address

    check()
    with transaction():
        revoke_award(award, reason="By mistake")
    check()


def test_the_page_of_a_revoked_award_says_that_it_was_taken_back_and_no_more(client: FlaskClient, award: str) -> None:
    with transaction():
        revoke_award(award, reason="A reason for verifiers")

    page = seen(client, f"assertions/{award}", status=410)

    assert "This badge was taken back" in words(page)
    assert "Held the" not in page
    assert "image.png" not in page


def test_the_address_of_a_recipient_says_that_it_stands_for_somebody(client: FlaskClient) -> None:
    assert "stands for a person" in words(seen(client, "recipients/whoever"))


def test_criteria_are_shown_as_markdown_without_anything_that_acts(client: FlaskClient, organization: str) -> None:
    written = (
        "# Weld\n\n**Three** seams\n\n- flat\n\n<script>alert(1)</script> <b onclick=x>b</b> "
        "[bad](javascript:alert(1)) [good](https://example.org/how) ![spy](https://spy.example/p.gif)"
    )
    with transaction():
        made = create_badge(
            issuer=first_issuer_of(organization), name="Welder", description="Welds", criteria=written
        ).id

    page = seen(client, f"badges/{made}")

    assert "<h3>Weld</h3>" in page
    assert "<strong>Three</strong>" in page
    assert "<li>flat</li>" in page
    assert "https://example.org/how" in links(page)
    assert not [link for link in links(page) if link.startswith("javascript")]
    for acting in ("<script>alert", "<b onclick", "spy.example"):
        assert acting not in page


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Title\n=====", "<h3>Title</h3>"),
        ("## Title", "<h3>Title</h3>"),
        ("#### Title", "<h4>Title</h4>"),
        ("###### Title", "<h4>Title</h4>"),
        ("5 < 6 & 7", "<p>5 &lt; 6 &amp; 7</p>"),
        ("[a](ftp://x.example)", '<p><a rel="noopener nofollow ugc">a</a></p>'),
        ("", ""),
    ],
)
def test_markdown_becomes_html_that_fits_under_our_headings(written: str, shown: str) -> None:
    assert as_html(written).strip() == shown


def test_evidence_that_is_no_web_address_is_not_made_a_link(client: FlaskClient, badge: str) -> None:
    made = make_award(badge, Recipient(email="bob@example.org"), evidence="javascript:alert(1)")

    page = seen(client, f"assertions/{made}")

    assert "javascript:alert(1)" in words(page)
    assert "javascript:alert(1)" not in links(page)
