"""Does a verdict let a badge count for this person? Pure: addresses are compared without regard to case.

Only proved addresses count: what a platform asserts is good within its organization, and the badge comes from beyond.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from lti_tool.badges.sentences import Sentence, of_parts, parts_of
from lti_tool.badges.verifying.belonging import belongs_to
from lti_tool.badges.verifying.verdict import Check, FoundAward, Outcome, Verdict
from lti_tool.people.names import clean_text

_MOST_CHECKS = 60
_REASON = 500


class Weighed(StrEnum):
    """What becomes of a badge that somebody brings."""

    COUNTS = "counts"
    INVALID = "invalid"
    OTHER_ADDRESS = "other_address"
    OUR_OWN = "our_own"


def weigh(verdict: Verdict, proven: Iterable[str]) -> Weighed:
    """An award of ours is found, valid or not, and never brought in: its holder has it already."""
    if verdict.award is not None and verdict.award.own is not None:
        return Weighed.OUR_OWN
    if not verdict.valid or verdict.award is None:
        return Weighed.INVALID
    return Weighed.COUNTS if is_given_to(verdict.award, proven) else Weighed.OTHER_ADDRESS


def is_given_to(award: FoundAward, addresses: Iterable[str]) -> bool:
    """Is one of the addresses one of those that the award names? A 3.0 award may name several."""
    return any(belongs_to(award.recipients, address) for address in addresses)


def checks_kept(verdict: Verdict) -> list[dict[str, Any]]:
    """The checks as they are kept: each name and reason on one line, and not without end."""
    return [_kept(check) for check in verdict.checks[:_MOST_CHECKS]]


def checks_shown(verdict: Mapping[str, Any]) -> list[Check]:
    """The checks of a verdict that was kept."""
    return [
        Check(one["name"], Outcome(one["outcome"]), of_parts(one.get("parts") or one["reason"]))
        for one in verdict["checks"]
    ]


def reasons_against(verdict: Verdict) -> list[str]:
    """What speaks against a badge that is not valid, in the reader's language; never an empty list."""
    failed = [check.said for check in verdict.checks if check.outcome is Outcome.FAILED]
    reasons = [line for line in (clean_text(reason, _REASON) for reason in failed[:_MOST_CHECKS]) if line]
    return reasons or [_("Nothing that is an award could be read.")]


def _kept(check: Check) -> dict[str, Any]:
    """A sentence that was too long or unclean to be kept as it is stays without its parts, and English."""
    reason = clean_text(check.reason, _REASON) or ""
    kept = {"name": clean_text(check.name, 60) or "check", "outcome": check.outcome.value, "reason": reason}
    has_parts = isinstance(check.reason, Sentence) and check.reason == reason
    return {**kept, "parts": parts_of(check.reason)} if has_parts else kept
