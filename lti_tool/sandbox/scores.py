"""Assignment and Grade Services 2.0, section 3.4: what a tool may send as a score."""

from datetime import datetime, timedelta
from typing import Any, NoReturn, TypeGuard

from lti_tool.sandbox.gradebook import Score

ACTIVITY = ("Initialized", "Started", "InProgress", "Submitted", "Completed")
GRADING = ("FullyGraded", "Pending", "PendingManual", "Failed", "NotReady")
_TEXTS = ("userId", "activityProgress", "gradingProgress", "timestamp")
_OPTIONAL_TEXTS = ("comment", "scoringUserId")
CANVAS_SUBMISSION = "https://canvas.instructure.com/lti/submission"
_KNOWN = {"scoreGiven", "scoreMaximum", "submission", *_TEXTS, *_OPTIONAL_TEXTS}
# A stored time of next year would block every later score, so clocks may differ by this much only.
_CLOCKS_DIFFER = timedelta(minutes=1)


class BadScoreError(Exception):
    """A score breaks a rule; the text says which."""


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a JSON value is a number; true and false are none, though Python counts with them."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")


def _refuse(message: str) -> NoReturn:
    raise BadScoreError(message)


def read_time(name: str, value: object) -> datetime:
    """Read an ISO 8601 time with its zone; BadScoreError otherwise."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        _refuse(f"{name} must be an ISO 8601 time with its zone")
    return moment


def read_score(members: dict[str, Any], now: datetime, *, takes_future: bool = False) -> Score:
    """Turn the JSON of a score into one of ours; BadScoreError with the first rule it breaks.

    `takes_future`: as Moodle, which keeps a time of tomorrow and then refuses every earlier one.
    """
    for name in members:
        if name not in _KNOWN and "://" not in name:
            _refuse(f"{name} is not a member of a score")
    for name in _TEXTS:
        if not isinstance(members.get(name), str) or not members[name]:
            _refuse(f"{name} must be text")
    for name in _OPTIONAL_TEXTS:
        if name in members and not isinstance(members[name], str):
            _refuse(f"{name} must be text")
    if members["activityProgress"] not in ACTIVITY:
        _refuse(f"activityProgress must be one of {', '.join(ACTIVITY)}")
    if members["gradingProgress"] not in GRADING:
        _refuse(f"gradingProgress must be one of {', '.join(GRADING)}")
    timestamp = read_time("timestamp", members["timestamp"])
    if timestamp > now + _CLOCKS_DIFFER and not takes_future:
        _refuse("timestamp lies in the future")
    given, maximum = _points(members)
    new_submission = _canvas_submission(members, now)
    return Score(
        sub=members["userId"],
        given=given,
        maximum=maximum,
        comment=members.get("comment"),
        activity_progress=members["activityProgress"],
        grading_progress=members["gradingProgress"],
        timestamp=timestamp,
        scoring_user=members.get("scoringUserId"),
        submission=_submission(members),
        is_new_submission=new_submission,
    )


def _canvas_submission(members: dict[str, Any], now: datetime) -> bool:
    """Is this one more attempt of the learner, for a platform that makes one of every score? (Canvas's extension.)"""
    said = members.get(CANVAS_SUBMISSION, {})
    if not isinstance(said, dict):
        _refuse(f"{CANVAS_SUBMISSION} must be an object")
    if "submitted_at" in said and read_time("submitted_at", said["submitted_at"]) > now + _CLOCKS_DIFFER:
        _refuse("submitted_at lies in the future")
    return said.get("new_submission", True) is not False


def _points(members: dict[str, Any]) -> tuple[float | None, float | None]:
    given, maximum = members.get("scoreGiven"), members.get("scoreMaximum")
    if "scoreMaximum" in members and (not is_number(maximum) or maximum <= 0):
        _refuse("scoreMaximum must be a number above nought")
    if "scoreGiven" not in members:
        return None, maximum
    if not is_number(given) or given < 0:
        _refuse("scoreGiven must be a number, nought or more")
    if maximum is None:
        _refuse("scoreGiven needs scoreMaximum")
    return given, maximum


def _submission(members: dict[str, Any]) -> dict[str, str]:
    submission = members.get("submission", {})
    if not isinstance(submission, dict):
        _refuse("submission must be an object")
    times = {name: read_time(name, submission[name]) for name in ("startedAt", "submittedAt") if name in submission}
    if len(times) == 2 and times["submittedAt"] < times["startedAt"]:
        _refuse("submittedAt lies before startedAt")
    return {name: str(submission[name]) for name in times}
