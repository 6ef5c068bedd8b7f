"""The audit log only grows, and it is the database that says so: whatever way somebody writes to it."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, delete, select, text, update
from sqlalchemy.exc import IntegrityError

from lti_tool.db import db, transaction
from lti_tool.people.admin.model import AuditEntry, AuditRemoval
from lti_tool.people.audit import note
from lti_tool.people.audit_removal import remove_log_of

RAW = (
    "UPDATE audit_entry SET deed = 'nothing'",
    "UPDATE audit_entry SET organization_id = 'gone'",
    "DELETE FROM audit_entry",
    "DELETE FROM audit_entry WHERE organization_id IS NULL",
    "UPDATE audit_removal SET entries = 0",
    "DELETE FROM audit_removal",
)
ONLY_SQLITE = (
    "UPDATE OR REPLACE audit_entry SET deed = 'nothing'",
    "REPLACE INTO audit_entry (id, at, actor_kind, deed, facts) SELECT id, at, 'x', 'x', '{}' FROM audit_entry",
    "REPLACE INTO audit_entry (rowid, id, at, actor_kind, deed, facts) SELECT rowid, 1, at, 1, 1, 1 FROM audit_entry",
    "INSERT OR REPLACE INTO audit_removal SELECT organization_id, at, 0 FROM audit_removal",
)
ONLY_POSTGRESQL = (
    "TRUNCATE audit_entry",
    "TRUNCATE audit_removal",
    "INSERT INTO audit_entry SELECT * FROM audit_entry ON CONFLICT (id) DO UPDATE SET deed = 'nothing'",
)


@pytest.fixture
def log(app: Flask) -> Callable[[], list[tuple[str, str | None]]]:
    """Three deeds, and an organization that is gone; answers what stands in the log."""
    with transaction():
        for organization in ("school", "other", None):
            note("test.deed", actor_kind="command", organization=organization)
        db.session.add(AuditRemoval(organization_id="gone", entries=7))

    def now() -> list[tuple[str, str | None]]:
        db.session.rollback()
        rows = db.session.execute(select(AuditEntry.deed, AuditEntry.organization_id).order_by(AuditEntry.id))
        found = [(deed, organization) for deed, organization in rows]
        db.session.rollback()  # who empties a table waits for its last reader
        return found

    return now


def refuse(statement: str) -> None:
    """From a connection of somebody else's, as with a database's own command line."""
    engine = create_engine(db.engine.url)
    try:
        with pytest.raises(IntegrityError, match="the audit log only grows"), engine.begin() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


@pytest.mark.parametrize("statement", [*RAW, *ONLY_SQLITE, *ONLY_POSTGRESQL])
def test_no_statement_changes_or_deletes_what_was_noted(
    log: Callable[[], list[tuple[str, str | None]]], statement: str, database_kind: str
) -> None:
    if statement in {"sqlite": ONLY_POSTGRESQL, "postgresql": ONLY_SQLITE}[database_kind]:
        pytest.skip("the other database's own words")
    before = log()

    refuse(statement)

    assert log() == before
    assert db.session.scalars(select(AuditRemoval.entries)).all() == [7]


def test_our_own_code_cannot_either(log: Callable[[], list[tuple[str, str | None]]]) -> None:
    before = log()
    for statement in (update(AuditEntry).values(deed="nothing"), delete(AuditEntry)):
        with pytest.raises(IntegrityError, match="only grows"), transaction():
            db.session.execute(statement)

    assert log() == before


def test_the_log_of_an_organization_goes_with_it_and_leaves_its_count(
    log: Callable[[], list[tuple[str, str | None]]],
) -> None:
    with transaction():
        remove_log_of("school")

    assert log() == [("test.deed", "other"), ("test.deed", None)]
    assert db.session.get_one(AuditRemoval, "school").entries == 1
    refuse("DELETE FROM audit_removal WHERE organization_id = 'school'")


def test_what_was_noted_meanwhile_goes_as_well(log: Callable[[], list[tuple[str, str | None]]]) -> None:
    with transaction():
        remove_log_of("school")
    with transaction():
        note("late.deed", actor_kind="command", organization="school")
    with transaction():
        remove_log_of("school")

    assert "late.deed" not in [deed for deed, _ in log()]


def test_an_older_release_can_be_gone_back_to(log: Callable[[], list[tuple[str, str | None]]]) -> None:
    db.session.remove()

    downgrade(revision="0005")
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_entry WHERE organization_id = 'other'"))
    upgrade()

    assert log() == [("test.deed", "school"), ("test.deed", None)]
    refuse("DELETE FROM audit_entry")
