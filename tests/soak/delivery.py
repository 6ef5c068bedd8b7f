"""kill -9 of the worker at every step of delivery: whatever was under way, the LMS ends up with the right gradebook.

Each move of a story (somebody completes something, it is taken back, an objective is added, the Space is renamed, staff
choose something else) is made again and again, and the worker that delivers it is killed at its first step, at its
second, and so on until it comes through. After each kill another worker goes on.
"""

import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.launch.gradebook import sweep
from lti_tool.launch.gradebook.choosing import choose
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.spaces.model import Completion, Objective, Space
from tests.bench.databases import house_on
from tests.launch.gradebook.moody_lms import Moods, moody_campus
from tests.launch.gradebook.term import Term, begin_term
from tests.launch.gradebook.truth import differences, doubled

_LEARNERS = ("amelie", "ngozi", "dmitri")
_MOST_OBJECTIVES = 6


@dataclass
class Report:
    """What was done, and what is wrong at the end: nothing, one hopes."""

    kills: int = 0
    moves: "Counter[str]" = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def delivery(kills: int, seconds: int) -> Report:
    """At least so many kills, in at most so many seconds."""
    report, ends = Report(), time.monotonic() + seconds
    with begun_term() as (term, moods), _worker(term) as live:
        for name, move in itertools.cycle(_MOVES.items()):
            if report.kills >= kills or time.monotonic() > ends:
                break
            _kill_at_each_step(term, live, name, move, report, ends)
            report.wrong += [f"after {name}: {one}" for one in (*differences(term), *doubled(term, moods))]
    return report


def _kill_at_each_step(
    term: Term, live: Callable[[int], str], name: str, move: Callable[[Term], None], report: Report, ends: float
) -> None:  # fmt: skip
    for step in itertools.count(1):
        move(term)
        _have_all_waited()
        outcome = live(step)
        report.moves[name] += 1
        report.kills += outcome == "killed"
        _go_on(live)
        if outcome != "killed" or time.monotonic() > ends:
            if outcome == "failed":
                report.wrong.append(f"{name} at step {step}: the worker failed")
            return


def _go_on(live: Callable[[int], str]) -> None:
    """The next workers: the lease has run out, and the sweep finds what no job knows of."""
    _have_all_waited()
    live(0)
    sweep()
    _have_all_waited()
    live(0)


def _have_all_waited() -> None:
    """Time passes: leases run out, and what waits has waited long enough."""
    past = clock.now() - timedelta(seconds=1)
    with transaction():
        open_jobs = update(Job).where(Job.finished_at.is_(None), Job.failed_at.is_(None))
        db.session.execute(open_jobs.values(run_at=past))
        db.session.execute(open_jobs.where(Job.lease_until.is_not(None)).values(lease_until=past))
    db.session.remove()


# Moves


def _complete_or_take_back(term: Term) -> None:
    for learner, objective in zip(_LEARNERS, itertools.cycle(_objectives(term))):
        done = select(Completion.id).where(
            Completion.objective_id == objective, Completion.member_id == term.member(learner),
            Completion.state == "complete",
        )  # fmt: skip
        if db.session.scalar(done):
            term.take_back(learner, objective)
        else:
            term.complete(learner, objective=objective)


def _begin_anew(term: Term) -> None:
    """A course that has no column yet: neither here nor there."""
    with transaction():
        for model in (Score, LineItem, Job):
            db.session.execute(delete(model))
    for column in term.columns:
        term.school.lms.gradebook.remove(column)
    _complete_or_take_back(term)
    sweep()


def _add_an_objective(term: Term) -> None:
    if len(_objectives(term)) < _MOST_OBJECTIVES:
        term.add_objective(f"Objective {len(_objectives(term))}")
    else:
        with transaction():
            newest = _objectives(term)[-1]
            db.session.execute(update(Objective).where(Objective.id == newest).values(archived_at=clock.now()))
    sweep()


def _rename(term: Term) -> None:
    with transaction():
        db.session.execute(update(Space).values(name=f"Biology {time.monotonic_ns()}"))
    sweep()


def _choose_points_or_back(term: Term) -> None:
    _turn(term, "points")


def _choose_columns_or_back(term: Term) -> None:
    _turn(term, "objectives")


def _turn(term: Term, wanted: str) -> None:
    own = db.session.scalars(select(LineItem.shows).where(LineItem.resource_id == term.space)).first()
    with transaction():
        choose(term.course, term.space, "completed" if own == wanted else wanted)


_MOVES: dict[str, Callable[[Term], None]] = {
    "completed or taken back": _complete_or_take_back,
    "the first column": _begin_anew,
    "an objective more or less": _add_an_objective,
    "another name": _rename,
    "points or objectives": _choose_points_or_back,
    "a column each or one": _choose_columns_or_back,
}


def _objectives(term: Term) -> list[str]:
    here = select(Objective.id).where(Objective.space_id == term.space, Objective.archived_at.is_(None))
    return list(db.session.scalars(here.order_by(Objective.position)))


@contextmanager
def begun_term() -> Iterator[tuple[Term, Moods]]:
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        url, moods = f"sqlite:///{Path(name) / 'spaces.db'}", Moods()
        with house_on(url):
            pass
        with moody_campus(url, Path(name) / "data", moods) as school:
            yield begin_term(school), moods


@contextmanager
def _worker(term: Term) -> Iterator[Callable[[int], str]]:
    """A process that forks a worker for each number that it is told."""
    settings = term.school.app.extensions["settings"]
    said = {"data_dir": str(settings.data_dir), "database_url": settings.database_url, "public_url": term.school.url}
    command = [sys.executable, "-m", "tests.soak.killed_worker", json.dumps(said)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def live(ends_at: int) -> str:
            assert process.stdin
            assert process.stdout
            process.stdin.write(f"{ends_at}\n")
            process.stdin.flush()
            return process.stdout.readline().split(" ")[0].strip()

        try:
            yield live
        finally:
            process.terminate()
