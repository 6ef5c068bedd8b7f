"""A thousand scores for an LMS, beside a bare client that sends the same requests over one kept connection."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import requests
from flask import Flask
from sqlalchemy import insert, select, update

from lti_tool import clock, jobs
from lti_tool.db import db, new_id, transaction
from lti_tool.launch.gradebook import rules
from lti_tool.launch.gradebook.columns import RESULTS_TYPE, SCORE_TYPE
from lti_tool.launch.gradebook.model import Score
from lti_tool.launch.gradebook.moving import ask_to_send
from lti_tool.launch.gradebook.sending import RUN
from lti_tool.launch.gradebook.settling import settle
from lti_tool.launch.library import StrictRegistration
from lti_tool.launch.model import CourseKey, Deployment, Identity, Registration
from lti_tool.launch.services import SafeServiceConnector
from lti_tool.people.model import Person
from lti_tool.sandbox.two_courses import two_courses
from lti_tool.settings import Settings
from lti_tool.spaces.model import Member
from tests.bench.databases import Kind, house
from tests.bench.measure import Acts, Count, Finding, Target, in_turn
from tests.bench.servers import program
from tests.make.lms import connect
from tests.make.serving import free_port, serving
from tests.make.space import make_objective, make_space

SCORES = 1_000
ROUNDS = 3
_SCOPES = [rules.MAKE, rules.FIND, rules.RESULTS, rules.SCORES]


@dataclass
class _Term:
    """A course whose learners' standing moves once in each round."""

    app: Flask
    course: str
    space: str
    subs: list[str]
    round: int = 0

    def move(self) -> None:
        """Everybody has completed one objective more, and their scores wait."""
        self.round += 1
        with transaction():
            db.session.execute(update(Member).values(completed=self.round))
            settle(self.course)
            ask_to_send(self.course)

    def count_sent(self) -> int:
        db.session.remove()
        return len(db.session.scalars(select(Score.id).where(Score.state == "sent", Score.given == self.round)).all())


def measure(kind: Kind) -> Iterator[Finding | Count]:
    with _term(kind, SCORES) as term:
        bare = _Bare(term)
        found = in_turn(ROUNDS, {"ours": lambda: _ours(term), "floor": lambda: bare.send(term.round)})
        what = f"Scores delivered, {SCORES:,} that moved ({kind.name})"
        yield Finding(
            what, found["ours"], "a bare client that sends the same requests", found["floor"], "per second",
            Target(at_least=0.7),
        )  # fmt: skip


@contextmanager
def at_sizes(kind: Kind, scores: Sequence[int]) -> Iterator[Acts]:
    """Seconds until all of them are with the LMS."""
    with ExitStack() as stack:
        terms = {count: stack.enter_context(_term(kind, count)) for count in scores}
        yield {count: partial(_in_its_house, term) for count, term in terms.items()}


def _in_its_house(term: _Term) -> float:
    with term.app.app_context():
        return len(term.subs) / _ours(term)


def _ours(term: _Term) -> float:
    """Scores per second."""
    term.move()
    began = time.perf_counter()
    jobs.drain(term.app)
    rate = len(term.subs) / (time.perf_counter() - began)
    if term.count_sent() != len(term.subs):
        raise RuntimeError(f"{term.count_sent()} of {len(term.subs)} scores were sent.")
    return rate


