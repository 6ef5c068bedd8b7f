"""The days of a Space, on the calendar of its own time zone: when its last one is over, and when its staff are told."""

from datetime import date, datetime, time, timedelta

from lti_tool import clock
from lti_tool.badges.time_zones import day_of, zone_of

NOTICES = (14, 3)
_FURTHEST_EAST = timedelta(hours=14)


def today_in(time_zone: str) -> date:
    """The day that it is there now."""
    return day_of(clock.now(), zone_of(time_zone))


def latest_today() -> date:
    """The latest day that it is anywhere."""
    return (clock.now() + _FURTHEST_EAST).date()


def end_of_day(day: date, time_zone: str) -> datetime:
    """The first moment after this day there."""
    return datetime.combine(day + timedelta(days=1), time(), zone_of(time_zone))


def is_over(archived_at: datetime | None, ends_on: date, time_zone: str) -> bool:
    """Has a Space ended, by hand or by its date? Also before the schedule has come by."""
    return archived_at is not None or ends_on < today_in(time_zone)


def notice_due(days_left: int, noticed: int | None) -> int | None:
    """Which notice staff are to get now: the one of 14 or of 3 days before, or None."""
    reached = [days for days in NOTICES if 0 <= days_left <= days]
    if not reached or (noticed is not None and noticed <= reached[-1]):
        return None
    return reached[-1]


def notices_behind(days_left: int) -> int | None:
    """The last notice that whoever chooses such an end needs no more: they know it."""
    return next((days for days in reversed(NOTICES) if days_left < days), None)
