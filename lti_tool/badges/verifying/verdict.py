"""What checking a badge finds: what it says, in one form for every version of the standard, and whether it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from lti_tool.badges.sentences import told
from lti_tool.words import to_say

Document: TypeAlias = dict[str, Any]
"""A JSON object, as somebody else wrote it."""


class Standard(StrEnum):
    """Which standard a badge follows, and how it is proved."""

    V1_HOSTED = to_say("1.x hosted")
    V1_SIGNED = to_say("1.x signed")
    V2_HOSTED = to_say("2.0 hosted")
    V2_SIGNED = to_say("2.0 signed")
    V3_DATA_INTEGRITY = to_say("3.0 proof")
    V3_JWT = to_say("3.0 JWT")


class Outcome(StrEnum):
    """What became of one check. A warning does not make a badge invalid."""

    PASSED = "passed"
    FAILED = "failed"
    WARNING = "warning"
    NOT_ASKED = "not asked"


@dataclass(frozen=True)
class Check:
    """One question about a badge. `name` is a word for programs, `reason` a sentence for people. A picture may carry
    two versions of one award: `standard` is the one that was asked, None where the question is about both.
    """

    name: str
    outcome: Outcome
    reason: str
    standard: Standard | None = None

    @property
    def said(self) -> str:
        """The reason in the reader's language."""
        return told(self.reason)


@dataclass(frozen=True)
class FoundIssuer:
    """Who issued it, by its own words. `id` is its address or DID."""

    id: str
    name: str
    url: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class FoundBadge:
    """The badge class of an award, whatever the standard calls it. `picture` is what was fetched: a PNG or SVG, not
    cleaned yet.
    """

    id: str
    name: str
    description: str
    criteria: str
    criteria_url: str | None
    issuer: FoundIssuer
    tags: tuple[str, ...] = ()
    alignments: tuple[Mapping[str, str], ...] = ()
    achievement_type: str | None = None
    picture_url: str | None = None
    picture: bytes | None = None


@dataclass(frozen=True)
class FoundRecipient:
    """For whom it says it is. `kind` is `email`, `url`, `telephone` or `id`; `identity` a hash where there is one."""

    kind: str
    identity: str
    hashed: bool
    salt: str = ""


@dataclass(frozen=True)
class FoundAward:
    """An award as it was found. `own` is its id here, where it is one of ours."""

    id: str
    standard: Standard
    badge: FoundBadge
    recipients: tuple[FoundRecipient, ...]
    issued_on: datetime | None
    expires: datetime | None
    narrative: str | None = None
    evidence: tuple[str, ...] = ()
    own: str | None = None


@dataclass(frozen=True)
class Verdict:
    """The whole answer. `award` is None where nothing that is an award could be read. `silent`: some address that had
    to be asked did not answer, so that another day may bring another verdict.
    """

    checks: tuple[Check, ...]
    award: FoundAward | None
    silent: bool = False

    @property
    def valid(self) -> bool:
        return self.award is not None and all(check.outcome is not Outcome.FAILED for check in self.checks)
