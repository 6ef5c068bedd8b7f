"""The drill: a backup is taken while people work, restored elsewhere, and an auditor compares every fact."""

import threading
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import insert, inspect, select, text

from lti_tool import clock
from lti_tool.badges.award_numbers import next_numbers
from lti_tool.badges.model import Award
from lti_tool.db import db, new_id, transaction
from lti_tool.jobs.model import Job
from lti_tool.object_storage import ObjectStorage
from lti_tool.people.model import Organization
from lti_tool.safekeeping.archive import About, ArchiveWriter, OneTable
from lti_tool.safekeeping.backing_up import back_up
from lti_tool.safekeeping.portable import Fingerprint, columns_of, line_of, rows_of
from lti_tool.safekeeping.restoring import restore
from lti_tool.safekeeping.tables import tables_named
from lti_tool.schema import schema_is_behind
from lti_tool.settings import Settings
from lti_tool.spaces.evidence.model import Attachment
from lti_tool.storage import storage_here
from tests.make.auditor import differences, every_file
from tests.make.every_table import ROWS, fill_every_table
from tests.make.everything import everything
from tests.make.s3 import S3
from tests.make.serving import free_port
from tests.safekeeping.conftest import Elsewhere, command

BOTH = pytest.mark.parametrize("target", ["sqlite", "postgresql"])


def data_dir(app: Flask) -> Path:
    settings: Settings = app.extensions["settings"]
    return settings.data_dir


@BOTH
def test_what_was_backed_up_is_there_again_in_every_table_and_every_file(
    app: Flask, elsewhere: Elsewhere, tmp_path: Path, target: str
) -> None:
    filled = fill_every_table()
    before, files = everything(), every_file(data_dir(app))
    taken = command("backup", str(tmp_path / "all.backup"))

    with elsewhere(target) as other:
        restored = command("restore", str(tmp_path / "all.backup"))
        after, files_there = everything(), every_file(data_dir(other))
        with transaction():
            numbers = next_numbers(2)
        highest = db.session.scalars(select(Award.number)).all()

    assert (taken.exit_code, restored.exit_code) == (0, 0), (taken.output, restored.output)
    assert set(filled.values()) == {ROWS}
    assert differences(before, after) == []
    assert files_there == files
    assert numbers == [max(highest) + 1, max(highest) + 2]
    assert "sealed under another SECRET_KEY" not in restored.output


def test_files_go_from_a_folder_into_a_bucket_and_from_there_into_a_folder(
    app: Flask, elsewhere: Elsewhere, tmp_path: Path, s3: S3
) -> None:
    """It is also the way to move: a backup here, restored where FILES_URL says another place."""
    fill_every_table()
    files, bucket = every_file(data_dir(app)), s3.bucket()
    command("backup", str(tmp_path / "folder.backup"))

    with elsewhere("sqlite", files_url=f"s3://{bucket}/school") as there:
        restored = command("restore", str(tmp_path / "folder.backup"))
        in_bucket = {name.rpartition("/")[2] for name in s3.names_in(bucket)}
        in_folder = every_file(data_dir(there))
        taken = command("backup", str(tmp_path / "bucket.backup"))
    with elsewhere("sqlite", "back") as back:
        again = command("restore", str(tmp_path / "bucket.backup"))
        in_folder_again = every_file(data_dir(back))

    assert [one.exit_code for one in (restored, taken, again)] == [0, 0, 0], again.output
    assert (in_bucket, in_folder) == (set(files), {})
    assert in_folder_again == files


def test_a_backup_whose_files_cannot_be_reached_is_none(
    app: Flask, tmp_path: Path, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_every_table()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setitem(app.extensions, "storage", ObjectStorage("s3://bucket", "files"))

    result = command("backup", str(tmp_path / "all.backup"))

    assert result.exit_code == 1
    assert "The files cannot be reached: bucket: nothing answers there (GenericError)." in result.output
    assert not (tmp_path / "all.backup").exists()


def test_the_operator_is_told_what_is_inside_and_that_the_secret_is_not(app: Flask, tmp_path: Path) -> None:
    filled = fill_every_table()
    file = tmp_path / "all.backup"
    result = command("backup", str(file))

    assert f"{file}: {sum(filled.values())} rows and {len(every_file(data_dir(app)))} files." in result.output
    assert f"The secret key is not inside: keep {data_dir(app) / 'secret_key'} somewhere else." in result.output
    assert (data_dir(app) / "secret_key").read_bytes().strip() not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob(".backup-*")] == []


def test_who_restores_under_another_secret_is_told_which_secrets_stay_closed(
    app: Flask, elsewhere: Elsewhere, tmp_path: Path, database_kind: str
) -> None:
    fill_every_table()
    command("backup", str(tmp_path / "all.backup"))

    with elsewhere(database_kind, secret_key="another one"):
        result = command("restore", str(tmp_path / "all.backup"))

    assert result.exit_code == 0, result.output
    assert "Watch: sealed under another SECRET_KEY, LTI 1.1 secret: 3. Put the old one in" in result.output


