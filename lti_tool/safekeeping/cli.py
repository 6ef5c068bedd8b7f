"""The operator's verbs for keeping everything safe: a backup, its way back, and the move to PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lti_tool.app import create_app
from lti_tool.launch.key_care import secrets_that_cannot_be_opened
from lti_tool.safekeeping.answers import NotDone
from lti_tool.safekeeping.backing_up import back_up
from lti_tool.safekeeping.moving import move_rows
from lti_tool.safekeeping.restoring import restore as restore_all
from lti_tool.schema import schema_is_behind
from lti_tool.settings import Settings

_FILE = click.Path(dir_okay=False, path_type=Path)
_THERE = click.Path(dir_okay=False, exists=True, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@with_appcontext
def backup(file: Path) -> None:
    """Put every row and every file into FILE, while the tool runs.

    The SECRET_KEY is not inside: keep it somewhere else. FILE holds people's names and addresses: keep it as safe as
    the database. It can be restored on SQLite and on PostgreSQL.
    """
    with _in_words():
        done = back_up(file)
    click.echo(f"{file}: {done.rows} rows and {done.files} files.")
    if done.forgotten:
        click.echo(f"Files that somebody deleted meanwhile, and that are not inside: {done.forgotten}.")
    click.echo(f"The secret key is not inside: keep {_where_the_secret_is()} somewhere else. Without it the private "
               "keys in the backup cannot be opened.")  # fmt: skip
    if done.lost:
        click.echo(f"Watch: files that rows name and that lie nowhere any more: {done.lost}. "
                   "An earlier backup may have them.", err=True)  # fmt: skip


@click.command()
@click.argument("file", type=_THERE)
@with_appcontext
def restore(file: Path) -> None:
    """Bring back what `backup` put into FILE: all of it or nothing, into a database without a row.

    Start the tool only afterwards. Set SECRET_KEY to what it was before, or put the file `secret_key` back.
    """
    with _in_words():
        done = restore_all(file)
    if schema_is_behind():
        upgrade()
    click.echo(f"Restored what was there at {done.made_at}: {done.rows} rows and {done.files} files. All of it was "
               "compared with the backup.")  # fmt: skip
    for kind, number in secrets_that_cannot_be_opened().items():
        click.echo(f"Watch: sealed under another SECRET_KEY, {kind}: {number}. Put the old one in, behind a comma; "
                   "`lti-tool check` says when all is well.", err=True)  # fmt: skip


@click.command()
@click.option("--to", "url", required=True, metavar="URL", help="postgresql://user@host/name: a database without a row")
@with_appcontext
def move(url: str) -> None:
    """Move from SQLite to PostgreSQL. Stop the tool before.

    A password need not stand in URL: PGPASSWORD and ~/.pgpass are read. Files stay where they are.
    """
    settings: Settings = current_app.extensions["settings"]
    if not settings.on_sqlite:
        raise click.ClickException("This installation is on PostgreSQL already. `backup` and `restore` copy it.")
    if not url.startswith("postgresql://"):
        raise click.BadParameter("should begin with postgresql://", param_hint="--to")
    target = create_app(settings.model_copy(update={"database_url": url}))
    with _in_words():
        rows = move_rows(target)
    for table, number in rows.items():
        if number:
            click.echo(f"{table:24} {number:>12,}")
    click.echo(f"Moved {sum(rows.values())} rows of {len(rows)} tables; each table was compared row by row. Set "
               "DATABASE_URL to the new database and start the tool. The old one is as it was.")  # fmt: skip


@contextmanager
def _in_words() -> Iterator[None]:
    """Whatever stops it: nothing is half done, and the operator reads why."""
    try:
        yield
    except NotDone as why:
        raise click.ClickException(f"{why} Nothing was changed.") from None
    except OSError as fault:
        raise click.ClickException(f"{fault.strerror or fault}. Nothing was changed.") from None
    except (SQLAlchemyError, sqlite3.Error) as fault:
        raise click.ClickException(f"The database did not do it: {_why(fault)}. Nothing was changed.") from None


def _why(fault: Exception) -> str:
    """In the database's own words only where these are never about a row."""
    own = fault.orig if isinstance(fault, DBAPIError) and fault.orig else fault
    is_about_itself = isinstance(own, sqlite3.OperationalError | psycopg.OperationalError)
    return str(own).splitlines()[0] if is_about_itself else type(own).__name__


def _where_the_secret_is() -> str:
    settings: Settings = current_app.extensions["settings"]
    return "what SECRET_KEY says" if settings.secret_key else str(settings.data_dir / "secret_key")
