"""The self-test at the console: started with a button, watched, read, and taken along."""

import io
import json
import zipfile
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.launch.selftest.model import SelfTest
from lti_tool.launch.selftest.runner import all_cases
from lti_tool.launch.selftest.runs import DEAD_AFTER
from lti_tool.people.admin.model import AuditEntry
from tests.launch.selftest.test_runs import make_run, state_of
from tests.make.admin import Administrating, make_admin


@pytest.fixture
def admin(app: Flask) -> Administrating:
    return make_admin(app)


def make_report(*red: str) -> dict[str, Any]:
    cases = [
        {
            "id": case.id, "section": case.section, "name": case.name, "sent": "a good launch, but without kid",
            "verdict": "failed" if case.id in red else "passed", "expected": case.expected,
            "got": "status 200, “Overview”", "mender": "the makers of this tool" if case.id in red else "", "steps": [],
        }
        for case in all_cases()
    ]  # fmt: skip
    return {
        "run": "1", "address": "http://localhost:8000", "started_at": "2026-11-25T08:00:00Z",
        "ended_at": "2026-11-25T08:01:00Z", "verdict": "failed" if red else "passed", "passed": len(cases) - len(red),
        "failed": len(red), "not_run": 0, "cases": cases, "calls": [],
    }  # fmt: skip


def test_only_administrators_see_it(app: Flask) -> None:
    run = make_run()
    for path in ("", f"/{run}", f"/{run}/progress", f"/{run}/evidence.zip"):
        assert app.test_client().get(f"/admin/self-test{path}").status_code in (303, 401)
    assert app.test_client().post("/admin/self-test").status_code in (303, 401, 403)
    assert app.test_client().get("/admin/conformance/any").status_code in (303, 401)


def test_before_the_first_run_the_page_says_so(admin: Administrating) -> None:
    page = admin.get("/self-test").text

    assert "None yet." in page
    assert "Start a self-test" in page
    assert "No LMS is connected yet." in page


def test_the_button_writes_a_run_and_its_job_and_leads_to_its_page(admin: Administrating) -> None:
    admin.get("/self-test")
    answer = admin.post("/self-test")

    [run] = db.session.scalars(select(SelfTest))
    [job] = db.session.scalars(select(Job))
    assert answer.headers["Location"] == f"/admin/self-test/{run.id}"
    assert (job.kind, job.arguments) == ("selftest.run", {"run": run.id})
    assert "waits for a worker" in admin.get(f"/self-test/{run.id}").text
    assert db.session.scalar(select(AuditEntry.deed).where(AuditEntry.subject == run.id)) == "selftest.started"


def test_while_one_is_under_way_no_second_one_starts(admin: Administrating) -> None:
    admin.get("/self-test")
    admin.post("/self-test")
    page = admin.get("/self-test").text

    assert "Start a self-test" not in page
    assert "See the one that is under way" in page
    assert admin.post("/self-test").status_code == 409


def test_whoever_watches_sees_how_far_it_is(admin: Administrating) -> None:
    run = make_run(total=72, done=23, doing="Launch Student full")
    page, part = admin.get(f"/self-test/{run}"), admin.get(f"/self-test/{run}/progress", headers={"HX-Request": "true"})

    assert "23 of 72 cases" in page.text
    assert "Launch Student full" in part.text
    assert "<h1" not in part.text
    assert admin.get(f"/self-test/{run}/progress").status_code == 303


def test_once_it_has_ended_the_page_is_loaded_anew(admin: Administrating) -> None:
    run = make_run(state="done", report=make_report(), ended_at=clock.now())

    assert admin.get(f"/self-test/{run}/progress", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_a_run_that_nobody_works_on_says_so(admin: Administrating) -> None:
    run = make_run(total=72, done=3)
    with transaction():
        state_of(run).alive_at = clock.now() - DEAD_AFTER - DEAD_AFTER

    assert "Nobody has worked on it" in admin.get(f"/self-test/{run}").text
    assert "Start a self-test" in admin.get("/self-test").text


def test_a_green_run_shows_every_case(admin: Administrating) -> None:
    run = make_run(state="done", report=make_report(), ended_at=clock.now())
    page = admin.get(f"/self-test/{run}").text

    assert "Every case passed" in page
    assert all(case.name.replace("'", "&#39;") in page for case in all_cases())
    assert "12 of 12" in page


def test_a_red_line_says_what_was_sent_expected_and_got_and_who_can_mend_it(admin: Administrating) -> None:
    run = make_run(state="done", report=make_report("B1"), ended_at=clock.now())
    page = admin.get(f"/self-test/{run}").text

    assert "1 of 72 cases failed" in page
    assert "a good launch, but without kid" in page
    assert "with status 401 and kid_missing" in page
    assert "status 200, “Overview”" in page
    assert "the makers of this tool" in page


def test_a_run_that_came_to_no_end_has_no_evidence(admin: Administrating) -> None:
    run = make_run(state="broken", report={"why": "No worker took it up.", "cases": []}, ended_at=clock.now())

    assert "No worker took it up." in admin.get(f"/self-test/{run}").text
    assert admin.get(f"/self-test/{run}/evidence.zip").status_code == 404
    assert admin.get("/self-test/unknown").status_code == 404


def test_the_evidence_comes_as_a_zip(admin: Administrating) -> None:
    run = make_run(state="done", report=make_report("B1"), ended_at=clock.now())
    answer = admin.get(f"/self-test/{run}/evidence.zip")

    assert answer.mimetype == "application/zip"
    assert "self-test-" in answer.headers["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert json.loads(archive.read("cases/B1.json"))["verdict"] == "failed"
