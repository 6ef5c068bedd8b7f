"""The schema that this version was written for, beside the one that the database has (decision 58).

A migration after the first release only adds, so a version goes on serving a database that a newer one has migrated.
One that takes something away (a contract step) ends that for the versions that still need it, and says so in its own
id, which is all that an old version can read of it: `0012_0009` is revision 0012, which versions from 0009 on serve.
"""

import re
import time
from enum import Enum
from functools import cache

import click
import psycopg
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError

from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.places import PACKAGE

# What was released can never be changed, and is never gone back from. The oldest stands first.
RELEASES = {"0.1.0": "0005"}

_ID = re.compile(r"(\d{4})(?:_(\d{4}))?")
_TRIES, _PAUSE = 20, 1.0


class Standing(Enum):
    """Where the database's schema stands, seen from this version."""

    BEHIND = "it waits for `lti-tool migrate`"
    HERE = "it is the one that this version was written for"
    AHEAD = "a newer version has migrated it, and this one may go on serving it"
    BEYOND = "a newer version has taken away what this one needs"


def standing() -> Standing:
    with db.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    head, known = _own()
    if revision == head:
        return Standing.HERE
    if revision is None or revision in known:
        return Standing.BEHIND
    return Standing.AHEAD if number_of(head) >= oldest_that_serves(revision) else Standing.BEYOND


def schema_is_behind() -> bool:
    """Does the schema wait for `lti-tool migrate`?"""
    return standing() is Standing.BEHIND


def must_be_served() -> None:
    """Refuse a schema on which this version cannot work; of one that is ahead the operator is told."""
    found = standing()
    if found is Standing.BEHIND:
        raise Problem("schema_behind", "Run `lti-tool migrate` first.")
    if found is Standing.BEYOND:
        raise Problem("schema_beyond")
    if found is Standing.AHEAD:
        click.echo("The database was migrated by a newer version. This one goes on serving it; install the newer one "
                   "here too.", err=True)  # fmt: skip


def bring_up_to_date() -> Standing:
    """Migrate what is behind, and nothing else. Answers where the schema stood.

    A table that somebody holds for long is waited for in short turns (see `migrations/env.py`), so that nobody else
    waits behind us.
    """
    found = standing()
    if found is not Standing.BEHIND:
        return found
    for turn in range(1, _TRIES + 1):
        try:
            upgrade()
        except OperationalError as fault:
            if not isinstance(fault.orig, psycopg.errors.LockNotAvailable):
                raise
            if turn == _TRIES:
                raise Problem("schema_busy") from None
            time.sleep(_PAUSE)
        else:
            break
    return found


def number_of(revision: str) -> int:
    """Revisions are counted, whichever release they are of."""
    found = _ID.fullmatch(revision)
    return int(found[1]) if found else 0


def oldest_that_serves(revision: str) -> int:
    """The number of the oldest revision whose version still works on a schema of this one; 0 where all do."""
    found = _ID.fullmatch(revision)
    return int(found[2] or 0) if found else 0


@cache
def _own() -> tuple[str, frozenset[str]]:
    """The revision that this version makes, and all that it knows."""
    script = ScriptDirectory(str(PACKAGE / "migrations"))
    return str(script.get_current_head()), frozenset(one.revision for one in script.walk_revisions())
