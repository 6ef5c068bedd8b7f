"""Runs: one at a time, removed when they were cut off, and forgotten after a month."""

from datetime import timedelta

import pytest
from flask import Flask

from lti_tool import clock, jobs
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.launch.model import Registration
from lti_tool.launch.selftest.doing import ask_for_run, run_asked_for, run_now, sweep_self_tests
from lti_tool.launch.selftest.model import SelfTest, SelfTestCall
from lti_tool.launch.selftest.runs import DEAD_AFTER, KEPT_FOR, add_run
from lti_tool.launch.selftest.world import make_world
from lti_tool.people.admin.model import Administrator
from lti_tool.settings import Settings
from tests.launch.selftest.conftest import rows
from tests.make.serving import free_port
from tests.make.visit import make_course, make_registration


def make_run(**values: object) -> str:
    """A run that is under way, as far as anybody can see. Answers its id."""
    with transaction():
        run = add_run(None)
        for name, value in values.items():
            setattr(run, name, value)
        db.session.flush()
        return run.id


def make_administrator() -> str:
    with transaction():
        row = Administrator(name="Robin Root")
        db.session.add(row)
        db.session.flush()
        return row.id


def age(run: str, by: timedelta) -> None:
    with transaction():
        db.session.get_one(SelfTest, run).alive_at -= by


def state_of(run: str) -> SelfTest:
    return db.session.get_one(SelfTest, run, populate_existing=True)


def test_a_second_run_waits_until_the_first_has_ended(app: Flask) -> None:
    make_run()

    with pytest.raises(Problem, match="self_test_running"):
        ask_for_run(make_administrator())
    with pytest.raises(Problem, match="self_test_running"):
        run_now(patience=1.0, tell=lambda *_: None)
    assert db.session.query(SelfTest).count() == 1


def test_what_a_run_that_was_cut_off_has_left_is_removed_by_the_schedule(app: Flask) -> None:
    before = rows()
    run = make_run(total=72, done=20)
    make_world(run)
    assert rows()["registration"] == before["registration"] + 3

    sweep_self_tests()
    assert state_of(run).state == "running"
    age(run, DEAD_AFTER + timedelta(seconds=1))
    sweep_self_tests()

    assert rows() == before
    assert (state_of(run).state, state_of(run).world, state_of(run).secret_hash) == ("broken", {}, None)
    assert state_of(run).report == {"why": "It was cut off in its middle.", "cases": []}


def test_what_a_run_that_was_cut_off_has_left_is_removed_when_the_next_one_starts(app: Flask) -> None:
    before = rows()
    run = make_run(total=72, done=20)
    make_world(run)
    age(run, DEAD_AFTER + timedelta(seconds=1))

    following = ask_for_run(make_administrator())

    assert state_of(run).state == "broken"
    assert state_of(following).state == "running"
    assert rows()["organization"] == before["organization"]


def test_a_run_that_no_worker_took_up_says_so(app: Flask) -> None:
    run = make_run()
    age(run, DEAD_AFTER + timedelta(seconds=1))

    sweep_self_tests()

    assert state_of(run).report == {"why": "No worker took it up.", "cases": []}


def test_a_job_that_begins_a_second_time_removes_what_the_first_has_left(app: Flask) -> None:
    before = rows()
    run = make_run()
    make_world(run)

    run_asked_for({"run": run})

    assert rows() == before
    assert state_of(run).report == {"why": "The worker was stopped in its middle.", "cases": []}


def test_a_job_of_a_run_that_has_ended_does_nothing(app: Flask) -> None:
    run = make_run(state="done", report={"cases": []})

    run_asked_for({"run": run})
    run_asked_for({"run": "unknown"})

    assert state_of(run).state == "done"


def test_where_nothing_answers_the_run_ends_with_a_plain_sentence(settings: Settings, app: Flask) -> None:
    app.extensions["settings"] = settings.model_copy(update={"public_url": f"http://localhost:{free_port()}"})
    before = rows()

    with pytest.raises(Problem, match="self_test_unreachable"):
        run_now(patience=1.0, tell=lambda *_: None)

    [run] = db.session.query(SelfTest)
    assert run.state == "broken"
    assert "does not answer at its own address" in str(run.report)
    assert rows() == before


def test_an_administrators_run_that_cannot_begin_is_told_on_its_page_and_not_tried_again(app: Flask) -> None:
    run = ask_for_run(make_administrator())

    jobs.drain(app)

    assert state_of(run).state == "broken"
    assert jobs.drain(app) == 0


def test_runs_are_forgotten_after_a_month(app: Flask) -> None:
    old = make_run(state="done", report={"cases": []}, started_at=clock.now() - KEPT_FOR - timedelta(hours=1))
    new = make_run(state="done", report={"cases": []}, started_at=clock.now() - KEPT_FOR + timedelta(hours=1))
    with transaction():
        db.session.add(SelfTestCall(run_id=old, service="roster", facts={}))

    sweep_self_tests()

    assert [one.id for one in db.session.query(SelfTest)] == [new]
    assert db.session.query(SelfTestCall).count() == 0


def test_only_what_the_run_made_is_removed(app: Flask, organization: str, space: str) -> None:
    make_course(make_registration(organization), space)
    before = rows()
    run = make_run(total=1)
    make_world(run)

    run_asked_for({"run": run})

    assert rows() == before
    assert db.session.query(Registration).count() == 1
