"""The public pages as people see them: what a badge means and how to take it along, never who holds it."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_tool import clock
from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.badge_classes import create_badge, define_badge
from lti_tool.badges.badge_reads import badge_facts
from lti_tool.badges.issuers import edit_issuer, first_issuer_of
from lti_tool.badges.markdown import as_html
from lti_tool.badges.model import BadgeClass, Issuer
from lti_tool.badges.pictures_kept import drawn_picture, keep_picture
from lti_tool.badges.public_reads import SHELF
from lti_tool.badges.revisions import BadgeWords, first_revision
from lti_tool.db import db, transaction
from tests.make.award import make_award
from tests.make.keys import without_keys
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
    assert f"/public/assertions/{award}.json?download=1" in links(page)
    assert f"{HERE}/assertions/{award}" in words(page)
    assert f"http://localhost:8000/verify?url=http%3A//localhost%3A8000/public/assertions/{award}" in links(page)


def test_an_award_can_be_shared_downloaded_and_put_into_a_wallet_without_loading_anything_from_elsewhere(
    client: FlaskClient, award: str
) -> None:
    page = seen(client, f"assertions/{award}")
    found, here = links(page), f"{HERE}/assertions/{award}"

    for form in ("json", "jwt"):
        assert f"{HERE}/credentials/{award}.{form}" in found
    [mail] = [link for link in found if link.startswith("mailto:")]
    [linkedin] = [link for link in found if "linkedin" in link]
    assert parse_qs(urlsplit(mail).query)["body"][0].splitlines()[-1] == here
    assert parse_qs(urlsplit(linkedin).query)["certUrl"] == [here]
    assert parse_qs(urlsplit(linkedin).query)["organizationName"] == ["Пример & Co"]
    for secret in ("Zaphod", ADDRESS, "Held"):
        assert secret not in mail + linkedin
    loaded = [one.get("src") for one in html5lib.parse(page).iter() if one.get("src")]
    loaded += [one.get("href") for one in html5lib.parse(page).iter(f"{_X}link") if one.get("rel") == "stylesheet"]
    assert all(str(one).startswith("/") and not str(one).startswith("//") for one in loaded)
    alternates = {
        one.get("type"): one.get("href")
        for one in html5lib.parse(page).iter(f"{_X}link")
        if one.get("rel") == "alternate"
    }
    assert alternates == {
        "application/ld+json": f"{here}.json",
        "application/vc+ld+json": f"{HERE}/credentials/{award}.json",
    }


def test_before_an_issuer_has_keys_its_awards_offer_what_they_have(
    client: FlaskClient, organization: str, award: str
) -> None:
    without_keys(first_issuer_of(organization))

    page = seen(client, f"assertions/{award}")

    assert "/credentials/" not in page
    assert "is being prepared" in words(page)
    assert "related" not in client.get(f"/public/assertions/{award}").get_json()
    assert client.get(f"/public/assertions/{award}/image.png").status_code == 200


def test_an_award_that_ran_out_says_so_and_one_that_will_says_when(client: FlaskClient, badge: str) -> None:
    now = clock.now()
    for days, said, other in ((-1, "Expired on", "Valid until"), (9, "Valid until", "Expired on")):
        made = make_award(
            badge, Recipient(email=f"{days}@example.org"), issued_on=now - timedelta(days=30),
            expires=now + timedelta(days=days),
        )  # fmt: skip
        page = words(seen(client, f"assertions/{made}"))
        assert said in page
        assert other not in page


def test_the_day_of_an_award_is_the_day_where_it_was_given(client: FlaskClient, organization: str, badge: str) -> None:
    made = make_award(badge, Recipient(email="a@example.org"), issued_on=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    days = []
    for zone in ("UTC", "Asia/Tokyo", "Nowhere/Atall"):
        with transaction():
            db.session.get_one(Issuer, first_issuer_of(organization)).time_zone = zone
        days.append(re.findall(r"Awarded on \w+ (\d+ \w+ 2026)", words(seen(client, f"assertions/{made}"))))

    assert days == [["1 Mar 2026"], ["2 Mar 2026"], ["1 Mar 2026"]]


def test_a_badge_that_is_archived_says_that_it_is_not_offered_any_more(
    client: FlaskClient, organization: str, badge: str, award: str
) -> None:
    with transaction():
        db.session.get_one(BadgeClass, badge).archived_at = clock.now()

    assert "not offered any more" in words(seen(client, f"badges/{badge}"))
    assert badge not in seen(client, f"issuers/{first_issuer_of(organization)}")
    assert "Sky <navigator>" in words(seen(client, f"assertions/{award}"))


def test_pages_of_award_and_badge_show_alignments_tags_and_the_link_of_the_criteria(
    client: FlaskClient, organization: str
) -> None:
    aligned = {"name": "Welder <2>", "url": "https://esco.example/w", "framework": "ESCO", "code": "7212"}
    said = BadgeWords("Welder", "Welds.", "", "https://example.org/criteria", ("metal",), (aligned,))
    with transaction():
        made = define_badge(first_issuer_of(organization), said, picture=drawn_picture()).id

    for path in (f"badges/{made}", f"assertions/{make_award(made, Recipient(email='a@example.org'))}"):
        page = seen(client, path)
        assert {"https://esco.example/w", "https://example.org/criteria"} <= set(links(page))
        for one in ("Welder <2>", "ESCO · 7212", "metal"):
            assert one in words(page).replace("  ", " "), one
    assert client.get(f"/public/badges/{made}").get_json()["criteria"] == {"id": "https://example.org/criteria"}


def test_an_issuer_with_many_badges_shows_them_in_pages(client: FlaskClient, organization: str) -> None:
    issuer, first = first_issuer_of(organization), make_badge(organization, "Badge 000")
    facts = badge_facts(first)
    assert facts is not None
    with transaction():
        for number in range(1, SHELF + 3):
            made = BadgeClass(issuer_id=issuer)
            db.session.add(made)
            db.session.flush()
            first_revision(made.id, replace(facts.words, name=f"Badge {number:03}"), facts.pictures, by=None)

    page = seen(client, f"issuers/{issuer}")
    [more] = [link for link in links(page) if "after=" in link]
    following = seen(client, more.removeprefix("/public/"))

    assert re.findall(r"Badge \d+", words(page)) == [f"Badge {number:03}" for number in range(SHELF)]
    assert re.findall(r"Badge \d+", words(following)) == [f"Badge {number:03}" for number in range(SHELF, SHELF + 3)]
    assert [link for link in links(following) if "after=" in link] == []
    assert client.get(f"/public/issuers/{issuer}?after=none", headers={"Accept": "text/html"}).status_code == 400


def test_an_issuer_with_a_picture_shows_it_everywhere(client: FlaskClient, organization: str, award: str) -> None:
    issuer = first_issuer_of(organization)
    with transaction():
        edit_issuer(issuer, picture=lambda: keep_picture(drawn_picture("issuer")))

    document = client.get(f"/public/issuers/{issuer}").get_json()
    pictures = [client.get(f"/public/issuers/{issuer}/image.{form}") for form in ("png", "svg")]

    assert document["image"] == f"{HERE}/issuers/{issuer}/image.png"
    assert [one.mimetype for one in pictures] == ["image/png", "image/svg+xml"]
    for path in (f"issuers/{issuer}", f"assertions/{award}"):
        assert f'src="/public/issuers/{issuer}/image.png"' in seen(client, path)
    assert named(seen(client, f"issuers/{issuer}"))["og:image"] == document["image"]


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
    assert "mailto:badges@example.org" in links(page)
    assert "http://localhost:8000/verify" in links(page)


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
        assert meta["twitter:image"] == meta["og:image"]
        assert meta["twitter:card"] == "summary"
        assert meta["robots"] == "noindex"
    assert named(seen(client, f"issuers/{issuer}"))["og:title"] == "Пример & Co"


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
            issuer=first_issuer_of(organization), name="Welder", description="Welds", criteria=written,
            picture=drawn_picture(),
        ).id  # fmt: skip

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
    assert client.get(f"/public/assertions/{made}.json").get_json()["evidence"] == [
        {"type": "Evidence", "narrative": "javascript:alert(1)"}
    ]
