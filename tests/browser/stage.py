"""The stage of the stories: the tool, a worker process that does its jobs, and the LMS, each on a port of its own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lti_tool.processes import python
from lti_tool.sandbox.platform import Platform
from tests.make.lms import Campus, campus

BIG, SMALL_COURSE = "data-literacy", "biology"


@contextmanager
def stage(database_url: str, folder: Path, learners: int = 1200) -> Iterator[Campus]:
    """A campus whose jobs are done by a process beside it, as in real life."""
    with campus(database_url, folder, learners=learners) as school, working(school, database_url, folder):
        yield school


@contextmanager
def working(school: Campus, database_url: str, folder: Path) -> Iterator[None]:
    """A worker process for as long as it is needed."""
    env = {
        **os.environ,
        "LTI_TOOL_DATABASE_URL": database_url,
        "LTI_TOOL_DATA_DIR": str(folder),
        "LTI_TOOL_PUBLIC_URL": school.url,
        "LTI_TOOL_PRIVATE_HOSTS": "127.0.0.1",
        "LTI_TOOL_LOG_LEVEL": "CRITICAL",
        "LTI_TOOL_JOB_SWEEP_SECONDS": "0.5",
    }
    worker = subprocess.Popen(python("lti_tool", "work"), env=env)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(timeout=30)


def course_page(lms: Platform, course: str, person: str, placement: str = "menu") -> str:
    """The LMS's page of a course as one person sees it, the tool in a frame."""
    return f"{lms.settings.url}/courses/{course}/as/{person}/{placement}"


def own_window(lms: Platform, course: str, person: str, placement: str = "menu") -> str:
    """Where the LMS opens the tool in a window of its own."""
    return f"{lms.settings.url}/launch/{course}/as/{person}/{placement}?target=window"
