"""What a verdict means for the one who brings the badge."""

from datetime import UTC, datetime

import pytest

from lti_tool.badges.backpack.weighing import Weighed, checks_kept, reasons_against, weigh
from lti_tool.badges.openbadge.recipient import hashed_email
from lti_tool.badges.verifying.verdict import (
    Check,
    FoundAward,
    FoundBadge,
    FoundIssuer,
    FoundRecipient,
    Outcome,
    Standard,
    Verdict,
)

PASSED, FAILED = Check("a", Outcome.PASSED, "Good."), Check("b", Outcome.FAILED, "Not good.")
HASHED = FoundRecipient("email", hashed_email("ada@example.org", "salt"), True, "salt")


def award(*recipients: FoundRecipient, own: str | None = None) -> FoundAward:
    badge = FoundBadge("https://b.example/1", "B", "", "", None, FoundIssuer("https://b.example/", "I"))
    day = datetime(2027, 1, 1, tzinfo=UTC)
    return FoundAward("https://b.example/a", Standard.V3_JWT, badge, recipients, day, None, own=own)


@pytest.mark.parametrize(
    ("recipients", "address", "weighed"),
    [
        ([HASHED], "ada@example.org", Weighed.COUNTS),
        ([HASHED], "bob@example.org", Weighed.OTHER_ADDRESS),
        ([FoundRecipient("email", "Ada@Example.ORG", False)], "ada@example.org", Weighed.COUNTS),
        ([FoundRecipient("url", "ada@example.org", False)], "ada@example.org", Weighed.OTHER_ADDRESS),
        ([FoundRecipient("id", "did:key:z6", False), HASHED], "ada@example.org", Weighed.COUNTS),
        ([], "ada@example.org", Weighed.OTHER_ADDRESS),
    ],
)
def test_a_badge_counts_for_an_address_that_it_names(
    recipients: list[FoundRecipient], address: str, weighed: Weighed
) -> None:
    verdict = Verdict((PASSED,), award(*recipients))

    assert weigh(verdict, [address]) is weighed
    assert weigh(verdict, []) is Weighed.OTHER_ADDRESS


def test_a_failed_check_or_an_award_that_cannot_be_read_never_counts() -> None:
    assert weigh(Verdict((FAILED,), award(HASHED)), ["ada@example.org"]) is Weighed.INVALID
    assert weigh(Verdict((PASSED,), None), ["ada@example.org"]) is Weighed.INVALID


def test_an_award_of_ours_is_found_and_never_brought_in() -> None:
    assert weigh(Verdict((FAILED,), award(HASHED, own="x")), ["ada@example.org"]) is Weighed.OUR_OWN


def test_reasons_are_never_missing_and_checks_are_kept_on_one_line_each() -> None:
    told = Verdict((Check("c", Outcome.FAILED, "One\nline\u202e " + "x" * 9_000),) * 99, None)

    assert reasons_against(Verdict((), None)) == ["Nothing that is an award could be read."]
    assert len(checks_kept(told)) < 99
    assert len(checks_kept(told)[0]["reason"]) <= 500
    assert "\n" not in checks_kept(told)[0]["reason"]
