"""Past-tense events: a room records what happened, `wiring.py` says what happens after it.

Reactions run at once, in the same transaction. What must leave the house is a row that a reaction writes.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Flask, current_app

Reaction = Callable[[Any], None]
Reactions = Mapping[type, Sequence[Reaction]]


def init_outbox(app: Flask, reactions: Reactions) -> None:
    app.extensions["reactions"] = reactions


def record(happened: object) -> None:
    """Tell the house that `happened` (a frozen dataclass named in the past tense). Must be inside a transaction."""
    for react in current_app.extensions["reactions"][type(happened)]:
        react(happened)
