"""`/metrics` as Prometheus reads it: over real HTTP, through its own parser."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests
import yaml
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs.model import Job
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.model import RefusedLaunch, Registration, RosterRead, VisitRow
from lti_tool.places import PACKAGE
from tests.make.every_table import fill_every_table
from tests.make.house import house
from tests.make.organization import make_organization
from tests.make.serving import free_port, serving
from tests.make.visit import make_registration

TOKEN = "a-token-for-tests-0123456789"
DEPLOY = PACKAGE.parent / "deploy"

Scrape = Callable[..., requests.Response]


@pytest.fixture
def opened(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    with house(tmp_path, database_url=database_url, metrics_token=TOKEN) as app:
        yield app


@pytest.fixture
def scrape(opened: Flask) -> Iterator[Scrape]:
    port = free_port()
    with serving(opened, port):

        def asked(authorization: str = f"Bearer {TOKEN}") -> requests.Response:
            headers = {"Authorization": authorization} if authorization else {}
            return requests.get(f"http://127.0.0.1:{port}/metrics", headers=headers, timeout=30)

        yield asked


def read(answer: requests.Response) -> dict[str, dict[str, float]]:
    """Each number by its name and its one label."""
    assert answer.status_code == 200, answer.text
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.type == "gauge"
        assert family.documentation.endswith(".")
        for sample in family.samples:
            found.setdefault(sample.name, {})["".join(sample.labels.values())] = sample.value
    return found


def test_without_the_setting_there_is_no_such_page(app: Flask) -> None:
    client = app.test_client()

    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


WRONG = ("", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x")


@pytest.mark.parametrize("given", WRONG)
def test_only_its_token_opens_it(scrape: Scrape, given: str) -> None:
    refused = scrape(given)

    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "spaces_" not in refused.text


@pytest.mark.parametrize("token", ["short", "with a space in it, though long"])
def test_a_token_that_is_none_is_refused_at_start(tmp_path: Path, token: str) -> None:
    with pytest.raises(ValueError, match="at least 16"), house(tmp_path, metrics_token=token):
        pass


def test_an_empty_installation_has_nothing_to_count(scrape: Scrape) -> None:
    answer = scrape()

    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert answer.headers["Cache-Control"] == "no-store"
    assert read(answer) == {
        "spaces_job_queue_up": {"": 1.0}, "spaces_job_queue_messages": {"": 0.0}, "spaces_files_up": {"": 1.0},
        "spaces_scores_oldest_waiting_seconds": {"": 0.0}, "spaces_scores_refused_last_day": {"": 0.0},
        "spaces_roster_seconds_last_hour_sum": {"": 0.0}, "spaces_roster_seconds_last_hour_max": {"": 0.0},
    }  # fmt: skip


def test_jobs_are_told_by_kind_and_age(scrape: Scrape) -> None:
    now = clock.now()
    old, words = now - timedelta(minutes=10), {"arguments": {}}
    with transaction() as connection:
        connection.execute(insert(Job).values([
            {**words, "id": "1", "kind": "roster.read", "run_at": old, "finished_at": None, "failed_at": None},
            {**words, "id": "2", "kind": "roster.read", "run_at": now, "finished_at": None, "failed_at": None},
            {**words, "id": "3", "kind": "roster.read", "run_at": old, "finished_at": now, "failed_at": None},
            {**words, "id": "4", "kind": "roster.read", "run_at": old, "finished_at": None, "failed_at": now},
            {**words, "id": "5", "kind": "ada@example.org", "run_at": old, "finished_at": None, "failed_at": None},
            {**words, "id": "6", "kind": "roster.read", "run_at": now + timedelta(1), "finished_at": None,
             "failed_at": None},
        ]))  # fmt: skip
    found = read(scrape())

    assert found["spaces_jobs_due"] == {"roster.read": 2, "other": 1}
    assert 600 <= found["spaces_jobs_oldest_due_seconds"]["roster.read"] < 660
    assert found["spaces_jobs_gave_up_last_week"] == found["spaces_jobs_gave_up_last_hour"] == {"roster.read": 1}
    assert found["spaces_jobs_done_last_hour"] == {"roster.read": 1}


def test_launches_are_told_by_platform_and_refusals_by_code(scrape: Scrape) -> None:
    fill_every_table()
    now, before = clock.now(), clock.now() - timedelta(hours=2)
    with transaction():
        kept = [("too_many_refused", now), ("nobody_knows_it", now), ("too_many_refused", before)]
        for number, (code, at) in enumerate(kept):
            db.session.execute(update(RefusedLaunch).where(RefusedLaunch.id == f"{number}id").values(code=code, at=at))
        db.session.execute(update(VisitRow).values(created_at=before, last_seen_at=now))
        db.session.execute(update(VisitRow).where(VisitRow.id == "0id").values(created_at=now))
        db.session.execute(update(Registration).where(Registration.id == "0id").values(name='Our "LMS"\\n'))
    found = read(scrape())

    assert found["spaces_launches_refused_last_hour"] == {"too_many_refused": 1, "other": 1}
    assert found["spaces_launches_last_hour"] == {'Our "LMS"\\n': 1}
    assert sum(found["spaces_launches_refused_by_platform_last_hour"].values()) == 2
    assert found["spaces_launches_refused_by_platform_last_hour"]['Our "LMS"\\n'] == 1


def test_launches_are_told_by_how_the_browser_has_shown_itself(scrape: Scrape) -> None:
    fill_every_table()
    now = clock.now()
    proofs = ("frame", "new_window", "ada")
    with transaction():
        for number, proof in enumerate(proofs):
            told = {"created_at": now, "last_seen_at": now, "proof": proof}
            db.session.execute(update(VisitRow).where(VisitRow.id == f"{number}id").values(told))
            named = update(Registration).where(Registration.id == f"{number}id")
            db.session.execute(named.values(name=f"LMS {number} "))
    found = read(scrape())["spaces_launches_by_proof_last_hour"]

    assert found == {"LMS 0 frame": 1, "LMS 1 new_window": 1, "LMS 2 other": 1}


def test_of_many_platforms_the_busiest_have_a_name(scrape: Scrape) -> None:
    fill_every_table()
    organization, now = make_organization(), clock.now()
    visit = db.session.execute(select(VisitRow.__table__).limit(1)).mappings().one()
    with transaction():
        db.session.execute(update(VisitRow).values(created_at=now - timedelta(hours=2)))
    registrations = [make_registration(organization) for _ in range(103)]
    with transaction() as connection:
        for number, registration in enumerate(registrations):
            db.session.execute(update(Registration).where(Registration.id == registration).values(name=f"LMS {number}"))
            connection.execute(insert(VisitRow).values(
                {**visit, "id": f"v{number}", "registration_id": registration, "created_at": now, "last_seen_at": now}
            ))  # fmt: skip
    found = read(scrape())["spaces_launches_last_hour"]

    assert len(found) == 101
    assert found["other"] == 3


def test_scores_and_rosters_are_told_by_state(scrape: Scrape) -> None:
    fill_every_table()
    now = clock.now()
    read_ids = [f"{int(now.timestamp() * 1000):012x}{number:020x}" for number in range(2)]
    with transaction():
        for number, new in enumerate(read_ids):
            db.session.execute(update(RosterRead).where(RosterRead.id == f"{number}id").values(
                id=new, state=("done", "failed")[number], asked_at=now - timedelta(seconds=30 + number), ended_at=now
            ))  # fmt: skip
        db.session.execute(update(RosterRead).where(RosterRead.id == "2id").values(id="0" * 32))  # of long ago
        held = {"state": "held", "moved_at": now - timedelta(days=9)}
        db.session.execute(update(Score).where(Score.id == "0id").values(held))
        waits = {"state": "waiting", "moved_at": now - timedelta(minutes=90)}
        db.session.execute(update(Score).where(Score.id == "1id").values(waits))
        refused = {"state": "refused", "tried_at": now - timedelta(hours=23)}
        db.session.execute(update(Score).where(Score.id == "2id").values(refused))
        stopped = (("0id", "service_forbidden", 23), ("1id", "ada@example.org", 1), ("2id", "service_forbidden", 25))
        for column, code, hours in stopped:
            since = {"problem": code, "refused_since": now - timedelta(hours=hours)}
            db.session.execute(update(LineItem).where(LineItem.id == column).values(since))
    found = read(scrape())

    assert found["spaces_scores"]["held"] == 1
    assert found["spaces_scores_oldest_waiting_seconds"] == {"": 0}, "nobody can send what is nobody's"
    assert found["spaces_scores_refused_last_day"] == {"": 1}
    assert found["spaces_columns_refused_last_day"] == {"service_forbidden": 1, "other": 1}
    assert sum(found["spaces_scores"].values()) == 3
    assert found["spaces_roster_reads_last_hour"] == {"done": 1, "failed": 1}
    assert found["spaces_roster_seconds_last_hour_sum"] == {"": pytest.approx(61)}
    assert found["spaces_roster_seconds_last_hour_max"] == {"": pytest.approx(31)}


def test_alerts_and_dashboard_ask_for_numbers_that_there_are(scrape: Scrape) -> None:
    there = {family.name for family in text_string_to_metric_families(scrape().text)}
    [group] = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text())["groups"]
    panels = json.loads((DEPLOY / "grafana" / "spaces.json").read_text())["panels"]
    asked = [rule["expr"] for rule in group["rules"]] + [one["expr"] for panel in panels for one in panel["targets"]]
    named = {name for expression in asked for name in re.findall(r"spaces_\w+", expression)}

    assert named == there, "and nothing that is told is left unseen"
    assert all(rule["annotations"]["description"] for rule in group["rules"])
