"""The address scores are sent to: who may get one, and what the answer is."""

from datetime import UTC, datetime, timedelta
from typing import NoReturn

from flask import Blueprint, Response, jsonify

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.gradebook import StaleScoreError
from lti_tool.sandbox.line_items import item_or_404
from lti_tool.sandbox.platform import Platform, this_platform
from lti_tool.sandbox.scores import BadScoreError, read_score
from lti_tool.sandbox.service import (
    need_content_type,
    need_scope,
    read_object,
    refuse_service,
    service_course,
)
from lti_tool.sandbox.world import Course

blueprint = Blueprint("score_service", __name__)


def _refuse_person(platform: Platform, course: Course, sub: str) -> NoReturn:
    """Somebody of the course who gets no grades, or somebody whom it does not know."""
    known = any(person.sub == sub for person, _ in platform.world.listed(course))
    behaves = platform.faults.behaviour
    refuse_service(behaves.ungraded if known else behaves.unknown, "userId is not an active learner of the course")


@blueprint.post("/courses/<course>/lineitems/<item>/scores", endpoint="scores")
def post_score(course: str, item: str) -> Response:
    """Keep a score: 400 for a broken rule, 422 for somebody who is not graded, 409 for a time not later.

    Statuses as this platform has them: see `Behaviour`.
    """
    need_scope(words.SCORE_SCOPE)
    need_content_type(words.SCORE_TYPE)
    platform = this_platform()
    place = service_course(course)
    kept = item_or_404(place, item)
    behaves, now = platform.faults.behaviour, datetime.now(UTC) + timedelta(seconds=platform.faults.clock_skew)
    try:
        score = read_score(read_object(), now, takes_future=behaves.takes_future)
    except BadScoreError as fault:
        refuse_service(400, str(fault))
    if platform.world.graded_person(place, score.sub) is None:
        _refuse_person(platform, place, score.sub)
    try:
        platform.gradebook.record(kept, score, behaves)
    except StaleScoreError:
        refuse_service(behaves.stale, "timestamp is not later than that of the score already kept")
    address = f"{platform.settings.url}/courses/{place.key}/lineitems/{kept.id}/results/{score.sub}"
    return jsonify(resultUrl=address)
