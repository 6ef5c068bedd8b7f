"""OIDC login initiation: which platform asks, which browser, and on to the platform (decision 4).

A login inside a frame that brings no earlier cookie of ours goes round once to itself, to see whether a cookie comes
back. Where none does, one button opens a new window and goes on there. That must come before the platform is asked,
because some platforms accept their hint only once. It decides the way alone: what proves the browser is the secret in
the cookie of its login.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlencode, urlsplit

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Table, bindparam, delete, select
from werkzeug.datastructures import MultiDict

from lti_tool import clock
from lti_tool.db import db, single_read
from lti_tool.digests import digest, fresh_secret, same
from lti_tool.errors import Problem
from lti_tool.launch.model import LoginState, Registration
from lti_tool.launch.platforms import REGISTRATION_FACTS, RegistrationFacts, registration_for, registrations_of
from lti_tool.web import offer_way_back
from lti_tool.words import to_say

LIFE = timedelta(minutes=5)
# What a login may say, and how long it may be: a hint as long as a platform likes, the rest as we keep it.
_LENGTHS = {
    "iss": 2000, "login_hint": 8192, "target_link_uri": 2000, "lti_message_hint": 8192, "lti_deployment_id": 255,
    "client_id": 255,
}  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class LoginRequest:
    """What a platform's login request says, checked; `hints` go back to the platform as they came."""

    registration: Registration
    target: str
    deployment_hint: str | None
    hints: Mapping[str, str]
    params: Mapping[str, str]


@dataclass(frozen=True)
class Login:
    """A login under way. `state` and `nonce` go to the platform, `browser` only into the cookie."""

    state: str
    nonce: str
    browser: str

    @property
    def state_hash(self) -> str:
        return digest(self.state)


@dataclass(frozen=True)
class LoginUnderWay:
    """A login that waits for its launch, as it is kept, with the registration that it was begun for."""

    state_hash: str
    nonce_hash: str
    browser_hash: str
    deployment_hint: str | None
    proof: str
    expires_at: datetime
    consumed_at: datetime | None
    token_hash: str | None
    visit_id: str | None
    registration: RegistrationFacts


_LOGIN, _REGISTRATION = cast(Table, LoginState.__table__), cast(Table, Registration.__table__)
_OWN = tuple(_LOGIN.c[one.name] for one in fields(LoginUnderWay) if one.name != "registration")
# Built once, for every launch asks it: writing a question down in Python costs more than the answer.
_UNDER = (
    select(*_OWN, *REGISTRATION_FACTS)
    .join_from(_LOGIN, _REGISTRATION, _REGISTRATION.c.id == _LOGIN.c.registration_id)
    .where(_LOGIN.c.state_hash == bindparam("state"))
)


def read_login(params: MultiDict[str, str], registration_id: str | None) -> LoginRequest:
    """Check a login request (Security Framework 1.0, section 5.1.1). `registration_id` is the one in our login URL."""
    single = {name: _single(params, name) for name in _LENGTHS}
    if not single["iss"]:
        raise Problem("login_iss_missing")
    for name in ("login_hint", "target_link_uri"):
        if not single[name]:
            raise Problem("login_param_missing", _("Missing: %(names)s.", names=name))
    registration = _registration(single["iss"], single["client_id"], registration_id)
    offer_way_back(registration.issuer)
    if registration.switched_off_at is not None:
        raise Problem("platform_off")
    given = {name: value for name, value in single.items() if value is not None}
    hints: dict[str, str] = {name: given[name] for name in ("login_hint", "lti_message_hint") if name in given}
    target = check_target(given["target_link_uri"])
    return LoginRequest(registration, target, single["lti_deployment_id"], hints, given)


def check_target(target: str) -> str:
    """Our root and our launch address both mean the tool's home; nothing else is offered (and never redirected to)."""
    try:
        parts = urlsplit(target)
    except ValueError:
        raise Problem("target_unknown") from None
    if f"{parts.scheme}://{parts.netloc}" != current_app.extensions["settings"].origin:
        raise Problem("target_unknown")
    if parts.path.rstrip("/") not in ("", "/lti/launch"):
        raise Problem("target_unknown")
    return target


