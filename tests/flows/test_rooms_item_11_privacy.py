"""Rooms item 11, the privacy desk: find a person, hand over what is kept, erase it; My data; and the mentor's page."""

import io
import json
import zipfile
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import configure_mappers

from lti_tool import wiring
from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.backpack.collections import begin_collection
from lti_tool.badges.backpack.model import Collection, ImportedBadge
from lti_tool.badges.exporting.awards_csv import awards_csv
from lti_tool.badges.exporting.period import Period
from lti_tool.badges.model import Award, BadgeClass
from lti_tool.db import Row, db, transaction
from lti_tool.launch.model import Identity, VisitRow
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.home.model import MailedLink, ProvenAddress
from lti_tool.people.model import Person
from lti_tool.people.privacy.erasing import erase_person
from lti_tool.people.visit import Role
from lti_tool.spaces.completions import complete
from lti_tool.spaces.evidence.handing_in import Typed, hand_in
from lti_tool.spaces.evidence.kinds import GoodFile
from lti_tool.spaces.evidence.model import Attachment, Submission
from lti_tool.spaces.model import Completion, Member, StandingBand
from lti_tool.spaces.review.deciding import accept, give_back
from lti_tool.storage import storage_here
from tests.make.admin import make_admin
from tests.make.award import make_award
from tests.make.board import open_board
from tests.make.everything import everything
from tests.make.evidence import learner_visit, make_evidence_objective, make_handed_in
from tests.make.home import make_home, make_home_link, make_proven
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_badge, make_member, make_member_of, make_objective, make_space
from tests.make.visit import make_registration, make_visit

NAME, ADDRESS, PROVEN = "Ada Ablett", "ada@school.example", "ada@home.example"
SUB = "sub-of-ada-7261"
OWNED = ("person", "member", "identity", "submission", "collection", "imported_badge", "visit")


class School:
    """Ada, of whom everything is kept that can be, beside somebody of whom nothing may change."""

    def __init__(self, app: Flask) -> None:
        self.app, self.organization = app, make_organization("Ada's School")
        self.space = make_space(self.organization)
        self.person = make_person(self.organization, NAME, ADDRESS)
        make_proven(self.person, PROVEN)
        registration = make_registration(self.organization)
        with transaction():
            db.session.add(Identity(registration_id=registration, sub=SUB, person_id=self.person))
        self.member = make_member_of(self.space, self.person)
        self.other = make_member(self.space, self.organization, "Bo Bakewell", "bo@school.example")
        open_board(self.space)
        objective = make_objective(self.space, self.organization, "Cut an onion")
        with transaction():
            self.award = str(complete(objective_id=objective, member_id=self.member, by=None).award)
            complete(objective_id=objective, member_id=self.other, by=None)
        report = make_evidence_objective(self.space, self.organization, "Draw an onion")
        with transaction():
            file = GoodFile("Ada.txt", "text/plain", b"Drawn by Ada Ablett")
            hand_in(report, self.member, Typed("Ada Ablett wrote this"), [file], send=True)
        self.file = str(db.session.scalar(select(Attachment.file_key)))
        self.badge = make_badge(self.organization, "Elsewhere")
        self.mailed = make_award(
            self.badge, Recipient(email=PROVEN, name=NAME), narrative="Ada Ablett did it", evidence="Ada's essay"
        )
        with transaction():
            original = storage_here().put(b"a badge of Ada Ablett")
            db.session.add(
                ImportedBadge(
                    person_id=self.person, form="json", original_key=original, standard="2.0", award_ref="a",
                    badge_ref="b", issuer_ref="i", badge_name="Swimmer", issuer_name="Pool", counts=True, verdict={},
                )
            )  # fmt: skip
            begin_collection(self.person, name="Best of Ada Ablett")
        make_home_link(PROVEN)
        db.session.rollback()

    def erased(self) -> bool:
        with transaction():
            return erase_person(self.person)


@pytest.fixture
def school(app: Flask) -> School:
    return School(app)


def files_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def main_of(page: Reader) -> str:
    return " ".join(page.page.get_element_by_id("content").text_content().split())


def desk(school: School) -> Reader:
    return Reader(make_admin(school.app).client).open("/admin")


