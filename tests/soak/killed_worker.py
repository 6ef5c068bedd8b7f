"""`python -m tests.soak.killed_worker SETTINGS`: does what waits, and is killed where it is told to be.

For each number that comes in, a process of its own does all due jobs, as a worker does, and at its so-manyth step
nobody but the system ends it: SIGKILL. A step is a request that is about to leave, an answer that has come, a statement
that has written, a commit that is about to be and one that was. 0 kills nobody. Answers `killed`, or `done STEPS`.
"""

import itertools
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event

from lti_tool import jobs
from lti_tool.app import create_app
from lti_tool.db import db
from lti_tool.fetch import Answer, Fetcher
from lti_tool.settings import Settings


def main(said: str) -> None:
    settings = json.loads(said)
    app = create_app(
        Settings(
            data_dir=Path(settings["data_dir"]), database_url=settings["database_url"],
            public_url=settings["public_url"], private_hosts=frozenset({"127.0.0.1"}), log_level="CRITICAL",
        )
    )  # fmt: skip
    for line in sys.stdin:
        print(_life(app, int(line)), flush=True)


def _life(app: Flask, ends_at: int) -> str:
    """One worker, from fork to its end."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            os.write(writing, f"done {_work(app, ends_at)}".encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    return "killed" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL else told or "failed"


def _work(app: Flask, ends_at: int) -> int:
    """All due jobs, step by step. Answers how many steps there were."""
    steps = itertools.count(1)
    last = [0]

    def step(*_: object) -> None:
        last[0] = next(steps)
        if last[0] == ends_at:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        _watch(step)
        jobs.drain(app)
    return last[0]


def _watch(step: Callable[..., None]) -> None:
    def asking(verb: Callable[..., Answer]) -> Callable[..., Answer]:
        def asked(self: Fetcher, url: str, **with_it: Any) -> Answer:
            step()
            answer = verb(self, url, **with_it)
            step()
            return answer

        return asked

    for name in ("get", "post", "put"):
        setattr(Fetcher, name, asking(getattr(Fetcher, name)))
    event.listen(db.engine, "commit", step)
    event.listen(db.session, "after_commit", step)
    event.listen(db.engine, "after_cursor_execute", lambda *said: None if said[2].startswith("SELECT") else step())


if __name__ == "__main__":
    main(sys.argv[1])
