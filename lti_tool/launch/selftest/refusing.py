"""Bad launches, played: each must be refused on a page that a tester sees, and open no visit."""

import json
import time
from collections.abc import Callable
from functools import reduce
from typing import Any

from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.selftest.browser import Browser, Page
from lti_tool.launch.selftest.cases import Bad
from lti_tool.launch.selftest.door import VISIT, Door, another_state, told
from lti_tool.launch.selftest.lms import TEACHER, merged
from lti_tool.launch.selftest.record import Mismatch, Trace
from lti_tool.launch.selftest.twists import Twist
from lti_tool.words import to_say

COURSE = "trials"
_KEPT = ("iss", "aud", "sub", "iat", "exp", "nonce")
_FILLER = "x" * 70_000
_YET_OPENED = Sentence(to_say("%(page)s, and yet a visit was opened"))
_NOT_FIRST = Sentence(to_say("the launch to repeat did not arrive: %(page)s"))
_NOTHING_BUT = Sentence(to_say("a token with nothing of LTI 1.3 in it, but %(names)s"))
_BUT = Sentence(to_say("a good launch, but %(changes)s"))
_AND = Sentence(to_say("%(one)s, %(more)s"), one="(?:with|without|after a login) .+?")
_NAME = r"[\w. ]+"
_WITHOUT = Sentence(to_say("without %(name)s"), name=_NAME)
_WITH = Sentence(to_say("with %(name)s “%(value)s”"), name=_NAME)
_AT = Sentence(to_say("with %(name)s %(seconds)s seconds from now"), name=_NAME, seconds=r"[+-]\d+")
_AFTER_LOGIN = Sentence(to_say("after a login with %(name)s “%(value)s”"), name=_NAME)

Claims = dict[str, Any]


def play_bad(door: Door, case: Bad, trace: Trace) -> str:
    """Send it. Answers what came back, or raises `Mismatch`."""
    trace.sent = in_words(case)
    browser = door.browser(trace)
    page = door.login(browser, case.login) if case.at_login else _launched(door, browser, case)
    if (page.status, page.code) != (case.status, case.code) or not page.is_html or not page.heading:
        raise Mismatch(told(page))
    if browser.holds(VISIT):
        raise Mismatch(_YET_OPENED(page=told(page)))
    return told(page)


def _launched(door: Door, browser: Browser, case: Bad) -> Page:
    if case.twist is Twist.REPLAYED:
        return _replayed(door, browser)
    asked = door.begin(browser, case.login)
    claims = _claims(door, case, asked["nonce"])
    token = _TOKENS.get(case.twist, _plainly)(door, claims, case)
    state: str | None = asked["state"]
    if case.twist is Twist.OTHER_STATE:
        state = another_state()
    elif case.twist is Twist.NO_STATE:
        state = None
    elif case.twist is Twist.OTHER_BROWSER:
        return door.post(door.browser(browser.trace), token, state)
    return door.post(browser, token, state)


def _replayed(door: Door, browser: Browser) -> Page:
    """A launch that was good, and its token once more with a login that is new. In between the first visit is left."""
    asked = door.begin(browser)
    token = door.lms.sign(door.lms.claims(TEACHER, COURSE, asked["nonce"]))
    arrived = door.post(browser, token, asked["state"])
    if arrived.status != 200:
        raise Mismatch(_NOT_FIRST(page=told(arrived)))
    browser.cookies = {key: value for key, value in browser.cookies.items() if key[0] != VISIT}
    return door.post(browser, token, door.begin(browser)["state"])


def _claims(door: Door, case: Bad, nonce: str) -> Claims:
    claims = door.lms.claims(TEACHER, COURSE, nonce)
    if case.nothing_but is not None:
        return {name: claims[name] for name in _KEPT} | dict(case.nothing_but)
    now = int(time.time())
    moments = {name: now + seconds for name, seconds in case.seconds.items()}
    return merged(claims, {**case.claims, **moments})


def _plainly(door: Door, claims: Claims, case: Bad) -> str:
    return door.lms.sign(claims, case.headers)


def _tampered(door: Door, claims: Claims, _case: Bad) -> str:
    signed, other = door.lms.sign(claims), door.lms.sign({**claims, "name": "Somebody Else"})
    header, _, signature = signed.split(".")
    return f"{header}.{other.split('.')[1]}.{signature}"


def _unsigned(door: Door, claims: Claims, _case: Bad) -> str:
    return door.lms.sign_by_hand(json.dumps(claims).encode(), {"alg": "none", "kid": door.lms.key.kid})


def _by_hmac(door: Door, claims: Claims, _case: Bad) -> str:
    header = {"alg": "HS256", "typ": "JWT", "kid": door.lms.key.kid}
    return door.lms.sign_by_hand(json.dumps(claims).encode(), header, door.lms.key.public_pem)


def _twice_named(door: Door, claims: Claims, _case: Bad) -> str:
    text = json.dumps(claims)
    return door.lms.sign_text((text[:-1] + f', "sub": {json.dumps(claims["sub"])}}}').encode())


_TOKENS: dict[Twist | None, Callable[[Door, Claims, Bad], str]] = {
    Twist.TAMPERED: _tampered,
    Twist.OTHER_KEY: lambda door, claims, _: door.lms.sign(claims, key=door.lms.other_key),
    Twist.BORROWED_KID: lambda door, claims, _: door.lms.sign(
        claims, {"kid": door.lms.key.kid}, key=door.lms.other_key
    ),
    Twist.ALG_NONE: _unsigned,
    Twist.ALG_HS256: _by_hmac,
    Twist.ALG_RS384: lambda door, claims, _: door.lms.sign(claims, {"alg": "RS384"}),
    Twist.OTHER_CLIENT: lambda door, claims, _: door.lms.sign({**claims, "aud": door.lms.other_client}),
    Twist.EXTRA_AUDIENCE: lambda door, claims, _: door.lms.sign(
        {**claims, "aud": [door.lms.client_id, "a-stranger"], "azp": door.lms.client_id}
    ),
    Twist.TWICE_NAMED: _twice_named,
    Twist.OVERSIZED: lambda door, claims, _: door.lms.sign({**claims, "filler": _FILLER}),
}  # fmt: skip


def in_words(case: Bad) -> str:
    """What is sent, in words: a good launch, and what is changed in it."""
    if case.nothing_but is not None:
        return _NOTHING_BUT(names=", ".join(case.nothing_but))
    changes = {**case.claims, **{f"header {name}": value for name, value in case.headers.items()}}
    said = [_change(name, value) for name, value in changes.items()]
    said += [_AT(name=name, seconds=f"{seconds:+d}") for name, seconds in case.seconds.items()]
    said += [_AFTER_LOGIN(name=name, value=value) for name, value in case.login.items()]
    said += [case.twist.value] if case.twist else []
    changed = reduce(lambda before, one: _AND(one=before, more=one), said) if said else ""
    return _BUT(changes=changed)


def _change(claim: str, value: object) -> str:
    name = claim.rpartition("/")[2] if "://" in claim else claim
    return _WITHOUT(name=name) if value is None else _WITH(name=name, value=value)
