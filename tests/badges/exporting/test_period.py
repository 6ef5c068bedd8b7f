"""The period of an export: which moments belong to it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.badges.exporting.period import Period
from lti_tool.badges.time_zones import zone_of

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("period", "begins", "ends"),
    [
        (Period(), None, None),
        (Period(date(2026, 1, 1)), "2025-12-31T23:00", None),
        (Period(None, date(2026, 1, 1)), None, "2026-01-01T23:00"),
        (Period(date(2026, 3, 29), date(2026, 3, 29)), "2026-03-28T23:00", "2026-03-29T22:00"),  # 23 hours long
        (Period(date(2026, 10, 25), date(2026, 10, 25)), "2026-10-24T22:00", "2026-10-25T23:00"),  # 25 hours long
    ],
)
def test_a_day_is_a_day_of_the_issuers_zone(period: Period, begins: str | None, ends: str | None) -> None:
    found = period.moments(BERLIN)

    assert found == tuple(datetime.fromisoformat(one).replace(tzinfo=UTC) if one else None for one in (begins, ends))


def test_a_period_that_cannot_be_says_why() -> None:
    assert Period(date(2026, 1, 1), date(2026, 1, 1)).problem is None
    assert "later than the end date" in str(Period(date(2026, 1, 2), date(2026, 1, 1)).problem)
    assert "between 1970 and 2999" in str(Period(date(1, 1, 1)).problem)
    assert "between 1970 and 2999" in str(Period(None, date(9999, 12, 31)).problem)


@given(st.dates(date(1970, 1, 1), date(2999, 12, 31)), st.sampled_from(["UTC", "Asia/Tokyo", "America/St_Johns"]))
@settings(max_examples=50, deadline=None)
def test_each_moment_belongs_to_one_day(day: date, zone: str) -> None:
    begins, ends = Period(day, day).moments(ZoneInfo(zone))

    assert begins is not None
    assert ends is not None
    assert begins.astimezone(ZoneInfo(zone)).date() == day
    assert Period(None, day).moments(ZoneInfo(zone)) == (None, ends)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "/etc/localtime", "a" * 300])
def test_an_unknown_zone_is_utc(name: str) -> None:
    assert zone_of(name) == ZoneInfo("UTC")
