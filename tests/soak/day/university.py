"""The university of the day: a tool on PostgreSQL and Redis with web processes and two workers, an LMS with four
courses, a mailbox, and a small disk of its own for the files.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import requests
from flask import Flask
from sqlalchemy import select, update

from lti_tool.app import create_app
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.db import db, transaction
from lti_tool.launch.model import CourseKey, Identity
from lti_tool.sandbox import vocabulary as roles
from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.platform import Platform
from lti_tool.sandbox.settings import SandboxSettings
from lti_tool.sandbox.trouble import SERVICES
from lti_tool.sandbox.two_courses import term_end
from lti_tool.sandbox.world import Course, Person, Placement, World
from lti_tool.settings import Settings
from lti_tool.spaces.model import Member, Space
from tests.api.program import make_token
from tests.flows.steps import create_space
from tests.make.evidence import make_evidence_objective
from tests.make.lms import Campus, connect
from tests.make.mailbox import Mailbox, mailbox
from tests.make.postgres import Server, create_database, private_server
from tests.make.programs import lti_tool, wait_until
from tests.make.serving import free_port, serving
from tests.make.space import make_badge, make_objective
from tests.make.staff import make_staff
from tests.soak.day.disk import Disk, small_disk
from tests.soak.day.machines import Machine

COURSES = ("algebra", "botany", "chemistry", "drama")
LEARNERS = 24
_MANUAL, _EVIDENCE, _TARGETS, _SOURCES = 4, 4, 2, 4
_MAIL_SERVER_THINKS = 1.5  # seconds between keeping a mail and saying so: its sender may be killed in between
_SECRET = "a day of a university in minutes"


@dataclass(frozen=True)
class Lecture:
    """A course with its Space: who is in it, and what they can complete. `learners` are members by their LMS key."""

    key: str
    teacher: str
    space: str
    course: str
    learners: MappingProxyType[str, str]
    marked: tuple[str, ...]
    handed_in: tuple[str, ...]


@dataclass
class University:
    """Everything that runs, and what the people in it need to know. `app` only looks: it serves nothing."""

    campus: Campus
    box: Mailbox
    database: Server
    queue: "Queue"
    disk: Disk
    web: Machine
    workers: tuple[Machine, ...]
    settings: dict[str, str]
    folder: Path
    token: str = ""
    issuer: str = ""
    lectures: tuple[Lecture, ...] = ()
    badges: dict[str, str] = field(default_factory=dict)
    targets: tuple[str, ...] = ()
    sources: dict[str, str] = field(default_factory=dict)

    @property
    def app(self) -> Flask:
        return self.campus.app

    @property
    def lms(self) -> Platform:
        return self.campus.lms

    @property
    def url(self) -> str:
        return self.campus.url

    @property
    def machines(self) -> tuple[Machine, ...]:
        return (self.web, *self.workers)

    def calm_platform(self, seconds: float = 0.0) -> None:
        """It takes no longer than that for an answer, and answers what is right."""
        self.lms.faults.reset()
        self.lms.faults.delays = dict.fromkeys(SERVICES, seconds)

    def answers(self) -> bool:
        """Does the tool answer, with its database?"""
        try:
            return requests.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except requests.RequestException:
            return False


class Queue:
    """A Redis that keeps nothing: killed and started, it is empty."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        words = ["redis-server", "--bind", "127.0.0.1", "--port", str(self._port), "--save", "", "--appendonly", "no"]
        with (self._folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(words, cwd=self._folder, stdout=log, stderr=log)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@contextmanager
def university() -> Iterator[University]:
    """Everything runs, the courses have their Spaces, and everybody is in them."""
    with (
        small_disk() as disk,
        private_server(keeps_word=True) as database,
        mailbox() as box,
        _furnished(disk, database, box) as school,
    ):
        yield school


@contextmanager
def _furnished(disk: Disk, database: Server, box: Mailbox) -> Iterator[University]:
    folder, port, lms_port = disk.beside, free_port(), free_port()
    url, lms_url, rows = f"http://localhost:{port}", f"http://127.0.0.1:{lms_port}", create_database(database.url)
    queue = Queue(folder)
    queue.start()
    said = {
        "DATABASE_URL": rows, "PUBLIC_URL": url, "PRIVATE_HOSTS": "127.0.0.1", "MAIL_URL": box.url,
        "JOBS_URL": queue.url, "SECRET_KEY": _SECRET, "WEB_WORKERS": "3", "LOG_LEVEL": "WARNING",
    }  # fmt: skip
    app = create_app(_looking(folder, rows, url))
    sandbox = create_sandbox(SandboxSettings(url=lms_url, tool_url=url, learners=1))
    lms: Platform = sandbox.extensions["sandbox"]
    _fill(lms.world)
    try:
        with app.app_context(), serving(sandbox, lms_port):
            migrated = lti_tool(folder, "migrate", **said)
            if migrated.returncode:
                raise RuntimeError(migrated.stderr)
            # The web server reads the code once and forks: whoever is killed is replaced at once, and people get on.
            web = Machine("web", ("serve", "--port", str(port)), folder, said, {"GUNICORN_CMD_ARGS": "--preload"})
            workers = tuple(Machine(f"worker-{number}", ("work",), folder, said) for number in (1, 2))
            campus = Campus(app, url, lms, *connect(lms_url))
            school = University(campus, box, database, queue, disk, web, workers, said, folder)
            for machine in school.machines:
                machine.start()
            try:
                wait_until(school.answers)
                _open_the_courses(school)
                box.slow = _MAIL_SERVER_THINKS
                yield school
            finally:
                for machine in school.machines:
                    machine.stop()
                db.session.remove()
                db.engine.dispose()
    finally:
        queue.kill()


def _looking(folder: Path, rows: str, url: str) -> Settings:
    return Settings(
        data_dir=folder, database_url=rows, public_url=url, private_hosts=frozenset({"127.0.0.1"}),
        secret_key=_SECRET, log_level="CRITICAL",
    )  # fmt: skip


def _fill(world: World) -> None:
    """Four courses beside those that every sandbox has."""
    for key in COURSES:
        course = Course(key, key[:3].upper(), f"{key.title()} 101", ends=term_end(datetime.now(UTC)))
        course.placements = {"menu": Placement("menu", course.context_id, "Spaces", "From the course menu")}
        world.courses[key] = course
        world.add_person(Person(f"{key}-teacher", "Tess", key.title(), f"{key}@staff.example"))
        world.enrol(key, f"{key}-teacher", roles.INSTRUCTOR)
        for number in range(LEARNERS):
            name = f"{key}-{number:02d}"
            world.add_person(Person(name, f"{key.title()} {number:02d}", "Learner", f"{name}@learners.example"))
            world.enrol(key, name, roles.LEARNER)


def _open_the_courses(school: University) -> None:
    for key in COURSES:
        create_space(school.campus, key, f"{key}-teacher")[0].close()
    wait_until(lambda: _are_all_here(school))
    organization = school.campus.organization
    school.token, school.issuer = make_token(organization), first_issuer_of(organization)
    school.lectures = tuple(_lecture(school, key) for key in COURSES)
    school.badges = {name: make_badge(organization, name) for name in ("Singly", "In bulk", "By table")}
    school.targets = tuple(make_badge(organization, f"Target {number}") for number in range(_TARGETS))
    for number in range(_SOURCES):
        name = f"Source {number}"
        school.sources[name] = make_badge(organization, name)
    for lecture in school.lectures:
        make_staff(school.issuer, _person(school, lecture.teacher))
    with transaction():
        db.session.execute(update(Space).values(leaderboard_on=True))


def _are_all_here(school: University) -> bool:
    db.session.rollback()
    found = db.session.scalars(select(Member.id).where(Member.role == "member", Member.status == "active")).all()
    return len(found) == len(COURSES) * LEARNERS


def _lecture(school: University, key: str) -> Lecture:
    course = db.session.scalars(
        select(CourseKey).where(CourseKey.context_id == school.lms.world.courses[key].context_id)
    ).one()
    space, organization = str(course.space_id), school.campus.organization
    members = {name: _member(school, space, name) for name in _learners(key)}
    return Lecture(
        key, f"{key}-teacher", space, course.id, MappingProxyType(members),
        tuple(make_objective(space, organization, f"{key} {number}") for number in range(_MANUAL)),
        tuple(make_evidence_objective(space, organization, f"{key} work {number}") for number in range(_EVIDENCE)),
    )  # fmt: skip


def _learners(key: str) -> list[str]:
    return [f"{key}-{number:02d}" for number in range(LEARNERS)]


def _member(school: University, space: str, name: str) -> str:
    mine = select(Member.id).where(Member.space_id == space, Member.person_id == _person(school, name))
    return db.session.scalars(mine).one()


def _person(school: University, name: str) -> str:
    sub = school.lms.world.people[name].sub
    return db.session.scalars(select(Identity.person_id).where(Identity.sub == sub)).one()
