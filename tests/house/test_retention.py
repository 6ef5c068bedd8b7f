"""What has had its time goes by itself, and the command says beforehand what that is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select, update

from lti_tool import clock, retention
from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.staffing.model import IssuerInvitation
from lti_tool.cli import main
from lti_tool.db import Row, db, transaction
from lti_tool.jobs import Job
from lti_tool.launch import people_gone
from lti_tool.launch.model import LoginState, VisitRow
from lti_tool.launch.people_gone import erase_people_gone
from lti_tool.launch.registration.model import RegistrationInvite
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.model import Person
from lti_tool.retention import forget_what_is_over
from lti_tool.settings import Settings
from lti_tool.spaces.model import Member, Space
from lti_tool.spaces.staffing.model import SpaceInvitation, SpaceStaff
from tests.make.award import make_award
from tests.make.every_table import fill_every_table
from tests.make.home import make_proven
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_badge, make_member_of, make_space
from tests.make.visit import make_visit

DAY = timedelta(days=1)
SWEPT_HERE: tuple[tuple[type[Row], str, timedelta], ...] = (
    (LoginState, "expires_at", timedelta(minutes=5)),
    (RegistrationInvite, "expires_at", 30 * DAY),
    (IssuerInvitation, "expires_at", 30 * DAY),
    (SpaceInvitation, "expires_at", 30 * DAY),
    (Job, "failed_at", 90 * DAY),
)


def count(model: type[Row]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize(("model", "column", "kept"), SWEPT_HERE, ids=lambda one: getattr(one, "__tablename__", None))
def test_what_nobody_else_sweeps_goes_after_its_time_and_not_before(
    app: Flask, model: type[Row], column: str, kept: timedelta
) -> None:
    fill_every_table()
    with transaction():
        db.session.execute(update(RegistrationInvite).values(used_at=None))
    rows = count(model)

    with transaction():
        db.session.execute(update(model).values({column: clock.now() - kept + timedelta(minutes=1)}))
    forget_what_is_over()
    assert count(model) == rows

    with transaction():
        db.session.execute(update(model).values({column: clock.now() - kept - timedelta(minutes=1)}))
    forget_what_is_over()
    assert count(model) == 0


def test_an_invitation_that_an_lms_used_stays_with_its_platform(app: Flask) -> None:
    fill_every_table()
    with transaction():
        old = clock.now() - 400 * DAY
        db.session.execute(update(RegistrationInvite).values(used_at=old, expires_at=old))
    forget_what_is_over()

    assert count(RegistrationInvite) == 3


@pytest.fixture
def command(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The command line, on this very database."""
    settings: Settings = app.extensions["settings"]
    monkeypatch.setenv("LTI_TOOL_DATABASE_URL", settings.database)
    monkeypatch.setenv("LTI_TOOL_DATA_DIR", str(settings.data_dir))
    db.session.remove()
    return settings


def test_the_command_says_what_would_go_and_deletes_it_when_told(app: Flask, command: Settings) -> None:
    organization = make_organization()
    make_visit(app, organization=organization, person=make_person(organization))
    make_visit(app, organization=organization, person=make_person(organization))
    with transaction():
        first = db.session.scalars(select(VisitRow.id)).first()
        db.session.execute(update(VisitRow).where(VisitRow.id == first).values(created_at=clock.now() - 8 * DAY))
    db.session.remove()

    tried = CliRunner().invoke(main, ["retention", "--dry-run"])
    assert (tried.exit_code, "       1  visits (7 days)" in tried.output) == (0, True), tried.output
    assert ("Nothing was deleted." in tried.output, count(VisitRow)) == (True, 2)
    db.session.remove()

    done = CliRunner().invoke(main, ["retention"])
    assert (done.exit_code, count(VisitRow)) == (0, 1), done.output
    db.session.remove()
    assert "       0  visits (7 days)" in CliRunner().invoke(main, ["retention", "--dry-run"]).output


class LongAgo:
    """A school whose only Space ended two years ago, and Ada, who had a place in it."""

    def __init__(self, app: Flask) -> None:
        self.app, self.organization = app, make_organization()
        self.space = make_space(self.organization)
        self.ada = make_person(self.organization, "Ada Ablett", "ada@school.example")
        make_member_of(self.space, self.ada)
        self.let_go(730)

    def let_go(self, days: int) -> None:
        then = clock.now() - days * DAY
        with transaction():
            db.session.execute(update(Space).values(ends_on=then.date()))
            db.session.execute(update(Person).values(created_at=then - 100 * DAY))

    def sweep(self, days: int = 365) -> bool:
        """Was she erased?"""
        settings = self.app.extensions["settings"]
        self.app.extensions["settings"] = settings.model_copy(update={"people_days": days})
        erase_people_gone()
        db.session.expire_all()
        return db.session.get_one(Person, self.ada).erased_at is not None


