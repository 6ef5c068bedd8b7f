"""The temporary platform's gradebook, strict to the letter. (AGS 2.0, section 3.)

Line items and scores are what was written down of the calls: nothing else is kept.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import Response, request

from lti_tool import clock
from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.selftest.endpoints import COURSE
from lti_tool.launch.selftest.lms import LEARNERS, TEACHER
from lti_tool.launch.selftest.service import (
    Run,
    calls_of,
    json_answer,
    keep,
    need_header,
    need_scope,
    read_object,
    refuse,
    run_of,
)
from lti_tool.launch.selftest.words import (
    LINE_ITEM_READ_SCOPE,
    LINE_ITEM_SCOPE,
    LINE_ITEM_TYPE,
    LINE_ITEMS_TYPE,
    RESULT_SCOPE,
    RESULTS_TYPE,
    SCORE_SCOPE,
    SCORE_TYPE,
)
from lti_tool.people.access import Permission, needs
from lti_tool.words import to_say

_ITEM_MEMBERS = {
    "id", "label", "scoreMaximum", "resourceId", "tag", "resourceLinkId", "startDateTime", "endDateTime",
    "gradesReleased", "submissionReview",
}  # fmt: skip
_SCORE_MEMBERS = {
    "userId", "scoreGiven", "scoreMaximum", "comment", "activityProgress", "gradingProgress", "timestamp",
    "scoringUserId", "submission",
}  # fmt: skip
_NO_MEMBERS_OF_ITEM = Sentence(to_say("no members of a line item: %(names)s"))
_NO_MEMBERS_OF_SCORE = Sentence(to_say("no members of a score: %(names)s"))
_ACTIVITY = ("Initialized", "Started", "InProgress", "Submitted", "Completed")
_GRADING = ("FullyGraded", "Pending", "PendingManual", "Failed", "NotReady")
_MOST_POINTS = 10**9
_AHEAD = timedelta(minutes=1)
_READ = {LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE}

Item = dict[str, Any]


def items_of(run_id: str) -> dict[str, Item]:
    """The line items by number, as the newest call left each."""
    found: dict[str, Item] = {}
    for call in calls_of(run_id, "line_item"):
        if "item" in call:
            found[call["number"]] = call["item"]
    return found


def scores_of(run_id: str, number: str) -> dict[str, Item]:
    """The newest score of each person in a line item."""
    return {one["score"]["userId"]: one["score"] for one in calls_of(run_id, "score") if one.get("number") == number}


@needs(Permission.PUBLIC)
def line_items(secret: str, course: str) -> Response:
    """GET /lti/self-test/<secret>/<course>/lineitems, narrowed by resource_link_id, resource_id and tag"""
    run = _run(secret, course)
    need_scope(run, "line_items", _READ)
    need_header(run, "line_items", "Accept", LINE_ITEMS_TYPE, 406)
    asked = {
        member: request.args[name]
        for name, member in (("resource_link_id", "resourceLinkId"), ("resource_id", "resourceId"), ("tag", "tag"))
        if name in request.args
    }
    found = [
        _document(run, number, item)
        for number, item in items_of(run.id).items()
        if all(item.get(member) == value for member, value in asked.items())
    ]
    keep(run, "line_items", narrowed_by=sorted(asked), found=len(found))
    return json_answer(found, LINE_ITEMS_TYPE)


@needs(Permission.PUBLIC)
def create_line_item(secret: str, course: str) -> Response:
    """POST /lti/self-test/<secret>/<course>/lineitems"""
    run = _run(secret, course)
    need_scope(run, "line_item", {LINE_ITEM_SCOPE})
    need_header(run, "line_item", "Content-Type", LINE_ITEM_TYPE, 415)
    item = _checked_item(run)
    if "id" in item:
        refuse(run, "line_item", 400, to_say("a new line item has no id"))
    number = str(len(items_of(run.id)) + 1)
    keep(run, "line_item", number=number, item=item, made=True)
    return json_answer(_document(run, number, item), LINE_ITEM_TYPE, 201)


@needs(Permission.PUBLIC)
def line_item(secret: str, course: str, number: str) -> Response:
    """GET /lti/self-test/<secret>/<course>/lineitems/<number>"""
    run = _run(secret, course)
    need_scope(run, "line_items", _READ)
    need_header(run, "line_items", "Accept", LINE_ITEM_TYPE, 406)
    return json_answer(_document(run, number, _item(run, number)), LINE_ITEM_TYPE)


@needs(Permission.PUBLIC)
def replace_line_item(secret: str, course: str, number: str) -> Response:
    """PUT /lti/self-test/<secret>/<course>/lineitems/<number>: the whole of it (AGS 2.0, section 3.2.5)"""
    run = _run(secret, course)
    need_scope(run, "line_item", {LINE_ITEM_SCOPE})
    need_header(run, "line_item", "Content-Type", LINE_ITEM_TYPE, 415)
    before, item = _item(run, number), _checked_item(run)
    if item.pop("id", _address(run, number)) != _address(run, number):
        refuse(run, "line_item", 400, to_say("the id is that of another line item"))
    if item.get("resourceLinkId") != before.get("resourceLinkId"):
        refuse(run, "line_item", 400, to_say("resourceLinkId cannot be changed"))
    keep(run, "line_item", number=number, item=item)
    return json_answer(_document(run, number, item), LINE_ITEM_TYPE)


@needs(Permission.PUBLIC)
def post_score(secret: str, course: str, number: str) -> Response:
    """POST /lti/self-test/<secret>/<course>/lineitems/<number>/scores"""
    run = _run(secret, course)
    need_scope(run, "score", {SCORE_SCOPE})
    need_header(run, "score", "Content-Type", SCORE_TYPE, 415)
    _item(run, number)
    score = read_object(run, "score")
    wrong = _wrong_score(score) or _not_newer(scores_of(run.id, number).get(str(score.get("userId"))), score)
    if wrong:
        refuse(run, "score", 400, wrong)
    kept = {name: score[name] for name in _SCORE_MEMBERS - {"comment"} if name in score}
    keep(run, "score", number=number, score=kept, commented="comment" in score)
    return json_answer({}, "application/json")


@needs(Permission.PUBLIC)
def results(secret: str, course: str, number: str) -> Response:
    """GET /lti/self-test/<secret>/<course>/lineitems/<number>/results"""
    run = _run(secret, course)
    need_scope(run, "results", {RESULT_SCOPE})
    need_header(run, "results", "Accept", RESULTS_TYPE, 406)
    item, user = _item(run, number), request.args.get("user_id")
    shown = [result_of(run.base, number, item, one) for one in scores_of(run.id, number).values()]
    keep(run, "results", number=number, found=len(shown))
    return json_answer([one for one in shown if user in (None, one["userId"])], RESULTS_TYPE)


def result_of(base: str, number: str, item: Item, score: Item) -> Item:
    """A score on the line item's own scale; one without points, or not fully graded, is no result yet."""
    address = f"{base}/{COURSE}/lineitems/{number}"
    said = {"id": f"{address}/results/{score['userId']}", "scoreOf": address, "userId": score["userId"]}
    if "scoreGiven" not in score or score["gradingProgress"] != "FullyGraded":
        return said
    scaled = score["scoreGiven"] * item["scoreMaximum"] / score["scoreMaximum"]
    return {**said, "resultScore": scaled, "resultMaximum": item["scoreMaximum"]}


