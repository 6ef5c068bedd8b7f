"""Numbers for Prometheus at `/metrics`: what the rows say now, so every process of every machine answers the same.

Nothing is counted in memory: a process that starts anew forgets nothing, and it does not matter which one is asked.
Each label takes one of a few known values, and whatever else stands in a row is `other`: a label is never a person, a
course or an address. What a number means is written beside it, and in decision 52.
"""

import hmac
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, request
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool import clock
from lti_tool.db import db, first_id_of
from lti_tool.errors import CATALOGUE, Problem
from lti_tool.jobs.model import Job
from lti_tool.jobs.queue import Jobs, is_due
from lti_tool.jobs.reads import queue
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.sendable import oldest_on_its_way
from lti_tool.launch.model import RefusedLaunch, Registration, RosterRead, VisitRow
from lti_tool.settings import Settings
from lti_tool.storage import storage_here

metrics = Blueprint("metrics", __name__)

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_WEEK = timedelta(days=7)
_MOST_PLATFORMS = 100
_OTHER = "other"
_PROOFS = frozenset({"frame", "window", "new_window"})


@metrics.get("/metrics")
def numbers() -> Response:
    """GET /metrics, for whoever bears METRICS_TOKEN. Without that setting there is no such page."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.metrics_token:
        raise Problem("not_found")
    if not _bears(settings.metrics_token):
        refusal = "The token is not the one of METRICS_TOKEN.\n"
        return Response(refusal, 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_FromRows())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _bears(token: str) -> bool:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    return kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


class _FromRows(Collector):
    """Asked anew at each scrape."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        yield from _jobs()
        yield from _queue()
        yield _files()
        yield from _launches()
        yield _refused_by_platform()
        yield from _scores()
        yield from _rosters()


def _jobs() -> Iterator[GaugeMetricFamily]:
    now, jobs = clock.now(), current_app.extensions["jobs"]
    waiting = sa.select(Job.kind, sa.func.count(), sa.func.min(Job.run_at)).where(is_due(now)).group_by(Job.kind)
    due = db.session.execute(waiting).all()
    ages: dict[str, float] = defaultdict(float)
    for kind, _, oldest in due:
        ages[_known_kind(kind, jobs)] = max(ages[_known_kind(kind, jobs)], (now - oldest).total_seconds())
    yield _gauge("spaces_jobs_due", "Jobs whose time has come and that nobody holds.", "kind",
                 _by_kind(jobs, [(kind, number) for kind, number, _ in due]))  # fmt: skip
    yield _gauge("spaces_jobs_oldest_due_seconds", "For how long the oldest of them has waited.", "kind", ages)
    yield _gauge("spaces_jobs_gave_up_last_week", "Jobs that gave up in the last seven days.", "kind",
                 _by_kind(jobs, _jobs_since(Job.failed_at, _WEEK)))  # fmt: skip
    yield _gauge("spaces_jobs_gave_up_last_hour", "Jobs that gave up in the last hour.", "kind",
                 _by_kind(jobs, _jobs_since(Job.failed_at, _HOUR)))  # fmt: skip
    yield _gauge("spaces_jobs_done_last_hour", "Jobs that were done in the last hour.", "kind",
                 _by_kind(jobs, _jobs_since(Job.finished_at, _HOUR)))  # fmt: skip


def _jobs_since(column: InstrumentedAttribute[datetime | None], time: timedelta) -> list[tuple[str, int]]:
    asked = sa.select(Job.kind, sa.func.count()).where(column > clock.now() - time).group_by(Job.kind)
    return [(kind, number) for kind, number in db.session.execute(asked)]


