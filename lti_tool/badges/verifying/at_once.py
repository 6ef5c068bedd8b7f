"""How many badges one process checks at once: a check may wait for slow servers, and they must not hold every thread.

Strangers have places of their own, and each neighbourhood one of them: what they do keeps nobody who is signed in from
checking, and nobody among them keeps all others from it. Whoever finds no place is told so, and no thread waits for
one (decision 36).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from flask import current_app

from lti_tool.errors import Problem
from lti_tool.settings import Settings
from lti_tool.words import to_say

_SOON = {"Retry-After": "5"}


@contextmanager
def a_place(stranger: str | None) -> Iterator[None]:
    """For one check. `stranger` is the neighbourhood of somebody who is not signed in. Raises `Problem` verify_busy."""
    settings: Settings = current_app.extensions["settings"]
    if stranger is None:
        with _one_of("verify_places", settings.verify_at_once):
            yield
    else:
        with _alone(stranger), _one_of("verify_places_of_strangers", settings.verify_strangers_at_once):
            yield


@contextmanager
def _one_of(name: str, count: int) -> Iterator[None]:
    places: BoundedSemaphore = current_app.extensions.setdefault(name, BoundedSemaphore(count))
    if not places.acquire(blocking=False):
        raise Problem("verify_busy", headers=_SOON)
    try:
        yield
    finally:
        places.release()


@contextmanager
def _alone(neighbourhood: str) -> Iterator[None]:
    at_it: dict[str, object] = current_app.extensions.setdefault("verify_strangers", {})
    this = object()
    if at_it.setdefault(neighbourhood, this) is not this:  # in one step: of two at the same moment one is first
        detail = to_say("A badge is already being checked for your network: one at a time.")
        raise Problem("verify_busy", detail, headers=_SOON)
    try:
        yield
    finally:
        del at_it[neighbourhood]
