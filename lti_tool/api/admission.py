"""Before any page of the API: whose token this is and what it may do; after it: no cookie, and nothing is kept."""

import re

from flask import Response, current_app, g, request
from flask_limiter.util import get_remote_address

from lti_tool.api.fields import ID_FORM
from lti_tool.api.tokens import Holder, holder_of
from lti_tool.digests import digest
from lti_tool.errors import Problem
from lti_tool.limits import counted_as
from lti_tool.people.access import Permission
from lti_tool.people.deeds import a_program_acts

MOST_JSON = 1024 * 1024
_READING = ("GET", "HEAD")
_BEARER = re.compile(r"bearer +([!-~]{1,512}) *", re.IGNORECASE)


def holder_here() -> Holder:
    """For pages that asked for a token."""
    holder: Holder = g.api_holder
    return holder


def admit() -> None:
    """Public pages let everybody in. Every other one asks for a token, and for one that may write to change anything.

    An id that cannot be one of ours is nobody's: it need not be looked for.
    """
    if request.mimetype != "multipart/form-data":
        request.max_content_length = MOST_JSON
    page = current_app.view_functions[request.endpoint or ""]
    if getattr(page, "permission", None) is Permission.PUBLIC:
        return
    g.api_holder = holder = _holder()
    a_program_acts(holder.token)
    if holder.read_only and request.method not in _READING and not getattr(page, "changes_nothing", False):
        raise Problem("api_read_only")
    if not all(re.fullmatch(ID_FORM, str(value)) for value in (request.view_args or {}).values()):
        raise Problem("not_found")


def seal(response: Response) -> Response:
    """What the API says is for this program at this moment; it may be nobody's page, script or frame."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    if response.status_code == 429:
        response.headers["Retry-After"] = "60"
    return response


def caller() -> str:
    """Who is counted: the token, whether it is valid or not."""
    said = request.headers.get("Authorization", "")
    return digest(said) if said else counted_as(get_remote_address())


def calls_of_one_caller() -> str:
    """How often one program may ask."""
    return str(current_app.extensions["settings"].api_caller_limit)


def calls_of_one_address() -> str:
    """Several programs may run behind one address; somebody who tries tokens runs there too."""
    return str(current_app.extensions["settings"].api_address_limit)


def _holder() -> Holder:
    said = request.headers.get("Authorization")
    bearer = _BEARER.fullmatch(said) if said else None
    if bearer is None:
        raise Problem("api_token_needed", headers={"WWW-Authenticate": 'Bearer realm="api"'})
    holder = holder_of(bearer[1])
    if holder is None:
        challenge = 'Bearer realm="api", error="invalid_token"'
        raise Problem("api_token_wrong", headers={"WWW-Authenticate": challenge})
    return holder