def test_everything_that_leads_to_a_person_is_named_by_one_of_the_layers() -> None:
    configure_mappers()
    leading = {
        f"{table.name}.{column.name}"
        for table in Row.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in OWNED
    }

    named = [column for keeper in wiring.PERSONAL for column in keeper.columns]
    assert sorted(named) == sorted(leading)


@pytest.mark.parametrize("said", ["ablet", ADDRESS, PROVEN.upper(), SUB])
def test_a_person_is_found_by_name_address_or_lms_id_and_exported_in_three_clicks(school: School, said: str) -> None:
    page = desk(school).follow("People").press("Find", find=said)
    assert NAME in page.says
    page.press("Export everything")

    assert page.answer.mimetype == "application/zip"
    assert NAME not in page.answer.headers["Content-Disposition"]
    files = files_of(page.answer.get_data())
    told = {name: json.loads(data) for name, data in files.items() if name.endswith(".json") and "/" not in name}
    assert (told["person.json"][0]["name"], told["person.json"][0]["email"]) == (NAME, ADDRESS)
    assert told["addresses.json"][0]["address"] == PROVEN
    assert told["lms-ids.json"][0]["id"] == SUB
    assert told["handed-in.json"][0]["text"] == "Ada Ablett wrote this"
    assert files[told["handed-in-files.json"][0]["file"]] == b"Drawn by Ada Ablett"
    assert {one["badge"] for one in told["awards.json"]} == {"Cut an onion", "Elsewhere"}
    assert files[f"awards/{school.award}.png"].startswith(b"\x89PNG")
    assert b"a badge of Ada Ablett" in files.values()
    assert told["collections.json"][0]["name"] == "Best of Ada Ablett"
    assert told["spaces.json"][0]["alias"]
    assert told["completions.json"][0]["objective"] == "Cut an onion"
    assert b"Bo Bakewell" not in b"".join(files.values())
    db.session.rollback()
    assert db.session.scalars(select(AuditEntry.subject).where(AuditEntry.deed == "person.exported")).all()


def test_several_who_fit_are_told_apart_and_nobody_is_said_plainly(school: School) -> None:
    make_person(make_organization("Another School"), "Ada Abletta", ADDRESS)
    page = desk(school).follow("People").press("Find", find="Ada")
    assert "2 people found" in page.says
    assert "Ada's School" in page.says
    assert ADDRESS not in page.says
    assert "1 Space · 2 awards" in page.says
    within = page.press("Find", find="Ada", organization=school.organization)
    assert within.path == f"/admin/people/{school.person}"
    assert "Nobody is known by that" in page.follow("People").press("Find", find="sub-of-ada").says
    assert page.open("/admin/people/nobody").answer.status_code == 404


def test_the_dry_run_counts_and_erases_nothing_until_the_code_is_typed(school: School) -> None:
    page, before = desk(school), everything()
    page.follow("People").press("Find", find=SUB).follow("Erase…")
    assert "Nothing is erased yet" in page.says
    assert "Badges that were awarded 2 no recipient" in page.says
    assert "Files and links that were handed in 1 deleted" in page.says
    wrong = page.press("Erase for good", code="yes")
    assert wrong.answer.status_code == 400
    assert "That is not what stands above" in wrong.says
    assert everything() == before

    page.press("Erase for good", code=school.person[-6:].lower())
    assert "Erased. What stays is listed below" in page.says
    after = everything()
    again = make_admin(school.app, "Second Admin")
    again.get(f"/people/{school.person}/erasure")
    again.get("/people")
    said = again.post(f"/people/{school.person}/erasure", follow_redirects=True).text
    assert "was erased before" in said
    assert {name: rows for name, rows in everything().items() if name in ("person", "award", "member")} == {
        name: rows for name, rows in after.items() if name in ("person", "award", "member")
    }
    assert "There is nothing left to erase" in again.get(f"/people/{school.person}/erasure").text