class Writers:
    """People at work: each deed is one transaction of a file, a row that names it, and a row that belongs to it."""

    def __init__(self, app: Flask) -> None:
        self._app, self._stop = app, threading.Event()
        self.done: list[str] = []
        self._threads = [threading.Thread(target=self._work, args=(number,)) for number in range(3)]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _work(self, number: int) -> None:
        deed = 0
        while not self._stop.is_set():
            deed += 1
            with self._app.app_context():
                self._do(f"{number}-{deed}")
                db.session.remove()

    def _do(self, name: str) -> None:
        key = storage_here().put(name.encode() * 50)
        submission = "0id"
        with transaction() as connection:
            connection.execute(insert(Job).values(kind=f"deed {name}", arguments={"key": key}, run_at=clock.now()))
            connection.execute(insert(Attachment).values(
                submission_id=submission, kind="file", name=f"deed {name}", file_key=key, size=1
            ))  # fmt: skip
        self.done.append(name)


def deeds(rows: list[str]) -> set[str]:
    return {found for row in rows if (found := row.partition("'deed ")[2].partition("'")[0])}


@BOTH
def test_a_backup_taken_while_people_work_is_one_moment_of_it(
    app: Flask, elsewhere: Elsewhere, tmp_path: Path, target: str
) -> None:
    fill_every_table()
    before = everything()
    with Writers(app) as writers:
        while len(writers.done) < 20:
            threading.Event().wait(0.01)
        done_before = set(writers.done)
        back_up(tmp_path / "all.backup")
        done_meanwhile = set(writers.done) - done_before
    later = everything()

    with elsewhere(target) as other:
        restore(tmp_path / "all.backup")
        there, files = everything(), every_file(data_dir(other))
        named = set(db.session.scalars(select(Attachment.file_key).where(Attachment.name.like("deed %"))))

    assert done_meanwhile, "nobody wrote meanwhile"
    assert deeds(there["job"]) == deeds(there["attachment"])
    assert done_before <= deeds(there["job"]) <= set(writers.done)
    for table, rows in there.items():
        assert set(before[table]) <= set(rows) <= set(later[table]), table
    assert named <= set(files)


def test_what_is_deleted_between_rows_and_files_is_not_looked_for(
    app: Flask, elsewhere: Elsewhere, tmp_path: Path, database_kind: str
) -> None:
    """A file that rows name and that lies nowhere is told of, and everything else comes back."""
    fill_every_table()
    key = db.session.scalars(select(Attachment.file_key).where(Attachment.file_key.is_not(None))).first()
    storage_here().delete(str(key))
    result = command("backup", str(tmp_path / "all.backup"))

    with elsewhere(database_kind) as other:
        restored = command("restore", str(tmp_path / "all.backup"))
        files = every_file(data_dir(other))

    assert "Watch: files that rows name and that lie nowhere any more: 1." in result.output
    assert restored.exit_code == 0, restored.output
    assert files == every_file(data_dir(app))


def test_more_rows_than_one_part_holds_come_back(app: Flask, elsewhere: Elsewhere, tmp_path: Path) -> None:
    words = {"kind": "long", "arguments": {"words": "long " * 100}, "run_at": clock.now()}
    with transaction() as connection:
        connection.execute(insert(Job), [{**words, "id": new_id()} for _ in range(5000)])
    before = everything()
    back_up(tmp_path / "all.backup")

    with elsewhere("sqlite"):
        restore(tmp_path / "all.backup")

        assert differences(before, everything()) == []


def backed_up_by_an_older_release(file: Path, revision: str) -> None:
    """What a release wrote whose schema was this one."""
    with db.engine.connect() as connection, file.open("wb") as out:
        names = set(inspect(connection).get_table_names()) - {"alembic_version"}
        tables = tables_named(connection, names)
        lines = {table.name: list(map(line_of, rows_of(connection, table, columns_of(table)))) for table in tables}
        kept = {table.name: OneTable(columns=columns_of(table), rows=len(lines[table.name])) for table in tables}
        writer = ArchiveWriter(out)
        writer.about(About(backup="lti-tool 1", made_at="then", revision=revision, tables=kept, files=0))
        fingerprints = {name: Fingerprint() for name in lines}
        for name, of_table in lines.items():
            writer.rows(name, of_table)
            for line in of_table:
                fingerprints[name].add(line)
        writer.seal(fingerprints={name: made.digits for name, made in fingerprints.items()}, missing=[])


def test_a_backup_of_an_older_release_is_restored_and_brought_up_to_date(
    elsewhere: Elsewhere, tmp_path: Path, database_kind: str
) -> None:
    file = tmp_path / "old.backup"
    with elsewhere(database_kind, "old"):
        upgrade(revision="0004")
        with db.engine.begin() as connection:
            connection.execute(text(
                "INSERT INTO organization (id, name, created_at, may_use_spaces, may_manage_data, may_weigh_points)"
                " VALUES ('o', 'Old School', '2026-01-01 00:00:00', true, false, true)"
            ))  # fmt: skip
        backed_up_by_an_older_release(file, "0004")

    with elsewhere(database_kind, "new"):
        restored = command("restore", str(file))
        names = db.session.scalars(select(Organization.name)).all()

        assert (restored.exit_code, schema_is_behind()) == (0, False), restored.output
    assert names == ["Old School"]
