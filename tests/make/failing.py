"""Transactions that come to nothing."""

from collections.abc import Callable

from lti_tool.db import transaction


class Failed(Exception):  # noqa: N818 - it is what happened
    """What went wrong."""


def come_to_nothing(act: Callable[[], object]) -> bool:
    """Do `act` in a transaction that fails at its end. Answers whether this very fault is told."""
    try:
        with transaction():
            act()
            raise Failed
    except Failed:
        return True
    return False
