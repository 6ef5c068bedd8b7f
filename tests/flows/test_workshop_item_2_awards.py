"""Workshop item 2, awards: one by one, many at once from a table, revoked, corrected, taken back."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lti_tool import clock
from lti_tool.badges.awarding.model import AwardBatch
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.model import Award, BadgeClass
from lti_tool.db import db, transaction
from lti_tool.jobs import drain
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.visit import Role
from tests.make.home import make_home
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_badge
from tests.make.staff import make_staff
from tests.make.visit import make_visit

TABLE = (
    "E-Mail;Vorname;Nachname\nada@example.org;Ada;Lovelace\nBOB@example.org;Bob;\nnobody;;\n"
    "ada@example.org;Ada;L.\n"
)


@pytest.fixture
def badge(organization: str) -> str:
    return make_badge(organization, "Explorer")


@pytest.fixture
def awarder(app: Flask, organization: str, badge: str) -> Reader:
    """A person who may award and nothing more, in a visit without a Space, on the page of the badge's awards."""
    person = make_person(organization, "Will Awarder")
    make_staff(first_issuer_of(organization), person, "awarder")
    visit = make_visit(app, organization=organization, person=person, role=Role.GUEST, no_course=True)
    return Reader(visit.client).open(f"{visit.path}/badges/{badge}/awards")


def awards() -> list[Award]:
    db.session.rollback()
    return list(db.session.scalars(select(Award).order_by(Award.number).execution_options(populate_existing=True)))


def deeds(*names: str) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry.deed).where(AuditEntry.deed.in_(names)).order_by(AuditEntry.id)))


def give(reader: Reader, **fields: Any) -> Reader:
    reader.follow("Give the badge").press("Go on", **fields)
    return reader.press("Give the badge")


def bring(reader: Reader, table: str | bytes) -> Reader:
    """On to the preview of a table."""
    reader.follow("Give it to many at once")
    return reader.press("Look at it first", **{"pasted" if isinstance(table, str) else "table": table})


def test_one_badge_is_given_to_one_address_after_a_second_look(awarder: Reader, app: Flask) -> None:
    assert "Nobody has been given this badge yet" in awarder.says
    day = (clock.now() - timedelta(days=9)).date()

    awarder.follow("Give the badge").press(
        "Go on", email="Ada@Example.org", recipient_name="Ada Lovelace", narrative="Mapped the *whole* lab.",
        evidence="https://lab.example/map", issued_on=day.isoformat(),
    )  # fmt: skip
    assert "Is this right?" in awarder.says
    assert awards() == []
    awarder.press("Give the badge")

    assert "The badge is given." in awarder.says
    [award] = awards()
    assert (award.recipient_email, award.recipient_name) == ("ada@example.org", "Ada Lovelace")
    assert (award.narrative, award.evidence) == ("Mapped the *whole* lab.", "https://lab.example/map")
    assert (award.issued_on.date(), award.expires) == (day, None)
    public = awarder.client.get(f"/public/assertions/{award.id}", headers={"Accept": "application/json"})
    assert public.json is not None
    assert public.json["narrative"] == "Mapped the *whole* lab."
    assert "lovelace" not in public.text.lower()
    assert deeds("award.made") == ["award.made"]


def test_what_cannot_be_given_is_told_beside_its_field_and_a_second_press_gives_nothing(awarder: Reader) -> None:
    tomorrow = (clock.now() + timedelta(days=2)).date().isoformat()
    awarder.follow("Give the badge").press("Go on", email="ada@", issued_on=tomorrow, evidence="javascript:alert(1)")

    assert awarder.answer.status_code == 422
    for told in ("This is not an e-mail address.", "not in the future", "web address that begins with https://"):
        assert told in awarder.says
    awarder.press("Go on", email="ada@example.org", issued_on=clock.now().date().isoformat(), evidence="")
    look = awarder.path, awarder.answer
    awarder.press("Give the badge")
    first = awarder.path
    awarder.path, awarder.answer = look
    awarder.press("Give the badge")

    assert (awarder.path, len(awards())) == (first, 1)
    awarder.follow("Give it to somebody else").press("Go on", email="ADA@example.org")
    assert awarder.answer.status_code == 409
    assert "Award of “Explorer”" in awarder.follow("Show that award").says


def test_an_award_is_revoked_with_a_public_reason_and_given_again(awarder: Reader) -> None:
    give(awarder, email="ada@example.org", narrative="Came first.").follow("Revoke")
    refused = awarder.press("Revoke the award", reason=" ")
    assert (refused.answer.status_code, awards()[0].revoked_at) == (422, None)

    awarder.press("Revoke the award", reason="The criteria were not met.")

    [award] = awards()
    assert (award.revocation_reason, award.revoked_by) == ("The criteria were not met.", award.awarded_by)
    assert awarder.client.get(f"/public/assertions/{award.id}").status_code == 410
    assert "A revoked award stays revoked" in awarder.says
    awarder.follow("Give it again").press("Go on").press("Give the badge")
    assert [one.revoked_at is None for one in awards()] == [False, True]
    assert {one.narrative for one in awards()} == {"Came first."}
    assert deeds("award.made", "award.revoked") == ["award.made", "award.revoked", "award.made"]


def test_a_correction_revokes_and_gives_anew_and_each_page_leads_to_the_other(awarder: Reader) -> None:
    give(awarder, email="ada@exampel.org", recipient_name="Ada", narrative="Came first.").follow("Correct")
    awarder.press("Revoke it and give the new one", email="ada@example.org", reason="It was given to the wrong person.")

    old, new = awards()
    assert (old.revocation_reason, new.corrects) == ("It was given to the wrong person.", old.id)
    assert (new.recipient_email, new.narrative, new.issued_on) == ("ada@example.org", old.narrative, old.issued_on)
    assert "took the place of the earlier one" in awarder.says
    awarder.follow("an earlier award")
    assert "Revoked" in awarder.says
    assert awarder.follow("Show the award that took its place").path.endswith(new.id)
    assert deeds("award.made", "award.revoked", "award.corrected") == ["award.made", "award.corrected"]