def logins_over() -> ColumnElement[bool]:
    return LoginState.expires_at < clock.now() - LIFE


def begin_login(request: LoginRequest, *, proof: str) -> Login:
    """Write the row that the launch will consume, and sweep the old ones. Inside a transaction."""
    login = Login(fresh_secret(), fresh_secret(), fresh_secret())
    now = clock.now()
    db.session.execute(
        delete(LoginState).where(logins_over()).execution_options(synchronize_session=False)
    )
    db.session.add(
        LoginState(
            state_hash=login.state_hash, nonce_hash=digest(login.nonce), browser_hash=digest(login.browser),
            registration_id=request.registration.id, deployment_hint=request.deployment_hint,
            target=request.target, proof=proof, expires_at=now + LIFE,
        )
    )  # fmt: skip
    return login


def platform_address(request: LoginRequest, *, state: str, nonce: str) -> str:
    """The authentication request (LTI Security Framework 1.0, section 5.1.1.2), appended to whatever query there is."""
    registration = request.registration
    query = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": registration.client_id,
        "redirect_uri": launch_address(),
        "state": state,
        "nonce": nonce,
        **request.hints,
    }
    joint = "?" if "?" not in registration.auth_url else "" if registration.auth_url.endswith(("?", "&")) else "&"
    return f"{registration.auth_url}{joint}{urlencode(query)}"


def launch_address() -> str:
    return f"{current_app.extensions['settings'].public_url}/lti/launch"


def login_under(state_hash: str) -> LoginUnderWay:
    """The login that began under this hash. Raises `Problem` state_unknown."""
    with single_read() as connection:
        row = connection.execute(_UNDER, {"state": state_hash}).first()
    if row is None:
        raise Problem("state_unknown")
    own, registration = row[: len(_OWN)], RegistrationFacts(*row[len(_OWN) :])
    return LoginUnderWay(*(*own, registration))


def check_waiting(login: LoginUnderWay) -> None:
    """A login waits for one launch, and not for long. Raises `Problem` state_expired or replayed."""
    if login.expires_at < clock.now():
        raise Problem("state_expired")
    if login.consumed_at is not None:
        raise Problem("replayed")


def check_browser(login: LoginUnderWay, secret: str | None) -> None:
    """The launch comes from the browser that began the login, or not at all (decision 4)."""
    if secret is None:
        raise Problem("browser_unproven", to_say("The cookie of this login did not come with the launch."))
    if not same(login.browser_hash, digest(secret)):
        raise Problem("browser_unproven", to_say("The cookie that came with the launch is not that of this login."))


def _registration(issuer: str, client_id: str | None, registration_id: str | None) -> Registration:
    if registration_id is not None:
        registration = db.session.get(Registration, registration_id)
        if registration is None or registration.issuer != issuer:
            raise Problem("platform_unknown")
        if client_id is not None and client_id != registration.client_id:
            raise Problem("client_mismatch")
        return registration
    if client_id is not None:
        found = registration_for(issuer, client_id)
        if found is None:
            raise Problem("platform_unknown")
        return found
    candidates = registrations_of(issuer)
    if len(candidates) != 1:
        several = to_say("The LMS sent no client id, and several registrations share its issuer.")
        raise Problem("platform_unknown", several if candidates else "")
    return candidates[0]


def _single(params: MultiDict[str, str], name: str) -> str | None:
    """A parameter that is there once, of a sane length, and without control characters."""
    values = params.getlist(name)
    if len(values) > 1:
        raise Problem("login_malformed", _("Sent more than once: %(name)s.", name=name))
    if not values:
        return None
    if len(values[0]) > _LENGTHS[name] or _CONTROL.search(values[0]):
        raise Problem("login_malformed", _("Not usable: %(name)s.", name=name))
    return values[0]
