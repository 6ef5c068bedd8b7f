"""Many at once: threads of one application that begin together, each with its own session."""

import threading
from collections.abc import Callable, Sequence
from functools import partial

from flask import Flask

from lti_tool.db import db, transaction


def at_once(app: Flask, acts: Sequence[Callable[[], object]], *, times: int = 1) -> list[object]:
    """Each act in a thread and a transaction of its own, `times` in a row; answers what they returned or raised."""

    def in_transaction(act: Callable[[], object]) -> object:
        with transaction():
            return act()

    return together(app, [partial(in_transaction, act) for act in acts], times=times)


def together(app: Flask, acts: Sequence[Callable[[], object]], *, times: int = 1) -> list[object]:
    """The same for acts that open their transactions themselves."""
    start, outcomes = threading.Barrier(len(acts)), list[object]()
    db.session.rollback()

    def begin(act: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            for _ in range(times):
                try:
                    outcome = act()
                except Exception as raised:
                    outcome = raised
                outcomes.append(outcome)

    threads = [threading.Thread(target=begin, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def faults(outcomes: Sequence[object]) -> list[str]:
    return [repr(one) for one in outcomes if isinstance(one, Exception)]