class ManyLongAgo(LongAgo):
    """More of them than go at once."""

    NUMBER, AT_ONCE = 7, 2

    def __init__(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(app)
        for number in range(self.NUMBER - 1):
            make_member_of(self.space, make_person(self.organization, f"Person {number}"))
        self.let_go(730)
        monkeypatch.setattr(people_gone, "_AT_ONCE", self.AT_ONCE)
        app.extensions["settings"] = app.extensions["settings"].model_copy(update={"people_days": 365})

    def are_left(self) -> int:
        db.session.rollback()
        return db.session.scalar(select(func.count()).select_from(Person).where(Person.erased_at.is_(None))) or 0


@pytest.mark.parametrize("seconds", [240.0, 0.0])
def test_a_turn_of_the_schedule_goes_on_until_nobody_is_left_or_its_time_is_over(
    app: Flask, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    many = ManyLongAgo(app, monkeypatch)
    monkeypatch.setattr(retention, "_A_TURN", seconds)
    erase_people_gone()

    assert many.are_left() == (0 if seconds else many.NUMBER - many.AT_ONCE)


def test_the_command_goes_on_until_nobody_is_left_and_says_how_far_it_is(
    app: Flask, command: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = ManyLongAgo(app, monkeypatch)
    monkeypatch.setattr(retention, "_A_TURN", 0.0)
    monkeypatch.setenv("LTI_TOOL_PEOPLE_DAYS", "365")
    db.session.remove()
    done = CliRunner().invoke(main, ["retention"])

    assert (done.exit_code, many.are_left()) == (0, 0), done.output
    assert "They are deleted." in done.stdout
    assert "people whose courses are long over" in done.stderr


def test_the_command_does_not_say_that_gone_is_what_could_not_be_deleted(
    app: Flask, command: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = ManyLongAgo(app, monkeypatch)
    monkeypatch.setattr(people_gone, "erase_person", lambda _: None)
    monkeypatch.setenv("LTI_TOOL_PEOPLE_DAYS", "365")
    db.session.remove()
    done = CliRunner().invoke(main, ["retention"])

    assert (done.exit_code, many.are_left()) == (1, many.NUMBER)
    assert f"could not be: {many.NUMBER} people whose courses are long over" in done.output
    assert "They are deleted." not in done.output


@pytest.fixture
def long_ago(app: Flask) -> LongAgo:
    return LongAgo(app)


def test_somebody_whose_courses_are_long_over_is_erased_and_it_is_noted(long_ago: LongAgo) -> None:
    assert long_ago.sweep()
    assert db.session.get_one(Person, long_ago.ada).name is None
    noted = select(AuditEntry.deed, AuditEntry.actor_kind).where(AuditEntry.subject == long_ago.ada)
    assert db.session.execute(noted).all() == [("person.erased", "command")]


def test_nobody_goes_unless_the_operator_says_so(long_ago: LongAgo) -> None:
    assert not long_ago.sweep(days=0)


def test_somebody_stays_while_the_time_runs(long_ago: LongAgo) -> None:
    long_ago.let_go(364)

    assert not long_ago.sweep()


def in_another_space(school: LongAgo) -> None:
    make_member_of(make_space(school.organization, "Next term"), school.ada)


def with_an_award(school: LongAgo) -> None:
    make_award(make_badge(school.organization), Recipient(person=school.ada, email="ada@school.example"))


def with_an_award_to_the_address(school: LongAgo) -> None:
    make_award(make_badge(school.organization), Recipient(email="ada@school.example"))


def with_a_revoked_award(school: LongAgo) -> None:
    award = make_award(make_badge(school.organization), Recipient(person=school.ada, email="ada@school.example"))
    with transaction():
        revoke_award(award, reason="a mistake")


def with_a_proven_address(school: LongAgo) -> None:
    make_proven(school.ada, "ada@home.example")


def with_a_role(school: LongAgo) -> None:
    with transaction():
        db.session.add(SpaceStaff(space_id=school.space, person_id=school.ada))


def here_this_week(school: LongAgo) -> None:
    make_visit(school.app, organization=school.organization, person=school.ada)


def never_in_a_space(school: LongAgo) -> None:
    with transaction():
        db.session.query(Member).delete()


STAYING = (
    in_another_space, with_an_award, with_an_award_to_the_address, with_a_revoked_award, with_a_proven_address,
    with_a_role, here_this_week, never_in_a_space,
)  # fmt: skip


@pytest.mark.parametrize("kept_by", STAYING, ids=lambda one: one.__name__)
def test_who_keeps_something_stays(long_ago: LongAgo, kept_by: Callable[[LongAgo], None]) -> None:
    kept_by(long_ago)

    assert not long_ago.sweep()
