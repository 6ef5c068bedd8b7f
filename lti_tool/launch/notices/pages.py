"""The address that platforms send notices to. No browser comes here: no cookie, no form, JSON in and out."""

from collections.abc import Mapping

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from lti_tool.errors import Problem
from lti_tool.launch.notices.receiving import read_batch, take_in
from lti_tool.launch.platform_keys import key_cache
from lti_tool.limits import count_notices
from lti_tool.people.access import Permission, needs

LONGEST_BODY = 1024 * 1024


@needs(Permission.PUBLIC)
def notices() -> ResponseReturnValue:
    """POST /lti/notices, `{"notices": [{"jwt": …}]}`: 200 once everything good in it is kept, and how many that is.

    With nothing good in it, the status of the first refusal. (Platform Notification Service 1.0)
    """
    try:
        count_notices()
        taken = take_in(read_batch(_body()), key_cache())
    except Problem as refused:
        return _answer(0, [refused], refused.status, refused.headers)
    return _answer(taken.good, taken.refused, 200 if taken.good else taken.refused[0].status)


def _body() -> bytes:
    """Raises `Problem` too_large."""
    request.max_content_length = LONGEST_BODY
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise Problem("too_large") from None


def _answer(
    good: int, refused: list[Problem], status: int, headers: Mapping[str, str] | None = None
) -> ResponseReturnValue:  # fmt: skip
    answer = jsonify(taken=good, refused=[_said(one) for one in refused])
    return answer, status, {"Cache-Control": "no-store", **(headers or {})}


def _said(problem: Problem) -> dict[str, str]:
    """Programs read English, whatever languages they say that they take."""
    return {"code": problem.code, "message": problem.detail or problem.entry.what, "reference": problem.reference}
