"""The door's own pages: login, launch and keys."""

from urllib.parse import urlencode, urlsplit

from flask import jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lti_tool.db import transaction
from lti_tool.digests import digest
from lti_tool.errors import Problem
from lti_tool.launch.arrival import open_visit
from lti_tool.launch.beginning import REPEATED_WITHIN, beginning_of, end_without_visit, landed_already
from lti_tool.launch.destinations import destination, destination_again
from lti_tool.launch.keys import published_keys
from lti_tool.launch.library import FormRequest, ReadOnlyCookies, StrictLaunch
from lti_tool.launch.login import (
    LIFE,
    LoginRequest,
    LoginUnderWay,
    begin_login,
    check_browser,
    check_waiting,
    login_under,
    platform_address,
    read_login,
)
from lti_tool.launch.login_cookies import brought, cookies_are_kept, doubt_mark, leave_mark, remember
from lti_tool.launch.platform_keys import key_cache
from lti_tool.launch.refusals import Attempt, refused
from lti_tool.launch.visits import Opened, set_visit_cookie
from lti_tool.limits import count_login, give_login_back
from lti_tool.people.access import Permission, needs
from lti_tool.tracing import step
from lti_tool.web import allow_framing_by, allow_posting_to, offer_way_back

_KEYS_FRESH = 300
_LONGEST_ADDRESS = 8000
_FRAMES = ("iframe", "frame", "embed", "object")


@needs(Permission.PUBLIC)
def login(registration_id: str | None = None) -> ResponseReturnValue:
    """OIDC initiation, by GET or POST; the second round of a framed login arrives here too, with `look`."""
    allow_framing_by(("*",))
    if request.method == "HEAD":  # a login that nobody can go on with would only fill the table
        raise Problem("method_not_allowed", headers={"Allow": "GET, POST"})
    count_login()
    params = request.form if request.method == "POST" else request.args
    asked = read_login(params, registration_id)
    framed = request.headers.get("Sec-Fetch-Dest") in _FRAMES
    if not cookies_are_kept():
        if request.method == "GET" and "look" in request.args:
            return _offer_window(asked)
        if framed and len(around := _way_round(asked)) <= _LONGEST_ADDRESS:  # no server in between takes a longer one
            return _go_round(around)
    pressed = "new_window" if params.get("new_window") else "window"
    with transaction():
        begun = begin_login(asked, proof="frame" if framed else pressed)
    response = redirect(platform_address(asked, state=begun.state, nonce=begun.nonce), code=303)
    remember(response, begun.state_hash, begun.browser, for_=LIFE)
    return response


@needs(Permission.PUBLIC)
def launch() -> ResponseReturnValue:
    """The platform's POST: an id_token for a login that this browser began, or the platform's refusal."""
    allow_framing_by(("*",))
    attempt = Attempt()
    try:
        return _let_in(attempt)
    except Problem as problem:
        raise refused(attempt, problem) from problem


@needs(Permission.PUBLIC)
def jwks() -> Response:
    """Our public keys, every one with its kid."""
    response = jsonify(keys=published_keys())
    response.headers["Cache-Control"] = f"public, max-age={_KEYS_FRESH}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@needs(Permission.PUBLIC)
def root() -> ResponseReturnValue:
    """Somebody opened the tool's address itself: say where it is opened from."""
    return render_template("launch/root.html")


def _way_round(asked: LoginRequest) -> str:
    return f"{request.path}?{urlencode({**asked.params, 'look': '1'})}"


def _go_round(around: str) -> ResponseReturnValue:
    """To ourselves once, with a mark: does it come back?"""
    give_login_back()
    response = redirect(around, code=303)
    leave_mark(response)
    return response


def _offer_window(asked: LoginRequest) -> ResponseReturnValue:
    """The frame keeps no cookie: one button goes on in a window of its own, and the frame says where to look."""
    give_login_back()
    parts = urlsplit(asked.registration.auth_url)
    allow_posting_to((f"{parts.scheme}://{parts.netloc}",))
    return render_template("launch/window.html", params=asked.params, action=request.path)


def _let_in(attempt: Attempt) -> ResponseReturnValue:
    state_hash = _state_hash()
    attempt.login = begun = login_under(state_hash)
    offer_way_back(begun.registration.issuer)
    doubt_mark(state_hash)
    if opened := _landed(begun):
        return _enter(opened, state_hash, destination_again(_token(), opened))
    check_waiting(begun)
    if "error" in request.form:
        return _platform_refused(begun)
    if not _token():
        raise Problem("token_missing")
    if begun.registration.switched_off_at is not None:
        raise Problem("platform_off")
    form = FormRequest(request.form, secure=request.is_secure)
    with step("launch token"):
        gate = StrictLaunch(form, ReadOnlyCookies(request.cookies), login=begun, keys=key_cache()).validate()
    attempt.launch = gate.launch
    offer_way_back(gate.launch.return_url or begun.registration.issuer)
    opened = _open(gate, begun)
    return _enter(opened, state_hash, destination(gate.launch, opened))


def _open(gate: StrictLaunch, begun: LoginUnderWay) -> Opened:
    """Whoever used the login up gives it back, once: also where we say no to whom the platform proved."""
    beginning = beginning_of(begun, browser=brought(begun.state_hash) or "", token=_token(), issued_at=gate.issued_at)
    try:
        with step("launch arrival"):
            opened = open_visit(gate.launch, beginning)
    except Problem as problem:
        if problem.code != "replayed":
            give_login_back()
            raise
        # the same POST came twice at the same moment, and the other one was faster
        if again := _landed(login_under(begun.state_hash)):
            return again
        raise
    give_login_back()
    return opened


def _landed(begun: LoginUnderWay) -> Opened | None:
    return landed_already(begun, browser=brought(begun.state_hash), token=_token())


def _enter(opened: Opened, state_hash: str, path: str) -> ResponseReturnValue:
    """Into the visit. The login's cookie stays as long as the same POST may come again."""
    response = redirect(path, code=303)
    set_visit_cookie(response, opened)
    remember(response, state_hash, brought(state_hash) or "", for_=REPEATED_WITHIN)
    return response


def _token() -> str:
    return request.form.get("id_token", "")


def _state_hash() -> str:
    state = request.form.get("state", "")
    if not state or len(state) > 255:
        raise Problem("state_missing")
    return digest(state)


def _platform_refused(begun: LoginUnderWay) -> ResponseReturnValue:
    """The platform answered with `error` instead of a token (OpenID Connect core, section 3.1.2.6)."""
    check_browser(begun, brought(begun.state_hash))
    said = request.form["error"]
    with transaction() as connection:
        end_without_visit(begun, connection)
    raise Problem("platform_refused", facts={"error": said[:40] if said.isidentifier() else "unreadable"})
