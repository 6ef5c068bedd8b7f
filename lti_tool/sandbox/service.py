"""What the roster and the gradebook services ask of every request, and how they answer in pages."""

import json
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlsplit

from flask import Response, abort, jsonify, make_response, request

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.access import Grant
from lti_tool.sandbox.behaviours import LinkStyle, Says
from lti_tool.sandbox.paging import PARAMETER, Page
from lti_tool.sandbox.platform import Platform, this_platform
from lti_tool.sandbox.world import Course


def allowed_scopes(platform: Platform) -> frozenset[str]:
    """The scopes this platform grants."""
    scopes = set(words.ALL_SCOPES)
    if platform.faults.without_roster:
        scopes.discard(words.ROSTER_SCOPE)
    if platform.faults.notices.without:
        scopes.discard(words.NOTICES_SCOPE)
    if platform.faults.without_gradebook:
        scopes.difference_update(words.GRADES_SCOPES)
    return frozenset(scopes)


def refuse_service(status: int, message: str) -> NoReturn:
    """End a service request with an answer that says why, in the way of this platform."""
    answer = _saying(this_platform().faults.behaviour.says, status, message)
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    abort(answer)


def _saying(how: Says, status: int, message: str) -> Response:
    match how:
        case "errors":
            kind = HTTPStatus(status).phrase.lower().replace(" ", "_")
            return make_response(jsonify(errors={"type": kind, "message": message}), status)
        case "reason":
            return Response("[]", status=f"{status} {message}", mimetype="application/json")
        case _:
            return make_response(jsonify(status=status, message=message), status)


def bearer_token() -> str:
    """The token the request carries, or the answer 401."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        refuse_service(401, "a bearer token is needed")
    return token


def need_scope(*any_of: str) -> Grant:
    """The grant of a good token for one of these scopes: 401 without a token, 403 without the scope."""
    platform = this_platform()
    if platform.faults.behaviour.needs_user_agent and not request.headers.get("User-Agent", "").strip():
        refuse_service(403, "a User-Agent is needed")
    grant = platform.tokens.grant(bearer_token())
    if grant is None:
        refuse_service(401, "the token is unknown or no longer good")
    allowed = allowed_scopes(platform)
    if allowed.isdisjoint(any_of):
        refuse_service(404, "this platform has no such service")
    if not grant.scopes & set(any_of):
        refuse_service(403, f"the token lacks the scope {any_of[0]}")
    return grant


def need_accept(media_type: str) -> None:
    """Go on only when the caller accepts exactly this media type: 406 otherwise."""
    if request.headers.get("Accept") != media_type:
        refuse_service(this_platform().faults.behaviour.wrong_type or 406, f"Accept must be exactly {media_type}")


def need_content_type(media_type: str) -> None:
    """Go on only when the body is said to be exactly this media type: 415 otherwise."""
    if request.headers.get("Content-Type") != media_type:
        refuse_service(this_platform().faults.behaviour.wrong_type or 415, f"Content-Type must be exactly {media_type}")


def read_object() -> dict[str, Any]:
    """The JSON object in the request's body: 400 for anything else, repeated names included."""
    try:
        document = json.loads(request.get_data(), object_pairs_hook=_without_repeats)
    except ValueError as error:
        refuse_service(400, f"the body is not JSON: {error}")
    if not isinstance(document, dict):
        refuse_service(400, "the body is not a JSON object")
    return document


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name is repeated")
    return members


def service_course(key: str) -> Course:
    """The course of a service address, or the answer 404."""
    course = this_platform().world.courses.get(key)
    if course is None:
        refuse_service(404, "there is no such course")
    return course


def asked_limit(most: int, *, unasked: int | None = None) -> int:
    """The page size asked for, never above `most`; 400 unless it is a whole number above nought."""
    text = request.args.get("limit")
    if text is None:
        return most if unasked is None else unasked
    if not (text.isascii() and text.isdigit()) or int(text) == 0:
        refuse_service(400, "limit must be a whole number above nought")
    return min(int(text), most)


def bookmarked() -> Page | None:
    """The page a bookmark in this request stands for; None without one, 400 for a wrong or altered one."""
    if PARAMETER not in request.args:
        return None
    page = this_platform().bookmarks.find(request.path, request.args[PARAMETER])
    if page is None or not request.args.keys() <= {PARAMETER, "type_id"}:
        refuse_service(400, "this is not an address that was handed out")
    return page


def add_next_link(answer: Response, following: Page | None, style: LinkStyle | None = None) -> None:
    """Name the next page's address (RFC 8288), in one of the spellings that real platforms use."""
    if following is None:
        return
    platform = this_platform()
    style = platform.faults.link_style if style in (None, "plain") else style
    # Comma and semicolon are legal in an address, and separate links and parameters outside of one.
    bookmark = platform.bookmarks.keep(following, ending=",;" if style == "punctuated" else "x")
    address = f"{platform.settings.url}{following.path}?{PARAMETER}={bookmark}"
    if style == "relative":
        parts = urlsplit(address)
        address = f"{parts.path}?{parts.query}"
    spellings = {
        "unquoted": f"<{address}>; rel=next",
        "upper": f'<{address}>;REL="NEXT"',
        # Moodle's line items: curly quotes, sent as UTF-8, and an address as HTML writes it.
        "curly": f"<{address.replace('?', '?type_id=1&amp;')}>; rel=“next”".encode().decode("latin-1"),
        "listed": f'<{address}> ; title="a, b; rel=\\"last\\"" ; rel="alternate next"',
    }
    if style == "several":
        answer.headers.add("Link", f'<{request.base_url}>; rel="first", <{request.url}>; rel="current"')
    answer.headers.add("Link", spellings.get(style, f'<{address}>; rel="next"'))
