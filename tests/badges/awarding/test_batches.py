"""A table is given once, whoever presses, dies or comes second; and it is taken back as one (decision 39)."""

from datetime import timedelta
from functools import partial
from itertools import islice

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from lti_tool import clock
from lti_tool.badges.awarding import batches, slices
from lti_tool.badges.awarding.batches import Upload, begin_giving, bring_table, sweep_batches, undo_batch
from lti_tool.badges.awarding.model import AwardBatch
from lti_tool.badges.awarding.outcomes import outcomes_csv
from lti_tool.badges.awarding.slices import give_batch, give_slice
from lti_tool.badges.awards import Recipient, award_to_person, revoke_award
from lti_tool.badges.badge_classes import archive_badge
from lti_tool.badges.model import Award, BadgeClass
from lti_tool.badges.removing import delete_badge
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.jobs import Job
from lti_tool.storage import key_of
from tests.make.award import make_award
from tests.make.crowd import at_once, faults, together
from tests.make.failing import come_to_nothing
from tests.make.person import make_person
from tests.make.space import make_badge
from tests.make.table import make_table, table_row


@pytest.fixture
def badge(organization: str) -> str:
    return make_badge(organization)


@pytest.fixture
def person(organization: str) -> str:
    return make_person(organization, "Will Awarder")


@pytest.fixture
def _small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "SLICE", 10)
    monkeypatch.setattr(batches, "AT_ONCE", 5)


def addresses(count: int) -> list[str]:
    return [f"p{number}@example.org" for number in range(count)]


def begin(batch: str, *, again: bool = False) -> bool:
    with transaction():
        return begin_giving(batch, again=again)


def standing_awards() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Award).where(Award.revoked_at.is_(None))) or 0


def outcomes(batch: str) -> list[str]:
    """The outcome of each row."""
    _, pieces = outcomes_csv(table_row(batch))
    return [line.split(",")[3] for line in b"".join(pieces).decode().splitlines()[1:]]


@pytest.mark.usefixtures("_small_slices")
def test_a_killed_worker_goes_on_where_it_stopped_and_two_at_once_give_each_row_once(
    app: Flask, badge: str, person: str
) -> None:
    held = make_award(badge, Recipient(email="p7@example.org"))
    batch = make_table(badge, person, [*addresses(35), "P3@example.org", "nobody"])
    begin(batch)
    with transaction():
        [first] = islice(slices.slices(table_row(batch)), 1)
        assert give_slice(batch, 0, first)
    # Here the worker died. Its rows are given, and the next one begins behind them.
    assert (table_row(batch).state, table_row(batch).done, standing_awards()) == ("running", 10, 10)
    half = outcomes(batch)

    done = together(app, [partial(give_batch, {"batch": batch})] * 3)

    assert faults(done) == []
    row = table_row(batch)
    assert (row.state, row.rows, row.done, row.given, row.held, row.doubled) == ("done", 37, 37, 34, 1, 1)
    assert standing_awards() == 35
    assert (half[7], half[10], half.count("given")) == ("not given", "not reached", 9)
    assert outcomes(batch) == ["given"] * 7 + ["not given"] + ["given"] * 27 + ["not given"] * 2
    given = db.session.scalars(select(Award).where(Award.batch_id == batch).order_by(Award.number)).all()
    assert [one.recipient_email for one in given] == [one for one in addresses(35) if one != "p7@example.org"]
    assert len({one.salt for one in given} | {one.id for one in given}) == 68
    assert held not in {one.id for one in given}


def test_the_file_of_a_table_is_there_though_somebody_forgot_the_same_before_the_commit(
    app: Flask, badge: str, person: str
) -> None:
    storage, data = app.extensions["storage"], b"email\nada@example.org\n"
    with transaction():
        bring_table(badge, Upload(data, "people.csv"), by=person)
        storage.delete(key_of(data))

    assert storage.get(key_of(data)) == data


def test_a_table_whose_preview_comes_to_nothing_leaves_no_file(app: Flask, badge: str, person: str) -> None:
    data = b"email\nada@example.org\n"
    come_to_nothing(lambda: bring_table(badge, Upload(data, "people.csv"), by=person))

    assert not app.extensions["storage"].exists(key_of(data))


@pytest.mark.usefixtures("_small_slices")
def test_the_button_gives_once_however_many_press_it(app: Flask, badge: str, person: str) -> None:
    small, large = make_table(badge, person, addresses(4)), make_table(badge, person, addresses(30))

    outcomes = at_once(app, [partial(begin_giving, small)] * 3 + [partial(begin_giving, large)] * 3)

    assert faults(outcomes) == []
    assert sorted(map(bool, outcomes)) == [False] * 4 + [True] * 2
    assert (table_row(small).given, standing_awards()) == (4, 4)
    assert db.session.query(Job).filter_by(kind=batches.JOB).count() == 1
    give_batch({"batch": large})
    assert (table_row(large).held, table_row(large).given) == (4, 26)


