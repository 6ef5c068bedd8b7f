"""Five hundred workers that have no token yet and ask for the same one at the same moment."""

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from lti_tool.db import db
from lti_tool.launch.gradebook.rules import SCORES
from lti_tool.launch.library import StrictRegistration
from lti_tool.launch.model import Registration
from lti_tool.launch.services import SafeServiceConnector
from tests.bench.databases import house_on
from tests.bench.measure import Count, Finding
from tests.make.lms import Campus, campus

WORKERS = 500


def measure() -> Iterator[Finding | Count]:
    with tempfile.TemporaryDirectory(prefix="bench-tokens-") as name:
        url = f"sqlite:///{Path(name) / 'spaces.db'}"
        with house_on(url):
            pass
        with campus(url, Path(name) / "data", learners=1) as school:
            asked, tokens = _ask_at_once(school)
    yield Count(f"Requests for a token while {WORKERS} cold workers ask for one", asked, 1)
    yield Count(f"Different tokens that {WORKERS} workers got", tokens, 1)


def _ask_at_once(school: Campus) -> tuple[int, int]:
    lms, got, line = school.lms, set[str](), threading.Barrier(WORKERS)
    registration = db.session.scalars(select(Registration)).one()
    db.session.expunge(registration)
    db.session.rollback()
    lms.faults.delays["token"] = 0.2  # an LMS takes its time, and nobody must lose patience meanwhile

    def ask() -> None:
        with school.app.app_context():
            connector = SafeServiceConnector(
                StrictRegistration(registration), deployment_id="1", service_url=lms.settings.url
            )
            line.wait()
            got.add(connector.get_access_token([SCORES]))

    before = lms.traffic["token"]
    workers = [threading.Thread(target=ask) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return lms.traffic["token"] - before, len(got)
