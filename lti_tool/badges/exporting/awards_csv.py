"""Every award of an issuer to everyone as a table for spreadsheets, in flat memory (DM-05 to DM-11).

It is read badge by badge, in slices along the index of a badge's awards. Between two slices no transaction is open,
for a long read on SQLite would hold back the log.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Engine, Select, select, tuple_
from sqlalchemy.orm import aliased

from lti_tool import clock
from lti_tool.badges.award_state import award_state
from lti_tool.badges.exporting.period import Period
from lti_tool.badges.hosted import address
from lti_tool.badges.model import CURRENT_REVISION, Award, BadgeClass, BadgeRevision, Issuer
from lti_tool.badges.time_zones import zone_of
from lti_tool.csvfile import Cell, rows_to_csv
from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.people.model import Person
from lti_tool.words import said, to_say

_SLICE = 2_000
NO_ADDRESS = to_say("no address")
_STATES = (to_say("valid"), to_say("expired"), to_say("revoked"), to_say("erased"))

catalogue(
    {
        "export_period": Entry(
            400, "There is no such period", "The start date is later than the end date.",
            "you", "Change one of the two dates, or leave it out. No file was made.",
        ),
    }
)  # fmt: skip

_Awarder = aliased(Person)
Place = tuple[datetime, str]


@dataclass(frozen=True)
class _Wanted:
    """Which awards, and how their moments and words are written."""

    begins: datetime | None
    ends: datetime | None
    zone: tzinfo
    now: datetime
    award_address: str
    words: Mapping[str, str]


def awards_csv(issuer_id: str, period: Period, *, separator: str = ",") -> tuple[str, Iterator[bytes]]:
    """A file name and the table in pieces. The pieces need neither the request nor its session: both may be gone.

    Raises `Problem` export_period.
    """
    if wrong := period.problem:
        raise Problem("export_period", wrong)
    issuer = db.session.get_one(Issuer, issuer_id)
    zone = zone_of(issuer.time_zone)
    begins, ends = period.moments(zone)
    words = {word: said(word) for word in (*_STATES, NO_ADDRESS)}  # while there is a reader
    wanted = _Wanted(begins, ends, UTC if zone.key == "UTC" else zone, clock.now(), address("assertions", ""), words)
    rows = _rows(db.engine, _badges(issuer_id), wanted)
    when = period.words or _("until %(day)s", day=f"{clock.now():%Y-%m-%d}")
    name = _("%(issuer)s awards %(when)s.csv", issuer=issuer.name, when=when)
    return name, rows_to_csv(_titles(zone.key), rows, separator=separator)


def _titles(zone: str) -> list[str]:
    """A moment's column says in which time zone it is written, for a line of explanation is no table."""
    return [
        _("Recipient"), _("Recipient address"), _("Badge"), _("Badge id"), _("Issued on (%(zone)s)", zone=zone),
        _("Expires (%(zone)s)", zone=zone), _("Status"), _("Revoked on (%(zone)s)", zone=zone),
        _("Reason of revocation"), _("Evidence"), _("Narrative"), _("Award"), _("Award id"), _("Awarded by"),
        _("Takes the place of award"),
    ]  # fmt: skip


def _badges(issuer_id: str) -> Sequence[Any]:
    """Every badge class of the issuer, archived ones too, by the name that it has now."""
    said = BadgeRevision
    query = (
        select(BadgeClass.id, said.name)
        .join(said, CURRENT_REVISION)
        .where(BadgeClass.issuer_id == issuer_id)
        .order_by(said.name, BadgeClass.id)
    )
    return db.session.execute(query).all()


def _rows(engine: Engine, badges: Sequence[Any], wanted: _Wanted) -> Iterator[list[Cell]]:
    for badge_id, name in badges:
        place: Place | None = None
        while True:
            with engine.connect() as connection:
                found = connection.execute(_slice(badge_id, wanted, place)).all()
            for row in found:
                yield _row(badge_id, name, row, wanted)
            if len(found) < _SLICE:
                break
            place = found[-1][3], found[-1][0]


def _slice(badge_id: str, wanted: _Wanted, place: Place | None) -> Select[*tuple[Any, ...]]:
    query = (
        select(
            Award.id, Person.name, Award.recipient_name, Award.issued_on, Award.recipient_email, Award.expires,
            Award.revoked_at, Award.revocation_reason, Award.evidence, Award.narrative, _Awarder.name, Award.corrects,
            Award.erased_at,
        )
        .outerjoin(Person, Person.id == Award.person_id)
        .outerjoin(_Awarder, _Awarder.id == Award.awarded_by)
        .where(Award.badge_id == badge_id)
    )  # fmt: skip
    if place is not None:
        query = query.where(tuple_(Award.issued_on, Award.id) > place)
    elif wanted.begins is not None:
        query = query.where(Award.issued_on >= wanted.begins)
    if wanted.ends is not None:
        query = query.where(Award.issued_on < wanted.ends)
    return query.order_by(Award.issued_on, Award.id).limit(_SLICE)


def _row(badge_id: str, badge: str, row: Any, wanted: _Wanted) -> list[Cell]:
    award, name, given_name, issued_on, email, expires, revoked_at, reason, evidence, narrative, by, *others = row
    (corrects, erased_at), zone, now = others, wanted.zone, wanted.now
    state = award_state(revoked_at=revoked_at, expires=expires, now=now, erased_at=erased_at)
    no_address = None if erased_at else wanted.words[NO_ADDRESS]
    return [
        name or given_name, email or no_address, badge, badge_id, _moment(issued_on, zone), _moment(expires, zone),
        wanted.words[state], _moment(revoked_at, zone), reason, evidence, narrative, wanted.award_address + award,
        award, by, corrects,
    ]  # fmt: skip


def _moment(moment: datetime | None, zone: tzinfo) -> str | None:
    """`2026-11-24 08:00:00`: the one form that every spreadsheet takes for a date and a time."""
    if moment is None:
        return None
    return (moment if zone is UTC else moment.astimezone(zone)).isoformat(" ", "seconds")[:19]
