"""Handing in: drafts, two windows, files and who gets them, what is opened, what is taken back."""

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.model import VisitRow
from lti_tool.people.model import Person
from lti_tool.people.visit import Role
from lti_tool.spaces.completions import complete
from lti_tool.spaces.evidence.model import Attachment, Submission
from lti_tool.spaces.evidence.reads import attempts_of, evidence_states, own_evidence_states
from lti_tool.spaces.model import Member, Objective, Space
from lti_tool.spaces.review.deciding import accept, claim, give_back
from lti_tool.storage import storage_here
from tests.make.crowd import together
from tests.make.everything import everything
from tests.make.evidence import a_picture, learner_visit, make_evidence_objective, make_handed_in
from tests.make.home import ORIGIN, make_home
from tests.make.person import make_person
from tests.make.space import make_member
from tests.make.visit import Visitor, make_staff_visit, make_visit


@dataclass
class Desk:
    """One learner before one objective that asks for evidence."""

    app: Flask
    organization: str
    space: str
    member: str
    objective: str
    learner: Visitor
    tess: str

    @property
    def form(self) -> str:
        return f"objectives/{self.objective}/evidence"

    def latest(self) -> Submission:
        db.session.rollback()
        query = select(Submission).order_by(Submission.attempt.desc()).limit(1)
        return db.session.scalars(query.execution_options(populate_existing=True)).one()

    def base(self) -> str:
        return f"{self.latest().id}:{self.latest().revision}"

    def post(self, text: str = "Mine", do: str = "save", base: str = "", **fields: Any) -> TestResponse:
        fields = {"text": text, "do": do, "base": base, **fields}
        return self.learner.post(self.form, fields, content_type="multipart/form-data")

    def file(self) -> Attachment:
        db.session.rollback()
        return db.session.scalars(select(Attachment).where(Attachment.kind == "file")).one()

    def files(self) -> set[str]:
        return {path.name for path in (self.app.extensions["settings"].data_dir / "files").glob("*/*/*")}


@pytest.fixture
def desk(app: Flask, organization: str, space: str) -> Desk:
    member = make_member(space, organization, "Ada Able")
    objective = make_evidence_objective(space, organization)
    learner = learner_visit(app, organization, space, member)
    return Desk(app, organization, space, member, objective, learner, make_person(organization, "Tess"))


def chosen(data: bytes, name: str = "notes.png") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def test_a_draft_is_kept_and_is_the_learners_alone(desk: Desk) -> None:
    staff = make_staff_visit(desk.app, desk.organization, desk.space)
    desk.post("First thoughts", links="https://a.example/1\nhttps://a.example/2", files=chosen(a_picture()))
    draft, file = desk.latest(), desk.file()
    assert (draft.state, draft.attempt, draft.submitted_at) == ("draft", 1, None)
    assert "First thoughts" in desk.learner.get(desk.form).text
    assert staff.get(f"review/{draft.id}").status_code == 404
    assert staff.get(f"evidence/{file.id}").status_code == 404
    assert (evidence_states(desk.space, [desk.member]), own_evidence_states(desk.space, desk.member)) == (
        {}, {desk.objective: "draft"},
    )  # fmt: skip
    assert attempts_of(desk.objective, desk.member, for_staff=True) == []


def test_what_waits_can_be_changed_until_somebody_opens_it(desk: Desk) -> None:
    desk.post("Once", do="send")
    desk.post("Twice", base=desk.base())
    assert (desk.latest().state, desk.latest().text, desk.latest().attempt) == ("waiting", "Twice", 1)
    waiting = desk.latest().id
    with transaction():
        claim(desk.space, waiting, by=desk.tess)
    refused = desk.post("Three times", base=desk.base())
    assert (refused.status_code, desk.latest().text) == (409, "Twice")
    assert "Three times" in refused.text  # shown back, to be copied
    assert own_evidence_states(desk.space, desk.member) == {desk.objective: "in_review"}


