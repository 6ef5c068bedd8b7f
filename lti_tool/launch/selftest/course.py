"""One course of the run, as its people live through it: through the same pages that people use.

Each step is one case of the list, by its id, and stands on those before it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.selftest.browser import Browser, Page
from lti_tool.launch.selftest.door import Door, told, visit_of
from lti_tool.launch.selftest.endpoints import COURSE
from lti_tool.launch.selftest.lms import LEARNERS, TEACHER, Person
from lti_tool.launch.selftest.record import Mismatch, NotPlayed, Trace
from lti_tool.launch.selftest.service import calls_of
from lti_tool.launch.selftest.waiting import Waiting
from lti_tool.launch.selftest.words import ROSTER_SCOPE
from lti_tool.words import to_say

TITLE = "Pass the self-test"
_WORDS = {
    "title": TITLE, "points": "10", "public_criteria": "Nobody needs to read this.",
    "description": "Made by the self-test, and removed by it.",
}  # fmt: skip

_CALL_REFUSED = Sentence(to_say("the platform refused a call: %(why)s"))
_NO_SPACE = Sentence(to_say("the Space was not made: %(page)s"))
_THEN = Sentence(to_say("%(one)s, then %(other)s"))
_PAGES = Sentence(to_say("%(count)s pages asked for, everybody on the members page"))
_TOKENS = Sentence(to_say("%(count)s token given, and taken with the list"))
_SCOPES = Sentence(to_say("scopes %(names)s"))
_READ_AGAIN = Sentence(to_say("the list read again, with %(scope)s"))
_NO_OBJECTIVE = Sentence(to_say("the objective was not made: %(page)s"))
_NOT_OFFERED = Sentence(to_say("the objective is not among what can be picked: %(page)s"))
_EMPTY_FORM = to_say("a form with nothing instead of JWT")
_OTHER_FORM = Sentence(to_say("a form with %(names)s instead of JWT"))
_ITEMS = Sentence(to_say("%(count)s items, the first one “%(title)s”"))
_LINK_OPENED = Sentence(to_say("the link opened %(page)s"))

Step = Callable[["CourseLife", Trace], str]


@dataclass
class CourseLife:
    """What the steps hand on to each other. `home` is the teacher's visit, `objective` what the teacher made there."""

    door: Door
    waiting: Waiting
    run_id: str
    home: str = ""
    objective: str = ""
    cookies: dict[tuple[str, str], str] = field(default_factory=dict)
    picker: tuple[Browser, Page] | None = None

    def calls(self, service: str) -> list[dict[str, Any]]:
        return calls_of(self.run_id, service)

    def good_calls(self, service: str) -> list[dict[str, Any]]:
        """Raises `Mismatch` with what the platform refused."""
        calls = self.calls(service)
        refused = [one["refused"] for one in calls if "refused" in one]
        if refused:
            raise Mismatch(_CALL_REFUSED(why=refused[0]))
        return calls

    def teacher(self, trace: Trace) -> Browser:
        """The teacher's browser, in the visit that the first step opened."""
        if not self.home:
            raise NotPlayed(to_say("the teacher has no Space: see R1"))
        return Browser(self.door.fetcher, self.door.origin, trace, self.cookies)

    def launch(self, browser: Browser, person: Person, changes: Mapping[str, Any]) -> Page:
        return self.door.open(browser, person, COURSE, {**self.door.lms.services(COURSE), **changes})


def make_space(life: CourseLife, trace: Trace) -> str:
    """R1"""
    trace.sent = to_say(
        "a teacher's launch with the claims of names and roles and of grades; then the form that it offers"
    )
    browser = life.door.browser(trace)
    offered = life.launch(browser, TEACHER, {})
    made = browser.submit(offered, "/space")
    if made.status != 200 or not made.is_html:
        raise Mismatch(_NO_SPACE(page=told(made)))
    life.home, life.cookies = f"{life.door.lms.tool}/v/{visit_of(offered)}/", browser.cookies
    return _THEN(one=told(offered), other=told(made))


def roster_arrives(life: CourseLife, trace: Trace) -> str:
    """R2"""
    trace.sent = to_say("the list of six people, in two pages")
    _wait_for_readings(life, 1)
    browser = life.teacher(trace)
    found: list[Page] = []

    def everybody_is_there() -> bool:
        found[:] = [browser.get(life.home + "members")]
        return all(one.name in found[0].words for one in LEARNERS)

    life.waiting.until(everybody_is_there, to_say("the people on the list did not appear among the members"))
    return _PAGES(count=len(life.calls("roster")))


def roster_header(life: CourseLife, trace: Trace) -> str:
    """R3"""
    trace.sent = to_say("the list, to whoever accepts its media type")
    calls = _roster_calls(life)
    trace.note("calls", accept=sorted({str(one["accept"]) for one in calls}))
    return f"Accept: {calls[0]['accept']}"


