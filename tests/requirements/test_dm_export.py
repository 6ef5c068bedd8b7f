"""Data Management of an issuer: DM-01 and DM-03 to DM-11."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from lti_tool import clock
from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.issuers import create_issuer
from lti_tool.badges.model import Issuer
from lti_tool.db import db, transaction
from lti_tool.people.model import Organization
from tests.api.program import make_program
from tests.make.award import make_award
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_badge
from tests.requirements.conftest import ISSUER, Desk


def rows(reader: Reader) -> list[dict[str, str]]:
    """The file as a spreadsheet shows it."""
    answer = reader.answer
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def held(reader: Reader, column: str = "Recipient address") -> list[str]:
    return [row[column] for row in rows(reader)]


def award_on(day: str, badge: str, email: str) -> str:
    words: dict[str, Any] = {"issued_on": datetime.fromisoformat(day).replace(tzinfo=UTC)}
    return make_award(badge, Recipient(email=email), **words)


def test_dm_01_the_tab_of_an_issuer_is_reached_by_issuers_and_the_issuer(desk: Desk) -> None:
    """An issuer's page has a Data Management tab, reached by Issuers and the issuer."""
    page = desk.editor.open("/home").follow("Issuers").follow(ISSUER)
    assert "Data Management" in page.tabs

    page.follow("Data Management")

    assert "Export badge awards" in page.says


def test_dm_03_the_tab_offers_what_its_page_is_about(desk: Desk) -> None:
    """The tab offers the export on an issuer and the replacing on a badge class."""
    issuer = desk.at_the_issuer().says
    badge = desk.at_the_badge().says

    assert ("Export CSV" in issuer, "Continue" in issuer) == (True, False)
    assert ("Replace this badge" in badge, "Export CSV" in badge) == (True, False)


def test_dm_04_without_the_feature_there_is_no_tab_and_everything_refuses(app: Flask, desk: Desk) -> None:
    """Data Management is a feature of the organization: without it page and API refuse, and no tab shows."""
    with transaction():
        db.session.get_one(Organization, desk.organization).may_manage_data = False
    program, editor = make_program(app, desk.organization), desk.editor

    tabs = editor.open(f"/home/issuers/{desk.issuer}").tabs + editor.open(f"/home/badges/{desk.badge}").tabs
    refused = [editor.open(f"/home/{page}/data") for page in (f"issuers/{desk.issuer}", f"badges/{desk.badge}")]
    asked = [
        program.get(f"/issuers/{desk.issuer}/awards.csv"),
        program.post(f"/badges/{desk.badge}/replacement", {"url": "https://example.org/award"}),
    ]

    assert "Profile" in tabs
    assert "Data Management" not in tabs
    assert [one.answer.status_code for one in refused] == [403, 403]
    assert "Data Management is switched off" in refused[0].says
    assert [answer.json["error"]["code"] for answer in asked] == ["data_off", "data_off"]


def test_dm_05_every_award_of_every_badge_to_everyone_is_in_the_file(desk: Desk) -> None:
    """The export lists all awards to all recipients of every badge of the issuer."""
    other = make_badge(desk.organization, "Painter")
    make_award(other, Recipient(email="grace@example.org"))
    make_award(other, Recipient(person=make_person(desk.organization, "Mary Jackson")))
    with transaction():
        foreign = create_issuer(
            organization=desk.organization, name="Another", url="https://x.example/", email="x@x.example"
        )
    assert foreign.id != desk.issuer

    found = rows(desk.at_the_issuer().press("Export CSV"))

    assert [(row["Badge"], row["Recipient address"]) for row in found] == [
        ("Explorer", "ada@example.org"), ("Painter", "grace@example.org"), ("Painter", "no address")
    ]  # fmt: skip


def test_dm_06_both_dates_can_be_chosen(desk: Desk) -> None:
    """A start date and an end date can be chosen."""
    for day in ("2026-01-31", "2026-02-10", "2026-03-01"):
        award_on(day, desk.badge, f"{day}@example.org")

    page = desk.at_the_issuer().press("Export CSV", first="2026-02-01", last="2026-02-28")

    assert held(page) == ["2026-02-10@example.org"]


