"""kill -9 of one of several machines in the middle of what matters: a roster, a bulk award, a delivery, launches.

Each story is told on an installation of two web processes and two workers over one PostgreSQL and one Redis. It answers
what is wrong at its end, counted anew from the rows and from the LMS: nothing, one hopes.
"""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, cycle

import requests
from sqlalchemy import func, select

from lti_tool import clock
from lti_tool.badges.awarding.batches import begin_giving
from lti_tool.badges.awarding.slices import SLICE
from lti_tool.badges.model import Award
from lti_tool.db import db, transaction
from lti_tool.jobs.model import Job
from lti_tool.launch.gradebook.moving import SEND, SETTLE
from lti_tool.launch.model import CourseKey, Identity, RosterRead
from lti_tool.launch.roster import ask_for_roster
from lti_tool.spaces.model import Member
from lti_tool.wiring import SCHEDULE
from tests.flows.steps import create_space
from tests.launch.gradebook.term import Term
from tests.launch.gradebook.truth import differences, doubled
from tests.make.lms import Browser
from tests.make.machines import Machines
from tests.make.person import make_person
from tests.make.programs import wait_until
from tests.make.space import make_badge, make_objective
from tests.make.table import make_table, table_row

LEARNERS = 110  # three pages of the LMS's list
_PAGE_TAKES = 1.5
_RECIPIENTS = 2 * SLICE + 500
_COMERS, _AT_ONCE, _TRIES = 40, 4, 5
_numbers = count(1)


def begin(house: Machines) -> Term:
    """Both courses have a Space with everybody in it. Answers that of Biology, whose gradebook is watched."""
    overviews = {name: create_space(house.school, name) for name in ("data-literacy", "biology")}
    wait_until(lambda: _count(RosterRead, RosterRead.state == "done") == len(overviews))
    overviews["data-literacy"][0].close()
    teacher, overview = overviews["biology"]
    course = db.session.scalars(select(CourseKey).where(CourseKey.title.like("Biology%"))).one()
    space = str(course.space_id)
    return Term(house.school, course.id, space, make_objective(space, house.school.organization), teacher, overview)


def roster(house: Machines) -> Iterator[str]:
    """A worker dies while the LMS prepares the second page."""
    course = db.session.scalars(select(CourseKey).where(CourseKey.title.not_like("Biology%"))).one()
    house.school.lms.faults.delays["roster"] = _PAGE_TAKES
    with house.first_alone():
        with transaction():
            read = ask_for_roster(course.id, by=None)
        wait_until(lambda: _anew(RosterRead, read).pages >= 1)
    wait_until(lambda: _anew(RosterRead, read).state not in ("waiting", "reading"))
    house.school.lms.faults.delays.clear()
    row = _anew(RosterRead, read)
    here = _count(Member, Member.space_id == course.space_id, Member.role == "member", Member.status == "active")
    yield from _unless("roster", (row.state, here, row.joined, row.gone), ("done", LEARNERS, 0, 0))
    yield from _killed_once(f"roster.read:{read}")


def bulk(house: Machines) -> Iterator[str]:
    """A worker dies when the first slice of a large table is given."""
    name = f"round{next(_numbers)}"
    badge = make_badge(house.school.organization, name)
    by = make_person(house.school.organization, "Will Awarder")
    batch = make_table(badge, by, (f"{name}-{number}@example.org" for number in range(_RECIPIENTS)))
    with house.first_alone():
        with transaction():
            begin_giving(batch)
        wait_until(lambda: table_row(batch).done > 0)
        half = table_row(batch).state
    wait_until(lambda: table_row(batch).state not in ("waiting", "running"))
    row = table_row(batch)
    yield from _unless("bulk", (half, row.state, row.done, row.given), ("running", "done", _RECIPIENTS, _RECIPIENTS))
    awards = _count(Award, Award.badge_id == badge)
    people = db.session.scalar(select(func.count(Award.recipient_email.distinct())).where(Award.badge_id == badge))
    yield from _unless("bulk", (awards, people), (_RECIPIENTS, _RECIPIENTS))
    yield from _killed_once(f"awards.give:{batch}")


