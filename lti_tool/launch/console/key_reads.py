"""Our keys of one platform, as its page shows them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lti_tool import clock
from lti_tool.db import db
from lti_tool.launch.keys import public_pem
from lti_tool.launch.model import ToolKey

_STOPPED_SHOWN = 5


@dataclass(frozen=True)
class KeyLine:
    """One key. `state`: `signs`, `ahead` (published, signs later), `waits` (to be entered in the LMS), `stopping`
    (published, signs no more) or `stopped`.
    """

    kid: str
    state: str
    signs_from: datetime | None
    published_until: datetime | None
    has_private_half: bool
    jwk: dict[str, Any]

    @property
    def never_signed(self) -> bool:
        """It was stopped while it was still ahead."""
        return bool(self.signs_from and self.published_until and self.published_until < self.signs_from)

    @property
    def pem(self) -> str:
        return public_pem(self.jwk)


def key_lines(registration_id: str) -> list[KeyLine]:
    """The newest first; of those that stopped a few."""
    query = select(ToolKey).where(ToolKey.registration_id == registration_id)
    rows = db.session.scalars(query.order_by(ToolKey.signs_from.desc().nulls_first(), ToolKey.kid)).all()
    now, signing = clock.now(), _signing(list(rows))
    lines = [
        KeyLine(
            row.kid, _state(row, signing, now), row.signs_from, row.published_until,
            row.sealed_private_key is not None, row.public_jwk,
        )
        for row in rows
    ]  # fmt: skip
    stopped = [line for line in lines if line.state == "stopped"]
    return [line for line in lines if line.state != "stopped"] + stopped[:_STOPPED_SHOWN]


def _signing(rows: list[ToolKey]) -> str | None:
    now = clock.now()
    return next((row.kid for row in rows if row.signs_from and row.signs_from <= now and not _is_over(row, now)), None)


def _state(row: ToolKey, signing: str | None, now: datetime) -> str:
    if _is_over(row, now):
        return "stopped"
    if row.kid == signing:
        return "signs"
    if row.signs_from is None:
        return "waits"
    return "ahead" if row.signs_from > now else "stopping"


def _is_over(row: ToolKey, now: datetime) -> bool:
    return row.published_until is not None and row.published_until <= now