def test_nothing_of_an_erased_person_is_left_but_figures(school: School) -> None:
    visitor = learner_visit(school.app, school.organization, school.space, school.member)
    home = make_home(school.app, school.person)
    mentor = make_visit(
        school.app, organization=school.organization, person=make_person(school.organization, "Tess"),
        space=school.space, role=Role.OBSERVER, mentees=[school.person],
    )  # fmt: skip
    bands = dict(db.session.execute(select(StandingBand.points, StandingBand.members)).all())
    assert bands[10] == 2

    assert (school.erased(), school.erased()) == (True, False)

    left = json.dumps(everything()).lower()
    for word in ("ablett", ADDRESS, PROVEN, SUB, f"{school.person}@home.example"):
        assert word.lower() not in left, word
    for table in (ProvenAddress, MailedLink, ImportedBadge, Collection, Attachment):
        assert db.session.scalars(select(table)).all() == [], table
    assert db.session.scalars(select(VisitRow).where(VisitRow.person_id == school.person)).all() == []
    with pytest.raises(KeyError):
        storage_here().get(school.file)
    member = db.session.get_one(Member, school.member)
    assert (member.on_board, member.hides, member.status, member.completed) == (False, True, "inactive", 1)
    assert dict(db.session.execute(select(StandingBand.points, StandingBand.members)).all())[10] == 1
    assert len(db.session.scalars(select(Completion)).all()) == 2
    assert [(one.state, one.text) for one in db.session.scalars(select(Submission))] == [("withdrawn", "")]
    assert visitor.get().status_code in (401, 403, 404, 410, 440)
    assert home.get("addresses").status_code == 303
    assert "nothing to see for observers yet" in mentor.get("following").text


@pytest.mark.parametrize("revoked", [False, True], ids=["standing", "revoked before"])
def test_an_erased_award_is_gone_without_a_word_why(school: School, revoked: bool) -> None:
    browser = school.app.test_client()
    if revoked:
        with transaction():
            revoke_award(school.mailed, reason="Ada Ablett cheated")
    school.erased()

    for page in ("assertions/{}", "assertions/{}.json", "credentials/{}.json", "credentials/{}.jwt",
                 "assertions/{}/image.png", "assertions/{}/image.svg"):  # fmt: skip
        answer = browser.get("/public/" + page.format(school.mailed))
        assert answer.status_code == 410, page
        for word in ("cheated", "Ablett", "sha256$", "essay", "recipient"):
            assert word not in answer.text, (page, word)
    body = browser.get(f"/public/assertions/{school.mailed}.json").get_json()
    assert body.keys() == {"@context", "type", "id", "revoked"}
    issuer = db.session.get_one(BadgeClass, school.badge).issuer_id
    listed = browser.get(f"/public/revocations/{issuer}").text
    assert school.mailed in listed
    assert "cheated" not in listed
    _, pieces = awards_csv(issuer, Period())
    table = b"".join(pieces).decode()
    assert table.count(",erased,") == 2
    assert "Ablett" not in table


def test_what_somebody_else_has_as_well_stays_theirs(school: School) -> None:
    """Two people proved one address: an award that was sent to it is not one person's to erase."""
    sister = make_person(school.organization, "Cy Ablett")
    make_proven(sister, PROVEN)
    page = desk(school).follow("People").press("Find", find=SUB).follow("Erase…")
    assert "1 address is somebody else's as well" in page.says
    school.erased()

    award = db.session.get_one(Award, school.mailed)
    assert (award.erased_at, award.recipient_email) == (None, PROVEN)
    assert db.session.get_one(Person, sister).name == "Cy Ablett"


def test_my_data_is_two_clicks_away_in_a_space_and_at_home(school: School) -> None:
    visitor = learner_visit(school.app, school.organization, school.space, school.member)
    alias = db.session.get_one(Member, school.member).alias
    for page in (
        Reader(visitor.client).open(f"{visitor.path}/"),
        Reader(make_home(school.app, school.person).client).open("/home/addresses"),
    ):
        page.follow("My data")
        assert f"alias “{alias}”, on the leaderboard" in page.says
        assert NAME in page.says
        page.follow("Export my data")
        assert json.loads(files_of(page.answer.get_data())["person.json"])[0]["id"] == school.person


