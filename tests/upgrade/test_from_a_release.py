"""A database that a release left, brought up to this version: every fact, file and page is there again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask_migrate import downgrade
from sqlalchemy import select

from lti_tool import clock
from lti_tool.badges.award_numbers import next_numbers
from lti_tool.badges.model import Award
from lti_tool.cli import main
from lti_tool.db import db, single_read, transaction
from lti_tool.launch.key_care import secrets_that_cannot_be_opened
from lti_tool.safekeeping.archive import ArchiveReader
from lti_tool.safekeeping.portable import fingerprint
from lti_tool.safekeeping.tables import tables_named
from lti_tool.schema import RELEASES, Standing, standing
from tests.make.as_it_stands import columns_there, facts
from tests.make.auditor import differences, every_file
from tests.make.house import house
from tests.make.recount import standing_faults
from tests.upgrade.conftest import Opened, data_dir
from tests.upgrade.furnished import facts_in, looked_at, words_on
from tests.upgrade.releases import SECRET, Release, releases
from tests.upgrade.statements import old_orm

EACH = pytest.mark.parametrize("release", releases(), ids=lambda release: release.name)


def migrate() -> None:
    db.session.rollback()
    done = CliRunner().invoke(main, ["migrate"])
    assert (done.exit_code, done.output) == (0, "The database is up to date.\n")
    assert standing() is Standing.HERE


def test_every_release_is_kept() -> None:
    assert [release.name for release in releases()] == list(RELEASES)


@EACH
def test_every_fact_and_file_of_a_release_is_there_after_the_upgrade(installed: Opened, release: Release) -> None:
    with installed(release) as app:
        columns = columns_there()
        before, files = facts(columns), every_file(data_dir(app))
        migrate()
        after = facts(columns)
        space = release.furnished.tenant.space_id
        numbers = sorted(db.session.scalars(select(Award.number)))
        with transaction():
            following = next_numbers(2)

        assert sum(map(len, before.values())) > 3 * len(before) > 150
        assert differences(before, after) == []
        assert every_file(data_dir(app)) == files != {}
        assert standing_faults(space) == []
        assert following == [numbers[-1] + 1, numbers[-1] + 2]
        assert secrets_that_cannot_be_opened() == {}


@EACH
def test_both_kinds_of_database_hold_the_same_facts_of_a_release(installed: Opened, release: Release) -> None:
    """Held against the seal of its backup, which the release itself has set."""
    with release.backup.open("rb") as file:
        reader = ArchiveReader(file)
        for table in reader.about.tables:
            list(reader.rows(table))
        list(reader.files())
        sealed = reader.seal().fingerprints
    with installed(release):
        migrate()
        with single_read() as connection:
            tables = tables_named(connection, reader.about.tables)
            found = {
                table.name: fingerprint(connection, table, reader.about.tables[table.name].columns).digits
                for table in tables
            }

    assert found == sealed


@EACH
def test_everybody_sees_what_they_saw(installed: Opened, release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: release.moment + timedelta(minutes=5))
    recorded = release.read("seen")["seen"]
    with installed(release) as app:
        migrate()
        now = {(who, path): answer for who, path, answer in looked_at(app, release.furnished)}

        assert len(recorded) > 200
        assert list(unlike(recorded, now)) == []


def unlike(recorded: list[list[object]], now: dict[tuple[object, object], object]) -> Iterator[str]:
    """Addresses that people have, and what was on them."""
    for who, path, status, words, facts_then in recorded:
        answer = now.get((who, path))
        if answer is None or answer.status_code != status:
            yield f"{who} {path}: {status} is now {answer and answer.status_code}"
        elif missing := set(words) - set(words_on(answer)):
            yield f"{who} {path}: no word of {sorted(missing)}"
        elif facts_then is not None and facts_in(answer) != facts_then:
            yield f"{who} {path}: says something else: {facts_in(answer)}"


@EACH
def test_a_backup_that_a_release_took_is_restored_by_this_version(
    empty: str, tmp_path: Path, release: Release, database_kind: str
) -> None:
    with house(tmp_path, database_url=empty, secret_key=SECRET) as app:
        restored = CliRunner().invoke(main, ["restore", str(release.backup)])
        there = every_file(data_dir(app))
        columns = columns_there()
        found = facts({table: ["id"] for table in ("award", "person", "space")})

        assert restored.exit_code == 0, restored.output
        assert standing() is Standing.HERE
        assert len(there) > 5
        assert release.furnished.tenant.award_id in "".join(found["award"])
        assert len(columns) >= len(release.read("statements")[database_kind])


@EACH
def test_nothing_goes_back_behind_a_release(
    installed: Opened, release: Release, caplog: pytest.LogCaptureFixture
) -> None:
    with installed(release):
        migrate()
        columns = columns_there()
        before = facts(columns)
        caplog.set_level("ERROR", "flask_migrate")
        with pytest.raises(SystemExit):
            downgrade(revision="0004")

        assert "Revision 0005 was released: nothing goes back behind it." in caplog.text
        assert (columns_there(), differences(before, facts(columns))) == (columns, [])
        assert standing() is Standing.HERE


@EACH
def test_what_the_orm_of_a_release_says_is_still_understood(
    installed: Opened, empty: str, release: Release, database_kind: str, tmp_path: Path
) -> None:
    """A process of that release goes on saying it while, and after, this version migrates."""
    with installed(release):
        columns = columns_there()
        before = facts(columns)
        migrate()
    with old_orm(empty, release.read("statements")[database_kind]) as orm:
        rows = orm.read_all()
        orm.delete_all(rows)
        orm.insert_all(rows)
        orm.update_all(rows)
    with house(tmp_path, database_url=empty, secret_key=SECRET):
        assert sum(map(len, rows.values())) == sum(map(len, before.values()))
        assert differences(before, facts(columns)) == []
