"""Our documents, member for member, as Open Badges 2.0 wants them."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from lti_tool.badges.openbadge.documents import (
    AssertionFacts,
    BadgeClassFacts,
    EvidenceFacts,
    IssuerFacts,
    assertion_document,
    badge_class_document,
    issuer_document,
    revoked_document,
    timestamp,
    to_json,
)
from lti_tool.badges.openbadge.recipient import HashedRecipient, UrlRecipient

ISSUED = datetime(2026, 3, 1, 12, 0, 0, 999, tzinfo=UTC)
ADA = HashedRecipient("sha256$abc", "salt")


def test_an_issuer_says_who_it_is() -> None:
    facts = IssuerFacts("https://x.org/i", "School", "https://x.org", "a@x.org", "Good", "https://x.org/i.png")

    assert issuer_document(facts) == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Issuer",
        "id": "https://x.org/i",
        "name": "School",
        "url": "https://x.org",
        "email": "a@x.org",
        "description": "Good",
        "image": "https://x.org/i.png",
    }


def test_a_badge_class_says_what_is_earned() -> None:
    facts = BadgeClassFacts(
        "https://x.org/b", "B", "D", "https://x.org/b.png", "Do.", "https://x.org/c", "https://x.org/i", ("a", "b")
    )

    assert badge_class_document(facts) == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "BadgeClass",
        "id": "https://x.org/b",
        "name": "B",
        "description": "D",
        "image": "https://x.org/b.png",
        "criteria": {"id": "https://x.org/c", "narrative": "Do."},
        "issuer": "https://x.org/i",
        "tags": ["a", "b"],
    }


def test_a_badge_class_without_criteria_is_refused() -> None:
    facts = BadgeClassFacts("https://x.org/b", "B", "D", "https://x.org/b.png", "", None, "https://x.org/i")

    with pytest.raises(ValueError, match="criteria"):
        badge_class_document(facts)


def test_an_award_is_a_hosted_assertion() -> None:
    facts = AssertionFacts(
        "https://x.org/a",
        "https://x.org/b",
        "https://x.org/a.png",
        ADA,
        ISSUED,
        expires=datetime(2027, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))),
        narrative="Well done",
        evidence=(EvidenceFacts("https://x.org/e", "Look", "Essay", "Ten pages"), EvidenceFacts(narrative="Seen")),
    )

    assert assertion_document(facts) == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": "https://x.org/a",
        "recipient": {"type": "email", "hashed": True, "salt": "salt", "identity": "sha256$abc"},
        "badge": "https://x.org/b",
        "verification": {"type": "HostedBadge"},
        "issuedOn": "2026-03-01T12:00:00Z",
        "expires": "2027-02-28T23:30:00Z",
        "image": "https://x.org/a.png",
        "narrative": "Well done",
        "evidence": [
            {
                "type": "Evidence",
                "id": "https://x.org/e",
                "narrative": "Look",
                "name": "Essay",
                "description": "Ten pages",
            },
            {"type": "Evidence", "narrative": "Seen"},
        ],
    }


def test_an_award_for_somebody_without_an_address_names_the_type_url() -> None:
    facts = AssertionFacts("https://x.org/a", "https://x.org/b", None, UrlRecipient("sha256$abc", "salt"), ISSUED)

    assert assertion_document(facts)["recipient"] == {
        "type": "url",
        "hashed": True,
        "salt": "salt",
        "identity": "sha256$abc",
    }


def test_no_document_holds_a_null_or_an_empty_member() -> None:
    award = AssertionFacts("https://x.org/a", "https://x.org/b", None, ADA, ISSUED)
    badge = BadgeClassFacts("https://x.org/b", "B", "D", "https://x.org/b.png", "Do.", None, "https://x.org/i")
    issuer = IssuerFacts("https://x.org/i", "School", "https://x.org", "a@x.org")

    for document in (assertion_document(award), badge_class_document(badge), issuer_document(issuer)):
        assert all(value not in (None, "", [], {}) for value in document.values())
    assert "expires" not in assertion_document(award)
    assert badge_class_document(badge)["criteria"] == {"narrative": "Do."}


def test_a_revoked_award_says_nothing_more_of_the_person() -> None:
    assert revoked_document("https://x.org/a", "By mistake") == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": "https://x.org/a",
        "revoked": True,
        "revocationReason": "By mistake",
    }
    assert "revocationReason" not in revoked_document("https://x.org/a", None)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        timestamp(datetime(2026, 3, 1))  # noqa: DTZ001 - the case itself


def test_the_json_is_plain_ascii_and_reads_back_the_same() -> None:
    document = issuer_document(IssuerFacts("https://x.org/i", "Школа \ud800", "https://x.org", "a@x.org"))

    text = to_json(document)

    assert text.isascii()
    assert json.loads(text) == document
