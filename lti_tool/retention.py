"""How long rows are kept, and what would go now: the promises of docs/privacy.md as code (decision 57).

A `Period` says which rows are over. Most slices sweep their own; what nobody sweeps is deleted here, on the schedule.
`wiring.py` lists all periods, and `lti-tool retention` shows them with the rows whose time has come.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import ColumnElement, delete, func, select

from lti_tool.db import Row, db, transaction


@dataclass(frozen=True)
class Period:
    """`over` asks which rows of `model` have had their time. `forget` does more than deleting them, or does so at turns
    of its own.
    """

    what: str
    kept: Callable[[], str]
    model: type[Row]
    over: Callable[[], ColumnElement[bool]]
    forget: Callable[[], None] | None = None

    def going(self) -> int:
        """How many rows would go now."""
        return db.session.scalar(select(func.count()).select_from(self.model).where(self.over())) or 0


def init_retention(app: Flask, periods: Sequence[Period]) -> None:
    app.extensions["retention"] = tuple(periods)


def forget_what_is_over() -> None:
    """What no slice sweeps itself. Runs on the schedule."""
    for period in _periods():
        if period.forget is None:
            with transaction():
                gone = delete(period.model).where(period.over())
                db.session.execute(gone.execution_options(synchronize_session=False))


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@with_appcontext
def retention(*, dry_run: bool) -> None:
    """Delete what has been kept as long as it may be. It goes by itself too, at the latest a day after its time."""
    for period in _periods():
        click.echo(f"{period.going():>8}  {period.what} ({period.kept()})")
    db.session.rollback()
    if dry_run:
        click.echo("Nothing was deleted.")
        return
    forget_what_is_over()
    for period in _periods():
        if period.forget is not None:
            period.forget()
    click.echo("They are deleted.")


def _periods() -> Sequence[Period]:
    found: Sequence[Period] = current_app.extensions["retention"]
    return found
