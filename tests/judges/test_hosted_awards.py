"""What the verdict matrix does not ask the judges about our awards of 2.0: whose they are, and what stands beside."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from lti_tool.badges.openbadge.baking import bake_png, bake_svg, split_png, split_svg
from lti_tool.badges.openbadge.documents import (
    AssertionFacts,
    BadgeClassFacts,
    EvidenceFacts,
    IssuerFacts,
    assertion_document,
    badge_class_document,
    issuer_document,
    to_json,
)
from lti_tool.badges.openbadge.recipient import HashedRecipient, UrlRecipient, hashed_email, hashed_url
from lti_tool.badges.pictures.cleaning import CleanPicture, clean_picture
from lti_tool.badges.pictures.drawing import draw_neutral
from tests.judges.hosting import Host, Page, hosting
from tests.judges.verdicts import Verdict, badgecheck, bakery_extract, openbadgeslib

ADA = "ada@example.org"


@dataclass(frozen=True)
class Issued:
    """An award on a running host, with its documents as they are hosted."""

    host: Host
    award: AssertionFacts
    picture: CleanPicture

    def serve(self, path: str, document: dict[str, object] | str, status: int = 200) -> None:
        text = document if isinstance(document, str) else json.dumps(document)
        self.host.pages[path] = Page(text.encode(), status=status)

    def tampered(self, path: str, **members: object) -> None:
        document = json.loads(self.host.pages[path].body) | members
        self.serve(path, {name: value for name, value in document.items() if value is not None})

    def verdicts(self, badge: str | bytes | None = None) -> tuple[Verdict, Verdict]:
        of = badge or self.award.id
        return badgecheck(of, self.host.authority), openbadgeslib(of, self.host.authority)

    @property
    def json(self) -> str:
        return to_json(assertion_document(self.award))

    @property
    def png(self) -> bytes:
        return bake_png(split_png(self.picture.png), {"openbadges": self.json})

    @property
    def svg(self) -> bytes:
        return bake_svg(split_svg(self.picture.svg), self.json, self.award.id)


@pytest.fixture
def issued() -> Iterator[Issued]:
    with hosting() as host:
        yield _issue(host, HashedRecipient(hashed_email(ADA, "s4lt"), "s4lt"))


def _issue(host: Host, recipient: HashedRecipient | UrlRecipient) -> Issued:
    issuer = IssuerFacts(host.url("/issuer"), "Школа", host.url("/"), "badges@localhost", "A school")
    badge = BadgeClassFacts(
        host.url("/badge"), "Welding", "Welds safely", host.url("/badge.png"), "Weld *it*.", None, issuer.id, ("metal",)
    )
    award = AssertionFacts(
        host.url("/award"),
        badge.id,
        host.url("/award.png"),
        recipient,
        datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
        narrative="Every seam ]]> held: 溶接 ✓",
        evidence=(EvidenceFacts(narrative="Seen in the workshop."),),
    )
    issued = Issued(host, award, clean_picture(draw_neutral("welding")))
    issued.serve("/issuer", to_json(issuer_document(issuer)))
    issued.serve("/badge", to_json(badge_class_document(badge)))
    issued.serve("/award", issued.json)
    host.pages["/badge.png"] = Page(issued.picture.png, "image/png")
    host.pages["/award.png"] = Page(issued.png, "image/png")
    return issued


def test_the_bakery_finds_in_our_pictures_what_we_baked(issued: Issued) -> None:
    assert bakery_extract(issued.png) == issued.json
    assert bakery_extract(issued.svg) == issued.award.id


def test_both_judges_accept_a_class_with_an_svg_picture(issued: Issued) -> None:
    issued.host.pages["/badge.svg"] = Page(issued.picture.svg, "image/svg+xml")
    issued.tampered("/badge", image=issued.host.url("/badge.svg"))

    for verdict in issued.verdicts():
        assert verdict == Verdict(True, (), ())


def test_an_award_without_an_address_is_for_a_url_of_ours() -> None:
    with hosting() as host:
        someone = host.url("/recipients/f3a1")
        issued = _issue(host, UrlRecipient(hashed_url(someone, "s4lt"), "s4lt"))

        assert badgecheck(issued.award.id, host.authority, {"url": someone}).valid
        assert not badgecheck(issued.award.id, host.authority, {"url": someone + "0"}).valid
        assert openbadgeslib(issued.award.id, host.authority, someone).valid


def test_both_judges_know_the_recipient_by_the_address_and_nobody_else(issued: Issued) -> None:
    award, loopback = issued.award.id, issued.host.authority

    assert badgecheck(award, loopback, {"email": ADA}).valid
    assert openbadgeslib(award, loopback, ADA).valid
    assert not badgecheck(award, loopback, {"email": "eve@example.org"}).valid
    assert not openbadgeslib(award, loopback, "eve@example.org").valid


def test_both_judges_accept_links_to_the_same_award_and_badge_in_another_standard(issued: Issued) -> None:
    for path, twin in (("/award", "/credentials/1"), ("/badge", "/achievements/1")):
        issued.tampered(path, related=[issued.host.url(twin)])
    issued.tampered("/issuer", image=issued.host.url("/badge.png"))

    for badge in (None, issued.png):
        assert issued.verdicts(badge) == (Verdict(True, (), ()), Verdict(True, (), ()))


def test_a_revocation_list_that_is_named_and_cannot_be_read_harms_hosted_awards_so_ours_is_not(issued: Issued) -> None:
    issued.tampered("/issuer", revocationList=issued.host.url("/revocations"))

    assert [verdict.valid for verdict in issued.verdicts()] == [True, False]


def test_no_judge_reaches_beyond_the_loopback_address(issued: Issued) -> None:
    issued.tampered("/award", badge="http://example.org/badge")

    for verdict in issued.verdicts():
        assert "outside" in " ".join(verdict.errors)
