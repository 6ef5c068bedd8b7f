"""What was fetched to replace a badge class with, between Continue and Replace Badge: a file, and not one row (DM-22).

The file lies under the hash of what is in it, and something random is in it: so its key is the whole secret of the
preview's address, nobody can make one up, and what it says of badge, revision and person is our own word (decision 42).
"""

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from lti_tool import clock
from lti_tool.badges.revisions import BadgeWords
from lti_tool.errors import Problem
from lti_tool.storage import Storage

KEPT = timedelta(hours=1)


@dataclass(frozen=True)
class Source:
    """Where the new badge comes from. `kind` is what was given: image, url, json or jwt."""

    kind: str
    standard: str
    issuer: str
    address: str


@dataclass(frozen=True)
class Material:
    """The new badge, made ready, and the one thing that it may be used for.

    `notes` say what could not be taken over as it is. Without a picture the present one stays.
    """

    badge: str
    revision: int
    who: str
    until: datetime
    source: Source
    words: BadgeWords
    png: bytes | None
    svg: bytes | None
    notes: tuple[str, ...] = ()


def sweep_previews() -> None:
    """Runs on the schedule: a file is forgotten after an hour."""
    for token in _previews().older_than(KEPT):
        discard_material(token)


def keep_material(material: Material) -> str:
    """Answers the token of the preview."""
    words = {**asdict(material.words), "alignments": [dict(one) for one in material.words.alignments]}
    pictures = {"png": _as_text(material.png), "svg": _as_text(material.svg)}
    said = {
        "badge": material.badge, "revision": material.revision, "who": material.who, "notes": material.notes,
        "until": material.until.isoformat(), "source": asdict(material.source), "words": words, **pictures,
        "random": secrets.token_hex(16),
    }  # fmt: skip
    return _previews().put(json.dumps(said).encode())


def material_for(token: str, *, badge: str, who: str) -> Material:
    """Raises `Problem` replacement_over for a token that is unknown, too old, of another badge or of somebody else."""
    try:
        found = _material(json.loads(_previews().get(token)))
    except KeyError:
        raise Problem("replacement_over", facts={"why": "unknown"}) from None
    if (found.badge, found.who) != (badge, who):
        raise Problem("replacement_over", facts={"why": "another"})
    if found.until < clock.now():
        raise Problem("replacement_over", facts={"why": "expired"})
    return found


def discard_material(token: str) -> None:
    _previews().delete(token)


def _material(said: Mapping[str, Any]) -> Material:
    words = said["words"] | {"tags": tuple(said["words"]["tags"]), "alignments": tuple(said["words"]["alignments"])}
    return Material(
        badge=said["badge"], revision=said["revision"], who=said["who"], until=datetime.fromisoformat(said["until"]),
        source=Source(**said["source"]), words=BadgeWords(**words), png=_as_bytes(said["png"]),
        svg=_as_bytes(said["svg"]), notes=tuple(said["notes"]),
    )  # fmt: skip


def _as_text(data: bytes | None) -> str | None:
    return b64encode(data).decode() if data is not None else None


def _as_bytes(text: str | None) -> bytes | None:
    return b64decode(text) if text is not None else None


def _previews() -> Storage:
    previews: Storage = current_app.extensions["previews"]
    return previews
