"""Assignment and Grade Services 2.0: line items, and the results that come of scores."""

import json
from typing import Any, NoReturn

from flask import Blueprint, Response, request

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.gradebook import LineItem, Score
from lti_tool.sandbox.paging import Page
from lti_tool.sandbox.platform import this_platform
from lti_tool.sandbox.scores import is_number
from lti_tool.sandbox.service import (
    add_next_link,
    asked_limit,
    bookmarked,
    need_accept,
    need_content_type,
    need_scope,
    read_object,
    refuse_service,
    service_course,
)
from lti_tool.sandbox.world import Course

blueprint = Blueprint("line_items", __name__)

_TEXTS = ("resourceId", "tag", "resourceLinkId", "startDateTime", "endDateTime")
_KNOWN = {"id", "label", "scoreMaximum", "gradesReleased", "submissionReview", *_TEXTS}


def item_or_404(course: Course, item_id: str) -> LineItem:
    """The line item of a service address, or the answer 404."""
    item = this_platform().gradebook.find(course.key, item_id)
    if item is None:
        refuse_service(404, "the course has no such line item")
    return item


def _address(item: LineItem) -> str:
    return f"{this_platform().settings.url}/courses/{item.course}/lineitems/{item.id}"


def _document(item: LineItem) -> dict[str, Any]:
    return {"id": _address(item), **item.members}


def _json(document: object, media_type: str, status: int = 200) -> Response:
    return Response(json.dumps(document, ensure_ascii=False), status=status, content_type=media_type)


@blueprint.get("/courses/<course>/lineitems", endpoint="line_items")
def list_items(course: str) -> Response:
    """A page of the container, narrowed by `resource_link_id`, `resource_id` and `tag`."""
    need_scope(words.LINE_ITEM_SCOPE, words.LINE_ITEM_READ_SCOPE)
    need_accept(words.LINE_ITEMS_TYPE)
    place = service_course(course)
    page = bookmarked()
    if page is None:
        platform = this_platform()
        items = platform.gradebook.items(
            place.key,
            resource_link_id=request.args.get("resource_link_id"),
            resource_id=request.args.get("resource_id"),
            tag=request.args.get("tag"),
        )
        page = Page(request.path, tuple(items), asked_limit(platform.settings.page_size))
    answer = _json([_document(item) for item in page.shown], words.LINE_ITEMS_TYPE)
    add_next_link(answer, page.following(), this_platform().faults.behaviour.links)
    return answer


@blueprint.post("/courses/<course>/lineitems", endpoint="line_items_create")
def create_item(course: str) -> Response:
    """Make a line item; answers 201 with it."""
    need_scope(words.LINE_ITEM_SCOPE)
    need_content_type(words.LINE_ITEM_TYPE)
    place = service_course(course)
    members = _checked(place, read_object())
    if "id" in members:
        _refuse("id is given by the platform")
    item = this_platform().gradebook.add(place.key, members)
    answer = _json(_document(item), words.LINE_ITEM_TYPE, status=201)
    answer.headers["Location"] = _address(item)
    return answer


@blueprint.get("/courses/<course>/lineitems/<item>", endpoint="line_item")
def show_item(course: str, item: str) -> Response:
    """One line item."""
    need_scope(words.LINE_ITEM_SCOPE, words.LINE_ITEM_READ_SCOPE)
    need_accept(words.LINE_ITEM_TYPE)
    return _json(_document(item_or_404(service_course(course), item)), words.LINE_ITEM_TYPE)


@blueprint.put("/courses/<course>/lineitems/<item>", endpoint="line_item_replace")
def replace_item(course: str, item: str) -> Response:
    """Put a whole line item in the place of the old: what is not repeated is gone (AGS 2.0, 3.2.5)."""
    need_scope(words.LINE_ITEM_SCOPE)
    need_content_type(words.LINE_ITEM_TYPE)
    place = service_course(course)
    kept = item_or_404(place, item)
    members = _checked(place, read_object())
    if "id" in members and this_platform().faults.behaviour.refuses_id:
        _refuse("id is read only")
    if members.pop("id", _address(kept)) != _address(kept):
        _refuse("id is that of another line item")
    if members.get("resourceLinkId") != kept.members.get("resourceLinkId"):
        _refuse("resourceLinkId cannot be changed")
    this_platform().gradebook.replace(kept, members)
    return _json(_document(kept), words.LINE_ITEM_TYPE)


@blueprint.delete("/courses/<course>/lineitems/<item>", endpoint="line_item_delete")
def delete_item(course: str, item: str) -> Response:
    """Remove a line item with its scores."""
    need_scope(words.LINE_ITEM_SCOPE)
    kept, guarded = item_or_404(service_course(course), item), this_platform().faults.behaviour.guards_coupled
    if guarded is not None and kept.members.get("resourceLinkId"):
        refuse_service(guarded, "the column belongs to a link")
    this_platform().gradebook.remove(kept)
    return Response(status=204)


@blueprint.get("/courses/<course>/lineitems/<item>/results", endpoint="results")
def results(course: str, item: str) -> Response:
    """A page of results, narrowed by `user_id`: final scores on the line item's own scale."""
    need_scope(words.RESULT_SCOPE)
    need_accept(words.RESULTS_TYPE)
    kept = item_or_404(service_course(course), item)
    page, behaves = bookmarked(), this_platform().faults.behaviour
    if "limit" in request.args and behaves.limit_is_a_page:
        return Response("<!doctype html><title>Error</title><h1>Not found</h1>", 404, mimetype="text/html")
    if page is None:
        platform = this_platform()
        user = request.args.get("user_id")
        scores = [score for score in platform.gradebook.scores(kept) if user in (None, score.sub)]
        page = Page(request.path, tuple(scores), asked_limit(platform.settings.page_size))
    without = {"comment"} if behaves.drops_comments and "user_id" in request.args else set()
    found = [{name: said for name, said in _result(kept, score).items() if name not in without} for score in page.shown]
    answer = _json(found, words.RESULTS_TYPE)
    add_next_link(answer, page.following(), behaves.links)
    return answer


def _result(item: LineItem, score: Score) -> dict[str, Any]:
    members = {
        "id": f"{_address(item)}/results/{score.sub}",
        "scoreOf": _address(item),
        "userId": score.sub,
        "resultScore": score.result(item.score_maximum),
        "resultMaximum": item.score_maximum,
        "comment": score.comment,
        "scoringUserId": score.scoring_user,
    }
    return {name: value for name, value in members.items() if value is not None}


def _refuse(message: str) -> NoReturn:
    refuse_service(400, message)


def _checked(course: Course, members: dict[str, Any]) -> dict[str, Any]:
    # AGS 2.0, 3.2: extensions are named by full addresses, everything else by the specification.
    for name in members:
        if name not in _KNOWN and "://" not in name:
            _refuse(f"{name} is not a member of a line item")
    label = members.get("label")
    if not isinstance(label, str) or not label.strip():
        _refuse("label must be text and not blank")
    maximum = members.get("scoreMaximum")
    if not is_number(maximum) or maximum <= 0:
        _refuse("scoreMaximum must be a number above nought")
    for name in _TEXTS:
        if name in members and not isinstance(members[name], str):
            _refuse(f"{name} must be text")
    link_id = members.get("resourceLinkId")
    if link_id is not None and course.placement_of_link(link_id) is None:
        refuse_service(404, "the course has no such resource link")
    return members
