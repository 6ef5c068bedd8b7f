"""Quarantine: with a scanner, nobody is given a file of evidence that it has not let through."""

import json
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job, drain
from lti_tool.spaces.evidence.checking import sweep_checks
from lti_tool.spaces.evidence.model import Attachment, FileCheck, Submission
from lti_tool.spaces.evidence.scanner import NoAnswer, is_clean
from tests.make.quarantine import EICAR, Desk, Scanner


@pytest.fixture
def desk(app: Flask, organization: str, space: str, tmp_path: Path) -> Desk:
    return Desk(app, organization, space, Scanner(tmp_path))


def test_a_file_is_shown_to_nobody_until_it_was_checked_and_to_all_afterwards(desk: Desk) -> None:
    desk.switch_on()
    file = desk.hand_in(b"harmless")

    assert desk.codes(file) == [409, 409]
    assert all("Being checked" in page and f"evidence/{file}" not in page for page in desk.pages())
    assert b"harmless" not in desk.exported().values()

    drain(desk.app)

    assert desk.codes(file) == [200, 200]
    assert all("Being checked" not in page and f"evidence/{file}" in page for page in desk.pages())
    assert b"harmless" in desk.exported().values()
    assert len(desk.scanner.seen()) == 1
    assert not Path(desk.scanner.seen()[0]).exists()  # nothing of it lies about


def test_a_file_that_the_scanner_refuses_is_given_to_nobody_and_says_so(desk: Desk) -> None:
    desk.switch_on()
    file = desk.hand_in(EICAR)
    drain(desk.app)

    assert desk.codes(file) == [403, 403]
    assert all("Refused by the virus scanner" in page and f"evidence/{file}" not in page for page in desk.pages())
    files = desk.exported()
    assert EICAR not in files.values()
    assert json.loads(files["handed-in-files.json"])[0]["file"] is None


def test_who_follows_a_learner_waits_as_well(desk: Desk) -> None:
    desk.switch_on()
    file = desk.hand_in(EICAR)
    with transaction():
        db.session.execute(update(Submission).values(state="accepted"))

    assert desk.codes(file, desk.mentor) == [409]
    drain(desk.app)
    assert desk.codes(file, desk.mentor) == [403]


def test_without_a_scanner_files_are_given_out_so_that_nothing_runs(desk: Desk) -> None:
    file = desk.hand_in(EICAR)

    answer = desk.staff.get(f"evidence/{file}")
    assert (answer.status_code, answer.get_data()) == (200, EICAR)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert db.session.scalars(select(FileCheck)).all() == []


def test_the_same_bytes_are_checked_once_whoever_brings_them(desk: Desk) -> None:
    desk.switch_on()
    desk.hand_in(b"the same")
    drain(desk.app)
    with transaction():
        one = db.session.scalars(select(Attachment)).one()
        db.session.add(Attachment(submission_id=one.submission_id, kind="file", name="b.txt", file_key=one.file_key,
                                  media_type=one.media_type, size=8, position=1))  # fmt: skip
    sweep_checks()
    drain(desk.app)

    assert len(desk.scanner.seen()) == 1


def test_files_of_before_wait_from_the_day_that_there_is_a_scanner(desk: Desk) -> None:
    file = desk.hand_in(b"of last term")
    assert desk.codes(file) == [200, 200]

    desk.switch_on()
    assert desk.codes(file) == [409, 409]
    sweep_checks()
    drain(desk.app)

    assert desk.codes(file) == [200, 200]


@pytest.mark.parametrize("mode", ["broken", "gone"])
def test_a_scanner_that_does_not_answer_lets_nothing_through_and_is_asked_again(desk: Desk, mode: str) -> None:
    desk.switch_on()
    desk.scanner.behave("broken")
    text = desk.scanner.command.read_text()
    if mode == "gone":
        desk.scanner.command.unlink()
    file = desk.hand_in(b"harmless")
    drain(desk.app)
    assert desk.codes(file) == [409, 409]
    assert db.session.scalar(select(Job.last_error).where(Job.kind == "files.check")) == "NoAnswer"

    desk.scanner.command.write_text(text)
    desk.scanner.command.chmod(0o700)
    desk.scanner.behave("")
    with transaction():
        db.session.execute(update(Job).where(Job.kind == "files.check").values(failed_at=clock.now()))
        db.session.execute(update(FileCheck).values(asked_at=clock.now().replace(year=2020)))
    sweep_checks()
    drain(desk.app)

    assert desk.codes(file) == [200, 200]


def test_a_scanner_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    scanner = Scanner(tmp_path)
    scanner.behave("slow")
    began = time.monotonic()

    with pytest.raises(NoAnswer, match="too long"):
        is_clean(scanner.setting, b"harmless", seconds=0.5)

    assert time.monotonic() - began < 10
