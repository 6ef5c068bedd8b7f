"""One run from its beginning to its end: a world made, every case played, the evidence kept, the world removed.

Whoever runs it acts as the platform and as every browser, over real HTTP, against this installation's own address.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.fetch import Fetcher, FetchProblem
from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.selftest.arriving import play_valid
from lti_tool.launch.selftest.cases import BAD, SERVICES, VALID, Case
from lti_tool.launch.selftest.course import CourseLife
from lti_tool.launch.selftest.door import Door
from lti_tool.launch.selftest.evidence import make_report
from lti_tool.launch.selftest.negatives import NEGATIVES
from lti_tool.launch.selftest.record import Result, Trace, judged
from lti_tool.launch.selftest.refusing import play_bad
from lti_tool.launch.selftest.removal import remove_world
from lti_tool.launch.selftest.runs import Pulse, end_run, run_row
from lti_tool.launch.selftest.steps import STEPS
from lti_tool.launch.selftest.waiting import Waiting
from lti_tool.launch.selftest.world import make_world
from lti_tool.launch.unreached import no_answer
from lti_tool.settings import Settings
from lti_tool.words import to_say

PATIENCE = 60.0
_WHY = Sentence(to_say("%(what)s. %(why)s"))
_STATUS = Sentence(to_say("%(address)s answers with status %(status)s."), address=r"\S+")
Tell = Callable[[Result, int, int], None]


@dataclass(frozen=True)
class Play:
    """A case, and how it is played."""

    case: Case
    act: Callable[[Trace], str]


def run_self_test(run_id: str, *, patience: float, does_jobs: bool, tell: Tell) -> dict[str, Any]:
    """Do the whole run. Answers its report; raises `Problem` where it cannot begin. Its world is removed either way."""
    fetcher, pulse = _to_ourselves(), Pulse(run_id)
    state, report = "broken", cut_off(to_say("It was cut off in its middle."))
    try:
        _look_whether_it_answers(fetcher, "/healthz")
        lms = make_world(run_id)
        _look_whether_it_is_this(fetcher, lms.base)
        door = Door(lms, fetcher, str(current_app.extensions["settings"].origin))
        results = _played(_plays(door, Waiting(pulse, patience, does_jobs), run_id), pulse, tell)
        state, report = "done", make_report(run_id, results)
    except Problem as problem:
        report = cut_off(_WHY(what=problem.entry.title, why=problem.detail or problem.entry.what))
        raise
    finally:
        take_down(run_id, state, report)
    return report


def cut_off(why: str) -> dict[str, Any]:
    """The report of a run that did not come to its end."""
    return {"why": why, "cases": []}


def take_down(run_id: str, state: str, report: dict[str, Any]) -> None:
    """Remove what a run made, and end it. What cannot be removed now is removed by the schedule."""
    db.session.rollback()
    organization = run_row(run_id).organization_id
    if organization is not None:
        remove_world(organization)
    with transaction():
        end_run(run_id, state, report)


def all_cases() -> tuple[Case, ...]:
    """Every case, in the order in which it is played."""
    bad, beyond = ([one.case for one in some] for some in (BAD, NEGATIVES))
    return (*bad, *(one.case for one in VALID), *SERVICES, *beyond)


def _plays(door: Door, waiting: Waiting, run_id: str) -> list[Play]:
    life = CourseLife(door, waiting, run_id)
    return [
        *(Play(one.case, partial(play_bad, door, one)) for one in BAD),
        *(Play(one.case, partial(play_valid, door, one)) for one in VALID),
        *(Play(one, partial(STEPS[one.id], life)) for one in SERVICES),
        *(Play(one.case, partial(play_bad, door, one)) for one in NEGATIVES),
    ]


def _played(plays: list[Play], pulse: Pulse, tell: Tell) -> list[Result]:
    results: list[Result] = []
    for number, play in enumerate(plays):
        pulse.beat(force=number == 0, done=number, total=len(plays), doing=play.case.name)
        result = judged(play.case, play.act)
        results.append(result)
        tell(result, number + 1, len(plays))
    return results


def _to_ourselves() -> Fetcher:
    """A fetcher for our own address alone, wherever it leads from here: `Browser` asks for nothing else."""
    settings: Settings = current_app.extensions["settings"]
    host = urlsplit(settings.public_url).hostname or ""
    return Fetcher(frozenset({host}), "Spaces-for-the-LMS-self-test/0.1", authorities=settings.certificate_authorities)


def _look_whether_it_answers(fetcher: Fetcher, path: str) -> None:
    address = str(current_app.extensions["settings"].public_url)
    try:
        status = fetcher.get(address + path).status
    except FetchProblem as problem:
        raise Problem("self_test_unreachable", no_answer(address, problem)) from None
    if status != 200:
        raise Problem("self_test_unreachable", _STATUS(address=address + path, status=status))


def _look_whether_it_is_this(fetcher: Fetcher, base: str) -> None:
    with suppress(FetchProblem):
        if fetcher.get(f"{base}/jwks.json").status == 200:
            return
    raise Problem("self_test_elsewhere")
