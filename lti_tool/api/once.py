"""Acting once: in one transaction, and under an `Idempotency-Key` at most once however often it is asked for.

The key is written first, in the transaction that acts. Of two requests at once the second waits for it and gets the
first one's answer. A refusal changes nothing and uses up no key: the transaction that wrote it is rolled back.
"""

import hashlib
from collections.abc import Callable

from flask import Response, g, request
from pydantic import BaseModel, Field
from sqlalchemy.exc import IntegrityError

from lti_tool.api.admission import holder_here
from lti_tool.api.fields import Asked
from lti_tool.api.model import GivenAnswer
from lti_tool.db import db, transaction
from lti_tool.errors import Problem

_HEADER = "Idempotency-Key"
_TRIES = 3
Act = Callable[[], BaseModel | None]


class WritingHeaders(Asked):
    """What a request that changes something may carry."""

    key: str | None = Field(
        default=None, alias=_HEADER, pattern=r"^[ -~]{1,255}$",
        description="Names this request: a repeat within a day gets the first answer again and changes nothing.",
    )  # fmt: skip


def once(act: Act, *, status: int = 200) -> Response:
    """What `act` answers, as JSON under `status`; nothing at all under 204.

    Where somebody else wrote the same thing at the same moment, `act` starts afresh and sees it.
    """
    key = request.headers.get(_HEADER)
    for _ in range(_TRIES):
        try:
            with transaction():
                if key is None:
                    return _response(status, _body(act))
                return _first_answer(key, act, status)
        except IntegrityError:
            continue
    raise Problem("conflict")


def answered_before() -> Response | None:
    """The first answer under this request's key, if there is one: for pages that need, before they act, what may be
    gone by now.
    """
    key = request.headers.get(_HEADER)
    given = db.session.get(GivenAnswer, (holder_here().token, key)) if key else None
    return _again(given) if given is not None else None


def _first_answer(key: str, act: Act, status: int) -> Response:
    token = holder_here().token
    given = db.session.get(GivenAnswer, (token, key))
    if given is not None:
        return _again(given)
    given = GivenAnswer(token_id=token, key=key, request_hash=_request_hash(), status=status, body=b"")
    db.session.add(given)
    db.session.flush()
    given.body = _body(act)
    return _response(status, given.body)


def _again(given: GivenAnswer) -> Response:
    if given.request_hash != _request_hash():
        raise Problem("idempotency_key_reused")
    response = _response(given.status, given.body)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _request_hash() -> str:
    words = (request.method, request.path, g.get("api_said", ""))
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def _body(act: Act) -> bytes:
    answer = act()
    return answer.model_dump_json().encode() if answer else b""


def _response(status: int, body: bytes) -> Response:
    response = Response(body, status, mimetype="application/json")
    if status == 204:
        del response.headers["Content-Type"]
    return response
