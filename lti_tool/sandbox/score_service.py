"""The address scores are sent to: who may get one, and what the answer is."""

from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.gradebook import StaleScoreError
from lti_tool.sandbox.line_items import item_or_404
from lti_tool.sandbox.platform import this_platform
from lti_tool.sandbox.scores import BadScoreError, read_score
from lti_tool.sandbox.service import (
    need_content_type,
    need_scope,
    read_object,
    refuse_service,
    service_course,
)

blueprint = Blueprint("score_service", __name__)


@blueprint.post("/courses/<course>/lineitems/<item>/scores", endpoint="scores")
def post_score(course: str, item: str) -> Response:
    """Keep a score: 400 for a broken rule, 422 for somebody who is not graded, 409 for a time not later."""
    need_scope(words.SCORE_SCOPE)
    need_content_type(words.SCORE_TYPE)
    platform = this_platform()
    place = service_course(course)
    kept = item_or_404(place, item)
    try:
        score = read_score(read_object(), datetime.now(UTC))
    except BadScoreError as fault:
        refuse_service(400, str(fault))
    if platform.world.graded_person(place, score.sub) is None:
        refuse_service(422, "userId is not an active learner of the course")
    try:
        platform.gradebook.record(kept, score)
    except StaleScoreError:
        refuse_service(409, "timestamp is not later than that of the score already kept")
    address = f"{platform.settings.url}/courses/{place.key}/lineitems/{kept.id}/results/{score.sub}"
    return jsonify(resultUrl=address)
