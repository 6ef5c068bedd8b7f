"""The cases of the services in their order, each with the step that plays it. The gradebook's own steps are here."""

import json
from collections.abc import Mapping
from typing import Any

from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.selftest import course
from lti_tool.launch.selftest.course import TITLE, CourseLife, Step
from lti_tool.launch.selftest.door import told
from lti_tool.launch.selftest.gradebook import items_of, result_of, scores_of
from lti_tool.launch.selftest.lms import LEARNERS
from lti_tool.launch.selftest.record import Mismatch, NotPlayed, Trace
from lti_tool.words import to_say

_PRIVATE = {"d", "p", "q", "dp", "dq", "qi"}
_LEARNER = LEARNERS[0]
_NUMBER = r"[\d.e+]+"
_IN_KEY_SET = Sentence(to_say("%(said)s, and the key is in /lti/jwks.json"))
_NOT_ON_PAGE = Sentence(to_say("the objective is not on the learner's page: %(page)s"))
_NOT_MARKED = Sentence(to_say("the learner was not marked complete: %(page)s"))
_ITEMS = Sentence(to_say("%(count)s line items"))
_ITEMS_WITHOUT = Sentence(to_say("%(count)s line items, without %(names)s"))
_ITEM = Sentence(to_say("one line item, “%(label)s”, of %(maximum)s"))
_SCORE = Sentence(to_say("%(given)s of %(maximum)s, %(progress)s"), given=_NUMBER, maximum=_NUMBER, progress=r"\w+")
_RESULT = Sentence(to_say("%(given)s of %(maximum)s for the learner who was marked complete"))


def check_signature(life: CourseLife, trace: Trace) -> str:
    """D5: with the key set as it is served, not as it lies in the database."""
    said = course.point(life, trace, "signature", to_say("good"))
    page = life.door.browser(trace).get(f"{life.door.lms.tool}/lti/jwks.json")
    keys = json.loads(page.body)["keys"] if page.status == 200 else []
    if any(_PRIVATE & set(one) for one in keys):
        raise Mismatch(to_say("the key set publishes a private key"))
    if life.calls("deep_link")[-1]["kid"] not in [one.get("kid") for one in keys]:
        raise Mismatch(to_say("the kid is not in /lti/jwks.json"))
    return _IN_KEY_SET(said=said)


def learner_comes(life: CourseLife, trace: Trace) -> str:
    """A1"""
    trace.sent = to_say("a learner's launch with the grades claim")
    page = life.launch(life.door.browser(trace), _LEARNER, {})
    if TITLE not in page.words:
        raise Mismatch(_NOT_ON_PAGE(page=told(page)))
    return told(page)


def column_is_made(life: CourseLife, trace: Trace) -> str:
    """A2"""
    trace.sent = to_say("the teacher's click that marks the learner complete")
    browser = life.teacher(trace)
    grid = browser.get(life.home + "progress")
    marked = browser.post(grid.button_beside(_LEARNER.name, "/complete"), grid.form_with("back").fields)
    if marked.status != 200:
        raise Mismatch(_NOT_MARKED(page=told(marked)))
    life.waiting.until(lambda: bool(_items(life)), to_say("no line item was made"))
    items = _items(life)
    item = next(iter(items.values()))
    trace.note("line item", **{name: item[name] for name in ("label", "scoreMaximum", "tag") if name in item})
    lacking = [name for name in ("label", "scoreMaximum", "resourceId", "tag") if not item.get(name)]
    if lacking:
        raise Mismatch(_ITEMS_WITHOUT(count=len(items), names=", ".join(lacking)))
    if len(items) != 1:
        raise Mismatch(_ITEMS(count=len(items)))
    return _ITEM(label=item["label"], maximum=item["scoreMaximum"])


def score_is_posted(life: CourseLife, trace: Trace) -> str:
    """A3"""
    trace.sent = to_say("nothing more: the tool posts by itself")
    if not _items(life):
        raise NotPlayed(to_say("there is no line item: see A2"))
    life.waiting.until(lambda: _has_points(life), to_say("no score with points was posted for the learner"))
    score = _score(life)
    trace.note("score", **{name: value for name, value in score.items() if name != "userId"})
    return _SCORE(
        given=score.get("scoreGiven"), maximum=score.get("scoreMaximum"), progress=score["gradingProgress"]
    )


def result_is_shown(life: CourseLife, trace: Trace) -> str:
    """A4"""
    trace.sent = to_say("nothing more: the platform's own gradebook is looked at")
    number, item = next(iter(_items(life).items()), ("", {}))
    if not number:
        raise NotPlayed(to_say("there is no line item: see A2"))
    result = result_of("", number, item, _score(life))
    trace.note("result", score=result.get("resultScore"), maximum=result.get("resultMaximum"))
    if not result.get("resultScore"):
        raise Mismatch(to_say("the learner who completed everything has no points"))
    return _RESULT(given=f"{result['resultScore']:g}", maximum=f"{result['resultMaximum']:g}")


STEPS: Mapping[str, Step] = {
    "R1": course.make_space,
    "R2": course.roster_arrives,
    "R3": course.roster_header,
    "R4": course.roster_token,
    "R5": course.roster_scope,
    "D1": course.open_picker,
    "D2": course.pick,
    "D3": course.answer_format,
    "D4": course.answer_times,
    "D5": check_signature,
    "D6": course.answer_claims,
    "D7": course.open_what_was_picked,
    "A1": learner_comes,
    "A2": column_is_made,
    "A3": score_is_posted,
    "A4": result_is_shown,
}


def _items(life: CourseLife) -> dict[str, dict[str, Any]]:
    life.good_calls("line_item")
    life.good_calls("line_items")
    return items_of(life.run_id)


def _has_points(life: CourseLife) -> bool:
    """A score of nought may go before, from the time when the objective was open."""
    scores = [one["score"] for one in life.good_calls("score") if "score" in one]
    return any(one["userId"] == _LEARNER.sub and one.get("scoreGiven") for one in scores)


def _score(life: CourseLife) -> dict[str, Any]:
    """The learner's newest score."""
    for number in _items(life):
        scores = scores_of(life.run_id, number)
        if _LEARNER.sub in scores:
            return scores[_LEARNER.sub]
    raise NotPlayed(to_say("the learner has no score: see A3"))
