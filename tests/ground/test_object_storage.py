"""Files in a bucket, over real HTTP: what lies there, what is said when it cannot be reached, and who goes on."""

import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog.testing
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import update

from lti_tool import clock
from lti_tool.cli import main
from lti_tool.db import db, transaction
from lti_tool.jobs import Job, drain
from lti_tool.jobs.queue import MOST_ATTEMPTS
from lti_tool.kept_files import forget_files
from lti_tool.object_storage import ObjectStorage
from lti_tool.settings import BadSetting, Settings
from lti_tool.storage import Storage, StorageAway, key_of, storage_here
from tests.make.house import house
from tests.make.s3 import S3
from tests.make.serving import free_port

ABSENT = "0" * 64


@pytest.fixture(autouse=True)
def _logged() -> Iterator[None]:
    """Not every test here has an application, whose log it could be."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
def bucket(s3: S3) -> str:
    return s3.bucket()


@pytest.fixture
def in_bucket(bucket: str, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The tool with its files there."""
    with house(tmp_path, database_url=database_url, files_url=f"s3://{bucket}/school") as app:
        yield app


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, s3: S3) -> None:
    """Nothing answers where the files are."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")


def later(app: Flask) -> None:
    """The time of whatever waits has come."""
    with transaction():
        db.session.execute(update(Job).where(Job.finished_at.is_(None)).values(run_at=clock.now()))
    drain(app)
    db.session.rollback()


def check() -> str:
    db.session.rollback()
    return CliRunner().invoke(main, ["check"]).output


def test_a_file_lies_where_a_copied_folder_would_lie(s3: S3, bucket: str) -> None:
    key = ObjectStorage(f"s3://{bucket}/school", "files").put(b"\x89PNG picture")

    assert s3.names_in(bucket) == [f"school/files/{key[:2]}/{key[2:4]}/{key}"]


def test_two_machines_see_each_others_files_and_two_schools_do_not(bucket: str) -> None:
    one, other = (ObjectStorage(f"s3://{bucket}/school", "files") for _ in range(2))
    key = one.put(b"shared")

    assert other.get(key) == b"shared"
    assert not ObjectStorage(f"s3://{bucket}/another", "files").exists(key)
    assert not ObjectStorage(f"s3://{bucket}/school", "previews").exists(key)


def test_a_large_file_comes_back_as_it_was(bucket: str) -> None:
    storage, data = ObjectStorage(f"s3://{bucket}", "files"), bytes(range(256)) * 80_000  # 20 MB

    assert key_of(storage.get(storage.put(data))) == key_of(data)


@pytest.mark.usefixtures("nobody")
def test_when_nothing_answers_it_is_said_soon_and_by_its_own_name(bucket: str) -> None:
    storage: Storage = ObjectStorage(f"s3://{bucket}", "files")
    began = time.monotonic()
    for ask in (
        lambda: storage.put(b"x"), lambda: storage.get(ABSENT), lambda: storage.exists(ABSENT),
        lambda: storage.delete(ABSENT), lambda: list(storage.older_than(timedelta())),
    ):  # fmt: skip
        with pytest.raises(StorageAway, match=f"{bucket}: nothing answers there"):
            ask()
    assert time.monotonic() - began < 30


def test_a_bucket_that_is_not_there_takes_nothing(s3: S3) -> None:
    with pytest.raises(StorageAway, match="nowhere"):
        ObjectStorage("s3://nowhere/school", "files").put(b"x")


def test_a_page_that_needs_a_file_says_who_can_help_and_the_others_go_on(
    in_bucket: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    @in_bucket.get("/reads-a-file")
    def reads() -> bytes:
        return storage_here().get(ABSENT)

    monkeypatch.setitem(in_bucket.extensions, "storage", _away())
    client = in_bucket.test_client()
    broken = client.get("/reads-a-file", headers={"Accept": "application/json"})

    assert (broken.status_code, broken.get_json()["error"]["code"]) == (503, "files_away")
    assert b"the operator of this tool" in client.get("/reads-a-file", headers={"Accept": "text/html"}).data
    assert client.get("/readyz").get_json() == {"status": "ok", "jobs": "ok", "files": "away"}


def test_a_file_that_could_not_be_forgotten_goes_when_its_bucket_is_back(
    in_bucket: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = storage_here().put(b"nobody's")
    with monkeypatch.context() as away:
        away.setitem(in_bucket.extensions, "storage", _away())
        with transaction():
            forget_files([key])
    still = storage_here().exists(key)
    later(in_bucket)

    assert (still, storage_here().exists(key)) == (True, False)


def test_a_bucket_that_stays_away_is_no_fault_of_the_job(in_bucket: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    key = storage_here().put(b"nobody's")
    with monkeypatch.context() as away:
        away.setitem(in_bucket.extensions, "storage", _away())
        with transaction():
            forget_files([key])
        for _ in range(MOST_ATTEMPTS + 1):
            later(in_bucket)
    later(in_bucket)

    assert not storage_here().exists(key)


def test_readiness_and_check_look_at_the_bucket(in_bucket: Flask, bucket: str, s3: S3) -> None:
    assert in_bucket.test_client().get("/readyz").get_json()["files"] == "ok"
    assert f"good  Files can be kept, read and deleted at s3://{bucket}/school." in check()
    assert s3.names_in(bucket) == []


def test_check_says_what_is_wrong_with_the_bucket(s3: S3, database_url: str, tmp_path: Path) -> None:
    with house(tmp_path, database_url=database_url, files_url="s3://nowhere"):
        said = check()

    assert "wrong Files cannot be kept at FILES_URL: nowhere: there is no such bucket (FileNotFoundError)." in said


@pytest.mark.parametrize("url", ["bucket", "http://bucket/", "memory:///", "file:///tmp", "s3://key:secret@bucket"])
def test_an_address_that_is_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="should be a bucket") as refused:
        Settings(files_url=url)

    assert "secret" not in str(refused.value.errors(include_input=False))  # type: ignore[attr-defined]


def test_without_its_package_it_is_said_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)

    with pytest.raises(BadSetting, match=r"pip install 'lti-tool\[objects\]'"):
        ObjectStorage("s3://bucket", "files")


def _away() -> ObjectStorage:
    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
        return ObjectStorage("s3://bucket", "files")
