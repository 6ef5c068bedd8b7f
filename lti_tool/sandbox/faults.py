"""Switches that make the platform misbehave the way real ones do, and what was asked of it.

All switches are off at the start. A test sets an attribute of `platform.faults` and the next request
feels it; `reset()` puts everything back.
"""

import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from lti_tool.sandbox.behaviours import BEHAVIOURS, Behaviour, LinkStyle
from lti_tool.sandbox.trouble import SERVICES, Trouble

Privacy = Literal["public", "name_only", "email_only", "anonymous"]


@dataclass
class RosterFailure:
    """Page `page` (from 1) answers this instead; `times` None means for ever, else so often."""

    page: int
    status: int = 500
    body: str = "<html><body><h1>Something went wrong</h1></body></html>"
    content_type: str = "text/html; charset=utf-8"
    times: int | None = None


@dataclass
class RegistrationFaults:
    """How registering differs here.

    `style`: how refusals are said; `refuses`: every registration is refused with these words. `status`: that of a good
    answer. `without_deployment`: the answer names none. `is_pending`: the administrator must activate the tool first.
    `without_token`: no registration token is handed out or asked for. `answer`, `configuration`: members in the place
    of others (None drops one); `raw_answer`, `raw_configuration`: this text instead of JSON.
    """

    style: Literal["plain", "moodle", "canvas"] = "plain"
    refuses: str = ""
    status: int = 201
    without_deployment: bool = False
    is_pending: bool = False
    without_token: bool = False
    configuration_needs_token: bool = False
    answer: dict[str, Any] = field(default_factory=dict)
    raw_answer: str = ""
    configuration: dict[str, Any] = field(default_factory=dict)
    raw_configuration: str = ""


@dataclass
class NoticeFaults:
    """How notices differ here. (Platform Notification Service 1.0)

    `without`: the service, its claim and its scope do not exist. `refuses`: handlers are refused with this status.
    `forgets`: a handler is taken and not kept. `forged`: notices are signed with somebody else's key. `repeated`: each
    is sent so often more. `late`: seconds that a notice lies around before it is sent. `broken`: this is sent instead
    of a body; `claims`: members of a notice in the place of others (None drops one).
    """

    without: bool = False
    refuses: int = 0
    forgets: bool = False
    forged: bool = False
    repeated: int = 0
    late: int = 0
    broken: bytes = b""
    claims: dict[str, Any] = field(default_factory=dict)


@dataclass
class Faults:
    """The switches.

    `privacy`: what names and addresses tools are given, in launches and in the roster.
    `login_method`: how a login is begun at the tool. `login_parameters`, `launch_claims`: members to
    replace in a login request or an id_token (None drops one; names as in `Platform.claims`).
    `deep_link_settings`: members to replace in the settings of a deep linking request (None drops one).
    `without_roster`, `without_gradebook`: the service, its claim and its scopes do not exist.
    `roster_unauthorized_on_page`: that page answers 401 once, and the token used is worthless from then on.
    `roster_loops`: the last page points back to the first. `roster_padding`: extra characters per page.
    `roster_drops_pages`: these pages (from 1) are passed over by the links to them. `roster_shuffled`: a seed for
    another order of members at every reading; `roster_repeats`: so many members of a page come again on the next.
    `roster_differences`: the list says where only its changes are told; `differences_status`: what that address answers
    instead. `troubles`: see `Trouble`. `behaviour`: see `behave_like`. `clock_skew`: seconds by which the platform's
    clock is ahead.
    `link_style`: spelling of the `Link` header. `token_seconds`: life of an access token.
    `token_answer`: the token endpoint answers 503, or HTML with status 200.
    `registration`: see `RegistrationFaults`. `notices`: see `NoticeFaults`.
    `delays`: seconds to wait before an endpoint (`auth`, `jwks`, `token`, `roster`, `line_items`,
    `line_item`, `scores`, `results`, `openid_configuration`, `registrations`) answers.
    """

    privacy: Privacy = "public"
    deep_link_settings: dict[str, Any] = field(default_factory=dict)
    login_method: Literal["post", "get"] = "post"
    login_parameters: dict[str, str | None] = field(default_factory=dict)
    launch_claims: dict[str, Any] = field(default_factory=dict)
    without_roster: bool = False
    without_gradebook: bool = False
    roster_failure: RosterFailure | None = None
    roster_unauthorized_on_page: int | None = None
    roster_loops: bool = False
    roster_drops_pages: tuple[int, ...] = ()
    roster_shuffled: int | None = None
    roster_repeats: int = 0
    roster_differences: bool = False
    differences_status: int | None = None
    troubles: list[Trouble] = field(default_factory=list)
    behaviour: Behaviour = field(default_factory=Behaviour)
    clock_skew: float = 0.0
    roster_gzip: bool = False
    roster_padding: int = 0
    link_style: LinkStyle = "plain"
    token_seconds: int = 3600
    token_answer: Literal["", "down", "html"] = ""
    jwks_down: bool = False
    jwks_max_age: int = 600
    registration: RegistrationFaults = field(default_factory=RegistrationFaults)
    notices: NoticeFaults = field(default_factory=NoticeFaults)
    delays: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def reset(self) -> None:
        """Switch every fault off."""
        fresh = Faults()
        for switch in fields(self):
            setattr(self, switch.name, getattr(fresh, switch.name))

    def behave_like(self, name: str) -> None:
        """Differ as `canvas`, `moodle`, `blackboard` or `brightspace` do, or not at all (`sandbox`)."""
        self.behaviour = BEHAVIOURS[name]

    def throttle(self, *, at: tuple[str, ...] = SERVICES, first: int | None = None, share: float = 1.0) -> Trouble:
        """Answer as this platform does to too many requests."""
        trouble = Trouble(
            self.behaviour.throttled, at, first, share, body="403 Forbidden (Rate Limit Exceeded)",
            content_type="text/plain", headers=dict(self.behaviour.throttled_headers),
        )  # fmt: skip
        self.troubles.append(trouble)
        return trouble

    def trouble_at(self, endpoint: str) -> Trouble | None:
        """The trouble that is due, counting it."""
        return next((one for one in list(self.troubles) if one.strikes(endpoint)), None)

    def roster_failure_on(self, page: int) -> RosterFailure | None:
        """The failure due on this page, counting it."""
        with self._lock:
            failure = self.roster_failure
            if failure is None or failure.page != page or failure.times == 0:
                return None
            if failure.times is not None:
                failure.times -= 1
            return failure

    def revokes_on(self, page: int) -> bool:
        """Whether this page is the one to answer 401; true once."""
        with self._lock:
            if self.roster_unauthorized_on_page != page:
                return False
            self.roster_unauthorized_on_page = None
            return True


class Traffic:
    """How often each endpoint was asked, and the last requests in order."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self.requests: deque[tuple[str, str]] = deque(maxlen=2000)

    def arrive(self, endpoint: str, method: str, address: str) -> None:
        """Count a request (method, path with query), then wait as long as the endpoint is slow."""
        with self._lock:
            self._counts[endpoint] += 1
            self.requests.append((method, address))
        delay = self._faults.delays.get(endpoint, 0)
        if delay:
            time.sleep(delay)

    def __getitem__(self, endpoint: str) -> int:
        """Requests to an endpoint since the start or the last `clear`."""
        with self._lock:
            return self._counts[endpoint]

    def clear(self) -> None:
        """Count from nought again."""
        with self._lock:
            self._counts.clear()
            self.requests.clear()
