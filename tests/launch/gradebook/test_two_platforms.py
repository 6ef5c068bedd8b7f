"""One failing platform never delays another: two platforms, one worker."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lti_tool import clock, jobs
from lti_tool.db import db, new_id, transaction
from lti_tool.jobs import Job
from lti_tool.launch.gradebook import sweep
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.model import CourseKey, Deployment, Identity
from lti_tool.launch.pausing import PlatformPause
from lti_tool.launch.platforms import PlatformWords, add_platform
from lti_tool.sandbox import vocabulary as words
from lti_tool.spaces import completions
from lti_tool.spaces.model import Member
from tests.launch.gradebook.moody_lms import Moods, said
from tests.launch.gradebook.term import Term
from tests.make.serving import free_port, serving
from tests.make.space import make_member, make_objective, make_space

COURSES = 20
HANGS = 1.0


@contextmanager
def hanging_lms() -> Iterator[tuple[str, list[float]]]:
    """A platform that takes its time for everything, and then says nothing of use. Answers address and calls."""
    port, calls = free_port(), list[float]()

    def answer(environ: object, start_response: object) -> list[bytes]:
        calls.append(time.monotonic())
        time.sleep(HANGS)
        start_response("503 Service Unavailable", [("Content-Type", "text/html")])  # type: ignore[operator]
        return [b"<h1>Away</h1>"]

    with serving(answer, port):
        yield f"http://127.0.0.1:{port}", calls


def many_courses(organization: str, lms: str) -> None:
    """A platform with many courses, each with a learner who has just completed something."""
    with transaction():
        first = add_platform(
            PlatformWords(
                issuer=lms, client_id="client", auth_url=f"{lms}/auth", name="Slow LMS", token_url=f"{lms}/token",
                jwks_url=f"{lms}/jwks", deployments=("1",),
            )
        ).id  # fmt: skip
        second = db.session.scalars(select(Deployment.id).where(Deployment.registration_id == first)).one()
    for number in range(COURSES):
        space = make_space(organization, f"Course {number}")
        objective, member = make_objective(space, organization), make_member(space, organization, f"Learner {number}")
        with transaction():
            db.session.add(
                CourseKey(
                    deployment_id=second, context_id=new_id(), title="Course", space_id=space,
                    line_items_url=f"{lms}/items", grade_scopes=list(words.GRADES_SCOPES),
                )
            )  # fmt: skip
            person = db.session.get_one(Member, member).person_id
            db.session.add(Identity(registration_id=first, sub=new_id(), person_id=person))
        with transaction():
            completions.complete(objective_id=objective, member_id=member, by=None)


def test_a_platform_that_hangs_costs_one_call_and_the_other_one_hears_at_once(term: Term) -> None:
    with hanging_lms() as (lms, calls):
        many_courses(term.school.organization, lms)
        term.complete("amelie")

        term.do_jobs()  # one worker, and the courses of the slow platform are before it in the queue

        assert term.handed_in == [("amelie", 1, 1)]
        assert len(calls) == 1, "the other courses of that platform wait for its turn"
        [pause] = db.session.scalars(select(PlatformPause))
        assert timedelta(0) < pause.until - clock.now() <= timedelta(seconds=300)


def test_a_real_worker_delivers_for_one_platform_while_the_other_hangs(term: Term) -> None:
    stop = threading.Event()
    with hanging_lms() as (lms, _):
        many_courses(term.school.organization, lms)
        db.session.remove()
        worker = threading.Thread(target=jobs.run_worker, args=(term.school.app, stop))
        worker.start()
        try:
            time.sleep(HANGS / 2)
            term.complete("amelie", "ngozi")
            ends = time.monotonic() + 10 * HANGS
            while len(term.handed_in) < 2 and time.monotonic() < ends:
                time.sleep(0.05)
        finally:
            stop.set()
            worker.join()

    assert sorted(term.handed_in) == [("amelie", 1, 1), ("ngozi", 1, 1)]


def test_when_its_time_is_over_one_course_asks_and_all_go_on_once_it_answers(term: Term, moods: Moods) -> None:
    moods.instead["POST token"] = [said(503, "<h1>Away</h1>")]
    term.complete("amelie")
    term.do_jobs()
    with transaction():
        db.session.execute(update(PlatformPause).values(until=clock.now() + timedelta(seconds=100)))
        db.session.execute(update(Job).values(run_at=clock.now()))
    moods.seen.clear()
    term.do_jobs()
    assert moods.seen == [], "nobody asks before"

    term.do_jobs_later()

    assert term.handed_in == [("amelie", 1, 1)]
    assert db.session.scalars(select(PlatformPause)).all() == []


@pytest.mark.parametrize("status", [500, 502])
def test_a_column_that_the_lms_breaks_over_pauses_nobody(term: Term, moods: Moods, status: int) -> None:
    moods.instead["POST /scores"] = [said(status)]
    term.complete("amelie")
    term.do_jobs()

    assert term.item().troubled_since is not None
    assert db.session.scalars(select(PlatformPause)).all() == []


def test_being_asked_to_wait_counts_for_all_courses_of_the_platform(term: Term, moods: Moods) -> None:
    moods.instead["POST /scores"] = [said(429, {"message": "later"}, Retry_After="600")]
    term.complete("amelie")
    term.do_jobs()

    [pause] = db.session.scalars(select(PlatformPause))
    assert timedelta(seconds=590) < pause.until - clock.now() < timedelta(seconds=610)


def test_what_a_pause_held_up_is_not_lost_by_a_sweep(term: Term, moods: Moods) -> None:
    moods.instead["POST token"] = [said(503)]
    term.complete("amelie")
    term.do_jobs()
    sweep()
    term.do_jobs()
    assert (term.handed_in, db.session.scalars(select(Score.state)).all()) == ([], ["waiting"])
    assert db.session.scalars(select(LineItem.problem)).all() == ["service_unreachable"]

    term.do_jobs_later()
    assert term.handed_in == [("amelie", 1, 1)]
