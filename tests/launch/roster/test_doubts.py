"""A list that would remove many at once: staff are asked, and what they say is done, kept in mind and can be undone."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.launch.model import CourseKey, RosterRead
from lti_tool.launch.roster import ask_for_roster, read_roster
from lti_tool.launch.roster.deciding import keep_everybody, put_everybody_back, take_over
from lti_tool.people.admin.model import AuditEntry
from lti_tool.spaces.model import Member
from lti_tool.spaces.snapshot import is_doubtful
from tests.launch.roster.readings import members, row, sync
from tests.launch.roster.roster_server import RosterServer, learner, teacher
from tests.make.person import make_person
from tests.make.recount import standing_faults

CLASS = [learner(f"u{number}", f"Learner {number}") for number in range(10)]


@pytest.mark.parametrize(
    ("gone", "before", "listed", "doubtful"),
    [
        (0, 0, 0, False), (0, 10, 10, False), (1, 1, 0, True), (3, 3, 0, True), (3, 4, 1, False), (2, 5, 3, False),
        (3, 5, 2, True), (5, 10, 5, True), (4, 10, 6, False), (298, 300, 2, True),
    ],
)  # fmt: skip
def test_nobody_left_or_half_of_a_class_gone_is_doubtful(gone: int, before: int, listed: int, doubtful: bool) -> None:
    assert is_doubtful(gone, before, listed=listed) is doubtful


@pytest.fixture
def by(organization: str) -> str:
    return make_person(organization, "Tea Cher")


@pytest.fixture
def doubted(lms: RosterServer, course: str) -> RosterRead:
    """Ten were there, and now the list names two of them."""
    lms.pages = [CLASS]
    sync(course)
    lms.pages = [CLASS[:2]]
    return sync(course)


def everybody() -> set[str | None]:
    return {str(one["name"]) for one in CLASS}


def newest() -> RosterRead:
    db.session.expire_all()
    return db.session.scalars(select(RosterRead).order_by(RosterRead.asked_at.desc(), RosterRead.id.desc())).all()[0]


def deeds() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.deed).where(AuditEntry.deed.startswith("roster."))))


def decided(course: str, read: str, by: str, act: object) -> None:
    with transaction():
        act(course, read, by=by)  # type: ignore[operator]
    waiting = newest()
    if waiting.state == "waiting":
        read_roster({"read": waiting.id})


def test_nobody_is_removed_before_staff_say_so(doubted: RosterRead) -> None:
    assert (doubted.state, doubted.problem) == ("doubted", "roster_shrunk")
    assert (doubted.people, doubted.gone, doubted.before) == (2, 8, 10)
    assert members() == everybody()


def test_nothing_else_of_such_a_list_is_believed_either(lms: RosterServer, course: str) -> None:
    lms.pages = [CLASS]
    sync(course)
    lms.pages = [[learner("u0", "Another Name"), learner("new", "Somebody New")]]
    sync(course)
    assert members() == everybody()


def test_all_who_leave_by_being_inactive_are_asked_about_as_well(lms: RosterServer, course: str) -> None:
    lms.pages = [CLASS]
    sync(course)
    lms.pages = [[{**one, "status": "Inactive"} for one in CLASS]]
    assert (sync(course).state, members()) == ("doubted", everybody())


def test_yes_reads_again_and_lets_them_leave(doubted: RosterRead, course: str, by: str) -> None:
    decided(course, doubted.id, by, take_over)
    done = newest()
    assert (done.state, done.gone, done.agreed) == ("done", 8, 8)
    assert members() == {"Learner 0", "Learner 1"}
    assert row(doubted.id).state == "taken"
    assert deeds() == ["roster.taken"]


def test_a_list_that_was_mended_meanwhile_is_the_one_that_counts(
    lms: RosterServer, doubted: RosterRead, course: str, by: str
) -> None:
    lms.pages = [CLASS]
    decided(course, doubted.id, by, take_over)
    assert (newest().state, members()) == ("done", everybody())


def test_what_staff_agree_to_while_the_list_is_read_holds_for_it(
    app: Flask, lms: RosterServer, doubted: RosterRead, course: str
) -> None:
    def agree(path: str) -> None:
        if path.startswith("/members"):
            with app.app_context(), transaction():
                ask_for_roster(course, by=None, agreed=doubted.gone)

    lms.before = agree
    read = sync(course)
    assert (read.state, read.gone, read.agreed) == ("done", 8, 8)


def test_a_list_that_removes_still_more_asks_again(
    lms: RosterServer, doubted: RosterRead, course: str, by: str
) -> None:
    lms.pages = [CLASS[:1]]
    decided(course, doubted.id, by, take_over)
    assert (newest().state, newest().gone, members()) == ("doubted", 9, everybody())


def test_no_keeps_everybody_and_does_not_ask_again_about_the_same_list(
    doubted: RosterRead, course: str, by: str
) -> None:
    decided(course, doubted.id, by, keep_everybody)
    again = sync(course)
    assert (again.state, members()) == ("kept", everybody())
    assert deeds() == ["roster.kept"]


def test_no_is_no_word_about_a_worse_list_and_does_not_stop_a_good_one(
    lms: RosterServer, doubted: RosterRead, course: str, by: str
) -> None:
    decided(course, doubted.id, by, keep_everybody)
    lms.pages = [[]]
    worse = sync(course)
    lms.pages = [CLASS[:9]]
    assert (worse.state, worse.problem) == ("doubted", "roster_empty")
    assert (sync(course).state, len(members())) == ("done", 9)


def test_what_was_kept_can_be_taken_over_after_all(doubted: RosterRead, course: str, by: str) -> None:
    decided(course, doubted.id, by, keep_everybody)
    decided(course, sync(course).id, by, take_over)
    assert members() == {"Learner 0", "Learner 1"}


def test_undo_puts_everybody_back_and_the_same_list_removes_nobody_again(
    doubted: RosterRead, course: str, by: str
) -> None:
    decided(course, doubted.id, by, take_over)
    taken = newest()
    space = str(db.session.get_one(CourseKey, course).space_id)
    with transaction():
        back = put_everybody_back(course, taken.id, by=by)
    assert (back, members(), standing_faults(space)) == (8, everybody(), [])
    assert (sync(course).state, members()) == ("kept", everybody())
    assert deeds() == ["roster.taken", "roster.put_back"]
    with pytest.raises(Problem, match="roster_decided"), transaction():
        put_everybody_back(course, taken.id, by=by)


def test_undo_leaves_alone_who_had_left_before_or_came_back_since(
    lms: RosterServer, course: str, by: str
) -> None:
    lms.pages = [CLASS]
    sync(course)
    lms.pages = [CLASS[:9]]
    sync(course)
    lms.pages = [[]]
    decided(course, sync(course).id, by, take_over)
    with transaction():
        here = db.session.scalars(select(Member).where(Member.status == "inactive")).all()[0]
        db.session.execute(update(Member).where(Member.id == here.id).values(role_from_launch=True))
        put_everybody_back(course, newest().id, by=by)
    assert members() == {f"Learner {number}" for number in range(9)}


def test_only_the_newest_list_can_be_decided_and_only_once(
    lms: RosterServer, doubted: RosterRead, course: str, by: str
) -> None:
    newer = sync(course)
    for act in (take_over, keep_everybody):
        with pytest.raises(Problem, match="roster_decided"), transaction():
            act(course, doubted.id, by=by)
    decided(course, newer.id, by, take_over)
    with pytest.raises(Problem, match="roster_decided"), transaction():
        take_over(course, newer.id, by=by)


def test_a_list_of_another_course_is_nobody_s_to_decide(app: Flask, doubted: RosterRead, by: str) -> None:
    with pytest.raises(Problem, match="not_found"), transaction():
        take_over("0" * 32, doubted.id, by=by)


def test_a_teacher_who_stays_alone_on_the_list_is_not_taken_for_a_class(lms: RosterServer, course: str) -> None:
    lms.pages = [[teacher("t1", "Tea"), *CLASS]]
    sync(course)
    lms.pages = [[teacher("t1", "Tea")]]
    assert (sync(course).state, len(members())) == ("doubted", 11)
