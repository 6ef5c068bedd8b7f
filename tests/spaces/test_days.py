"""The days of a Space: over in its own time zone, told beforehand, archived by the schedule whatever the clock does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.spaces.days import end_of_day, is_over, notice_due, notices_behind
from lti_tool.spaces.model import Space
from lti_tool.spaces.space import archive_ended_spaces, create_space, open_space, space_facts
from lti_tool.spaces.space_reads import spaces_page
from tests.make.space import make_space

DAY = date(2027, 6, 30)
ZONES = {  # when the day is over there
    "Pacific/Kiritimati": datetime(2027, 6, 30, 10, tzinfo=UTC),
    "Europe/Berlin": datetime(2027, 6, 30, 22, tzinfo=UTC),
    "UTC": datetime(2027, 7, 1, tzinfo=UTC),
    "Pacific/Pago_Pago": datetime(2027, 7, 1, 11, tzinfo=UTC),
}


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def ending(organization: str, zone: str) -> str:
    space = make_space(organization, zone)
    with transaction():
        db.session.execute(update(Space).where(Space.id == space).values(ends_on=DAY, time_zone=zone))
    return space


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_is_over_at_midnight_of_its_zone(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    midnight = ZONES[zone]

    assert end_of_day(DAY, zone) == midnight
    at(monkeypatch, midnight - timedelta(seconds=1))
    assert not is_over(None, DAY, zone)
    at(monkeypatch, midnight)
    assert is_over(None, DAY, zone)


@pytest.mark.parametrize(
    ("left", "noticed", "due"),
    [
        (15, None, None), (14, None, 14), (14, 14, None), (4, None, 14), (3, 14, 3), (3, None, 3), (2, 3, None),
        (0, 14, 3), (0, 3, None), (-1, None, None),
    ],
)  # fmt: skip
def test_two_notices_come_before_the_end_each_once(left: int, noticed: int | None, due: int | None) -> None:
    assert notice_due(left, noticed) == due


@pytest.mark.parametrize(("left", "behind"), [(100, None), (14, None), (13, 14), (3, 14), (2, 3), (0, 3)])
def test_whoever_chooses_a_near_end_is_not_told_what_they_know(left: int, behind: int | None) -> None:
    assert notices_behind(left) == behind


def test_each_space_is_archived_when_its_day_is_over_where_it_is(
    organization: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spaces = {zone: ending(organization, zone) for zone in ZONES}
    at(monkeypatch, ZONES["Europe/Berlin"])

    archive_ended_spaces()

    kept = {one.id: one.archived_at for one in db.session.query(Space).populate_existing()}
    assert {zone: kept[space] for zone, space in spaces.items()} == {
        "Pacific/Kiritimati": ZONES["Pacific/Kiritimati"], "Europe/Berlin": ZONES["Europe/Berlin"], "UTC": None,
        "Pacific/Pago_Pago": None,
    }  # fmt: skip


def test_what_two_workers_and_a_jumping_clock_archive_is_archived_once(
    organization: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = ending(organization, "Europe/Berlin")
    for moment in (ZONES["UTC"], ZONES["UTC"] + timedelta(days=400), ZONES["UTC"] - timedelta(days=400)):
        at(monkeypatch, moment)
        archive_ended_spaces()

    facts = space_facts(space)
    assert db.session.get_one(Space, space, populate_existing=True).archived_at == ZONES["Europe/Berlin"]
    assert facts is not None
    assert (facts.archived, facts.ended_on) == (True, DAY)
    with pytest.raises(Problem, match="space_archived"):
        open_space(space)


def test_two_workers_archive_at_once(app: Flask, organization: str, monkeypatch: pytest.MonkeyPatch) -> None:
    space = ending(organization, "Europe/Berlin")
    at(monkeypatch, ZONES["UTC"])
    together = Barrier(2)

    def work() -> None:
        with app.app_context():
            together.wait(20)
            archive_ended_spaces()
            db.session.remove()

    with ThreadPoolExecutor(2) as workers:
        for one in [workers.submit(work) for _ in range(2)]:
            one.result(30)

    assert db.session.get_one(Space, space, populate_existing=True).archived_at == ZONES["Europe/Berlin"]


def test_before_the_schedule_comes_a_space_has_ended_as_of_its_own_midnight(
    organization: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending(organization, "Pacific/Kiritimati")
    at(monkeypatch, ZONES["UTC"])

    [line] = spaces_page(organization, limit=9)

    assert line.archived_at == ZONES["Pacific/Kiritimati"]


def test_today_is_the_day_of_the_spaces_own_zone(organization: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, datetime(2027, 6, 30, 23, tzinfo=UTC))  # in Berlin it is the first of July

    def create(zone: str) -> None:
        with transaction():
            create_space(organization=organization, name="Biology", ends_on=DAY, time_zone=zone)

    create("America/Lima")
    with pytest.raises(Problem, match="bad_request"):
        create("Europe/Berlin")
    with pytest.raises(Problem, match="bad_request"):
        create("Europe/Nowhere")
