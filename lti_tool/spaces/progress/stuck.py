"""Who is stuck: somebody who has begun, is not through and waits for nobody, and who has stood still while others have
moved. Pure; `learners` asks the same of the database.
"""

from datetime import UTC, date, datetime, time, timedelta

STUCK_DAYS = 14


def quiet_since(now: datetime) -> datetime:
    """Whoever has not moved since then stands still."""
    return now - timedelta(days=STUCK_DAYS)


def is_stuck(
    *, has_begun: bool, is_through: bool, waits: bool, moved_at: datetime, others_moved_at: datetime | None,
    now: datetime,
) -> bool:  # fmt: skip
    """`waits`: for a review, which is up to staff. Where nobody has moved, the course pauses and nobody is stuck."""
    if not has_begun or is_through or waits or others_moved_at is None:
        return False
    return moved_at < quiet_since(now) <= others_moved_at


def judged_at(now: datetime, ended_on: date | None) -> datetime:
    """In a Space that has ended it stays as it was on its last day."""
    return now if ended_on is None else min(now, datetime.combine(ended_on, time.max, UTC))
