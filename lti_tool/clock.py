"""The one place that reads the time, so that every instant in the house is an aware UTC datetime."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def iso(instant: datetime) -> str:
    """`2026-11-24T08:00:00Z`: whole seconds, UTC, as Open Badges and browsers both read it."""
    return instant.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
