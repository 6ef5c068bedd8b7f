"""How long rows are kept, and what would go now: the promises of docs/privacy.md as code (decision 57).

A `Period` says which rows are over. Most slices sweep their own; what nobody sweeps is deleted here, on the schedule.
`wiring.py` lists all periods, and `lti-tool retention` shows them with the rows whose time has come.
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import ColumnElement, delete, func, select

from lti_tool.db import Row, db, transaction

_A_TURN = 240.0  # seconds, so that a worker that is to stop need not be waited for much longer


@dataclass(frozen=True)
class Period:
    """`over` asks which rows of `model` have had their time. `forget` does more than deleting them, or does so at turns
    of its own; it may leave some for the next time.
    """

    what: str
    kept: Callable[[], str]
    model: type[Row]
    over: Callable[[], ColumnElement[bool]]
    forget: Callable[[], object] | None = None

    def going(self) -> int:
        """How many rows would go now."""
        found = db.session.scalar(select(func.count()).select_from(self.model).where(self.over())) or 0
        db.session.rollback()
        return found

    def forget_some(self) -> None:
        if self.forget is not None:
            self.forget()
            return
        with transaction():
            gone = delete(self.model).where(self.over())
            db.session.execute(gone.execution_options(synchronize_session=False))


def init_retention(app: Flask, periods: Sequence[Period]) -> None:
    app.extensions["retention"] = tuple(periods)


def forget_what_is_over() -> None:
    """What no slice sweeps itself. Runs on the schedule."""
    for period in _periods():
        if period.forget is None:
            period.forget_some()


def in_slices(forget_some: Callable[[], int]) -> None:
    """One slice after the other, each in transactions of its own, until one finds nothing. When a turn of the schedule
    has lasted long enough the rest is left to the next.
    """
    until = time.monotonic() + _A_TURN
    while forget_some() and time.monotonic() < until:
        pass


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@with_appcontext
def retention(*, dry_run: bool) -> None:
    """Delete what has been kept as long as it may be. It goes by itself too, at the latest a day after its time."""
    for period in _periods():
        click.echo(f"{period.going():>8}  {period.what} ({period.kept()})")
    if dry_run:
        click.echo("Nothing was deleted.")
        return
    left = {period.what: stay for period in _periods() if (stay := _forget_all(period))}
    if left:
        still_there = "; ".join(f"{stay} {what}" for what, stay in left.items())
        raise click.ClickException(f"The rest is deleted, but these could not be: {still_there}.")
    click.echo("They are deleted.")


def _forget_all(period: Period) -> int:
    """However many they are, with a bar on the error output. Answers how many are there all the same."""
    left = period.going()
    if not left:
        return 0
    with click.progressbar(length=left, label=period.what, file=sys.stderr) as bar:
        while left:
            period.forget_some()
            before, left = left, period.going()
            if left >= before:
                break
            bar.update(before - left)
    return left


def _periods() -> Sequence[Period]:
    found: Sequence[Period] = current_app.extensions["retention"]
    return found