def _by_kind(jobs: Jobs, counted: Iterable[tuple[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for kind, number in counted:
        found[_known_kind(kind, jobs)] += number
    return found


def _known_kind(kind: str, jobs: Jobs) -> str:
    return kind if kind in jobs.handlers else _OTHER


def _queue() -> Iterator[GaugeMetricFamily]:
    """The one number that stands in no row; a queue that is away has no length."""
    found = queue()
    yield GaugeMetricFamily("spaces_job_queue_up", "Whether the job queue answers this process.",
                            value=float(not found.fault))  # fmt: skip
    if not found.fault:
        yield GaugeMetricFamily("spaces_job_queue_messages", "Messages in the job queue that nobody has taken yet.",
                                value=found.waiting)  # fmt: skip


def _files() -> GaugeMetricFamily:
    return GaugeMetricFamily("spaces_files_up", "Whether the place of the files answers this process.",
                             value=float(storage_here().is_reached()))  # fmt: skip


def _launches() -> Iterator[GaugeMetricFamily]:
    """Refused ones by code, those that came in by platform."""
    since = clock.now() - _HOUR
    asked = sa.select(RefusedLaunch.code, sa.func.count()).where(RefusedLaunch.at > since).group_by(RefusedLaunch.code)
    refused: Counter[str] = Counter()
    for code, number in db.session.execute(asked):
        refused[code if code in CATALOGUE else _OTHER] += number
    yield _gauge("spaces_launches_refused_last_hour", "Launches refused in the last hour, as far as they are kept.",
                 "code", refused)  # fmt: skip
    came = (
        sa.select(Registration.name, VisitRow.proof, sa.func.count())
        .join(VisitRow, VisitRow.registration_id == Registration.id)
        .where(VisitRow.last_seen_at > since, VisitRow.created_at > since)  # the first has an index
        .group_by(Registration.name, VisitRow.proof)
    )
    by_platform: Counter[str] = Counter()
    found = [(name, proof, number) for name, proof, number in db.session.execute(came)]
    for name, _, number in found:
        by_platform[name] += number
    named = _largest(by_platform)
    yield _gauge("spaces_launches_last_hour", "Launches that came in within the last hour.", "platform", named)
    yield _proofs(found, named)


def _refused_by_platform() -> GaugeMetricFamily:
    asked = (
        sa.select(Registration.name, sa.func.count())
        .join(RefusedLaunch, RefusedLaunch.registration_id == Registration.id)
        .where(RefusedLaunch.at > clock.now() - _HOUR)
        .group_by(Registration.name)
    )
    counted = Counter({str(name): int(number) for name, number in db.session.execute(asked)})
    return _gauge("spaces_launches_refused_by_platform_last_hour", "The same by platform: whose launches these were.",
                  "platform", _largest(counted))  # fmt: skip


def _proofs(found: Iterable[tuple[str, str, int]], named: Mapping[str, int]) -> GaugeMetricFamily:
    """How browsers have shown themselves (decision 28). Many by `new_window` are many who had to press a button."""
    counted: Counter[tuple[str, str]] = Counter()
    for name, proof, number in found:
        counted[name if name in named else _OTHER, proof if proof in _PROOFS else _OTHER] += number
    gauge = GaugeMetricFamily(
        "spaces_launches_by_proof_last_hour", "Launches of the last hour by how the browser has shown itself.",
        labels=["platform", "proof"],
    )  # fmt: skip
    for labels, number in sorted(counted.items()):
        gauge.add_metric(labels, number)
    return gauge


def _largest(counted: Counter[str]) -> Counter[str]:
    """The platforms with the most, and all the rest together."""
    kept = Counter(dict(counted.most_common(_MOST_PLATFORMS)))
    if rest := counted.total() - kept.total():
        kept[_OTHER] += rest
    return kept


def _scores() -> Iterator[GaugeMetricFamily]:
    counted = db.session.execute(sa.select(Score.state, sa.func.count()).group_by(Score.state))
    states = {str(state): int(number) for state, number in counted}
    yield _gauge("spaces_scores", "Scores for gradebooks, by what has become of them.", "state", states)
    oldest, yesterday = oldest_on_its_way(), clock.now() - _DAY
    yield GaugeMetricFamily(
        "spaces_scores_oldest_waiting_seconds", "For how long the oldest score that may go has waited.",
        value=max((clock.now() - oldest).total_seconds(), 0.0) if oldest else 0.0,
    )  # fmt: skip
    refused = sa.select(sa.func.count()).where(Score.state == "refused", Score.tried_at > yesterday)
    yield GaugeMetricFamily("spaces_scores_refused_last_day", "Scores of one person each that an LMS has refused since "
                            "yesterday.", value=db.session.scalar(refused) or 0)  # fmt: skip
    stopped = (
        sa.select(LineItem.problem, sa.func.count())
        .where(LineItem.refused_since > yesterday, LineItem.problem.is_not(None))
        .group_by(LineItem.problem)
    )
    columns: Counter[str] = Counter()
    for code, number in db.session.execute(stopped):
        columns[code if code in CATALOGUE else _OTHER] += number
    yield _gauge("spaces_columns_refused_last_day", "Columns that an LMS has refused for good since yesterday, with "
                 "all their scores.", "code", columns)  # fmt: skip


def _rosters() -> Iterator[GaugeMetricFamily]:
    """An id begins with the moment at which it was made, so those of an hour lie beside each other."""
    since = clock.now() - _HOUR
    told = sa.select(RosterRead.state, RosterRead.asked_at, RosterRead.ended_at)
    asked = told.where(RosterRead.id > first_id_of(since))
    states: Counter[str] = Counter()
    seconds: list[float] = []
    for state, asked_at, ended_at in db.session.execute(asked):
        states[state] += 1
        if ended_at:
            seconds.append((ended_at - asked_at).total_seconds())
    yield _gauge("spaces_roster_reads_last_hour", "Readings of rosters asked for in the last hour.", "state", states)
    for word, number in (("sum", sum(seconds)), ("max", max(seconds, default=0.0))):
        yield GaugeMetricFamily(
            f"spaces_roster_seconds_last_hour_{word}", "How long those that ended took, their waiting included.",
            value=number,
        )  # fmt: skip


def _gauge(name: str, meaning: str, label: str, numbers: Mapping[str, float]) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, meaning, labels=[label])
    for value, number in sorted(numbers.items()):
        gauge.add_metric([value], number)
    return gauge
