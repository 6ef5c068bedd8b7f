"""A roster as the platform hands it out: page after page, patient with a busy platform, deaf to a looping one.

Whatever ends the reading early raises `ServiceRefused`, and then nothing of what was read is used: a fault on page 3
removes nobody.
"""

import time
from collections.abc import Iterator
from urllib.parse import parse_qsl, urldefrag, urlsplit

from pylti1p3.names_roles import NamesRolesProvisioningService
from pylti1p3.service_connector import TServiceConnectorResponse

from lti_tool.errors import Entry, catalogue
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.launch.services import SafeServiceConnector

MOST_PAGES = 1_000
MOST_PEOPLE = 200_000
LONGEST_SECONDS = 600.0
SHORT_WAIT = 5.0
_PAUSES = (0.5, 2.0)

_ADMIN = "the administrator of the LMS"
_KEPT = "Nobody was removed. If it stays, send the code to the administrator of the LMS."
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
    }
)  # fmt: skip


def with_page_size(url: str, size: int | None) -> str:
    """The roster's first address with the page size that this platform does well with; the rest of it untouched.

    `limit` is a hint (NRPS 2.0, section 2.4.1), and only the first address is ours to extend: next links are opaque.
    """
    plain = urldefrag(url).url
    query = urlsplit(plain).query
    if size is None or any(name == "limit" for name, _ in parse_qsl(query, keep_blank_values=True)):
        return plain
    joint = "" if plain.endswith(("?", "&")) else "&" if "?" in plain else "?"
    return f"{plain}{joint}limit={size}"


def read_pages(connector: SafeServiceConnector, url: str, *, page_size: int | None = None) -> Iterator[list[object]]:
    """The `members` of every page. Raises `ServiceRefused`."""
    first, seen, ends = with_page_size(url, page_size), {url}, time.monotonic() + LONGEST_SECONDS
    service = NamesRolesProvisioningService(connector, {"context_memberships_url": first})
    following: str | None = first
    people = pages = 0
    while following is not None:
        if following in seen and pages:
            raise ServiceRefused("roster_loops")
        seen.add(following)
        said = _patiently(service, following, ends)
        members = _members(said)
        people, pages = people + len(members), pages + 1
        following = said["next_page_url"]
        if people > MOST_PEOPLE or (following is not None and pages >= MOST_PAGES):
            raise ServiceRefused("roster_too_long")
        yield members


def _patiently(service: NamesRolesProvisioningService, url: str, ends: float) -> TServiceConnectorResponse:
    """One page, asked for up to three times while the platform is busy or out of order."""
    for pause in (*_PAUSES, None):
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
        raise ServiceRefused("service_answer", "The answer holds no list of members.")
    return members
