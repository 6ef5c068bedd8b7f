"""Quarantine where files lie in object storage: the scanner is given what is there, over real HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job, drain
from lti_tool.spaces.evidence.checking import sweep_checks
from lti_tool.spaces.evidence.forgetting import forget_files_over
from lti_tool.spaces.evidence.model import FileCheck
from lti_tool.spaces.model import Space
from lti_tool.storage import key_of
from tests.make.house import house
from tests.make.organization import make_organization
from tests.make.quarantine import EICAR, Desk, Scanner
from tests.make.s3 import S3
from tests.make.serving import free_port
from tests.make.space import make_space

HARMLESS = b"harmless"


@pytest.fixture
def bucket(s3: S3) -> str:
    return s3.bucket()


@pytest.fixture
def in_bucket(bucket: str, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    here = "http://localhost:8000"
    with house(tmp_path, database_url=database_url, files_url=f"s3://{bucket}", public_url=here) as app:
        yield app


@pytest.fixture
def desk(in_bucket: Flask, tmp_path: Path) -> Desk:
    organization = make_organization()
    desk = Desk(in_bucket, organization, make_space(organization), Scanner(tmp_path))
    desk.switch_on()
    return desk


def lies_there(s3: S3, bucket: str, data: bytes) -> bool:
    return any(name.endswith(key_of(data)) for name in s3.names_in(bucket))


def test_a_file_in_a_bucket_waits_and_is_let_through(desk: Desk, s3: S3, bucket: str, tmp_path: Path) -> None:
    file = desk.hand_in(HARMLESS)

    assert lies_there(s3, bucket, HARMLESS)
    assert desk.codes(file) == [409, 409]
    drain(desk.app)
    assert desk.codes(file) == [200, 200]
    assert desk.learner.get(f"evidence/{file}").get_data() == HARMLESS
    assert len(desk.scanner.seen()) == 1
    assert not Path(desk.scanner.seen()[0]).exists()
    assert not (tmp_path / "files").exists()  # nothing of it is on this machine


def test_a_file_in_a_bucket_is_refused_and_stays_there_for_the_operator(desk: Desk, s3: S3, bucket: str) -> None:
    file = desk.hand_in(EICAR)
    drain(desk.app)

    assert desk.codes(file) == [403, 403]
    assert EICAR not in desk.exported().values()
    assert lies_there(s3, bucket, EICAR)


def test_a_bucket_that_does_not_answer_lets_nothing_through_and_the_file_is_checked_when_it_is_back(
    desk: Desk, s3: S3, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process of the tool, whose way to the files is broken for a while, does the job."""
    file = desk.hand_in(HARMLESS)
    working = desk.app.extensions["storage"]
    with monkeypatch.context() as away:
        away.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
        desk.app.extensions["storage"] = type(working)(f"s3://{bucket}", "files")
        drain(desk.app)
        assert desk.codes(file) == [409, 409]
    db.session.rollback()
    assert db.session.scalar(select(Job.last_error).where(Job.kind == "files.check")) == "StorageAway"
    assert desk.scanner.seen() == []

    desk.app.extensions["storage"] = working
    with transaction():
        db.session.execute(update(Job).where(Job.kind == "files.check").values(failed_at=clock.now()))
        db.session.execute(update(FileCheck).values(asked_at=clock.now().replace(year=2020)))
    sweep_checks()
    drain(desk.app)

    assert desk.codes(file) == [200, 200]


def test_a_file_in_a_bucket_goes_after_its_time(desk: Desk, s3: S3, bucket: str) -> None:
    desk.hand_in(HARMLESS)
    drain(desk.app)
    desk.app.extensions["settings"] = desk.app.extensions["settings"].model_copy(update={"evidence_days": 30})
    with transaction():
        db.session.execute(update(Space).values(archived_at=clock.now().replace(year=2020)))

    forget_files_over()

    assert not lies_there(s3, bucket, HARMLESS)
