"""What an operator is told when something cannot be done, and how far it is while it is being done."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


class NotDone(RuntimeError):  # noqa: N818 - it is what the operator is told
    """Why nothing was changed, in sentences for the operator. No value of a row ever stands in them."""


@contextmanager
def counting(label: str, length: int) -> Iterator[Callable[[int], None]]:
    """A bar on the error output, so that what a command answers stays alone. Gives what moves it on."""
    step = max(1, length // 500)
    with click.progressbar(length=length, label=label, file=sys.stderr, update_min_steps=step) as bar:
        yield bar.update
