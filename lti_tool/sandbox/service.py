"""What the roster and the gradebook services ask of every request, and how they answer in pages."""

import json
from typing import Any, NoReturn
from urllib.parse import urlsplit

from flask import Response, abort, jsonify, make_response, request

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.access import Grant
from lti_tool.sandbox.paging import PARAMETER, Page
from lti_tool.sandbox.platform import Platform, this_platform
from lti_tool.sandbox.world import Course


def allowed_scopes(platform: Platform) -> frozenset[str]:
    """The scopes this platform grants."""
    scopes = set(words.ALL_SCOPES)
    if platform.faults.without_roster:
        scopes.discard(words.ROSTER_SCOPE)
    if platform.faults.without_gradebook:
        scopes.difference_update(words.GRADES_SCOPES)
    return frozenset(scopes)


def refuse_service(status: int, message: str) -> NoReturn:
    """End a service request with a JSON answer that says why."""
    answer = make_response(jsonify(status=status, message=message), status)
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    abort(answer)


def bearer_token() -> str:
    """The token the request carries, or the answer 401."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        refuse_service(401, "a bearer token is needed")
    return token


def need_scope(*any_of: str) -> Grant:
    """The grant of a good token for one of these scopes: 401 without a token, 403 without the scope."""
    platform = this_platform()
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
        refuse_service(406, f"Accept must be exactly {media_type}")


def need_content_type(media_type: str) -> None:
    """Go on only when the body is said to be exactly this media type: 415 otherwise."""
    if request.headers.get("Content-Type") != media_type:
        refuse_service(415, f"Content-Type must be exactly {media_type}")


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


def asked_limit(most: int) -> int:
    """The page size asked for, never above ours; 400 unless it is a whole number above nought."""
    text = request.args.get("limit")
    if text is None:
        return most
    if not (text.isascii() and text.isdigit()) or int(text) == 0:
        refuse_service(400, "limit must be a whole number above nought")
    return min(int(text), most)


def bookmarked() -> Page | None:
    """The page a bookmark in this request stands for; None without one, 400 for a wrong or altered one."""
    if PARAMETER not in request.args:
        return None
    page = this_platform().bookmarks.find(request.path, request.args[PARAMETER])
    if page is None or len(request.args) != 1:
        refuse_service(400, "this is not an address that was handed out")
    return page


def add_next_link(answer: Response, following: Page | None) -> None:
    """Name the next page's address (RFC 8288), in one of the spellings that real platforms use."""
    if following is None:
        return
    platform = this_platform()
    style = platform.faults.link_style
    # Comma and semicolon are legal in an address, and separate links and parameters outside of one.
    bookmark = platform.bookmarks.keep(following, ending=",;" if style == "punctuated" else "x")
    address = f"{platform.settings.url}{following.path}?{PARAMETER}={bookmark}"
    if style == "relative":
        parts = urlsplit(address)
        address = f"{parts.path}?{parts.query}"
    spellings = {
        "unquoted": f"<{address}>; rel=next",
        "upper": f'<{address}>;REL="NEXT"',
        "listed": f'<{address}> ; title="a, b; rel=\\"last\\"" ; rel="alternate next"',
    }
    if style == "several":
        answer.headers.add("Link", f'<{request.base_url}>; rel="first", <{request.url}>; rel="current"')
    answer.headers.add("Link", spellings.get(style, f'<{address}>; rel="next"'))
