"""Days as whoever awards means them, in the time zone of the issuer. Pure.

A day becomes a moment that lies on this day both there and in UTC: whoever reads the award, in either, reads this date.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lti_tool.badges.time_zones import day_of
from lti_tool.words import to_say

FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2999, 12, 30)


def day_read(moment: datetime) -> date:
    """The date of an award as everybody reads it."""
    return moment.astimezone(UTC).date()


def issued_on_day(day: date, zone: ZoneInfo, now: datetime) -> datetime:
    """The beginning of `day`; now, where that is today."""
    if day == day_of(now, zone):
        return now
    return max(datetime.combine(day, time(), zone).astimezone(UTC), datetime.combine(day, time(), UTC))


def expires_on_day(day: date, zone: ZoneInfo) -> datetime:
    """The last second of `day`."""
    after, second = day + timedelta(days=1), timedelta(seconds=1)
    ends = datetime.combine(after, time(), zone).astimezone(UTC), datetime.combine(after, time(), UTC)
    return min(ends) - second


def day_problem(issued: date, expires: date | None, today: date) -> str | None:
    """What is wrong with the days of an award, in a marked sentence."""
    if issued > today:
        return to_say("An award is issued today or earlier, not in the future.")
    if issued < FIRST_DAY:
        return to_say("No award was issued that long ago.")
    if expires is not None and not issued < expires <= LAST_DAY:
        return to_say("An award expires later than it is issued.")
    return None