def test_a_table_is_looked_at_given_once_and_taken_back(awarder: Reader, badge: str) -> None:
    bring(awarder, TABLE.encode("cp1252"))
    assert "2 get the badge" in awarder.says
    assert "Line 4: “nobody” is not an e-mail address." in awarder.says
    assert "Line 5: ada@example.org" in awarder.says
    assert awards() == []
    look = awarder.path, awarder.answer

    awarder.press("Give 2 badges")
    assert "Done: 2 badges were given." in awarder.says
    place = awarder.path
    awarder.path, awarder.answer = look
    assert awarder.press("Give 2 badges").path == place  # a second press

    assert [(one.recipient_email, one.recipient_name) for one in awards()] == [
        ("ada@example.org", "Ada Lovelace"), ("bob@example.org", "Bob"),
    ]  # fmt: skip
    file = awarder.client.get(f"{place}/outcomes.csv?separator=comma").get_data().decode("utf-8-sig")
    assert [(row["Line"], row["Outcome"]) for row in csv.DictReader(io.StringIO(file))] == [
        ("2", "given"), ("3", "given"), ("4", "not given"), ("5", "not given"),
    ]  # fmt: skip
    bring(awarder.open(place).follow("Show the awards"), TABLE)
    assert "Nobody in this table would get the badge." in awarder.says
    awarder.open(place).follow("Take this table back")
    assert "2 awards of “Explorer” are revoked" in awarder.says
    awarder.press("Revoke 2 awards")
    assert "This table was taken back" in awarder.says
    assert {one.revocation_reason for one in awards()} == {"Given by mistake."}
    assert deeds("batch.given", "batch.undone", "award.made", "award.revoked") == ["batch.given", "batch.undone"]


def test_a_long_table_goes_on_by_itself_and_the_columns_are_remembered(awarder: Reader, app: Flask) -> None:
    table = "who,mail or so\n" + "".join(f"Learner {number},l{number}@example.org\n" for number in range(300))
    bring(awarder, table)
    assert "300 get the badge" in awarder.says  # the addresses were found where they stand
    awarder.press("Read the table like this", name="0")

    awarder.press("Give 300 badges")
    assert "in a moment" in awarder.says
    assert awards() == []
    drain(app)
    db.session.rollback()  # the test's own look at how it was before

    awarder.open(awarder.path)
    assert "Done: 300 badges were given." in awarder.says
    assert [one.recipient_name for one in awards()[:2]] == ["Learner 0", "Learner 1"]
    bring(awarder.follow("Show the awards"), table)
    db.session.rollback()
    latest = db.session.scalars(select(AwardBatch).order_by(AwardBatch.created_at.desc())).first()
    assert latest is not None
    assert latest.mapping["columns"] == {"name": 0, "email": 1}
    awarder.press("Cancel and forget this table")
    assert db.session.scalar(select(func.count()).select_from(AwardBatch)) == 1


def test_what_is_no_table_is_refused_in_words_and_leaves_nothing(awarder: Reader) -> None:
    awarder.follow("Give it to many at once")
    for brought, told in (
        (b"", "The table is empty"), ("", "Choose a file, or paste the rows"),
        (b"PK\x03\x04...", "Save the sheet as CSV first"),
        (b"email\n", "a header and no rows"), (b"\x00\x01\x02", "This file is no text"),
        (b'email,name\n"a@b.example,x\n', "a quotation mark is missing"),
    ):  # fmt: skip
        awarder.press("Look at it first", **{"pasted" if isinstance(brought, str) else "table": brought})

        assert (awarder.answer.status_code, told in awarder.says) == (422, True), awarder.says
    assert db.session.scalar(select(func.count()).select_from(AwardBatch)) == 0


def test_a_badge_that_allows_repeats_is_given_twice_and_the_same_table_only_on_purpose(
    awarder: Reader, badge: str
) -> None:
    with transaction():
        db.session.get_one(BadgeClass, badge).allows_repeats = True
    give(awarder, email="ada@example.org").follow("Give it to somebody else")
    awarder.press("Go on", email="ada@example.org").press("Give the badge")
    bring(awarder.follow("Awards"), TABLE).press("Give 3 badges")
    bring(awarder.follow("Show the awards"), TABLE)

    awarder.press("Give 3 badges")
    assert (awarder.answer.status_code, len(awards())) == (409, 5)
    assert "This very table was given before" in awarder.says


def test_who_may_not_award_gets_nothing_and_an_archived_badge_goes_to_nobody(
    app: Flask, organization: str, badge: str
) -> None:
    editor, nobody = make_person(organization), make_person(organization)
    make_staff(first_issuer_of(organization), editor, "editor")
    home, stranger = make_home(app, editor), make_home(app, nobody)

    for page in ("awards", "give", "batches"):
        assert stranger.get(f"badges/{badge}/{page}").status_code == 403
        assert home.get(f"badges/{badge}/{page}").status_code == 200
    with transaction():
        db.session.get_one(BadgeClass, badge).archived_at = clock.now()
    refused = home.post(f"badges/{badge}/give", {"email": "ada@example.org", "step": "give", "once": "x" * 40})
    assert refused.status_code == 409
    assert "This badge is archived" in refused.text
    assert home.post(f"badges/{badge}/batches", {"pasted": TABLE}).status_code == 409
    assert awards() == []
