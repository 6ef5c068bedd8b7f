"""The auditor of the day (`python -m tests.soak day`) finds what it is there to find: each mischief here is one."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import delete, update

from lti_tool import clock
from lti_tool.badges.model import Award
from lti_tool.db import db, transaction
from lti_tool.spaces.completions import complete
from lti_tool.spaces.evidence.handing_in import Typed, hand_in
from lti_tool.spaces.evidence.kinds import checked_file
from lti_tool.spaces.evidence.model import Attachment, Submission
from lti_tool.spaces.model import Completion, Member
from lti_tool.storage import storage_here
from tests.make.evidence import make_evidence_objective
from tests.make.space import make_member, make_objective
from tests.soak.day.audit import inside
from tests.soak.day.learning import work_of
from tests.soak.day.ledger import UNTOUCHED, Deed, Ledger, Moment, Standing, Thing

THING = ("completion", "o", "m")


def deed(becomes: Standing, at: float, told: str) -> Deed:
    return Deed(becomes, at, at + 1, told)


@pytest.mark.parametrize(
    ("deeds", "may"),
    [
        ([], {UNTOUCHED}),
        ([deed("done", 1, "yes")], {"done"}),
        ([deed("done", 1, "no")], {UNTOUCHED}),
        ([deed("done", 1, "lost")], {UNTOUCHED, "done"}),
        ([deed("done", 1, "lost"), deed("open", 3, "yes")], {"open"}),
        ([deed("done", 1, "yes"), deed("open", 3, "lost")], {"done", "open"}),
        ([deed("done", 1, "yes"), deed("open", 3, "no")], {"done"}),
    ],
)
def test_an_answer_is_a_promise_and_a_lost_one_is_none(deeds: list[Deed], may: set[Standing]) -> None:
    assert Ledger({THING: deeds}).may_stand(THING) == may


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        (Moment(0, 0.5), {UNTOUCHED}), (Moment(1.5, 1.8), {UNTOUCHED, "done"}), (Moment(2, 3), {"done"}),
        (Moment(2, 6), {"done", "open"}), (Moment(8, 9), {"open"}),
    ],
)  # fmt: skip
def test_a_backup_holds_what_was_answered_before_it_and_nothing_asked_after(moment: Moment, may: set[Standing]) -> None:
    deeds = [deed("done", 1, "yes"), deed("open", 5, "yes")]

    assert Ledger({THING: deeds}).may_stand(THING, moment) == may


class Day:
    """One learner who has completed one objective, and handed in for another."""

    def __init__(self, organization: str, space: str) -> None:
        self.member = make_member(space, organization)
        objective = make_objective(space, organization)
        essay = make_evidence_objective(space, organization, "Essay")
        words = "attempt 1"
        file = checked_file(f"{words}.txt", work_of(words), most_bytes=10**6)
        with transaction():
            complete(objective_id=objective, member_id=self.member, by=None)
        with transaction():
            hand_in(essay, self.member, Typed(words), [file], send=True)
        done: dict[Thing, Standing] = {
            ("completion", objective, self.member): "complete", ("evidence", essay, self.member, words): "handed in",
        }  # fmt: skip
        self.ledger = Ledger({thing: [deed(standing, 1, "yes")] for thing, standing in done.items()})
        self.school = SimpleNamespace(lectures=(SimpleNamespace(space=space),), targets=())

    def found(self) -> list[str]:
        return list(inside(self.school, self.ledger))  # type: ignore[arg-type]


@pytest.fixture
def day(app: Flask, organization: str, space: str) -> Day:
    return Day(organization, space)


def lose_the_file() -> None:
    storage_here().delete(str(db.session.scalars(db.select(Attachment.file_key)).one()))


def double_the_evidence() -> None:
    row = db.session.scalars(db.select(Submission)).one()
    db.session.add(Submission(
        space_id=row.space_id, objective_id=row.objective_id, member_id=row.member_id, attempt=2, state="returned",
        text=row.text,
    ))  # fmt: skip


MISCHIEF: dict[str, tuple[Callable[[], object], str]] = {
    "a completion is lost": (lambda: db.session.execute(update(Completion).values(state="taken_back")), "is open"),
    "an award is lost": (
        lambda: db.session.execute(update(Award).values(revoked_at=clock.now())), "complete without its award",
    ),
    "a learner has too many points": (lambda: db.session.execute(update(Member).values(points=99)), "keeps"),
    "evidence is lost": (
        lambda: (db.session.execute(delete(Attachment)), db.session.execute(delete(Submission))), "is untouched",
    ),
    "evidence came twice": (double_the_evidence, "2 attempts"),
    "a file is lost": (lose_the_file, "lies nowhere"),
}  # fmt: skip


def test_a_day_on_which_nothing_went_wrong(day: Day) -> None:
    assert day.found() == []


@pytest.mark.parametrize("what", MISCHIEF)
def test_the_auditor_finds_each_mischief(day: Day, what: str) -> None:
    mischief, words = MISCHIEF[what]
    with transaction():
        mischief()

    assert any(words in one for one in day.found()), day.found()


def test_what_nobody_was_told_of_is_found_as_well(day: Day) -> None:
    day.ledger.deeds.clear()

    assert len(day.found()) == 2
