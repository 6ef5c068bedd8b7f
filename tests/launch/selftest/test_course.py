"""What the steps of the course say when something is missing: the reason, and who can mend it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.fetch import Fetcher
from lti_tool.jobs import Job
from lti_tool.launch.model import Registration
from lti_tool.launch.selftest.cases import BAD, SERVICES, Bad, Case
from lti_tool.launch.selftest.course import CourseLife
from lti_tool.launch.selftest.door import Door
from lti_tool.launch.selftest.record import OPERATOR, Result, judged
from lti_tool.launch.selftest.refusing import play_bad
from lti_tool.launch.selftest.runner import take_down
from lti_tool.launch.selftest.runs import Pulse
from lti_tool.launch.selftest.steps import STEPS
from lti_tool.launch.selftest.waiting import BUSY, NO_WORKER, Waiting
from lti_tool.launch.selftest.world import make_world
from lti_tool.limits import counted_as, limiter, neighbourhood
from tests.launch.selftest.conftest import rows
from tests.launch.selftest.test_runs import make_run
from tests.make.lms import Campus

_CASES = {case.id: case for case in SERVICES}


@contextmanager
def course_life(school: Campus, *, patience: float = 0.5, does_jobs: bool = False) -> Iterator[CourseLife]:
    run = make_run(total=72)
    door = Door(make_world(run), Fetcher(frozenset({"localhost"}), "self-test"), school.url)
    yield CourseLife(door, Waiting(Pulse(run), patience, does_jobs), run)
    take_down(run, "broken", {"cases": []})


def step(life: CourseLife, case_id: str) -> Result:
    return judged(_CASES[case_id], lambda trace: STEPS[case_id](life, trace))


def test_without_a_worker_the_roster_fails_with_that_reason(school: Campus) -> None:
    before = rows()
    with course_life(school) as life:
        assert step(life, "R1").verdict == "passed"
        found = step(life, "R2")

    assert found.verdict == "failed"
    assert NO_WORKER in found.got
    assert found.mender == OPERATOR
    assert rows() == before


def test_a_worker_that_has_other_work_is_told_from_none(school: Campus) -> None:
    with course_life(school) as life:
        step(life, "R1")
        with transaction():
            long = clock.now() + timedelta(minutes=1)
            db.session.add(Job(kind="roster.read", arguments={}, run_at=clock.now(), attempts=1, lease_until=long))
        found = step(life, "R2")

    assert (found.mender, BUSY in found.got) == (OPERATOR, True)


def test_the_only_thread_of_a_worker_does_the_jobs_that_it_waits_for(school: Campus) -> None:
    with course_life(school, patience=30.0, does_jobs=True) as life:
        found = [step(life, one) for one in ("R1", "R2", "R3", "R4", "R5")]

    assert [one.verdict for one in found] == ["passed"] * 5, found


@pytest.mark.parametrize("case_id", [one for one in STEPS if one not in ("R1", "A1", "A4", "A3", "R2")])
def test_what_could_not_be_played_is_said_to_hang_on_an_earlier_case(school: Campus, case_id: str) -> None:
    with course_life(school) as life:
        found = step(life, case_id)

    assert found.verdict == "not_run"
    assert "see " in found.got


def test_a_door_that_lets_a_bad_launch_in_is_a_red_line(school: Campus) -> None:
    lax = Bad("B0", "A good launch, called bad", 401, "kid_missing")
    with course_life(school) as life:
        found = judged(lax.case, lambda trace: play_bad(life.door, lax, trace))

    assert found.verdict == "failed"
    assert found.got.startswith("status 200")
    assert found.expected == "refused on a page, with status 401 and kid_missing"
    assert found.mender == "the makers of this tool"


def test_a_refusal_for_another_reason_is_a_red_line(school: Campus) -> None:
    with course_life(school) as life:
        with transaction():
            for registration in db.session.query(Registration).filter_by(issuer=life.door.lms.issuer):
                registration.jwks_url = f"{life.door.lms.base}/nowhere.json"
        found = judged(BAD[2].case, lambda trace: play_bad(life.door, BAD[2], trace))

    assert found.verdict == "failed"
    assert found.got == "status 503, keys_unavailable, “The LMS's keys could not be fetched”"


def test_an_address_that_does_not_answer_is_for_the_operator_to_mend() -> None:
    def nobody(_trace: object) -> str:
        Fetcher(frozenset({"localhost"}), "self-test").get("http://localhost:9/lti/login")
        return ""

    found = judged(Case("X", "bad", "Nobody is there", "an answer"), nobody)

    assert (found.verdict, found.mender) == ("failed", OPERATOR)
    assert "nothing answers there" in found.got


def test_refusals_of_a_run_count_against_nobody(school: Campus) -> None:
    limiter.reset()
    with course_life(school) as life:
        for bad in BAD:
            assert judged(bad.case, lambda trace, bad=bad: play_bad(life.door, bad, trace)).verdict == "passed"
    with school.app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        key = f"refusals/{counted_as(neighbourhood())}"

    assert limiter.storage.get(key) == 0
