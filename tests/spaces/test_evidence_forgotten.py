"""Files of evidence of a Space that ended long ago go when the operator says so, and nothing else of it does."""

import io
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select, update

from lti_tool import clock
from lti_tool.badges.model import Award
from lti_tool.cli import main
from lti_tool.db import Row, db, transaction
from lti_tool.people.admin.model import AuditEntry
from lti_tool.retention import forget_what_is_over
from lti_tool.spaces.evidence.forgetting import forget_files_over
from lti_tool.spaces.evidence.model import Attachment, FileCheck, Submission
from lti_tool.spaces.model import Completion, Space
from lti_tool.storage import key_of, storage_here
from tests.make.evidence import learner_visit, make_evidence_objective
from tests.make.reader import Reader
from tests.make.space import make_member, make_space
from tests.make.visit import Visitor, make_staff_visit

DAY = timedelta(days=1)
NOTES = b"what I saw under the microscope"


class Course:
    """A Space in which Ada handed in a text, a link and a file, and somebody accepted them."""

    def __init__(self, app: Flask, organization: str, name: str = "Biology 101") -> None:
        self.app = app
        self.space = make_space(organization, name)
        self.member = make_member(self.space, organization, "Ada Able")
        self.objective = make_evidence_objective(self.space, organization)
        self.learner = learner_visit(app, organization, self.space, self.member)
        self.staff = make_staff_visit(app, organization, self.space)
        form = {
            "text": "Mine", "links": "https://example.org/lab", "do": "send", "files": (io.BytesIO(NOTES), "notes.txt"),
        }  # fmt: skip
        address = f"objectives/{self.objective}/evidence"
        assert self.learner.post(address, form, content_type="multipart/form-data").status_code == 303
        db.session.rollback()
        self.submission = str(db.session.scalar(select(Submission.id).where(Submission.space_id == self.space)))
        self.staff.post(f"review/{self.submission}/claim")
        assert self.staff.post(f"review/{self.submission}/decide", {"do": "accept"}).status_code == 303

    def ended(self, days: int) -> None:
        with transaction():
            then = clock.now() - timedelta(days=days)
            ended = {"archived_at": then, "ends_on": then.date()}
            db.session.execute(update(Space).where(Space.id == self.space).values(ended))

    def files(self) -> list[str]:
        db.session.rollback()
        named = select(Attachment.id).where(Attachment.submission_id == self.submission, Attachment.kind == "file")
        return list(db.session.scalars(named))

    def says(self, visitor: Visitor) -> str:
        page = f"progress/{self.member}/{self.objective}" if visitor is self.staff else f"objectives/{self.objective}"
        return Reader(visitor.client).open(f"{visitor.path}/{page}").says


def keep_for(app: Flask, days: int) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"evidence_days": days})


def count(model: type[Row]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def course(app: Flask, organization: str) -> Course:
    return Course(app, organization)


def test_the_file_goes_and_words_link_completion_and_award_stay(app: Flask, course: Course) -> None:
    keep_for(app, 365)
    course.ended(366)
    address = f"evidence/{course.files()[0]}"

    forget_files_over()

    assert course.files() == []
    assert not storage_here().exists(key_of(NOTES))
    assert [one.get(address).status_code for one in (course.learner, course.staff)] == [404, 404]
    attempt = db.session.get_one(Submission, course.submission)
    assert (attempt.text, attempt.state, count(Attachment)) == ("Mine", "accepted", 1)
    assert (count(Completion), db.session.scalars(select(Award.revoked_at)).all()) == (1, [None])
    noted = select(AuditEntry.actor_kind, AuditEntry.subject, AuditEntry.facts)
    noted = noted.where(AuditEntry.deed == "evidence.files_gone")
    assert db.session.execute(noted).all() == [("command", course.space, {"count": 1})]


def test_people_read_beforehand_until_when_and_afterwards_that_they_are_gone(app: Flask, course: Course) -> None:
    running = course.says(course.staff), course.says(course.learner)
    keep_for(app, 365)
    running_with_a_period = course.says(course.staff), course.says(course.learner)
    course.ended(200)
    before = course.says(course.staff), course.says(course.learner)
    course.ended(366)
    forget_files_over()
    after = course.says(course.staff), course.says(course.learner)

    assert ["are kept until" in one for one in (*running, *running_with_a_period)] == [False] * 4
    assert ["The Space has ended: its files are kept until" in one for one in before] == [True, True]
    assert ["If there were files in it, they are gone" in one for one in after] == [True, True]
    assert ["notes.txt" in one for one in after] == [False, False]


@pytest.mark.parametrize(("days", "ended"), [(0, 4000), (365, 364)])
def test_they_stay_while_the_time_runs_and_where_no_time_is_set(
    app: Flask, course: Course, days: int, ended: int
) -> None:
    keep_for(app, days)
    course.ended(ended)

    forget_files_over()

    assert len(course.files()) == 1
    assert course.learner.get(f"evidence/{course.files()[0]}").get_data() == NOTES


def test_a_space_that_got_a_later_end_keeps_them(app: Flask, course: Course) -> None:
    keep_for(app, 365)
    course.ended(366)
    with transaction():
        db.session.execute(update(Space).values(archived_at=None, ends_on=(clock.now() + 9 * DAY).date()))

    forget_files_over()

    assert len(course.files()) == 1


def test_the_same_file_of_a_course_that_goes_on_stays(app: Flask, course: Course, organization: str) -> None:
    other = Course(app, organization, "Chemistry")
    keep_for(app, 365)
    course.ended(366)

    forget_files_over()

    assert (course.files(), len(other.files())) == ([], 1)
    assert other.learner.get(f"evidence/{other.files()[0]}").get_data() == NOTES


def test_what_the_scanner_said_goes_with_the_last_file_that_it_is_about(
    app: Flask, course: Course, organization: str
) -> None:
    other = Course(app, organization, "Chemistry")
    with transaction():
        db.session.add_all([FileCheck(digest=key_of(NOTES), state="clean"), FileCheck(digest="0" * 64)])
    keep_for(app, 365)

    course.ended(366)
    forget_files_over()
    forget_what_is_over()
    with_one_left = db.session.scalars(select(FileCheck.digest)).all()
    other.ended(366)
    forget_files_over()
    forget_what_is_over()

    assert (list(with_one_left), count(FileCheck)) == ([key_of(NOTES)], 0)


def test_the_command_counts_them_beforehand(app: Flask, course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    course.ended(366)
    settings = app.extensions["settings"]
    monkeypatch.setenv("LTI_TOOL_DATABASE_URL", settings.database)
    monkeypatch.setenv("LTI_TOOL_DATA_DIR", str(settings.data_dir))
    keep_for(app, 365)
    db.session.remove()

    told = CliRunner().invoke(main, ["retention", "--dry-run"]).output

    assert "       1  files of evidence of Spaces that ended (EVIDENCE_DAYS)" in told
    assert len(course.files()) == 1