@pytest.mark.parametrize(("is_opened", "state"), [(False, "draft"), (True, "withdrawn")])
def test_what_waits_can_be_taken_back_until_it_is_decided(desk: Desk, is_opened: bool, state: str) -> None:
    submission = make_handed_in(desk.objective, desk.member)
    if is_opened:
        with transaction():
            claim(desk.space, submission, by=desk.tess)
    desk.learner.post(f"{desk.form}/withdraw")
    assert desk.latest().state == state
    assert desk.learner.post(f"{desk.form}/withdraw").status_code == 409
    assert evidence_states(desk.space, [desk.member]) == {}
    base = desk.base() if state == "draft" else ""
    desk.post("Again", do="send", base=base)
    assert (desk.latest().state, desk.latest().attempt) == ("waiting", 1 if state == "draft" else 2)


def test_two_windows_never_overwrite_each_other(desk: Desk) -> None:
    desk.post("The first window")
    late = desk.post("The second window", do="send")
    assert (late.status_code, desk.latest().text) == (409, "The first window")
    assert ("The second window" in late.text, "The first window" in late.text) == (True, True)
    assert desk.post("The second window", do="send", base=desk.base()).status_code == 303
    assert (desk.latest().text, desk.latest().state) == ("The second window", "waiting")


def test_two_clicks_at_once_make_one_attempt(desk: Desk) -> None:
    def click() -> int:
        browser = learner_visit(desk.app, desk.organization, desk.space, desk.member)
        return browser.post(desk.form, {"text": "Mine", "do": "send", "base": ""}).status_code

    assert sorted(map(str, together(desk.app, [click, click, click]))) == ["303", "409", "409"]
    assert desk.latest().attempt == 1


def test_returned_work_is_sent_again_and_files_are_kept_in_both_attempts(desk: Desk) -> None:
    desk.post("First", do="send", files=chosen(a_picture()), links="https://a.example/1")
    waiting = desk.latest().id
    with transaction():
        give_back(desk.space, waiting, by=desk.tess, reason="Name your sources")
    page = desk.learner.get(desk.form).text
    assert ("Name your sources" in page, "First" in page, "https://a.example/1" in page) == (True, True, True)
    desk.post("First, with sources", do="send", kept=desk.file().id)
    attempts = attempts_of(desk.objective, desk.member, for_staff=True)
    assert [(one.number, one.state, one.text, len(one.files)) for one in attempts] == [
        (2, "waiting", "First, with sources", 1), (1, "returned", "First", 1),
    ]  # fmt: skip
    assert evidence_states(desk.space, [desk.member]) == {(desk.member, desk.objective): "waiting"}
    part = attempts[0].files[0].id
    desk.post("First, with sources", base=desk.base(), remove=part, kept=part)
    attempts = attempts_of(desk.objective, desk.member, for_staff=True)
    assert [len(one.files) for one in attempts] == [0, 1]
    assert desk.learner.get(f"evidence/{attempts[1].files[0].id}").data == a_picture()


def test_a_file_that_nobody_names_any_more_is_forgotten(desk: Desk) -> None:
    desk.post(files=chosen(a_picture()))
    key = str(desk.file().file_key)
    assert storage_here().exists(key)
    desk.post(base=desk.base())
    assert not storage_here().exists(key)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": " "}, "There is nothing in it yet."),
        ({"text": "x" * 20_001}, "20,001"),
        ({"links": "javascript:alert(1)"}, "needs to be a web address"),
        ({"links": "\n".join(f"https://a.example/{n}" for n in range(11))}, "there are 11"),
        ({"files": [(b"MZ\x90", "a.png"), (a_picture(), "b.pdf")]}, "is not what its name says"),
        ({"files": [(a_picture(), "notes.png")] * 11}, "choose fewer"),
    ],
)
def test_what_cannot_be_handed_in_comes_back_as_it_was_typed(desk: Desk, fields: dict[str, Any], words: str) -> None:
    before, files = everything(), desk.files()
    picked = {"files": [chosen(*file) for file in fields["files"]]} if "files" in fields else {}
    refused = desk.post(**{"text": "My long work", **fields, **picked}, do="send")
    assert (refused.status_code, words in refused.text) == (422, True)
    assert ("My long work" in refused.text) == ("text" not in fields)
    assert everything() == before
    assert desk.files() == files