def roster_token(life: CourseLife, trace: Trace) -> str:
    """R4"""
    trace.sent = to_say("a token for an assertion that is signed with a published key")
    _roster_calls(life)
    given = [one for one in life.good_calls("token") if "kid" in one]
    trace.note("tokens", given=len(given), kid=given[0]["kid"] if given else None)
    if not given:
        raise Mismatch(to_say("no token was asked for"))
    return _TOKENS(count=len(given))


def roster_scope(life: CourseLife, trace: Trace) -> str:
    """R5"""
    trace.sent = to_say("the button “Refresh roster” on the members page")
    browser, before = life.teacher(trace), _readings(life)
    browser.submit(browser.get(life.home + "members"), "/roster/refresh")
    _wait_for_readings(life, before + 1)
    scopes = {str(one["scope"]) for one in _roster_calls(life)}
    if scopes != {ROSTER_SCOPE}:
        raise Mismatch(_SCOPES(names=", ".join(sorted(scopes))))
    return _READ_AGAIN(scope=ROSTER_SCOPE.rpartition("/")[2])


def open_picker(life: CourseLife, trace: Trace) -> str:
    """D1"""
    trace.sent = to_say("an objective, made by the teacher; then a deep linking request without a target")
    browser = life.teacher(trace)
    made = browser.submit(browser.get(life.home + "objectives/new"), "/objectives/new", **_WORDS)
    if TITLE not in made.words or made.status != 200:
        raise Mismatch(_NO_OBJECTIVE(page=told(made)))
    other = life.door.browser(trace)
    page = life.launch(other, TEACHER, life.door.lms.picking())
    offers = [value for value in page.values("view") if value.startswith("objective:")]
    if len(offers) != 1:
        raise Mismatch(_NOT_OFFERED(page=told(page)))
    life.picker, life.objective = (other, page), offers[0]
    return told(page)


def pick(life: CourseLife, trace: Trace) -> str:
    """D2"""
    trace.sent = to_say("the teacher's choice: the objective")
    if life.picker is None:
        raise NotPlayed(to_say("the picker did not open: see D1"))
    browser, page = life.picker
    browser.trace = trace
    answer = browser.submit(page, "/pick", view=life.objective)
    back = answer.form("/deep-link-return")
    if set(back.fields) != {"JWT"}:
        raise Mismatch(_OTHER_FORM(names=", ".join(sorted(back.fields))) if back.fields else _EMPTY_FORM)
    browser.post(back.action, back.fields)
    if not any(one.get("arrived") for one in life.calls("deep_link")):
        raise Mismatch(to_say("the form carries no JWT, or did not reach the return address"))
    return to_say("a form post with a JWT to deep_link_return_url")


def answer_format(life: CourseLife, trace: Trace) -> str:
    """D3"""
    well = to_say("one RS256 token of type LtiDeepLinkingResponse, with a kid, nothing null")
    return point(life, trace, "format", well)


def answer_times(life: CourseLife, trace: Trace) -> str:
    """D4"""
    return point(life, trace, "times", to_say("iat and exp are well"))


def answer_claims(life: CourseLife, trace: Trace) -> str:
    """D6"""
    return point(life, trace, "claims", to_say("all there, and data as it was sent"))


def open_what_was_picked(life: CourseLife, trace: Trace) -> str:
    """D7"""
    trace.sent = to_say("a learner's launch of the link that came back")
    items = _response(life)["items"]
    if len(items) != 1 or items[0].get("title") != TITLE:
        raise Mismatch(_ITEMS(count=len(items), title=items[0].get("title") if items else ""))
    item = items[0]
    trace.note("item", title=item["title"], url=item["url"], custom=sorted(item.get("custom") or {}))
    page = life.launch(life.door.browser(trace), LEARNERS[1], life.door.lms.link(item))
    if TITLE not in page.heading:
        raise Mismatch(_LINK_OPENED(page=told(page)))
    return told(page)


def _wait_for_readings(life: CourseLife, number: int) -> None:
    life.waiting.until(lambda: _readings(life) >= number, to_say("the list was not read to its last page"))


def _readings(life: CourseLife) -> int:
    return sum(1 for one in life.good_calls("roster") if one.get("last"))


def _roster_calls(life: CourseLife) -> list[dict[str, Any]]:
    calls = life.good_calls("roster")
    if not calls:
        raise NotPlayed(to_say("the list was not asked for: see R2"))
    return calls


def _response(life: CourseLife) -> dict[str, Any]:
    arrived = life.calls("deep_link")
    if not arrived:
        raise NotPlayed(to_say("no response arrived: see D2"))
    return arrived[-1]


def point(life: CourseLife, trace: Trace, name: str, well: str) -> str:
    """One point of the response that came back: `well` when nothing is wrong with it."""
    trace.sent = to_say("nothing more: the response is looked at")
    found = _response(life)
    trace.note("response", kid=found.get("kid"), finding=found.get(name))
    if found.get(name):
        raise Mismatch(str(found[name]))
    return well
