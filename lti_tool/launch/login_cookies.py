"""The cookies of a login: one for each, with its secret, and one that says that this browser keeps any here at all.

All are `Partitioned`: what is kept in the LMS's frame is kept for that frame, and says nothing of a window.
"""

from datetime import timedelta

from flask import after_this_request, current_app, request
from werkzeug.wrappers import Response

_KEPT = "lti-kept"
_YEAR = timedelta(days=365)


def cookie_name(state_hash: str) -> str:
    """One cookie for each login, so that two tabs never meet. `__Host-` wherever the address is https."""
    prefix = "__Host-" if current_app.extensions["settings"].is_https else ""
    return f"{prefix}lti-{state_hash[:16]}"


def brought(state_hash: str) -> str | None:
    """The secret of this login, as the browser brought it back."""
    return request.cookies.get(cookie_name(state_hash))


def cookies_are_kept() -> bool:
    """Did the browser bring back any cookie of ours?"""
    return _KEPT in request.cookies


def remember(response: Response, state_hash: str, secret: str, *, for_: timedelta) -> None:
    _set(response, cookie_name(state_hash), secret, for_)
    leave_mark(response)


def leave_mark(response: Response) -> None:
    """A cookie that carries nothing: where it comes back, others will."""
    _set(response, _KEPT, "1", _YEAR)


def doubt_mark(state_hash: str) -> None:
    """Whoever comes without the cookie of this login may have kept an older one of ours: the next login looks anew."""
    if cookies_are_kept() and brought(state_hash) is None:

        @after_this_request
        def forget(response: Response) -> Response:
            _set(response, _KEPT, "", timedelta())
            return response


def _set(response: Response, name: str, value: str, for_: timedelta) -> None:
    response.set_cookie(
        name, value, max_age=for_, path="/", secure=True, httponly=True, samesite="None", partitioned=True
    )
