"""Who waits for whom on PostgreSQL: what somebody who waits for a row holds already."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import LiteralString

import psycopg
from flask import Flask
from psycopg import sql

from lti_tool.db import db

Place = tuple[str, str]
"""A table, and the id of a row in it."""

_PATIENCE = 20.0
_HELD = sql.SQL("SELECT id FROM {} WHERE id = %s FOR UPDATE")
_FREE = sql.SQL("SELECT id FROM {} WHERE id = %s FOR UPDATE NOWAIT")
_WAITING: LiteralString = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def held_while_waiting(
    app: Flask, url: str, act: Callable[[], object], *, first: Place, later: Sequence[Place]
) -> list[Place]:  # fmt: skip
    """`act` in another thread, which has to wait for the row `first`. Answers those of `later` that it holds then.

    Whoever takes rows in the order that everybody keeps holds none of the later ones, and nobody waits in a circle.
    """
    db.session.remove()
    faults = list[Exception]()

    def do() -> None:
        try:
            with app.app_context():
                act()
        except Exception as fault:
            faults.append(fault)

    with psycopg.connect(url) as holder, psycopg.connect(url, autocommit=True) as looker:
        holder.execute(_HELD.format(sql.Identifier(first[0])), [first[1]])
        thread = threading.Thread(target=do)
        thread.start()
        try:
            _wait_until_it_waits(looker, thread)
            held = [one for one in later if _is_held(looker, one)]
        finally:
            holder.rollback()
            thread.join()
    assert faults == []
    return held


def _wait_until_it_waits(looker: "psycopg.Connection[tuple[object, ...]]", thread: threading.Thread) -> None:
    end = time.monotonic() + _PATIENCE
    while looker.execute(_WAITING).fetchone() == (0,):
        assert thread.is_alive(), "it did not want that row"
        assert time.monotonic() < end, "nobody waits"
        time.sleep(0.01)


def _is_held(looker: "psycopg.Connection[tuple[object, ...]]", place: Place) -> bool:
    table, row = place
    try:
        looker.execute(_FREE.format(sql.Identifier(table)), [row])
    except psycopg.errors.LockNotAvailable:
        return True
    return False
