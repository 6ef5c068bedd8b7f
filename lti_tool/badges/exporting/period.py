"""From which day to which day: both may be left open, both count (DM-06 to DM-08). Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from lti_tool.words import said, to_say

FIRST_YEAR, LAST_YEAR = 1970, 2999
_LATER = to_say("The start date is later than the end date. Change one of them, or leave it empty.")


@dataclass(frozen=True)
class Period:
    """Days in the time zone of an issuer."""

    first: date | None = None
    last: date | None = None

    @property
    def problem(self) -> str | None:
        """Why there is no such period, in words; None when there is."""
        if any(day and not FIRST_YEAR <= day.year <= LAST_YEAR for day in (self.first, self.last)):
            return str(_("Choose a day between %(first)s and %(last)s.", first=FIRST_YEAR, last=LAST_YEAR))
        if self.first and self.last and self.first > self.last:
            return said(_LATER)
        return None

    def moments(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """The first moment that belongs to it, and the first that does not any more."""
        begins = _midnight(self.first, zone) if self.first else None
        ends = _midnight(self.last + timedelta(days=1), zone) if self.last else None
        return begins, ends

    @property
    def words(self) -> str:
        """For the name of a file."""
        if self.first and self.last:
            return str(_("from %(first)s to %(last)s", first=self.first, last=self.last))
        if self.first:
            return str(_("from %(first)s", first=self.first))
        return str(_("to %(last)s", last=self.last)) if self.last else ""


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
