"""A term in which anything happens in any order, and what must come of it. (Decision 10.)

The world has one time, which passes; the tool's clock may be ahead of it or behind. `python -m tests.soak order` plays
it for longer than a test may take.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.launch.gradebook import sweep
from lti_tool.launch.gradebook.asking import send_ours
from lti_tool.launch.gradebook.choosing import choose
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.sending import send_again
from lti_tool.launch.model import Registration
from lti_tool.launch.pausing import PlatformPause
from lti_tool.sandbox import score_service
from lti_tool.sandbox.behaviours import BEHAVIOURS
from lti_tool.sandbox.gradebook import Gradebook
from lti_tool.spaces.model import Completion, Member, Objective
from lti_tool.spaces.standings import recount_bands
from tests.launch.gradebook.moody_lms import Moods, Seen, said
from tests.launch.gradebook.term import Term
from tests.launch.gradebook.truth import differences, doubled

_LEARNERS = ("amelie", "ngozi", "dmitri")
_TROUBLES = {
    "down": partial(said, 500), "away": partial(said, 503, "<h1>Away</h1>", Retry_After="30"),
    "busy": partial(said, 429, {"message": "slow down"}), "no token": partial(said, 401, {"message": "expired"}),
    "a gateway": partial(said, 504, "<html>Gateway Timeout</html>"),
}  # fmt: skip
_PLACES = ("POST token", "GET lineitems", "POST lineitems", "POST /scores", "GET /results")
_TYPED = 0.37  # of the whole: a grade that only a teacher gives


class World:
    """Its time, and what the tool's clock says."""

    def __init__(self) -> None:
        self.passed = self.step = timedelta(0)

    def lms_now(self) -> datetime:
        return datetime.now(UTC) + self.passed

    def tool_now(self) -> datetime:
        return self.lms_now() + self.step

    @contextmanager
    def ticking(self) -> Iterator[None]:
        lms = type("Clock", (datetime,), {"now": classmethod(lambda _cls, _zone=None: self.lms_now())})
        with patch.object(clock, "now", self.tool_now), patch.object(score_service, "datetime", lms):
            yield


def play(term: Term, moods: Moods, *, examples: int, steps: int) -> None:
    """So many terms of so many moves. Raises the first that ends otherwise than it must."""
    world = World()
    how = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck), print_blob=False, phases=[Phase.generate], report_multiple_bugs=False,
    )  # fmt: skip
    with world.ticking():
        run_state_machine_as_test(lambda: AnyOrder(term, moods, world), settings=how)