def delivery(house: Machines, term: Term) -> Iterator[str]:
    """A worker dies while the LMS writes down a score, and hears of its success never."""
    learners = ("amelie", "ngozi", "dmitri")
    objective = term.add_objective(f"Objective {next(_numbers)}")
    wait_until(_is_quiet, patience=180.0)
    house.school.lms.faults.delays["scores"] = _PAGE_TAKES
    began = clock.now()
    with house.first_alone():
        asked, before = house.school.lms.traffic["scores"], len(house.moods.of("POST", "/scores"))
        term.complete(*learners, objective=objective)
        wait_until(lambda: house.school.lms.traffic["scores"] > asked)
    house.school.lms.faults.delays.clear()
    wait_until(_is_quiet, patience=180.0)
    sent = {one.body for one in house.moods.of("POST", "/scores")[before:]}
    begun = db.session.scalar(select(func.max(Job.attempts)).where(Job.kind == SEND, Job.created_at > began))
    yield from _unless("delivery: scores, and how often the job was begun", (len(sent), begun), (len(learners), 2))
    yield from (f"delivery: {one}" for one in (*differences(term), *doubled(term, house.moods)))


def launches(house: Machines) -> Iterator[str]:
    """A web process dies while a course comes in. Whoever sees a broken page opens the course again."""
    port, web = next(iter(house.webs.items()))
    outcomes: list[tuple[int, int]] = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        coming = [pool.submit(_come, house, number) for number in range(1, _COMERS + 1)]
        wait_until(lambda: sum(one.done() for one in coming) >= _COMERS // 4)
        house.kill(web)
        outcomes = [one.result() for one in coming]
    house.start_web(port)
    house.wait_for_webs()
    yield from _unless("launches", Counter(status for status, _ in outcomes), Counter({200: _COMERS}))
    course = db.session.scalars(select(CourseKey).where(CourseKey.title.not_like("Biology%"))).one()
    identities, subs = _count(Identity), db.session.scalar(select(func.count(Identity.sub.distinct())))
    members = _count(Member, Member.space_id == course.space_id, Member.role == "member")
    yield from _unless("launches", (identities, members), (subs, LEARNERS))


def schedule(began: float) -> Iterator[str]:
    """Each turn of the schedule is one row, and was done once, but for those whose worker was killed."""
    now = time.time()
    for name, (every, _) in SCHEDULE.items():
        turns = int(now // every) - int(began // every) + 1
        rows = _count(Job, Job.kind == f"schedule.{name}")
        if not 1 <= rows <= turns:
            yield f"schedule: {rows} rows of {name} in {turns} turns"
    failed = db.session.scalars(select(Job.kind).where(Job.failed_at.is_not(None))).all()
    yield from (f"schedule: {kind} gave up" for kind in failed)


def _come(house: Machines, number: int) -> tuple[int, int]:
    """Answers the status in the end, and the tries that it took."""
    status = 0
    for tried in range(1, _TRIES + 1):
        browser = Browser(house.school.url)
        try:
            browser, page = house.school.open("data-literacy", f"learner-{number:04d}", browser=browser)
            again = browser.get(page.url)  # on either process
            status = min(page.status_code, 200) if again.status_code == 200 else again.status_code
        except (requests.RequestException, AssertionError):
            status = 0
        finally:
            browser.close()
        if status == 200:
            return status, tried
    return status, _TRIES


def _is_quiet() -> bool:
    db.session.rollback()
    return _count(Job, Job.kind.in_((SEND, SETTLE)), Job.finished_at.is_(None), Job.failed_at.is_(None)) == 0


def _killed_once(key: str) -> Iterator[str]:
    """The proof that the kill came in the middle: another worker began the same row."""
    job = db.session.scalars(select(Job).where(Job.unique_key == key)).one()
    yield from _unless(key.partition(":")[0], (job.attempts, job.last_error), (2, None))


def _unless(what: str, found: object, expected: object) -> Iterator[str]:
    if found != expected:
        yield f"{what}: {found} instead of {expected}"


def _count(model: type, *conditions: object) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0  # type: ignore[arg-type]


def _anew(model: type[RosterRead], row_id: str) -> RosterRead:
    db.session.rollback()
    return db.session.get_one(model, row_id, populate_existing=True)


def rounds(house: Machines, kills: int, seconds: int) -> list[str]:
    """Every story again and again, until so many were killed or the time is over. Answers what is wrong."""
    began, ends = time.time(), time.monotonic() + seconds
    term, wrong = begin(house), list[str]()
    stories = (lambda: roster(house), lambda: bulk(house), lambda: delivery(house, term), lambda: launches(house))
    for story in cycle(stories):
        if house.kills >= kills or time.monotonic() > ends:
            break
        wrong += story()
    term.teacher.close()
    return [*wrong, *schedule(began)]