def test_dm_07_no_dates_means_every_award_ever(desk: Desk) -> None:
    """Without dates the file holds every award there ever was."""
    award_on("1999-12-31", desk.badge, "first@example.org")

    page = desk.at_the_issuer().press("Export CSV")

    assert held(page) == ["first@example.org", "ada@example.org"]


def test_dm_08_dates_alone_included_in_the_zone_in_order_and_empty(desk: Desk) -> None:
    """Either date alone works, both days are included in the issuer's time zone, a start after the end is refused,
    and an empty period gives the header alone.
    """
    for moment in ("2026-01-31T14:59", "2026-01-31T15:00", "2026-02-28T14:59", "2026-02-28T15:00"):
        award_on(moment, desk.badge, f"{moment.replace(':', '.')}@example.org")
    with transaction():
        db.session.get_one(Issuer, desk.issuer).time_zone = "Asia/Tokyo"  # nine hours ahead
    page = desk.at_the_issuer()
    assert "time zone Asia/Tokyo" in page.says

    february = rows(desk.at_the_issuer().press("Export CSV", first="2026-02-01", last="2026-02-28"))
    since = held(desk.at_the_issuer().press("Export CSV", first="2026-02-01"))
    until = held(desk.at_the_issuer().press("Export CSV", last="2026-01-31"))
    empty = desk.at_the_issuer().press("Export CSV", first="2020-01-01", last="2020-01-31").answer.text
    refused = desk.at_the_issuer().press("Export CSV", first="2026-03-01", last="2026-02-01")

    assert [row["Issued on (Asia/Tokyo)"] for row in february] == ["2026-02-01 00:00:00", "2026-02-28 23:59:00"]
    assert (len(since), len(until), empty.count("\n")) == (4, 1, 1)
    assert refused.answer.status_code == 422
    assert refused.answer.mimetype == "text/html"
    assert "The start date is later than the end date" in refused.says


def test_dm_10_the_file_is_read_right_by_spreadsheets(desk: Desk) -> None:
    """The file opens right in Excel and other spreadsheets, whatever people have written."""
    nasty = make_badge(desk.organization, '=HYPERLINK("http://evil.example")')
    words = 'Läuft, "sagt" 田中さん;\nund طارق'
    make_award(nasty, Recipient(person=make_person(desk.organization, "@SUM(A1)")), narrative=words)

    page = desk.at_the_issuer().press("Export CSV")

    assert page.answer.get_data().startswith(b"\xef\xbb\xbf")
    assert page.answer.get_data().endswith(b"\r\n")
    row = next(row for row in rows(page) if row["Badge id"] == nasty)
    assert row["Badge"] == '\'=HYPERLINK("http://evil.example")'
    assert (row["Recipient"], row["Narrative"]) == ("'@SUM(A1)", words)


def test_dm_11_a_row_holds_what_is_known_of_its_award(desk: Desk) -> None:
    """Each row holds what is known of the award, from its recipient to its revocation."""
    person = make_person(desk.organization, "Grace Hopper", "grace@example.org")
    given, ends = datetime(2026, 2, 1, 8, tzinfo=UTC), clock.now() - timedelta(days=1)
    words: dict[str, Any] = {"issued_on": given, "expires": ends, "awarded_by": person, "narrative": "Found the bug."}
    grace_holds = Recipient(person=person, email="grace@example.org")
    award = make_award(desk.badge, grace_holds, evidence="https://example.org/moth", **words)
    with transaction():
        revoke_award(desk.award, reason="By mistake.")

    grace, ada = rows(desk.at_the_issuer().press("Export CSV"))

    assert (grace["Award id"], grace["Award"]) == (award, f"http://localhost:8000/public/assertions/{award}")
    assert (grace["Recipient"], grace["Recipient address"]) == ("Grace Hopper", "grace@example.org")
    assert (grace["Badge"], grace["Badge id"]) == ("Explorer", desk.badge)
    assert (grace["Issued on (UTC)"], grace["Status"]) == ("2026-02-01 08:00:00", "expired")
    assert grace["Expires (UTC)"] == ends.isoformat(" ", "seconds")[:19]
    assert (grace["Narrative"], grace["Evidence"]) == ("Found the bug.", "https://example.org/moth")
    assert grace["Awarded by"] == "Grace Hopper"
    assert (ada["Status"], ada["Reason of revocation"]) == ("revoked", "By mistake.")
    assert ada["Revoked on (UTC)"]
