"""A roster as the platform hands it out: page after page, patient with a busy platform, deaf to a looping one.

Whatever ends the reading early raises `ServiceRefused`, and then nothing of what was read is used: a fault on page 3
removes nobody.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urldefrag, urlsplit

from pylti1p3.names_roles import NamesRolesProvisioningService
from pylti1p3.service_connector import TServiceConnectorResponse

from lti_tool.errors import Entry, catalogue
from lti_tool.launch.link_header import link_to
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.launch.services import SafeServiceConnector
from lti_tool.words import to_say

MOST_PAGES = 4_000
MOST_PEOPLE = 200_000
LONGEST_SECONDS = 3_000.0
SHORT_WAIT = 5.0
_PAUSES = (0.5, 2.0)
# In the middle of a list there is more to lose: of a thousand pages with every twentieth answer a fault, all arrive.
_PAUSES_LATER = (0.5, 1.0, 2.0, 4.0, 4.0)
_URL_LENGTH = 2_000

_ADMIN = to_say("the administrator of the LMS")
_KEPT = to_say("Nobody was removed. If it stays, send the code to the administrator of the LMS.")
catalogue(
    {
        "roster_loops": Entry(
            502, "The LMS's list has no end", "The list leads back to a page that was read before.", _ADMIN, _KEPT),
        "roster_too_long": Entry(
            502, "The LMS's list is too long", "Reading the list took too long, or it has more people than a course.",
            _ADMIN, _KEPT),
        "roster_empty": Entry(
            502, "The LMS sent an empty list", "The LMS sent an empty list; nobody was removed.", _ADMIN,
            "Refresh the roster again. If it stays, ask the administrator of the LMS what this tool may see."),
        "roster_shrunk": Entry(
            502, "The LMS's list has become much shorter", "At least half of the people are gone from it; nobody left.",
            "a teacher of the course",
            "Look at the numbers and decide. If they are wrong, ask the administrator of the LMS."),
        "roster_decided": Entry(
            409, "This has been decided already", "Somebody else has decided, or the list was read again since.", "you",
            "Look at the members page as it is now."),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """One page: its `members`, and where the platform will tell what has changed since (`rel="differences"`)."""

    members: list[object]
    changes_url: str | None


def with_page_size(url: str, size: int | None) -> str:
    """The roster's first address with the page size that this platform does well with; the rest of it untouched.

    `limit` is a hint (NRPS 2.0, section 2.4.1).
    """
    return asking(url) if size is None else asking(url, limit=str(size))


def asking(url: str, **words: str) -> str:
    """The roster's first address with these words in its query, but for those that it has already.

    Only the first address is ours to extend: next links are opaque.
    """
    plain = urldefrag(url).url
    said = {name for name, _ in parse_qsl(urlsplit(plain).query, keep_blank_values=True)}
    for name, word in words.items():
        if name not in said:
            joint = "" if plain.endswith(("?", "&")) else "&" if "?" in plain else "?"
            plain = f"{plain}{joint}{name}={quote(word, safe='')}"
    return plain


def read_pages(connector: SafeServiceConnector, first: str) -> Iterator[Page]:
    """Every page from the address `first` on, which is asked as it is. Raises `ServiceRefused`."""
    seen, ends = {first}, time.monotonic() + LONGEST_SECONDS
    service = NamesRolesProvisioningService(connector, {"context_memberships_url": first})
    following: str | None = first
    people = pages = 0
    while following is not None:
        if following in seen and pages:
            raise ServiceRefused("roster_loops")
        seen.add(following)
        said = _patiently(service, following, ends, _PAUSES_LATER if pages else _PAUSES)
        members = _members(said)
        people, pages = people + len(members), pages + 1
        following = said["next_page_url"]
        if people > MOST_PEOPLE or (following is not None and pages >= MOST_PAGES):
            raise ServiceRefused("roster_too_long")
        yield Page(members, _changes_url(said, first))


def _changes_url(said: TServiceConnectorResponse, base: str) -> str | None:
    header = next((text for name, text in said["headers"].items() if name.lower() == "link"), "")
    found = link_to("differences", header, base)
    if found is None or len(found) > _URL_LENGTH:
        return None
    return found if urlsplit(found)[:2] == urlsplit(base)[:2] else None  # no other server ever gets a token


def _patiently(
    service: NamesRolesProvisioningService, url: str, ends: float, pauses: tuple[float, ...]
) -> TServiceConnectorResponse:
    """One page, asked for once more after each pause while the platform is busy or out of order."""
    for pause in (*pauses, None):
        try:
            if time.monotonic() > ends:
                raise ServiceRefused("roster_too_long")
            answer: TServiceConnectorResponse = service.get_nrps_data(url)
            return answer
        except ServiceRefused as refused:
            wait = pause if refused.wait is None else refused.wait
            if pause is None or wait is None or not refused.may_pass or wait > SHORT_WAIT:
                raise
            time.sleep(wait)
    raise ServiceRefused("service_busy")


def _members(said: TServiceConnectorResponse) -> list[object]:
    """The list itself. A document without one is no empty roster, it is no roster. (NRPS 2.0, section 2.1.)"""
    body = said["body"]
    members = body.get("members") if isinstance(body, dict) else None
    if not isinstance(members, list):
        raise ServiceRefused("service_answer", to_say("The answer holds no list of members."))
    return members