class AnyOrder(RuleBasedStateMachine):
    def __init__(self, term: Term, moods: Moods, world: World) -> None:
        super().__init__()
        self.term, self.moods, self.world = term, moods, world
        self.typed: dict[tuple[str, str], float] = {}
        self.too_far: list[str] = []
        _begin_anew(term, moods, world)
        moods.before = self._watch

    @initialize(behaves=st.sampled_from(["sandbox", "canvas", "moodle", "blackboard"]))
    def the_lms_is(self, behaves: str) -> None:
        self.term.school.lms.faults.behaviour = BEHAVIOURS[behaves]
        with transaction():
            db.session.execute(update(Registration).values(profile=BEHAVIOURS[behaves].family.lower()))

    @rule(learner=st.sampled_from(_LEARNERS), which=st.integers(0, 1))
    def somebody_completes(self, learner: str, which: int) -> None:
        self.term.complete(learner, objective=self._objectives()[which])

    @rule(learner=st.sampled_from(_LEARNERS), which=st.integers(0, 1))
    def it_is_taken_back(self, learner: str, which: int) -> None:
        self.term.take_back(learner, self._objectives()[which])

    @rule(shows=st.sampled_from(["completed", "points", "objectives", "nothing"]))
    def staff_choose(self, shows: str) -> None:
        with transaction():
            choose(self.term.course, self.term.space, shows)

    @rule(trouble=st.sampled_from(sorted(_TROUBLES)), at=st.sampled_from(_PLACES), times=st.integers(1, 3))
    def the_lms_is_in_trouble(self, trouble: str, at: str, times: int) -> None:
        self.moods.instead[at] = [_TROUBLES[trouble]() for _ in range(times)]

    @rule(at=st.sampled_from([*_PLACES, "PUT li"]))
    def an_answer_is_lost(self, at: str) -> None:
        self.moods.lost[at] = [said(502, "<html>Bad Gateway</html>")]

    @rule(learner=st.sampled_from(_LEARNERS))
    def a_teacher_types_a_grade(self, learner: str) -> None:
        for column in self.term.columns[:1]:
            sub, given = self.term.school.lms.world.people[learner].sub, _TYPED * column.score_maximum
            self.term.school.lms.gradebook.grade(column, sub, given, at=self.world.lms_now())
            self.typed[column.id, sub] = given

    @rule()
    def a_teacher_deletes_the_column(self) -> None:
        for column in self.term.columns[:1]:
            self.term.school.lms.gradebook.remove(column)
            self.typed = {where: given for where, given in self.typed.items() if where[0] != column.id}

    @rule(seconds=st.integers(-3600, 3600))
    def the_clock_steps(self, seconds: int) -> None:
        self.world.step = timedelta(seconds=seconds)

    @rule(seconds=st.sampled_from([1, 20, 300]))
    def time_passes(self, seconds: int) -> None:
        self.world.passed += timedelta(seconds=seconds)

    @rule()
    def the_jobs_are_lost(self) -> None:
        with transaction():
            db.session.execute(delete(Job).where(Job.finished_at.is_(None)))

    @rule()
    def a_worker_dies_with_its_job(self) -> None:
        with transaction():
            held = {"lease_holder": "dead", "lease_until": clock.now() + timedelta(seconds=15)}
            db.session.execute(update(Job).where(Job.finished_at.is_(None)).values(**held, attempts=Job.attempts + 1))

    @rule(at_once=st.booleans())
    def the_worker_works(self, *, at_once: bool) -> None:
        sweep()
        if at_once:
            self.term.do_jobs_later()
        else:
            self.term.do_jobs()

    @invariant()
    def what_a_teacher_typed_stays(self) -> None:
        for (item, sub), given in self.typed.items():
            column = self.term.school.lms.gradebook.find("biology", item)
            shown = self.term.school.lms.gradebook.score(column, sub) if column else None
            assert shown is None or shown.given == given, "a teacher's grade was overwritten unasked"

    def teardown(self) -> None:
        """At last the LMS is well, the clock right, some hours have passed, and staff have said yes to all."""
        self.moods.instead.clear()
        self.moods.lost.clear()
        self.typed.clear()
        self.world.step = timedelta(0)
        for _ in range(3):
            self.world.passed += timedelta(hours=2)
            self._staff_say_yes()
            for _ in range(3):
                sweep()
                self.term.do_jobs_later()
        wrong = [*differences(self.term), *doubled(self.term, self.moods), *self.too_far]
        assert not wrong, wrong

    def _staff_say_yes(self) -> None:
        with transaction():
            send_again(self.term.course)
        with transaction():
            send_ours(self.term.course, "held")

    def _objectives(self) -> list[str]:
        here = select(Objective.id).where(Objective.space_id == self.term.space)
        return list(db.session.scalars(here.order_by(Objective.position)))

    def _watch(self, request: Seen) -> None:
        """No timestamp lies further ahead of the tool's own clock than a minute."""
        if request.path.partition("?")[0].endswith("/scores"):
            moment = datetime.fromisoformat(request.document["timestamp"])
            if moment > self.world.tool_now() + timedelta(seconds=60):
                self.too_far.append(f"{moment} at {self.world.tool_now()}")


def _begin_anew(term: Term, moods: Moods, world: World) -> None:
    """Nobody has done anything yet, and the LMS knows nothing of us."""
    world.passed = world.step = timedelta(0)
    moods.instead.clear()
    moods.lost.clear()
    moods.seen.clear()
    reset: Callable[[], None] = term.school.lms.faults.reset
    reset()
    Gradebook.__init__(term.school.lms.gradebook)
    term.school.app.extensions.pop("access_tokens", None)
    with transaction():
        for model in (Score, LineItem, Job, PlatformPause, Completion):
            db.session.execute(delete(model))
        db.session.execute(update(Member).values(points=0, completed=0))
        recount_bands(term.space)
    db.session.remove()
