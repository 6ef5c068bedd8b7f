"""The door's own pages: login, launch and keys."""

from urllib.parse import urlencode, urlsplit

from flask import after_this_request, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.launch.arrival import consume, open_visit
from lti_tool.launch.digests import digest
from lti_tool.launch.keys import published_keys
from lti_tool.launch.library import FormRequest, ReadOnlyCookies, StrictLaunch
from lti_tool.launch.login import (
    LIFE,
    Login,
    LoginRequest,
    LoginUnderWay,
    begin_login,
    check_browser,
    check_waiting,
    cookie_name,
    login_under,
    platform_address,
    read_login,
)
from lti_tool.launch.platform_keys import key_cache
from lti_tool.launch.visits import set_visit_cookie
from lti_tool.limits import limiter, logins
from lti_tool.people.access import Permission, needs
from lti_tool.web import allow_framing_by, allow_posting_to, offer_way_back

_KEPT = "lti-kept"
_YEAR = 365 * 24 * 3600
_KEYS_FRESH = 300
_LONGEST_ADDRESS = 8000


@needs(Permission.PUBLIC)
@limiter.limit(logins)
def login(registration_id: str | None = None) -> ResponseReturnValue:
    """OIDC initiation, by GET or POST; the second round of a framed login arrives here too, with `look`."""
    allow_framing_by(("*",))
    if request.method == "HEAD":  # a login that nobody can go on with would only fill the table
        raise Problem("method_not_allowed", headers={"Allow": "GET, POST"})
    params = request.form if request.method == "POST" else request.args
    asked = read_login(params, registration_id)
    if request.method == "GET" and "look" in request.args:
        return _look(asked, request.args["look"])
    framed = request.headers.get("Sec-Fetch-Dest") in ("iframe", "frame", "embed", "object")
    with transaction():
        begun = begin_login(asked, framed=framed)
    if framed and _KEPT not in request.cookies:
        return _go_round(asked, begun)
    return _go_to_platform(asked, begun)


@needs(Permission.PUBLIC)
def launch() -> ResponseReturnValue:
    """The platform's POST: an id_token for a login that this browser began, or the platform's refusal."""
    allow_framing_by(("*",))
    state_hash = _state_hash()
    begun = login_under(state_hash)
    offer_way_back(begun.registration.issuer)
    _doubt_cookies(state_hash)
    check_waiting(begun)
    if "error" in request.form:
        return _platform_refused(begun)
    if not request.form.get("id_token"):
        raise Problem("token_missing")
    if begun.registration.switched_off_at is not None:
        raise Problem("platform_off")
    form = FormRequest(request.form, secure=request.is_secure)
    gate = StrictLaunch(form, ReadOnlyCookies(request.cookies), login=begun, keys=key_cache()).validate()
    offer_way_back(gate.launch.return_url or begun.registration.issuer)
    opened = open_visit(gate.launch, begun)
    response = redirect(opened.path, code=303)
    set_visit_cookie(response, opened)
    _forget(response, state_hash)
    return response


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


def _look(asked: LoginRequest, state_hash: str) -> ResponseReturnValue:
    """Did the cookie come back? Then on to the platform under a fresh state; else offer the new window.

    The round names the login by its hash: the state itself stands in no address of ours.
    """
    earlier = login_under(state_hash)
    check_waiting(earlier)
    secret = request.cookies.get(cookie_name(state_hash))
    if secret is None:
        return _offer_window(asked)
    check_browser(earlier, secret)
    if earlier.registration.id != asked.registration.id:
        raise Problem("registration_mismatch")
    with transaction():
        begun = begin_login(asked, framed=True)
    response = make_response(_go_to_platform(asked, begun))
    _forget(response, state_hash)
    return response


def _go_round(asked: LoginRequest, begun: Login) -> ResponseReturnValue:
    around = f"{request.path}?{urlencode({**asked.params, 'look': begun.state_hash})}"
    if len(around) > _LONGEST_ADDRESS:  # hints too long to carry round: no server in between would take them
        return _go_to_platform(asked, begun)
    response = redirect(around, code=303)
    _remember(response, begun)
    return response


def _go_to_platform(asked: LoginRequest, begun: Login) -> ResponseReturnValue:
    response = redirect(platform_address(asked, state=begun.state, nonce=begun.nonce), code=303)
    _remember(response, begun)
    return response


def _offer_window(asked: LoginRequest) -> ResponseReturnValue:
    """The frame keeps no cookie: one button goes on in a window of its own, and the frame says where to look."""
    parts = urlsplit(asked.registration.auth_url)
    allow_posting_to((f"{parts.scheme}://{parts.netloc}",))
    return render_template("launch/window.html", params=asked.params, action=request.path)


def _remember(response: Response, begun: Login) -> None:
    life = int(LIFE.total_seconds())
    _cookie(response, begun.cookie, begun.browser, max_age=life)
    _cookie(response, _KEPT, "1", max_age=_YEAR)


def _doubt_cookies(state_hash: str) -> None:
    """Whoever comes without the cookie of this login may have kept an older one of ours: the next login looks anew."""
    if _KEPT in request.cookies and cookie_name(state_hash) not in request.cookies:

        @after_this_request
        def forget_kept(response: Response) -> Response:
            _cookie(response, _KEPT, "", max_age=0)
            return response


def _forget(response: Response, state_hash: str) -> None:
    _cookie(response, cookie_name(state_hash), "", max_age=0)


def _cookie(response: Response, name: str, value: str, max_age: int) -> None:
    response.set_cookie(
        name, value, max_age=max_age, path="/", secure=True, httponly=True, samesite="None", partitioned=True
    )


def _state_hash() -> str:
    state = request.form.get("state", "")
    if not state or len(state) > 255:
        raise Problem("state_missing")
    return digest(state)


def _platform_refused(begun: LoginUnderWay) -> ResponseReturnValue:
    """The platform answered with `error` instead of a token (OpenID Connect core, section 3.1.2.6)."""
    check_browser(begun, request.cookies.get(cookie_name(begun.state_hash)))
    said = request.form["error"]
    with transaction() as connection:
        consume(begun.state_hash, connection)
    raise Problem("platform_refused", facts={"error": said[:40] if said.isidentifier() else "unreadable"})