def _run(secret: str, course: str) -> Run:
    run = run_of(secret)
    if course != COURSE:
        refuse(run, "line_items", 404, to_say("no such course"))
    return run


def _item(run: Run, number: str) -> Item:
    item = items_of(run.id).get(number)
    if item is None:
        refuse(run, "line_item", 404, to_say("no such line item"))
    return item


def _address(run: Run, number: str) -> str:
    return f"{run.base}/{COURSE}/lineitems/{number}"


def _document(run: Run, number: str, item: Item) -> Item:
    return {**item, "id": _address(run, number)}


def _checked_item(run: Run) -> Item:
    item = read_object(run, "line_item")
    wrong = _wrong_item(item)
    if wrong:
        refuse(run, "line_item", 404 if wrong == _FOREIGN else 400, wrong)
    return item


_FOREIGN = to_say("no such resource link")


def _wrong_item(item: Item) -> str:
    strangers = sorted(name for name in item if name not in _ITEM_MEMBERS and "://" not in name)
    if strangers:
        return _NO_MEMBERS_OF_ITEM(names=", ".join(strangers)[:200])
    if not isinstance(item.get("label"), str) or not item["label"].strip():
        return to_say("the label is missing or blank")
    if not _is_number(item.get("scoreMaximum")) or item["scoreMaximum"] <= 0:
        return to_say("scoreMaximum is no number above nought")
    if any(name in item and not isinstance(item[name], str) for name in ("resourceId", "tag", "resourceLinkId")):
        return to_say("resourceId, tag or resourceLinkId is no text")
    return _FOREIGN if item.get("resourceLinkId", f"link-{COURSE}") != f"link-{COURSE}" else ""


def _wrong_score(score: Item) -> str:
    strangers = sorted(name for name in score if name not in _SCORE_MEMBERS and "://" not in name)
    if strangers:
        return _NO_MEMBERS_OF_SCORE(names=", ".join(strangers)[:200])
    if score.get("userId") not in [one.sub for one in (TEACHER, *LEARNERS)]:
        return to_say("userId is missing, or nobody on the roster")
    if score.get("activityProgress") not in _ACTIVITY or score.get("gradingProgress") not in _GRADING:
        return to_say("activityProgress or gradingProgress is missing or unknown")
    if "scoreMaximum" in score and (not _is_number(score["scoreMaximum"]) or score["scoreMaximum"] <= 0):
        return to_say("scoreMaximum is no number above nought")
    if "scoreGiven" in score and (not _is_number(score["scoreGiven"]) or score["scoreGiven"] < 0):
        return to_say("scoreGiven is no number of nought or more")
    if "scoreGiven" in score and "scoreMaximum" not in score:
        return to_say("scoreGiven needs scoreMaximum")
    moment = _moment(score.get("timestamp"))
    if moment is None:
        return to_say("the timestamp is no ISO 8601 time with a zone")
    return to_say("the timestamp lies in the future") if moment > clock.now() + _AHEAD else ""


def _not_newer(before: Item | None, score: Item) -> str:
    """Strictly increasing for each person and line item (AGS 2.0, section 3.4.2)."""
    then, now = _moment(before["timestamp"]) if before else None, _moment(score.get("timestamp"))
    return to_say("the timestamp is not newer than that of the last score") if then and now and now <= then else ""


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _MOST_POINTS
