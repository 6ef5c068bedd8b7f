"""The catalogue of refusals: a code, what happened, who can fix it, and what to do (decision 14).

One entry serves the page, the API and the log. The sentences are for the person who reads them; nothing of a
token, an address or a name ever enters one. A slice adds its own entries with `catalogue()` where it is imported.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from lti_tool.words import said

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True)
class Entry:
    """One kind of refusal. `fixer` is who can mend it, `advice` is what they do."""

    status: int
    title: str
    what: str
    fixer: str
    advice: str


CATALOGUE: dict[str, Entry] = {}


def catalogue(entries: Mapping[str, Entry]) -> None:
    """Add a slice's refusals. A code is taken once in the whole house."""
    for code, entry in entries.items():
        if code in CATALOGUE and CATALOGUE[code] != entry:
            raise ValueError(f"The error code {code} is taken.")
        CATALOGUE[code] = entry


def new_reference() -> str:
    """Six characters without look-alikes, for a person to read to support."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(6))


@dataclass
class Problem(Exception):  # noqa: N818 - it is the word that people read
    """A refusal from the catalogue. `detail` is one more sentence, safe to show; `facts` are for the log only."""

    code: str
    detail: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    reference: str = field(default_factory=new_reference)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.code)

    @property
    def entry(self) -> Entry:
        return CATALOGUE[self.code]

    @property
    def status(self) -> int:
        return self.entry.status

    @property
    def message(self) -> str:
        """What happened, in the sentence that is nearest to it and the reader's language."""
        return said(self.detail or self.entry.what)

    @property
    def for_programs(self) -> dict[str, str]:
        """How JSON says it, wherever it does."""
        return {"code": self.code, "message": self.message, "reference": self.reference}


catalogue(
    {
        "not_found": Entry(
            404, "There is nothing here", "The page or record does not exist, or you may not see it.",
            "you", "Go back to your course and open the tool again.",
        ),
        "not_allowed": Entry(
            403, "Your role does not include this", "Your role in this course does not allow this step.",
            "a teacher of the course", "Ask a teacher of the course, or go back.",
        ),
        "no_space": Entry(
            403, "There is no Space here", "It was deleted meanwhile, or nobody has created it yet.",
            "you", "Go to the start page to see what there is.",
        ),
        "method_not_allowed": Entry(
            405, "This address does not take that kind of request", "The request's method is not offered here.",
            "whoever wrote the request", "Use one of the methods named in the Allow header.",
        ),
        "bad_request": Entry(
            400, "The request could not be understood", "Something in the request is missing or malformed.",
            "you", "Go back, check what you entered, and send it again.",
        ),
        "form_expired": Entry(
            403, "This form could not be accepted", "The form did not come from this page, or the page is too old.",
            "you", "Go back to the course, open the tool again and repeat the step. Nothing was changed.",
        ),
        "too_large": Entry(
            413, "That is too large", "What was sent is larger than this tool accepts.",
            "you", "Choose a smaller file or a shorter text. Nothing was changed.",
        ),
        "too_many": Entry(
            429, "Too many requests", "More requests came from this address than the tool accepts at once.",
            "you", "Wait a minute and try again.",
        ),
        "conflict": Entry(
            409, "Somebody was faster", "The record was changed by somebody else in the meantime.",
            "you", "Reload the page, look at the change, and repeat the step if it is still needed.",
        ),
        "unavailable": Entry(
            503, "Not available right now", "A part of this tool did not answer.",
            "the operator of this tool", "Try again in a minute. Nothing was lost.",
        ),
        "no_room": Entry(
            507, "There is no room left", "What was sent could not be kept: the tool's storage is full.",
            "the operator of this tool", "Keep your own copy, and send it again later. Nothing was changed.",
        ),
        "schema_behind": Entry(
            503, "The database is not up to date", "This version of the tool needs changes to the database first.",
            "the operator of this tool", "Run `lti-tool migrate`, then start the tool again. Nothing was changed.",
        ),
        "schema_beyond": Entry(
            503, "This version is too old for the database",
            "A newer version of the tool has taken away from the database what this one needs.",
            "the operator of this tool", "Install the newer version here too. Nothing was changed.",
        ),
        "schema_busy": Entry(
            503, "The database could not be changed", "Somebody holds a table that has to be changed, for a long time.",
            "the operator of this tool", "End long queries and backups, then run `lti-tool migrate` again.",
        ),
        "internal": Entry(
            500, "Something went wrong on our side", "The tool met a fault that it did not expect.",
            "the operator of this tool", "Try again. If it stays, give the reference below to your support.",
        ),
    }
)  # fmt: skip
