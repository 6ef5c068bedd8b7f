"""One term of Biology 101: what teachers do in the Space, and what its column in the LMS shows."""

from collections.abc import Sequence
from dataclasses import dataclass

import requests
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.model import CourseKey, Identity
from lti_tool.launch.pausing import PlatformPause
from lti_tool.sandbox.gradebook import LineItem as Column
from lti_tool.sandbox.gradebook import Score as Shown
from lti_tool.spaces import completions
from lti_tool.spaces.model import Member
from tests.flows.steps import create_space_with_roster
from tests.make.lms import Browser, Campus
from tests.make.space import make_objective


@dataclass
class Term:
    """The Space, its first objective, and the teacher's browser."""

    school: Campus
    course: str
    space: str
    objective: str
    teacher: Browser
    overview: requests.Response

    def member(self, learner: str) -> str:
        sub = self.school.lms.world.people[learner].sub
        found = (
            select(Member.id)
            .join(Identity, Identity.person_id == Member.person_id)
            .where(Identity.sub == sub, Member.space_id == self.space)
        )
        return db.session.scalars(found).one()

    def add_objective(self, title: str = "Second") -> str:
        return make_objective(self.space, self.school.organization, title)

    def complete(self, *learners: str, objective: str = "") -> None:
        for learner in learners:
            member = self.member(learner)
            with transaction():
                completions.complete(objective_id=objective or self.objective, member_id=member, by=None)

    def take_back(self, learner: str, objective: str = "") -> None:
        member = self.member(learner)
        with transaction():
            completions.take_back(objective_id=objective or self.objective, member_id=member, by=None)

    def do_jobs(self) -> None:
        self.school.do_jobs()

    def do_jobs_later(self) -> None:
        """The same, when all that waits has waited long enough."""
        with transaction():
            db.session.execute(update(Job).where(Job.finished_at.is_(None)).values(run_at=clock.now()))
            db.session.execute(update(PlatformPause).values(until=clock.now()))
        self.do_jobs()

    @property
    def columns(self) -> Sequence[Column]:
        return self.school.lms.gradebook.items("biology")

    def shown(self, learner: str) -> Shown | None:
        """The newest score of the one column for somebody."""
        [column] = self.columns
        return self.school.lms.gradebook.score(column, self.school.lms.world.people[learner].sub)

    @property
    def handed_in(self) -> list[tuple[str, float | None, float | None]]:
        """Every score that the LMS has taken, oldest first: who, how many, of how many."""
        keys = {person.sub: key for key, person in self.school.lms.world.people.items()}
        return [(keys[one.sub], one.given, one.maximum) for _, one in self.school.lms.gradebook.history]

    def item(self) -> LineItem:
        db.session.expire_all()
        return db.session.scalars(select(LineItem)).one()

    def scores(self) -> dict[str, Score]:
        """The rows by learner."""
        db.session.expire_all()
        keys = {person.sub: key for key, person in self.school.lms.world.people.items()}
        rows = db.session.execute(select(Identity.sub, Score).join(Score, Score.person_id == Identity.person_id))
        return {keys[sub]: score for sub, score in rows}

    def states(self) -> dict[str, str]:
        return {learner: score.state for learner, score in self.scores().items()}


def begin_term(school: Campus) -> Term:
    teacher, overview = create_space_with_roster(school)
    course = db.session.scalars(select(CourseKey)).one()
    space = str(course.space_id)
    return Term(school, course.id, space, make_objective(space, school.organization, "First"), teacher, overview)