def test_files_are_served_to_those_who_may_see_them_and_never_run(desk: Desk) -> None:
    text = chosen(b"<b>not a page</b>", "notes.txt")
    desk.post(do="send", files=[chosen(a_picture()), text], shares="y")
    picture, notes = attempts_of(desk.objective, desk.member, for_staff=True)[0].files
    other = make_member(desk.space, desk.organization, "Bo Other")
    person = str(db.session.get_one(Member, desk.member).person_id)

    def seen(role: Role, who: str, **kwargs: Any) -> int:
        visit = make_visit(
            desk.app, organization=desk.organization, person=make_person(desk.organization, who), space=desk.space,
            role=role, **kwargs,
        )  # fmt: skip
        return visit.get(f"evidence/{picture.id}").status_code

    assert (seen(Role.STAFF, "As"), seen(Role.DESIGNER, "Di"), seen(Role.GUEST, "Gus")) == (200, 404, 404)
    assert seen(Role.OBSERVER, "Mo", mentees=[person]) == 404
    classmate = learner_visit(desk.app, desk.organization, desk.space, other)
    assert classmate.get(f"evidence/{picture.id}").status_code == 404
    waiting = desk.latest().id
    with transaction():
        accept(desk.space, waiting, by=desk.tess)
    assert seen(Role.OBSERVER, "Mo", mentees=[person]) == 200
    shown, saved = (desk.learner.get(f"evidence/{one.id}") for one in (picture, notes))
    assert (shown.headers["Content-Type"], saved.headers["Content-Type"]) == ("image/png", "text/plain; charset=utf-8")
    assert saved.headers["Content-Disposition"] == 'attachment; filename="notes.txt"'
    for answer in (shown, saved):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "no-store"


def test_an_expired_visit_shows_the_text_back_and_keeps_nothing(desk: Desk) -> None:
    with transaction():
        db.session.execute(update(VisitRow).values(last_seen_at=clock.now() - timedelta(hours=2)))
    before = everything()
    late = desk.post("An hour of work & <b>more</b>", links="https://a.example/x", files=chosen(a_picture()))
    assert late.status_code == 401
    assert "An hour of work &amp; &lt;b&gt;more&lt;/b&gt;" in late.text
    assert ("Copy my text" in late.text, "https://a.example/x" in late.text) == (True, True)
    fields, elsewhere = {"text": "Something of theirs"}, {"Origin": "https://evil.example"}
    forged = desk.learner.client.post(f"{desk.learner.path}/{desk.form}", data=fields, headers=elsewhere)
    assert "Something of theirs" not in forged.text
    assert everything() == before


def test_at_home_too_nothing_that_was_typed_is_lost(desk: Desk) -> None:
    home = make_home(desk.app, str(db.session.get_one(Member, desk.member).person_id))
    page = f"spaces/{desk.space}/{desk.form}"
    assert home.post(page, {"text": "From home", "do": "send", "base": ""}).status_code == 303
    assert desk.latest().state == "waiting"
    with transaction():
        db.session.execute(update(Person).values(sessions_from=db.session.scalar(select(Submission.saved_at))))
    late = desk.app.test_client().post(f"/home/{page}", data={"text": "Too late"}, headers={"Origin": ORIGIN})
    assert (late.status_code, "Too late" in late.text) == (403, True)


@pytest.mark.parametrize("why", ["archived", "none", "complete", "preview"])
def test_where_nothing_is_taken_the_page_says_so(desk: Desk, why: str) -> None:
    desk.post("My draft")
    with transaction():
        match why:
            case "archived":
                db.session.get_one(Space, desk.space).archived_at = db.session.get_one(Space, desk.space).created_at
            case "none":
                db.session.get_one(Objective, desk.objective).evidence = "none"
            case "complete":
                complete(objective_id=desk.objective, member_id=desk.member, by=None, how="badge")
            case _:
                db.session.get_one(Member, desk.member).status = "preview"
    refused = desk.post("More", do="send", base=desk.base())
    assert (refused.status_code, desk.latest().text) == (409, "My draft")
    assert "More" in refused.text
    for page in (desk.form, f"objectives/{desk.objective}"):
        assert desk.learner.get(page).status_code == 200
