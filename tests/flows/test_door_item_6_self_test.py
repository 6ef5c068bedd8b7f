"""Item 6 of the door: an installation proves itself, by one command or one button, and cleans up behind itself."""

import json
import os
import signal
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lti_tool.db import db, transaction
from lti_tool.launch.selftest.doing import sweep_self_tests
from lti_tool.launch.selftest.model import SelfTest
from lti_tool.launch.selftest.runs import DEAD_AFTER
from tests.launch.selftest.conftest import rows
from tests.make.admin import make_link
from tests.make.hands import follow, heading, press
from tests.make.lms import Browser, Campus, words
from tests.make.programs import lti_tool, running, wait_until
from tests.make.served import served_campus
from tests.make.serving import free_port


@pytest.fixture
def installation(database_url: str, tmp_path: Path) -> Iterator[Campus]:
    """`lti-tool serve` with its worker, in processes of their own."""
    with served_campus(database_url, tmp_path / "served") as school:
        yield school


def same_settings(school: Campus) -> dict[str, str]:
    settings = school.app.extensions["settings"]
    return {"DATABASE_URL": settings.database_url, "PUBLIC_URL": settings.public_url, "LOG_LEVEL": "ERROR"}


def administrator(school: Campus) -> Browser:
    """Signed in by a link, as any administrator is."""
    browser = school.browser()
    press(browser, browser.get(f"/admin{make_link()}"), "Sign in")
    return browser


def red_lines() -> str:
    report = db.session.scalars(select(SelfTest.report)).one() or {"cases": []}
    return json.dumps([one for one in report["cases"] if one["verdict"] != "passed"])


def test_one_command_certifies_a_running_installation_and_keeps_the_evidence(
    installation: Campus, tmp_path: Path
) -> None:
    before = rows()
    folder, evidence = installation.app.extensions["settings"].data_dir, tmp_path / "evidence.zip"
    done = lti_tool(folder, "certify", "--output", str(evidence), **same_settings(installation))

    assert done.returncode == 0, done.stdout + done.stderr
    assert " 72/72 ok    N26  Oversized token" in done.stdout
    assert "ok     12 of  12  Payloads that are known to be bad" in done.stdout
    assert "72 passed, 0 failed" in done.stdout
    assert json.loads(zipfile.ZipFile(evidence).read("report.json"))["verdict"] == "passed"
    assert rows() == before


def test_an_administrator_starts_it_with_a_button_and_reads_what_it_found(installation: Campus) -> None:
    browser = administrator(installation)
    empty = follow(browser, browser.get("/admin"), "Self-test")
    assert "None yet." in words(empty)

    page = press(browser, empty, "Start a self-test")
    assert heading(page) == "The self-test is under way"
    wait_until(lambda: "under way" not in heading(browser.get(page.url)))

    shown = browser.get(page.url)
    assert heading(shown) == "Every case passed", red_lines()
    assert "No KID sent in header" in words(shown)
    assert follow(browser, shown, "Download the evidence").headers["Content-Type"] == "application/zip"
    assert "72 passed, 0 failed" in words(browser.get("/admin/self-test"))


def test_what_a_killed_run_has_left_is_removed(installation: Campus) -> None:
    before = rows()
    folder = installation.app.extensions["settings"].data_dir
    with running(folder, "certify", **same_settings(installation), PYTHONUNBUFFERED="1") as command:
        command.wait_for("13/72")
        os.kill(command.process.pid, signal.SIGKILL)
        command.process.wait(30)
    assert rows() != before

    second = lti_tool(folder, "certify", **same_settings(installation))
    assert second.returncode == 1
    assert "A self-test is under way" in second.stderr
    with transaction():
        for run in db.session.scalars(select(SelfTest)):
            run.alive_at -= DEAD_AFTER + timedelta(seconds=1)
    sweep_self_tests()

    assert rows() == before
    assert db.session.scalar(select(SelfTest.state)) == "broken"


def test_where_the_tool_does_not_run_the_command_says_so(database_url: str, tmp_path: Path) -> None:
    address = f"http://localhost:{free_port()}"
    done = lti_tool(tmp_path, "certify", DATABASE_URL=database_url, PUBLIC_URL=address)

    assert done.returncode == 1
    assert "The tool does not answer at its own address" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_where_another_installation_answers_the_command_says_so(
    installation: Campus, database_url: str, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    address = installation.app.extensions["settings"].public_url
    assert lti_tool(other, "migrate").returncode == 0

    done = lti_tool(other, "certify", "--json", PUBLIC_URL=address)

    assert done.returncode == 1
    assert "Another installation answers at this address" in done.stderr


def test_a_testers_launches_are_ticked_off(school: Campus) -> None:
    browser = administrator(school)
    empty = follow(browser, browser.get("/admin/self-test"), "Sandbox LMS")
    assert "0 of 9" in words(empty)

    school.lms.faults.launch_claims = {"name": None, "given_name": None, "family_name": None, "email": None}
    school.open("biology", "helena")

    seen = words(browser.get(empty.url))
    assert "Launch Instructor with no personal data : seen" in seen
    assert "Launch Student with no personal data : not seen" in seen
