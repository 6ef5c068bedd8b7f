"""A table between its upload and the moment when its people are taken in, and afterwards what became of each row.

Both are files among the previews, and not one row. The key of such a file is the hash of what is in it, something
random included: nobody can make one up, and what it says is our own word (decision 42). After an hour it is forgotten.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask import current_app

from lti_tool import clock
from lti_tool.badges.replacing.previews import KEPT
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.storage import Storage

_RANDOM = 32  # bytes before a kept table, so that two uploads of one file are two files

catalogue(
    {
        "table_over": Entry(
            404, "This table is not kept any more", "It was taken in or forgotten: a table waits for an hour.",
            "you", "Look at the list of members. Upload the table again if somebody is missing; nobody is doubled.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """A table that waits for a decision: where its bytes lie, and which column is what."""

    file_name: str
    table: str
    rows: int
    columns: Mapping[str, int]


@dataclass(frozen=True)
class TakenIn:
    """What came of a table: so many rows of each outcome, and where the file with every row lies."""

    file_name: str
    counts: Mapping[str, int]
    outcomes: str

    @property
    def coming(self) -> int:
        return self.counts.get("new", 0) + self.counts.get("known", 0)


def keep_table(data: bytes) -> str:
    return _files().put(secrets.token_bytes(_RANDOM) + data)


def table_kept(key: str) -> bytes:
    """Raises `Problem` table_over."""
    try:
        return _files().get(key)[_RANDOM:]
    except KeyError:
        raise Problem("table_over") from None


def keep(what: Waiting | TakenIn, *, space: str, who: str) -> str:
    """Answers the token, which is worth something to this person in this Space alone."""
    said = {
        "kind": type(what).__name__, "what": asdict(what), "space": space, "who": who,
        "until": (clock.now() + KEPT).timestamp(), "random": secrets.token_hex(16),
    }  # fmt: skip
    return _files().put(json.dumps(said).encode())


def kept(token: str, *, space: str, who: str) -> Waiting | TakenIn:
    """Raises `Problem` table_over for a token that is unknown, too old, of another Space or of somebody else."""
    try:
        said: dict[str, Any] = json.loads(_files().get(token))
        whose = (said["space"], said["who"])
        kind = {"Waiting": Waiting, "TakenIn": TakenIn}[said["kind"]]
    except (KeyError, ValueError, TypeError):
        raise Problem("table_over") from None
    found: Waiting | TakenIn = kind(**said["what"])
    if whose != (space, who) or said["until"] < clock.now().timestamp():
        raise Problem("table_over")
    return found


def waiting(token: str, *, space: str, who: str) -> Waiting:
    """Raises `Problem` table_over, also when it was taken in already."""
    found = kept(token, space=space, who=who)
    if not isinstance(found, Waiting):
        raise Problem("table_over")
    return found


def forget(*keys: str) -> None:
    for key in keys:
        _files().delete(key)


def _files() -> Storage:
    files: Storage = current_app.extensions["previews"]
    return files
