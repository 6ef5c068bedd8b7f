"""The temporary platform, served: what every one of its addresses shares.

These addresses face the internet while a run is on. They answer 404 but for the one run that is under way and that the
address names by its secret, take small bodies, and keep no more calls than a run can need. What arrived is written down
as evidence: this is why a GET here writes (decision 31).
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from flask import Response, abort, request
from sqlalchemy import func, select

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.digests import digest, same
from lti_tool.errors import Problem
from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.selftest.model import SelfTest, SelfTestCall
from lti_tool.launch.selftest.words import SCOPES
from lti_tool.logs import log
from lti_tool.words import to_say

TOKEN_SECONDS = 600
_BODY, _LONGEST_TOKEN = 64 * 1024, 200
_MOST_CALLS = 600
_UNNAMED = Sentence(to_say("%(header)s does not name %(type)s"), header=r"[\w-]+", type=r"\S+")


@dataclass(frozen=True)
class Run:
    """The run that an address names. `base` is where its addresses begin."""

    id: str
    base: str
    world: Mapping[str, Any]


def run_of(secret: str) -> Run:
    """The run under way that this secret opens. Raises `Problem` not_found."""
    request.max_content_length = _BODY
    row = db.session.scalar(
        select(SelfTest).where(SelfTest.secret_hash == digest(secret), SelfTest.state == "running")
    )
    if row is None or "base" not in row.world:
        raise Problem("not_found")
    calls = db.session.scalar(select(func.count()).select_from(SelfTestCall).where(SelfTestCall.run_id == row.id))
    if (calls or 0) >= _MOST_CALLS:
        raise Problem("too_many")
    return Run(row.id, str(row.world["base"]), row.world)


def keep(run: Run, service: str, **facts: Any) -> str:
    """Write a call down. Answers its id."""
    with transaction():
        call = SelfTestCall(run_id=run.id, service=service, facts=facts)
        db.session.add(call)
        db.session.flush()
        return call.id


def calls_of(run_id: str, service: str) -> list[dict[str, Any]]:
    """The facts of every call of a service, the oldest first."""
    query = select(SelfTestCall.facts).where(SelfTestCall.run_id == run_id, SelfTestCall.service == service)
    found = list(db.session.scalars(query.order_by(SelfTestCall.id)))
    db.session.rollback()
    return found


def refuse(run: Run, service: str, status: int, why: str, **facts: Any) -> NoReturn:
    """Say no, and keep why: `why` is a sentence of ours."""
    keep(run, service, refused=why, **facts)
    log.info("self_test_refused", service=service, status=status)
    abort(json_answer({"error": why}, "application/json", status))


def need_scope(run: Run, service: str, wanted: Collection[str]) -> str:
    """The token's first scope that fits. Refuses a call without a good token (RFC 6750, section 3.1)."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not 0 < len(token) <= _LONGEST_TOKEN:
        refuse(run, service, 401, to_say("no bearer token"))
    given = [one for one in calls_of(run.id, "token") if "token_hash" in one]
    hashed, now = digest(token), clock.now().timestamp()
    scopes = [one["scopes"] for one in given if same(one["token_hash"], hashed) and one["until"] > now]
    if not scopes:
        refuse(run, service, 401, to_say("a token that was never given out, or has run out"))
    fitting = [scope for scope in scopes[0] if scope in wanted]
    if not fitting:
        refuse(run, service, 403, to_say("a token without the scope that this needs"))
    return str(fitting[0])


def need_header(run: Run, service: str, name: str, media_type: str, status: int) -> None:
    """Exactly the media type, among whatever else is accepted."""
    said = [part.partition(";")[0].strip().lower() for part in request.headers.get(name, "").split(",")]
    if media_type not in said:
        refuse(run, service, status, _UNNAMED(header=name, type=media_type))


def read_object(run: Run, service: str) -> dict[str, Any]:
    try:
        value = json.loads(request.get_data(cache=False).decode("utf-8"))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        refuse(run, service, 400, to_say("the body is no JSON object"))
    return value


def json_answer(document: object, media_type: str, status: int = 200, *, link: str = "") -> Response:
    answer = Response(json.dumps(document), status=status, content_type=media_type)
    answer.headers["Cache-Control"] = "no-store"
    if link:
        answer.headers["Link"] = link
    return answer


def known_scopes(said: str) -> list[str]:
    return [scope for scope in SCOPES if scope in said.split(" ")]
