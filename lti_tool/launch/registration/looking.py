"""Looking at the LMS that wants to be connected: what it asks with, and the configuration that it points to."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import current_app
from werkzeug.datastructures import MultiDict

from lti_tool.errors import Problem
from lti_tool.fetch import Answer, Fetcher, FetchProblem, Limits
from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.profiles import profile_at, profile_named
from lti_tool.launch.registration.answer import said, told
from lti_tool.launch.registration.configuration import (
    ADDRESS_LENGTH,
    PlatformConfiguration,
    host_of,
    read_configuration,
)
from lti_tool.launch.registration.site import check_one_site
from lti_tool.launch.unreached import no_answer
from lti_tool.words import to_say

_LIMITS = Limits(total=10.0)
_STATUS = Sentence(to_say("The LMS answered with status %(status)s."))
_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")  # it becomes a header: no blank and no line end


@dataclass(frozen=True)
class Opening:
    """How the LMS opened the registration. The token is the LMS's secret; Brightspace may send none."""

    address: str
    token: str | None = field(default=None, repr=False)

    @property
    def host(self) -> str:
        return host_of(self.address)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    @property
    def framed_by(self) -> tuple[str, ...]:
        """Who may show our pages in a frame: the configuration's own origin, and what its profile knows."""
        parts, profile = urlsplit(self.address), profile_at(self.host)
        return ("'self'", f"{parts.scheme}://{parts.netloc}", *(profile.frame_ancestors if profile else ()))


def read_opening(params: MultiDict[str, str]) -> Opening:
    """Raises `Problem` register_request or register_address. (LTI Dynamic Registration 1.0, section 3.3.)"""
    addresses, tokens = params.getlist("openid_configuration"), params.getlist("registration_token")
    if len(addresses) != 1 or len(tokens) > 1:
        once = to_say("The LMS must name its openid_configuration once, and one token at most.")
        raise Problem("register_request", once)
    if len(addresses[0]) > ADDRESS_LENGTH:
        raise Problem("register_request", to_say("The address of the LMS's configuration is too long."))
    token = tokens[0] if tokens and tokens[0] else None
    if token is not None and not _TOKEN.fullmatch(token):
        raise Problem("register_request", to_say("The registration token is too long, or is not one word."))
    check_reachable(addresses[0], "configuration")
    return Opening(addresses[0], token)


def look(opening: Opening) -> PlatformConfiguration:
    """Fetch the configuration and check all of it. Raises `Problem` register_…"""
    configuration = read_configuration(_document(opening), opening.address)
    for use, address in configuration.endpoints.items():
        check_reachable(address, use)
    check_one_site(configuration)
    return configuration


def framed_by(configuration: PlatformConfiguration) -> tuple[str, ...]:
    """Who may frame the pages that come after the look: now the LMS has said what it is."""
    known = Opening(configuration.address).framed_by
    return tuple(dict.fromkeys([*known, *profile_named(configuration.family).frame_ancestors]))


def check_reachable(address: str, use: str) -> None:
    """Https and no inner address, unless PRIVATE_HOSTS names the host (decision 12)."""
    try:
        fetcher().may_reach(address)
    except FetchProblem as refused:
        raise Problem("register_address", no_answer(_WORDS.get(use, use), refused)) from None


def fetcher() -> Fetcher:
    found: Fetcher = current_app.extensions["fetcher"]
    return found


_WORDS = {
    "configuration": to_say("The configuration's address"), "registration": to_say("The address for registrations"),
    "login": to_say("The address for logins"), "tokens": to_say("The address for access tokens"),
    "keys": to_say("The address of its keys"), "issuer": to_say("Its issuer"),
}  # fmt: skip


def _document(opening: Opening) -> dict[str, object]:
    try:
        headers = {"Accept": "application/json", **opening.headers}
        answer = fetcher().get(opening.address, headers=headers, limits=_LIMITS)
        if answer.status != 200:
            raise _refused(answer)
        return answer.json()
    except FetchProblem as problem:
        code = "register_address" if problem.kind == "refused_address" else "register_unread"
        raise Problem(code, no_answer(opening.host, problem)) from None


def _refused(answer: Answer) -> Problem:
    code = "register_token_refused" if answer.status in (401, 403) else "register_unread"
    return Problem(code, told(said(answer)) or _STATUS(status=answer.status))
