"""A migration that comes after the first release is one that the version before it can go on serving (decision 58)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.script import Script
from flask import Flask
from flask_migrate import upgrade

from lti_tool.db import db
from lti_tool.schema import RELEASES, number_of, oldest_that_serves
from tests.make.house import house
from tests.upgrade.catalogue import catalogue, stumbles
from tests.upgrade.later import besides, chain, made, since_the_first_release
from tests.upgrade.locks import held_up


def faults_of(script: Script, stumbled: list[str]) -> list[str]:
    """What stands against the migration, in sentences."""
    floor, before = oldest_that_serves(script.revision), oldest_that_serves(str(script.down_revision))
    faults = held_up(script)
    if floor < before:
        faults.append(f"{script.revision} does not say that only versions from {before:04} on can serve it")
    elif floor == before:
        faults += stumbled
    elif floor not in map(number_of, RELEASES.values()):
        faults.append(f"{script.revision} asks for versions from {floor:04} on, and none was released with that")
    return faults


def stumbled_over(app: Flask, script: Script) -> list[str]:
    """Migrates; the database stands at the revision before."""
    before = catalogue(db.engine)
    db.session.remove()
    upgrade(revision=script.revision)
    return list(stumbles(before, catalogue(db.engine)))


def test_every_migration_since_the_first_release_only_adds_and_holds_nobody_up(empty: str, tmp_path: Path) -> None:
    with house(tmp_path, database_url=empty) as app:
        upgrade(revision=next(iter(RELEASES.values())))
        found = {script.revision: faults_of(script, stumbled_over(app, script)) for script in since_the_first_release()}

    assert {revision: faults for revision, faults in found.items() if faults} == {}


def test_revisions_are_counted_and_every_release_is_one_of_them() -> None:
    numbers = [number_of(script.revision) for script in chain()]

    assert numbers == list(range(1, len(numbers) + 1))
    assert set(RELEASES.values()) <= {script.revision for script in chain()}


@contextmanager
def at_head(url: str, folder: Path) -> Iterator[Flask]:
    with house(folder, database_url=url) as app:
        upgrade()
        yield app


CONCURRENTLY = (
    "with op.get_context().autocommit_block():\n"
    "        op.create_index('ix_award_narrative', 'award', ['salt'], postgresql_concurrently=True)"
)
ADDS = {
    "a column that may be empty": ("op.add_column('award', sa.Column('mood', sa.String(10)))",),
    "a column with a default of the database": (
        "op.add_column('award', sa.Column('mood', sa.String(10), nullable=False, server_default='calm'))",
    ),
    "a table with an index": (
        "op.create_table('mood', sa.Column('id', sa.String(32), primary_key=True), sa.Column('at', sa.Integer()))",
        "op.create_index('ix_mood_at', 'mood', ['at'])",
    ),
    "an index that is built beside the work": (CONCURRENTLY,),
    "more words than a column took before": (
        "with op.batch_alter_table('line_item') as table:",
        "    table.drop_constraint(table.f('ck_line_item_shows'), type_='check')",
        "    shows = \"shows IN ('completed', 'points', 'objectives', 'nothing', 'mood')\"",
        "    table.create_check_constraint(table.f('ck_line_item_shows'), shows, postgresql_not_valid=True)",
    ),
}


@pytest.mark.parametrize("deeds", ADDS.values(), ids=ADDS)
def test_what_only_adds_is_no_fault(empty: str, tmp_path: Path, deeds: tuple[str, ...]) -> None:
    with at_head(empty, tmp_path) as app:
        script = made(tmp_path / "later", "9001", *deeds)
        with besides(tmp_path / "later"):
            assert faults_of(script, stumbled_over(app, script)) == []


BREAKS = {
    "award.narrative is gone": "table.drop_column('narrative')",
    "award.narrative may be empty no more": "table.alter_column('narrative', existing_type=sa.Text(), nullable=False)",
    "award.mood must be filled in": "table.add_column(sa.Column('mood', sa.String(10), nullable=False))",
    "award.salt was VARCHAR": "table.alter_column('salt', existing_type=sa.String(64), type_=sa.Text())",
    "award: uq_award_salt is a new rule for salt": "table.create_unique_constraint('uq_award_salt', ['salt'])",
    "award: ck_award_long is a new rule for salt":
        "table.create_check_constraint(table.f('ck_award_long'), 'length(salt) > 4')",
}

@pytest.mark.parametrize(("told", "deed"), BREAKS.items(), ids=BREAKS)
def test_what_an_old_version_stumbles_over_is_told(empty: str, tmp_path: Path, told: str, deed: str) -> None:
    with at_head(empty, tmp_path) as app:
        script = made(tmp_path / "later", "9001", "with op.batch_alter_table('award') as table:", f"    {deed}")
        with besides(tmp_path / "later"):
            found = faults_of(script, stumbled_over(app, script))

    assert any(one.startswith(told) for one in found), found


@pytest.mark.parametrize(
    ("told", "deed"),
    [
        ("table standing_band is gone", "op.drop_table('standing_band')"),
        ("award.narrative is gone", "op.execute('ALTER TABLE award RENAME COLUMN narrative TO told')"),
        ("table badge_revision is gone", "op.execute('ALTER TABLE badge_revision RENAME TO badge_change')"),
    ],
)
def test_plain_sql_and_whole_tables_are_looked_at_too(empty: str, tmp_path: Path, told: str, deed: str) -> None:
    with at_head(empty, tmp_path) as app:
        script = made(tmp_path / "later", "9001", deed)
        with besides(tmp_path / "later"):
            assert told in faults_of(script, stumbled_over(app, script))


@pytest.mark.parametrize(
    ("told", "deed"),
    [
        ("require-concurrent-index-creation", "op.create_index('ix_award_salt', 'award', ['salt'])"),
        ("require-concurrent-index-deletion", "op.drop_index('ix_award_person_id')"),
        ("changing-column-type", "op.execute('ALTER TABLE award ALTER COLUMN salt TYPE text')"),
        ("constraint-missing-not-valid", "op.create_foreign_key('fk', 'award', 'person', ['awarded_by'], ['id'])"),
    ],
)
def test_what_holds_everybody_up_on_a_large_table_is_told(tmp_path: Path, told: str, deed: str) -> None:
    assert told in {one.partition(":")[0] for one in held_up(made(tmp_path, "9001", deed))}


def test_a_contract_step_says_in_its_id_who_still_serves_and_so_does_everything_after_it(tmp_path: Path) -> None:
    head, gone = chain()[-1].revision, ["award.narrative is gone"]
    deed = "op.drop_column('award', 'narrative')"
    said = made(tmp_path / "one", "9001_0005", deed)
    unsaid = made(tmp_path / "two", "9001", deed)
    never_released = made(tmp_path / "three", "9001_0004", deed)
    made(tmp_path / "four", "9001_0005", deed)
    after = made(tmp_path / "four", "9002_0005", "pass", down="9001_0005")
    forgotten = made(tmp_path / "four", "9003", "pass", down="9002_0005")

    assert oldest_that_serves(head) == 0
    assert (faults_of(said, gone), faults_of(after, [])) == ([], [])
    assert faults_of(unsaid, gone) == gone
    assert faults_of(after, gone) == gone, "one step says it for itself alone"
    assert faults_of(never_released, gone) == [
        "9001_0004 asks for versions from 0004 on, and none was released with that"
    ]
    assert faults_of(forgotten, []) == ["9003 does not say that only versions from 0005 on can serve it"]