def test_whoever_wears_an_account_does_not_get_its_data(school: School) -> None:
    masked = make_visit(
        school.app, organization=school.organization, person=school.person, space=school.space, role=Role.MEMBER,
        masked=True,
    )  # fmt: skip
    staff = make_visit(
        school.app, organization=school.organization, person=make_person(school.organization, "Tom"),
        space=school.space,
    )  # fmt: skip
    staff.post("view-as", {"as": school.member})
    brought, collection = (str(db.session.scalar(select(one.id))) for one in (ImportedBadge, Collection))
    for visitor in (masked, staff):
        for page in (
            "my-data", "my-data.zip", "privacy", "addresses", "backpack", f"backpack/awards/{school.award}",
            f"backpack/imported/{brought}", f"backpack/imported/{brought}/original", "backpack/import",
            "backpack/collections", f"backpack/collections/{collection}", f"backpack/collections/{collection}/delete",
        ):  # fmt: skip
            answer = visitor.get(page)
            assert (answer.status_code, visitor.client.head(f"{visitor.path}/{page}").status_code) == (403, 403), page
            for word in (ADDRESS, PROVEN, "Swimmer", "Best of", "a badge of"):
                assert word not in answer.text, (page, word)
        assert "my-data" not in visitor.get().text
    assert "/backpack" not in masked.get().text + masked.get("awards").text


def test_whoever_wears_an_account_sees_no_draft_and_no_badge_from_beyond_the_course(school: School) -> None:
    own, masked = (
        learner_visit(school.app, school.organization, school.space, school.member, masked=masked)
        for masked in (False, True)
    )
    essay = make_evidence_objective(school.space, school.organization, "Praise an onion")
    with transaction():
        file = GoodFile("Secret.txt", "text/plain", b"A secret file")
        hand_in(essay, school.member, Typed("A secret draft"), [file], send=False)
    named = {row.name: row.id for row in db.session.scalars(select(Attachment))}
    secret, report = named["Secret.txt"], named["Ada.txt"]
    make_award(make_badge(school.organization, "Far away"), Recipient(person=school.person))

    for page, tells in (
        ("", "Draft"), ("awards", "Far away"), (f"objectives/{essay}", "Go on with your draft"),
        (f"objectives/{essay}/evidence", "A secret draft"),
    ):  # fmt: skip
        seen, hers = (Reader(one.client).open(f"{one.path}/{page}") for one in (masked, own))
        assert (main_of(hers).count(tells) > 0, main_of(seen).count(tells)) == (True, 0), page
        assert "Hand it in" not in seen.answer.text
    assert [one.get(f"evidence/{secret}").status_code for one in (own, masked)] == [200, 404]
    assert [one.get(f"evidence/{report}").data for one in (own, masked)] == [b"Drawn by Ada Ablett"] * 2
    assert "Cut an onion" in masked.get("awards").text


def test_a_mentor_sees_done_next_and_waiting_and_only_what_is_shared(school: School) -> None:
    tess = make_person(school.organization, "Tess")
    mentor = make_visit(
        school.app, organization=school.organization, person=make_person(school.organization, "Max Mentor"),
        space=school.space, role=Role.OBSERVER, mentees=[school.person],
    )  # fmt: skip
    essay = make_evidence_objective(school.space, school.organization, "Praise an onion")
    returned = make_handed_in(essay, school.member, "Not much")
    draft = make_evidence_objective(school.space, school.organization, "Sing of an onion")
    make_handed_in(draft, school.member, "A secret draft", send=False)
    with transaction():
        give_back(school.space, returned, by=tess, reason="More, please")

    page = Reader(mentor.client).open(f"{mentor.path}/")
    assert "1 of 4 objectives complete" in page.says
    assert "1 objective is waiting for the teachers" in page.says
    assert "Next: Praise an onion" in page.says
    assert "Waiting for review" in page.says
    assert "Not there yet" in page.says
    for word in ("secret", "Draft", "More, please", "Tess", "Bo Bakewell", "Ada.txt", "wrote this", ADDRESS, "rank"):
        assert word not in page.says, word

    shared = make_evidence_objective(school.space, school.organization, "Share an onion")
    with transaction():
        file = GoodFile("Onion.txt", "text/plain", b"An onion")
        handed: Any = hand_in(shared, school.member, Typed("Mine", shares=True), [file], send=True)
    with transaction():
        accept(school.space, handed.id, by=tess)
    page.open(f"{mentor.path}/following/{school.member}").follow("Onion.txt")
    assert page.answer.get_data() == b"An onion"
