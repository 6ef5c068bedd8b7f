"""How often one address may begin what comes to nothing. Limits that must be exact are counted in the database instead.

A launch that gets in costs nothing: its login is given back, so that a campus of thousands behind one address never
meets a limit. What is counted is a login that no launch has answered, and a launch that proves nothing.
"""

import ipaddress
import math
import time

from flask import Flask, current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from lti_tool.counts import address_of_counts
from lti_tool.digests import digest
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.settings import Settings

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_INVITATIONS_TO_ONE = "10 per hour"  # nobody's mailbox is filled from our pages
_ALIASES_OF_ONE = "3 per day"  # whoever looks at a board should still know who is who under the aliases
_ONE_HOUSEHOLD = 64  # bits: within them one machine has as many addresses as it likes

catalogue(
    {
        "too_many_logins": Entry(
            429, "Too many tries to open this tool",
            "More logins than the tool accepts at once came from your network, and none of them became a launch.",
            "you", "Wait a minute, then open the tool again from the course.",
        ),
        "too_many_refused": Entry(
            429, "Too many refused launches", "Many launches were refused a moment ago, and so is this one.",
            "you", "Wait a minute, then open the tool again from the course.",
        ),
    }
)  # fmt: skip


def neighbourhood() -> str:
    """Who is counted: an IPv4 address, or the network of an IPv6 one."""
    said = get_remote_address()
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return said
    if isinstance(address, ipaddress.IPv4Address):
        return said
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address.packed, _ONE_HOUSEHOLD), strict=False))


def counted_as(who: str) -> str:
    """Under what somebody is counted. An address may not lie in Redis: nobody finds it by its digest, which the
    installation's secret is in.
    """
    return digest(f"counts:{current_app.config['SECRET_KEY']}:{who}")


limiter = Limiter(key_func=lambda: counted_as(neighbourhood()), headers_enabled=False)


def init_limits(app: Flask, settings: Settings) -> None:
    """Whatever `limiter.limit` is put around counts by itself. The library would look before and after every request
    too, for limits of a whole blueprint and for headers; here are neither, and it spares an application that has it.
    """
    app.config["RATELIMIT_STORAGE_URI"] = address_of_counts(settings)
    app.extensions["limiter"] = {limiter}
    limiter.init_app(app)


def counts_are_kept() -> bool:
    """Does whatever counts for all processes answer? Where each counts for itself, always."""
    return bool(limiter.storage.check())


def count_login() -> None:
    """One more login from this address. Raises `Problem` too_many_logins."""
    if wait := _count(_settings().login_limit, "logins", neighbourhood()):
        raise Problem("too_many_logins", headers={"Retry-After": str(wait)})


def give_login_back() -> None:
    """A launch came of it, or nothing was written for it: it does not count."""
    _count(_settings().login_limit, "logins", neighbourhood(), times=-1)


def count_refusal(registration_id: str | None) -> int:
    """One more refused launch, from here and at this platform. How many seconds to wait; 0 within the limits."""
    wait = _count(_settings().refusal_limit, "refusals", neighbourhood())
    if registration_id is not None:
        wait = max(wait, _count(_settings().platform_refusal_limit, "refusals of", registration_id))
    return wait


def count_notices() -> None:
    """One more request with notices from this address. Raises `Problem` too_many."""
    if wait := _count(_settings().notice_limit, "notices", neighbourhood()):
        raise Problem("too_many", headers={"Retry-After": str(wait)})


def count_invitation(address: str) -> int:
    """One more invitation by mail to this address. How many seconds to wait; 0 within the limits."""
    return _count(_INVITATIONS_TO_ONE, "invitations to", address)


def count_alias(member: str) -> int:
    """One more alias that this learner takes. How many seconds to wait; 0 within the limits."""
    return _count(_ALIASES_OF_ONE, "aliases of", member)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _count(rate: str, what: str, who: str, times: int = 1) -> int:
    """Count `times` more. The seconds until the count begins anew where it is above the rate, else 0."""
    amount, _, unit = rate.partition(" per ")
    key = f"{what}/{counted_as(who)}"
    if limiter.storage.incr(key, _SECONDS[unit], times) <= int(amount):
        return 0
    return max(1, math.ceil(limiter.storage.get_expiry(key) - time.time()))
