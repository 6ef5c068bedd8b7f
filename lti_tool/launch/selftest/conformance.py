"""Which cases of the list a real tester's launches have matched, from what is kept anyway: no person is in it.

Launches that were refused are kept with their code for a month, visits with the roles and claims that came for a week,
and the services with what they did. Where the same code answers several cases, all of them are ticked, and it is said.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from lti_tool import clock
from lti_tool.db import db
from lti_tool.launch.deep_linking.model import DeepLinkRequest
from lti_tool.launch.deep_linking.view import PARAMETER
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.messages import Message
from lti_tool.launch.model import CourseKey, Deployment, RefusedLaunch, Registration, RosterRead, VisitRow
from lti_tool.launch.selftest.cases import BAD, SECTIONS, SERVICES, VALID, Bad, Case, Valid
from lti_tool.launch.selftest.negatives import NEGATIVES
from lti_tool.words import to_say

_NO_TRACE = {"state_unknown", "state_missing", "platform_unknown"}
_MOST = 2000
_MISSING = {
    "B8": "Missing: message_type.", "B9": "Missing: roles.", "B10": "Missing: deployment_id.",
    "B11": "Missing: resource_link.", "B12": "Missing: sub.",
}  # fmt: skip
_LINK_ID = "resource_link.id"
_ALIKE = Counter(bad.code for bad in NEGATIVES)


@dataclass(frozen=True)
class Line:
    """One case, and when a launch of this platform matched it last. `note` says what a tick cannot."""

    case: Case
    at: datetime | None
    note: str = ""


@dataclass(frozen=True)
class _Seen:
    """Everything that is kept of one platform."""

    refused: list[RefusedLaunch]
    visits: list[VisitRow]
    services: dict[str, datetime | None]


def lines_of(registration_id: str) -> list[tuple[str, list[Line]]]:
    """Every case under its heading."""
    lines = _lines(registration_id)
    return [(title, [line for line in lines if line.case.section == name]) for name, title in SECTIONS.items()]


def matches_report(registration: Registration) -> dict[str, Any]:
    """The same for programs."""
    lines = _lines(registration.id)
    return {
        "platform": registration.name,
        "issuer": registration.issuer,
        "made_at": clock.iso(clock.now()),
        "matched": sum(1 for line in lines if line.at),
        "cases": [
            {**asdict(line.case), "matched_at": clock.iso(line.at) if line.at else None, "note": line.note}
            for line in lines
        ],
    }


def _lines(registration_id: str) -> list[Line]:
    seen = _seen(registration_id)
    return [
        *(Line(bad.case, _newest(_refusals(bad, seen))) for bad in BAD),
        *(Line(valid.case, _newest(_visits(valid, seen))) for valid in VALID),
        *(Line(case, seen.services[case.id]) for case in SERVICES),
        *(_beyond(bad, seen) for bad in NEGATIVES),
    ]


def _beyond(bad: Bad, seen: _Seen) -> Line:
    if bad.code in _NO_TRACE or bad.at_login:
        return Line(bad.case, None, to_say("no login of this platform is kept with it: the self-test shows it"))
    alike = _ALIKE[bad.code] > 1
    note = to_say("others of these cases are answered with the same code") if alike else ""
    return Line(bad.case, _newest(one.at for one in seen.refused if one.code == bad.code), note)


def _refusals(bad: Bad, seen: _Seen) -> Iterator[datetime]:
    for one in seen.refused:
        if _is_of(bad, one.code, one.said or ""):
            yield one.at


def _is_of(bad: Bad, code: str, said: str) -> bool:
    """Which of the cases that are refused with the same code: the sentence names the claims."""
    if bad.id == "B11" and code == "claim_malformed":
        return _LINK_ID in said
    if bad.id == "B7":
        return code in ("token_time", "token_expired")
    if code != bad.code:
        return False
    return said == _MISSING[bad.id] if bad.id in _MISSING else bad.id != "B6" or said not in _MISSING.values()


def _visits(valid: Valid, seen: _Seen) -> Iterator[datetime]:
    for visit in seen.visits:
        if visit.message == Message.RESOURCE_LINK.value and _fits(valid, visit):
            yield visit.created_at


def _fits(valid: Valid, visit: VisitRow) -> bool:
    """A launch with the same roles in kind, and the same names there or missing."""
    roles, names = visit.sent.get("roles", []), set(visit.sent.get("names", []))
    if visit.role != valid.role or bool(visit.sent.get("context")) != valid.in_course:
        return False
    return _KINDS[valid.id[1:]](roles, names)


_KINDS: dict[str, Callable[[list[str], set[str]], bool]] = {
    "1": lambda roles, names: len(roles) == 1 and _is_uri(roles[0]) and {"name", "email"} <= names,
    "2": lambda roles, _: len(roles) > 1,
    "3": lambda roles, _: any(not _is_uri(one) for one in roles),
    "4": lambda roles, _: bool(roles),
    "5": lambda roles, _: not roles,
    "6": lambda roles, names: bool(roles) and names == {"email"},
    "7": lambda roles, names: bool(roles) and bool(names) and "email" not in names,
    "8": lambda roles, names: bool(roles) and not names,
    "9": lambda roles, names: bool(roles) and names == {"email"},
}


def _is_uri(role: str) -> bool:
    return ":" in role


def _newest(moments: Any) -> datetime | None:
    return max(moments, default=None)


def _seen(registration_id: str) -> _Seen:
    refused = select(RefusedLaunch).where(RefusedLaunch.registration_id == registration_id)
    visits = select(VisitRow).where(VisitRow.registration_id == registration_id)
    kept = list(db.session.scalars(visits.order_by(VisitRow.created_at.desc()).limit(_MOST)))
    return _Seen(
        list(db.session.scalars(refused.order_by(RefusedLaunch.at.desc()).limit(_MOST))), kept,
        _services(registration_id, kept),
    )  # fmt: skip


def _services(registration_id: str, visits: list[VisitRow]) -> dict[str, datetime | None]:
    answered, read, column, score = (db.session.scalar(query) for query in _newest_of_each(registration_id))
    return {
        "R1": _visited(visits, lambda one: one.role == "staff" and bool(one.sent.get("roster"))),
        **{f"R{number}": read for number in range(2, 6)},
        "D1": _visited(visits, lambda one: one.message == Message.DEEP_LINKING.value),
        **{f"D{number}": answered for number in range(2, 7)},
        "D7": _visited(visits, lambda one: PARAMETER in one.sent.get("custom", [])),
        "A1": _visited(visits, lambda one: one.role == "member" and bool(one.sent.get("grade_scopes"))),
        "A2": column,
        "A3": score,
        "A4": score,
    }


def _newest_of_each(registration_id: str) -> tuple[Select[Any], ...]:
    """The newest response, roster, column and score of the platform."""
    courses = (
        select(CourseKey.id)
        .join(Deployment, Deployment.id == CourseKey.deployment_id)
        .where(Deployment.registration_id == registration_id)
    )
    own_visits = select(VisitRow.id).where(VisitRow.registration_id == registration_id)
    columns = select(LineItem.id).where(LineItem.course_id.in_(courses))
    return (
        select(func.max(DeepLinkRequest.answered_at)).where(DeepLinkRequest.visit_id.in_(own_visits)),
        select(func.max(RosterRead.ended_at)).where(RosterRead.state == "done", RosterRead.course_id.in_(courses)),
        select(func.max(LineItem.created_at)).where(LineItem.url.is_not(None), LineItem.course_id.in_(courses)),
        select(func.max(Score.sent_at)).where(Score.line_item_id.in_(columns)),
    )


def _visited(visits: list[VisitRow], fits: Callable[[VisitRow], bool]) -> datetime | None:
    return _newest(one.created_at for one in visits if fits(one))
