"""Whoever writes several scores holds them in one order, and asks for jobs in one: so nobody waits in a circle.

Only PostgreSQL lets two write at once.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.launch.gradebook import sweep
from lti_tool.launch.gradebook.asking import send_ours
from lti_tool.launch.gradebook.handing_in import Course
from lti_tool.launch.gradebook.holding import free_to_go, note_not_tried, note_sent
from lti_tool.launch.gradebook.losing import note_gone
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.placing import Place
from lti_tool.launch.gradebook.reaching import courses_reached
from lti_tool.launch.gradebook.read_back import read_back
from lti_tool.launch.gradebook.resting import wake
from lti_tool.launch.gradebook.sendable import Sendable, sendable
from lti_tool.launch.gradebook.settling import settle, wait_again
from lti_tool.launch.model import Registration
from lti_tool.launch.pausing import PlatformPause, note_answered
from lti_tool.people.privacy.erasing import erase_person
from lti_tool.spaces.model import Member
from tests.launch.gradebook.term import Term
from tests.launch.gradebook.test_two_platforms import COURSES, many_courses
from tests.make.waiting import held_while_waiting

LEARNERS = ("amelie", "ngozi", "dmitri")

Act = Callable[[], object]


@pytest.fixture(autouse=True)
def only_where_two_write_at_once(database_kind: str) -> None:
    if database_kind != "postgresql":
        pytest.skip("SQLite has one writer")


def waiting(term: Term) -> tuple[Course, list[Sendable]]:
    """The last one first."""
    [(course, column)] = courses_reached(term.course)
    found = sendable(column.row, 10, latest=clock.now())
    db.session.rollback()
    return course, sorted(found, key=lambda one: one.id, reverse=True)


def note_as_sent(term: Term) -> Act:
    those = waiting(term)[1]
    return lambda: note_sent(*those)


def note_as_tried(term: Term) -> Act:
    course, those = waiting(term)
    return lambda: free_to_go(course, Place("http://localhost", is_new=True), those)


def note_as_not_tried(term: Term) -> Act:
    those = waiting(term)[1]
    with transaction():
        db.session.execute(update(Score).values(tried_at=Score.moved_at))
    return lambda: note_not_tried(*those)


def settle_all(term: Term) -> Act:
    with transaction():
        db.session.execute(update(Member).values(completed=0))
    return in_transaction(lambda: settle(term.course))


def let_all_wait_again(term: Term) -> Act:
    rows = db.session.execute(select(Score.id, Score.moved_at).order_by(Score.id.desc())).all()
    return in_transaction(lambda: wait_again(rows))


def send_what_is_held(term: Term) -> Act:
    with transaction():
        db.session.execute(update(Score).values(state="held"))
    return in_transaction(lambda: send_ours(term.course, "held"))


def in_transaction(act: Act) -> Act:
    def acted() -> None:
        with transaction():
            act()

    return acted


def touch(table: str, row: str) -> None:
    """It lies behind the others from now on, so that who reads without an order finds it last."""
    with transaction():
        db.session.execute(text(f"UPDATE {table} SET id = id WHERE id = :id"), {"id": row})  # noqa: S608


@pytest.mark.parametrize(
    "prepare", [note_as_sent, note_as_tried, note_as_not_tried, settle_all, let_all_wait_again, send_what_is_held]
)  # fmt: skip
def test_whoever_waits_for_the_first_score_holds_no_later_one(
    term: Term, database_url: str, prepare: Callable[[Term], Act]
) -> None:
    term.complete(*LEARNERS)
    act = prepare(term)
    first, *later = sorted(one.id for one in term.scores().values())
    touch("score", first)

    held = held_while_waiting(
        term.school.app, database_url, act, first=("score", first), later=[("score", one) for one in later]
    )

    assert (held, len(later)) == ([], 2)


def test_whoever_reads_back_holds_no_score_while_it_waits_for_the_column(term: Term, database_url: str) -> None:
    """Staff who choose what is shown hold the column, and then want the scores."""
    term.complete(*LEARNERS)
    term.do_jobs()
    for score in term.school.lms.gradebook.scores(term.columns[0]):
        score.given = 0.25
    scores = [("score", one.id) for one in term.scores().values()]

    held = held_while_waiting(
        term.school.app, database_url, lambda: read_back({"course": term.course}),
        first=("line_item", term.item().id), later=scores,
    )  # fmt: skip

    assert held == []
    assert {one.drift for one in term.scores().values()} == {"changed"}


@pytest.mark.parametrize("act", ["the column is gone", "the gradebook is another"])
def test_whoever_waits_for_the_space_holds_no_column_and_no_score(term: Term, database_url: str, act: str) -> None:
    """Staff who press “Send again” hold the Space, and then want all of it."""
    term.complete(*LEARNERS)
    term.do_jobs()
    item = term.item()
    row, url = item.id, item.url
    with transaction():
        db.session.execute(update(Score).values(state="held"))
        db.session.execute(update(LineItem).values(refused_since=clock.now()))
    tell = (lambda: note_gone(row, url, "")) if act == "the column is gone" else (lambda: wake(term.course))
    later = [("line_item", row), *(("score", one.id) for one in term.scores().values())]
    db.session.rollback()

    held = held_while_waiting(
        term.school.app, database_url, in_transaction(tell), first=("space", term.space), later=later
    )

    assert held == []
    assert (term.item().problem == "column_gone") is (act == "the column is gone")


def test_whoever_erases_somebody_holds_nothing_of_theirs_while_waiting_for_their_space(
    term: Term, database_url: str
) -> None:
    """Whoever settles a whole course holds the Space, and then wants its scores."""
    term.complete(*LEARNERS)
    score = term.scores()["amelie"]
    row, person = score.id, score.person_id
    db.session.rollback()

    held = held_while_waiting(
        term.school.app, database_url, in_transaction(lambda: erase_person(person)),
        first=("space", term.space), later=[("score", row)],
    )  # fmt: skip

    assert held == []
    assert db.session.scalars(select(Score.id).where(Score.id == row)).all() == []


def test_a_platform_that_is_back_and_a_sweep_hold_jobs_in_one_order(term: Term, database_url: str) -> None:
    many_courses(term.school.organization, "http://127.0.0.1:9")
    registration = db.session.scalars(select(Registration.id).where(Registration.name == "Slow LMS")).one()
    later = clock.now() + timedelta(days=1)
    with transaction():
        db.session.execute(update(Job).values(run_at=later))
        db.session.add(PlatformPause(registration_id=registration, since=clock.now(), until=clock.now()))
    in_order = select(Job.id).where(Job.kind == "gradebook.send", Job.finished_at.is_(None)).order_by(Job.unique_key)
    first, *others = db.session.scalars(in_order)
    touch("job", first)

    for act in (lambda: note_answered(registration), sweep):
        held = held_while_waiting(
            term.school.app, database_url, act, first=("job", first), later=[("job", one) for one in others]
        )
        assert held == []
    db.session.rollback()
    assert len(others) == COURSES - 1
    assert db.session.scalars(in_order.where(Job.run_at == later)).all() == []
