"""The one way to write: all or nothing, nobody's work lost, and what must leave the house leaves after the commit."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from lti_tool import clock
from lti_tool.db import after_commit, db, new_id, public_id, transaction
from lti_tool.people.model import Organization, Person
from tests.make.house import house
from tests.make.organization import make_organization


class Wrong(Exception):  # noqa: N818 - it is what the block meets
    """What a transaction of a test ends with."""


def names() -> set[str]:
    db.session.rollback()
    return {one.name for one in db.session.query(Organization).populate_existing()}


def fail_after(act: Callable[[], None]) -> None:
    with transaction():
        act()
        raise Wrong


def test_what_a_transaction_wrote_is_there_after_it(app: Flask) -> None:
    with transaction():
        db.session.add(Organization(name="Kept"))

    assert names() == {"Kept"}


def test_a_transaction_that_fails_leaves_nothing_and_tells_nobody(app: Flask) -> None:
    told: list[str] = []

    def write() -> None:
        db.session.add(Organization(name="Lost"))
        db.session.flush()
        after_commit(lambda: told.append("told"))

    with pytest.raises(Wrong):
        fail_after(write)

    assert (names(), told) == (set(), [])


def test_what_waits_for_the_commit_sees_what_was_committed(app: Flask) -> None:
    seen: list[set[str]] = []
    with transaction():
        db.session.add(Organization(name="Kept"))
        after_commit(lambda: seen.append(names()))

    assert seen == [{"Kept"}]


def test_what_was_read_before_is_read_again_inside(app: Flask) -> None:
    organization = db.session.get_one(Organization, make_organization("Before"))
    assert organization.name == "Before"
    with db.engine.connect() as other:
        other = other.execution_options(writing=True)
        other.execute(text("UPDATE organization SET name = 'After'"))
        other.commit()

    with transaction():
        inside = organization.name

    assert inside == "After"


def test_a_transaction_inside_another_is_refused_and_undoes_nothing_of_it(app: Flask) -> None:
    with transaction():
        db.session.add(Organization(name="Outer"))
        with pytest.raises(RuntimeError, match="open already"), transaction():
            pass

    assert names() == {"Outer"}


def test_of_many_who_read_and_then_write_nobody_loses(app: Flask) -> None:
    organization = make_organization("0")
    start = threading.Barrier(8)

    def count() -> None:
        with app.app_context():
            start.wait()
            for _ in range(5):
                with transaction():
                    row = db.session.get_one(Organization, organization, with_for_update=True)
                    row.name = str(int(row.name) + 1)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert names() == {"40"}


def test_the_database_keeps_references_whole(app: Flask) -> None:
    def write() -> None:
        with transaction():
            db.session.add(Person(organization_id="nobody"))

    with pytest.raises(IntegrityError):
        write()


def test_an_instant_comes_back_aware_and_in_utc(app: Flask) -> None:
    there = datetime(2026, 11, 24, 8, 30, 15, 123456, tzinfo=timezone(timedelta(hours=-5)))
    with transaction():
        db.session.add(Organization(name="Then", created_at=there))
    db.session.expire_all()

    kept = db.session.query(Organization).one().created_at

    assert (kept, kept.tzinfo, clock.iso(kept)) == (there, UTC, "2026-11-24T13:30:15Z")


def test_an_instant_without_its_time_zone_is_refused(app: Flask) -> None:
    def write() -> None:
        with transaction():
            db.session.add(Organization(name="When?", created_at=datetime(2026, 11, 24)))  # noqa: DTZ001 - the point

    with pytest.raises(Exception, match="time zone"):
        write()


def test_ids_grow_with_time_and_public_ones_tell_nothing() -> None:
    ids = [new_id() for _ in range(200)]

    assert len({one[15:] for one in ids}) == 200
    assert [one[:15] for one in ids] == sorted(one[:15] for one in ids)
    assert {len(one) for one in ids} == {32}
    assert {len(public_id()) for _ in range(50)} == {22}


def test_connections_are_kept_for_all_threads_that_answer_at_once(app: Flask) -> None:
    """One that is not kept is opened for a single request; on SQLite that means reading the whole schema."""
    opened: list[object] = []

    def all_at_once() -> None:
        with ExitStack() as stack:
            for _ in range(app.extensions["settings"].web_threads):
                stack.enter_context(db.engine.connect())

    all_at_once()
    event.listen(db.engine, "connect", lambda *_: opened.append(1))
    all_at_once()

    assert opened == []


def test_on_sqlite_each_thread_that_answers_may_hold_two_connections(tmp_path: Path) -> None:
    """One that reads while its session is at work waits for nobody, though all others do the same."""
    with house(tmp_path, web_threads=12) as app, ExitStack() as held:
        for _ in range(2 * app.extensions["settings"].web_threads):
            held.enter_context(db.engine.connect())
