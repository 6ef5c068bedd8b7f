"""What a row of a table becomes: an award to give, or a sentence that says why not. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from lti_tool.badges.awarding import days
from lti_tool.badges.awarding.columns import EVIDENCE, EXPIRES, ISSUED, MONTH_FIRST, NARRATIVE, Columns
from lti_tool.badges.time_zones import day_of
from lti_tool.people.in_tables import email_in, name_in
from lti_tool.table.headings import cells_of
from lti_tool.table.reading import Line
from lti_tool.table.unused import Bad, Doubled
from lti_tool.words import said

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.+Zz-]*)?")
_OTHER = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4})")
_ASIAN = re.compile(r"(\d{4})[./年]\s?(\d{1,2})[./月]\s?(\d{1,2})日?")
_LINK = re.compile(r"https?://[^/?#\s]+[!-~]*")
_LINK_LENGTH = 2000


@dataclass(frozen=True)
class Given:
    """A row that can be given."""

    line: int
    email: str
    name: str | None
    narrative: str | None
    evidence: str | None
    issued_on: datetime
    expires: datetime | None

    @property
    def facts(self) -> tuple[object, ...]:
        return (self.email, self.name, self.narrative, self.evidence, self.issued_on, self.expires)


Judged = Given | Bad | Doubled


@dataclass(frozen=True)
class Judge:
    """How the rows of one table are read. `now` is the moment of the preview or of the giving: it issues what has no
    day of its own, so that a table is read the same from its first row to its last.
    """

    columns: Columns
    zone: ZoneInfo
    now: datetime
    expires_after_days: int | None
    repeats: bool

    def judge(self, lines: Iterator[Line]) -> Iterator[Judged]:
        """Each row once. Where a badge is given to everybody once, a second row for an address is doubled; where it may
        be repeated, only one that says just the same is.
        """
        seen: set[int] = set()
        for line in lines:
            found: Judged = self._read(line)
            if isinstance(found, Given):
                key = hash(found.facts if self.repeats else found.email)
                if key in seen:
                    found = Doubled(found.line, found.email)
                seen.add(key)
            yield found

    def _read(self, line: Line) -> Given | Bad:
        if line.wrong is not None:
            return Bad(line.number, line.wrong)
        try:
            return self._given(line.number, cells_of(line.cells, self.columns.places))
        except ValueError as wrong:
            return Bad(line.number, str(wrong))

    def _given(self, number: int, cells: dict[str, str]) -> Given:
        issued, expires = self._days(cells.get(ISSUED, ""), cells.get(EXPIRES, ""))
        return Given(
            line=number, email=email_in(cells), name=name_in(cells),
            narrative=cells.get(NARRATIVE, "").replace("\r\n", "\n") or None, evidence=_link(cells.get(EVIDENCE, "")),
            issued_on=issued, expires=expires,
        )  # fmt: skip

    def _days(self, issued: str, expires: str) -> tuple[datetime, datetime | None]:
        if not issued and not expires:
            return self._moments(None, None)
        month_first = self.columns.dates == MONTH_FIRST
        return self._moments(day_written(issued, month_first), day_written(expires, month_first))

    def _moments(self, issued: date | None, expires: date | None) -> tuple[datetime, datetime | None]:
        return _moments(issued, expires, self.zone, self.now, self.expires_after_days)


@lru_cache(maxsize=4096)
def _moments(
    issued: date | None, expires: date | None, zone: ZoneInfo, now: datetime, after_days: int | None
) -> tuple[datetime, datetime | None]:  # fmt: skip
    today = day_of(now, zone)
    begins = issued or today
    ends = expires
    if ends is None and after_days:
        ends = min(begins + timedelta(days=after_days), days.LAST_DAY) if begins <= today else None
    wrong = days.day_problem(begins, ends, today)
    if wrong:
        raise ValueError(said(wrong))
    return days.issued_on_day(begins, zone, now), days.expires_on_day(ends, zone) if ends else None


def day_written(text: str, month_first: bool) -> date | None:
    """A date as spreadsheets write it; None for an empty cell. Raises ValueError, in a sentence."""
    if not text:
        return None
    found = _ISO.fullmatch(text) or _ASIAN.fullmatch(text)
    other = _OTHER.fullmatch(text)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
        if other:
            first, second = int(other[1]), int(other[3])
            swapped = month_first and other[2] != "."  # with full stops the day always comes first
            day, month = (second, first) if swapped else (first, second)
            return date(int(other[4]), month, day)
    except ValueError:
        pass
    raise ValueError(_("A date cannot be read. Write it as 2027-01-31."))


def _link(text: str) -> str | None:
    if not text:
        return None
    if len(text) > _LINK_LENGTH or not _LINK.fullmatch(text):
        raise ValueError(_("The evidence is no web address that begins with https://."))
    return text