@pytest.mark.usefixtures("_small_slices")
def test_a_table_that_is_taken_back_while_it_is_given_stops_there(app: Flask, badge: str, person: str) -> None:
    batch = make_table(badge, person, addresses(30))
    begin(batch)
    rows = slices.slices(table_row(batch))
    with transaction():
        give_slice(batch, 0, next(rows))

    undone = at_once(app, [partial(undo_batch, batch)] * 2)
    with transaction():
        went_on = give_slice(batch, 10, next(rows))
    give_batch({"batch": batch})

    assert (sorted(undone, key=str), went_on, standing_awards()) == ([0, 10], False, 0)
    assert (table_row(batch).state, table_row(batch).given) == ("undone", 10)
    assert outcomes(batch)[:11] == ["revoked"] * 10 + ["not reached"]


def test_who_has_proved_the_address_since_is_not_given_the_badge_again(badge: str, person: str) -> None:
    first, again = (make_table(badge, person, ["Ada@example.org", "bob@example.org"]) for _ in range(2))
    begin(first)
    with transaction():
        for award in db.session.scalars(select(Award).where(Award.batch_id == first)).all():
            if award.recipient_email == "ada@example.org":
                award_to_person(award.id, person=person)
            else:
                revoke_award(award.id)

    begin(again)

    assert (table_row(again).held, table_row(again).given) == (1, 1)
    assert outcomes(again) == ["not given", "given"]


def test_the_same_table_of_a_badge_with_repeats_is_given_again_only_on_purpose(badge: str, person: str) -> None:
    with transaction():
        db.session.get_one(BadgeClass, badge).allows_repeats = True
    first, second, third = (make_table(badge, person, addresses(3)) for _ in range(3))
    begin(first)

    with pytest.raises(Problem) as refused:
        begin(second)
    begin(second, again=True)
    with transaction():
        undo_batch(first)
        undo_batch(second)
    begin(third)  # whatever was given before is taken back

    assert refused.value.code == "table_given_before"
    assert (standing_awards(), table_row(third).given) == (3, 3)
    assert outcomes(second) == ["revoked"] * 3


@pytest.mark.usefixtures("_small_slices")
def test_a_badge_that_is_archived_meanwhile_stops_its_table_and_it_goes_on_later(badge: str, person: str) -> None:
    batch = make_table(badge, person, addresses(20))
    begin(batch)
    with transaction():
        db.session.get_one(BadgeClass, badge).archived_at = clock.now()
    give_batch({"batch": batch})
    stopped = table_row(batch).state, standing_awards()
    with transaction():
        db.session.get_one(BadgeClass, badge).archived_at = None

    begin(batch)
    give_batch({"batch": batch})

    assert (stopped, table_row(batch).state, standing_awards()) == (("broken", 0), "done", 20)


def test_a_table_for_a_badge_that_is_archived_or_deleted_at_this_moment_is_not_kept(badge: str, person: str) -> None:
    refused = []
    for away in (partial(archive_badge, archived=True), delete_badge):
        with transaction():
            away(badge)
        with pytest.raises(Problem) as told:
            make_table(badge, person, addresses(2))
        refused.append(told.value.code)

    assert refused == ["no_more_awards", "not_found"]
    assert db.session.query(AwardBatch).count() == 0


def test_old_previews_and_old_files_are_forgotten_and_lost_tables_woken(badge: str, person: str) -> None:
    storage = current_app.extensions["storage"]
    old, settled, fresh = (make_table(badge, person, addresses(count)) for count in (1, 2, 3))
    lost = make_table(badge, person, addresses(300))
    begin(settled)
    begin(lost)
    keys = {name: table_row(batch).file_key for name, batch in (("old", old), ("settled", settled), ("fresh", fresh))}
    long_ago = clock.now() - timedelta(days=batches.FILE_DAYS + 1)
    with transaction():
        db.session.get_one(AwardBatch, old).created_at = long_ago
        db.session.get_one(AwardBatch, settled).ended_at = long_ago
        db.session.get_one(AwardBatch, lost).begun_at = long_ago
        db.session.query(Job).delete()

    sweep_batches()

    assert {name: storage.exists(key) for name, key in keys.items()} == {"old": False, "settled": False, "fresh": True}
    assert [job.arguments for job in db.session.query(Job) if job.kind == batches.JOB] == [{"batch": lost}]
    assert db.session.get(AwardBatch, old, populate_existing=True) is None
    with pytest.raises(Problem) as gone:
        outcomes(settled)
    assert gone.value.code == "table_gone"
