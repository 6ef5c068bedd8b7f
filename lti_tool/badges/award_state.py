"""What an award is worth at a moment, in one word. Pure."""

from datetime import datetime

VALID, EXPIRED, REVOKED, ERASED = "valid", "expired", "revoked", "erased"


def award_state(
    *, revoked_at: datetime | None, expires: datetime | None, now: datetime, erased_at: datetime | None = None
) -> str:
    """`valid`, `expired`, `revoked`, or `erased` with its recipient: what was revoked stays so when it expires."""
    if erased_at is not None:
        return ERASED
    if revoked_at is not None:
        return REVOKED
    return EXPIRED if expires is not None and expires <= now else VALID
