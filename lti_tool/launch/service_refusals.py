"""Why a platform's service gave nothing, in words for the staff who asked, and never with a token or an address.

Platforms say why in JSON of several shapes, in the HTTP reason phrase (Moodle), or in a page of HTML.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from lti_tool import clock
from lti_tool.errors import Entry, catalogue
from lti_tool.fetch import Answer, FetchProblem
from lti_tool.people.names import clean_text
from lti_tool.words import to_say

SAID_LENGTH = 200
LONGEST_WAIT = 3600.0
_LOOKED_AT = 2000
# What may not reach a page or a log: addresses, mail addresses, markup, and words as long as only secrets are.
_HIDDEN = re.compile(r"[a-z][a-z0-9+.-]{0,20}://\S+|[^\s@]{1,64}@\S+|<[^<>]{0,500}>|[!-~]{25,}", re.IGNORECASE)

_ADMIN = to_say("the administrator of the LMS")
catalogue(
    {
        "service_unreachable": Entry(
            502, "The LMS could not be reached", "The LMS did not answer, or said that it is out of order.",
            _ADMIN, "Try again later. If it stays, tell the administrator of the LMS."),
        "service_slow": Entry(
            504, "The LMS took too long", "The LMS did not answer in the time that this tool waits.",
            _ADMIN, "Try again later. If it stays, tell the administrator of the LMS."),
        "service_address": Entry(
            502, "The LMS names an address that this tool may not reach",
            "The address is not public, or not an https address.", "the administrator of this tool",
            "Ask the administrator of this tool to name the host in PRIVATE_HOSTS, if it belongs to your network."),
        "token_refused": Entry(
            502, "The LMS gave no access", "The LMS did not let this tool sign in to the service.", _ADMIN,
            "Ask the administrator of the LMS to check the tool's client id, public key and deployment."),
        "scope_refused": Entry(
            502, "The LMS does not allow this service", "The tool is installed in the LMS without this permission.",
            _ADMIN, "Ask the administrator of the LMS to switch the service on for this tool."),
        "service_forbidden": Entry(
            502, "The LMS refused", "The LMS does not let this tool read this course.", _ADMIN,
            "Ask the administrator of the LMS whether the tool may use the service in this course."),
        "service_gone": Entry(
            502, "The LMS does not know the address any more", "The course or the service was moved or deleted.",
            "a teacher of the course", "Open the tool again from the course, so that the LMS names the address anew."),
        "service_busy": Entry(
            503, "The LMS is busy", "The LMS asked this tool to come back later.", "nobody",
            "Try again in a few minutes."),
        "service_answer": Entry(
            502, "The LMS's answer cannot be read", "The LMS answered with something else than the service promises.",
            _ADMIN, "Try again later. If it stays, send code and sentence to the administrator of the LMS."),
    }
)  # fmt: skip

_TRANSIENT = {"service_unreachable", "service_slow", "service_busy"}


@dataclass
class ServiceRefused(Exception):  # noqa: N818 - it is the word that people read
    """`code` is of the catalogue, `said` the platform's own sentence, cleaned, `wait` the seconds it asked for.

    `status` is that of the service's answer, None where there was none. `of_one`: it may be meant for single
    people, because nobody else was there to tell, or others were taken in the same run.
    """

    code: str
    said: str = ""
    wait: float | None = None
    status: int | None = None
    of_one: bool = False

    def __post_init__(self) -> None:
        super().__init__(self.code)

    @property
    def may_pass(self) -> bool:
        """Is it worth trying again by ourselves?"""
        return self.code in _TRANSIENT

    @property
    def may_be_of_one(self) -> bool:
        """Do some LMSs refuse one person's score in these words, and others everybody's? A token is everybody's."""
        return not self.may_pass and self.status not in (None, 401)

    @property
    def of_platform(self) -> bool:
        """Does it concern whatever else we would ask of the platform? It gave no answer or no token, or asks to wait;
        a single call that it breaks over does not.
        """
        return self.may_pass and (self.status is None or self.wait is not None or self.code == "service_busy")


def refused_by_fetcher(problem: FetchProblem) -> ServiceRefused:
    """No answer, or one that is too large, leads elsewhere, or is not JSON."""
    match problem.kind:
        case "too_slow":
            return ServiceRefused("service_slow")
        case "refused_address":
            return ServiceRefused("service_address")
        case "too_large":
            return ServiceRefused("service_answer", to_say("The answer is too large."))
        case "redirected":
            return ServiceRefused("service_answer", to_say("The answer leads to another address."))
        case "not_json":
            return ServiceRefused("service_answer", to_say("The answer is not JSON."))
        case "bad_url":
            return ServiceRefused("service_answer", to_say("The LMS named an address that cannot be used."))
        case _:
            return ServiceRefused("service_unreachable")


def refused_by_token_endpoint(answer: Answer) -> ServiceRefused:
    """Any other status than success; `invalid_scope` is the one error that somebody else must mend (RFC 6749, 5.2)."""
    busy = _busy_or_down(answer)
    if busy is not None:
        return busy
    document = _document(answer)
    code = "scope_refused" if document.get("error") == "invalid_scope" else "token_refused"
    return ServiceRefused(code, said_by(answer))


def refused_by_service(answer: Answer) -> ServiceRefused:
    """Any other status than success of a call with a token that was fetched for it."""
    codes = {401: "token_refused", 403: "service_forbidden", 404: "service_gone", 410: "service_gone"}
    code = codes.get(answer.status, "service_answer")
    busy = _busy_or_down(answer)
    return replace(busy, status=answer.status) if busy else ServiceRefused(code, said_by(answer), status=answer.status)


def _busy_or_down(answer: Answer) -> ServiceRefused | None:
    if answer.status == 429 or _is_throttled(answer):
        return ServiceRefused("service_busy", said_by(answer), _wait(answer))
    if answer.status >= 500:
        return ServiceRefused("service_unreachable", said_by(answer), _wait(answer))
    return None


def _is_throttled(answer: Answer) -> bool:
    """Canvas says with 403 that it was asked too often; what is left of the allowance tells it from a real refusal."""
    if answer.status != 403:
        return False
    try:
        return float(answer.headers.get("X-Rate-Limit-Remaining", "1")) <= 0
    except ValueError:
        return False


def said_by(answer: Answer) -> str:
    """The platform's own reason as one plain sentence of at most 200 characters; empty when it gave none."""
    document = _document(answer)
    for name in ("error_description", "error", "message", "reason"):
        said = document.get(name)
        if isinstance(said, str) and said.strip():
            return _cleaned(said)
    errors = document.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else errors  # Canvas sends one, not in a list
    if isinstance(first, dict) and isinstance(first.get("message"), str):
        return _cleaned(first["message"])
    return _cleaned(answer.reason or "")


def _document(answer: Answer) -> dict[str, Any]:
    try:
        return answer.json()
    except FetchProblem:
        return {}


def _cleaned(said: str) -> str:
    return clean_text(_HIDDEN.sub("…", said[:_LOOKED_AT]).replace("<", "").replace(">", ""), SAID_LENGTH) or ""


def _wait(answer: Answer) -> float | None:
    """`Retry-After` in seconds or as a date, at most an hour; None for anything else. (RFC 9110, section 10.2.3.)"""
    said = answer.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdecimal():
        return min(float(said[:9]), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(said)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - clock.now()).total_seconds(), 0.0), LONGEST_WAIT)
