"""What the independent judges say of our Open Badges 2.0 awards, whole and tampered with."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from lti_tool.badges.openbadge.baking import bake_png, bake_svg, split_png, split_svg
from lti_tool.badges.openbadge.documents import (
    AwardFacts,
    BadgeClassFacts,
    EvidenceFacts,
    IssuerFacts,
    assertion_document,
    badge_class_document,
    issuer_document,
    revoked_document,
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
    award: AwardFacts
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
    award = AwardFacts(
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


def test_both_judges_accept_a_hosted_award(issued: Issued) -> None:
    for verdict in issued.verdicts():
        assert verdict == Verdict(True, (), ())


def test_both_judges_accept_the_baked_png(issued: Issued) -> None:
    for verdict in issued.verdicts(issued.png):
        assert verdict == Verdict(True, (), ())


def test_both_judges_accept_the_baked_svg(issued: Issued) -> None:
    for verdict in issued.verdicts(issued.svg):
        assert verdict == Verdict(True, (), ())


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


@pytest.mark.parametrize(
    ("path", "members"),
    [
        ("/award", {"issuedOn": None}),
        ("/award", {"recipient": None}),
        ("/award", {"badge": "http://localhost:1/another"}),
        ("/award", {"issuedOn": "2999-01-01T00:00:00Z"}),
        ("/award", {"expires": "2026-01-03T00:00:00Z"}),
        ("/award", {"type": "BadgeClass"}),
        ("/badge", {"issuer": None}),
        ("/issuer", {"id": "http://localhost:1/issuer"}),
    ],
)
def test_both_judges_refuse_a_tampered_award(issued: Issued, path: str, members: dict[str, object]) -> None:
    issued.tampered(path, **members)

    assert [verdict.valid for verdict in issued.verdicts()] == [False, False]


@pytest.mark.parametrize(
    ("path", "members"),
    [
        ("/badge", {"name": None}),
        ("/badge", {"criteria": None}),
        ("/badge", {"image": None}),
        ("/issuer", {"url": None}),
        ("/award", {"issuedOn": "2026-01-02"}),
    ],
)
def test_badgecheck_refuses_documents_that_break_the_standard(
    issued: Issued, path: str, members: dict[str, object]
) -> None:
    issued.tampered(path, **members)

    assert not badgecheck(issued.award.id, issued.host.authority).valid


@pytest.mark.parametrize(("path", "members"), [("/badge", {"type": "Profile"}), ("/issuer", {"email": None})])
def test_no_judge_looks_at_a_class_type_or_an_issuer_address_so_their_word_is_not_enough(
    issued: Issued, path: str, members: dict[str, object]
) -> None:
    issued.tampered(path, **members)

    assert [verdict.valid for verdict in issued.verdicts()] == [True, True]


def test_both_judges_refuse_an_award_that_is_gone(issued: Issued) -> None:
    issued.serve("/award", to_json(revoked_document(issued.award.id, "Given by mistake")), status=410)

    assert [verdict.valid for verdict in issued.verdicts()] == [False, False]
    assert [verdict.valid for verdict in issued.verdicts(issued.png)] == [False, False]


def test_no_judge_reaches_beyond_the_loopback_address(issued: Issued) -> None:
    issued.tampered("/award", badge="http://example.org/badge")

    for verdict in issued.verdicts():
        assert "outside" in " ".join(verdict.errors)