class _Bare:
    """The least that sends these requests: a column beside ours, one session, nothing kept and nothing looked at."""

    def __init__(self, term: _Term) -> None:
        self._subs, self._session = term.subs, requests.Session()
        key = db.session.get_one(CourseKey, term.course)
        registration = db.session.scalars(select(Registration)).one()
        connector = SafeServiceConnector(
            StrictRegistration(registration), deployment_id="1", service_url=str(key.line_items_url)
        )
        self._tokens = {scope: connector.get_access_token([scope]) for scope in _SCOPES}
        made = self._session.post(
            str(key.line_items_url), json={"label": "Floor", "scoreMaximum": ROUNDS + 2},
            headers=self._headers(rules.MAKE, "application/vnd.ims.lis.v2.lineitem+json"), timeout=30,
        )  # fmt: skip
        self._column = made.json()["id"]
        db.session.remove()
        self.send(1)

    def send(self, given: int) -> float:
        """Scores per second."""
        began = time.perf_counter()
        for start in range(0, len(self._subs), RUN):
            self._read()
            for sub in self._subs[start : start + RUN]:
                self._post(sub, given)
        return len(self._subs) / (time.perf_counter() - began)

    def _read(self) -> None:
        following: str | None = f"{self._column}/results"
        while following:
            headers = {"Authorization": f"Bearer {self._tokens[rules.RESULTS]}", "Accept": RESULTS_TYPE}
            answer = self._session.get(following, headers=headers, timeout=30)
            answer.json()
            following = answer.links.get("next", {}).get("url")

    def _post(self, sub: str, given: int) -> None:
        standing = rules.Standing(given, ROUNDS + 2, clock.now())
        document = rules.score_document(sub, standing, comment=True, times=True, also={})
        headers = self._headers(rules.SCORES, SCORE_TYPE)
        answer = self._session.post(f"{self._column}/scores", json=document, headers=headers, timeout=30)
        if answer.status_code != 200:
            raise RuntimeError(answer.text)

    def _headers(self, scope: str, content_type: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[scope]}", "Content-Type": content_type}


@contextmanager
def _term(kind: Kind, scores: int) -> Iterator[_Term]:
    """Its column is made and the token is fetched."""
    port, lms_port = free_port(), free_port()
    url, lms = f"http://localhost:{port}", f"http://127.0.0.1:{lms_port}"
    with tempfile.TemporaryDirectory(prefix="bench-delivery-") as name:
        folder = Path(name)
        settings = Settings(
            data_dir=folder, database_url=kind.fresh(), public_url=url, private_hosts=frozenset({"127.0.0.1"}),
            log_level="CRITICAL",
        )  # fmt: skip
        words = ["tests.bench.delivery_lms", str(lms_port), url, str(scores)]
        with house(settings) as app, serving(app, port), program(words, port=lms_port, log=folder / "lms.log"):
            term = _begin(app, lms, scores)
            term.move()
            jobs.drain(app)
            yield term


def _begin(app: Flask, lms: str, scores: int) -> _Term:
    """A Space of that course with everybody in it, as a roster would have brought them."""
    registration, organization = connect(lms)
    space = make_space(organization)
    for number in range(ROUNDS + 2):
        make_objective(space, organization, f"Objective {number}")
    world = two_courses(scores)
    subs = [world.people[f"learner-{number + 1:04d}"].sub for number in range(scores)]
    course = new_id()
    with transaction():
        deployment = db.session.scalars(select(Deployment.id)).one()
        db.session.add(
            CourseKey(
                id=course, deployment_id=deployment, context_id="data-literacy", title="Data", space_id=space,
                line_items_url=f"{lms}/courses/data-literacy/lineitems", grade_scopes=_SCOPES,
            )
        )  # fmt: skip
        _seat(space, organization, registration, subs)
    return _Term(app, course, space, subs)


def _seat(space: str, organization: str, registration: str, subs: list[str]) -> None:
    people = [new_id() for _ in subs]
    now = clock.now()
    rows: list[tuple[type, Callable[[int], dict[str, object]]]] = [
        (Person, lambda at: {"id": people[at], "organization_id": organization, "created_at": now}),
        (Identity, lambda at: {"id": new_id(), "registration_id": registration, "sub": subs[at],
                               "person_id": people[at]}),
        (Member, lambda at: {"id": new_id(), "space_id": space, "person_id": people[at], "role": "member",
                             "status": "active", "sort_name": f"{at}", "alias": f"Alias {at}"}),
    ]  # fmt: skip
    for model, row in rows:
        db.session.execute(insert(model), [row(at) for at in range(len(subs))])
