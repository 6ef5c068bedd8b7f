"""The reviewer's pages, whole as a browser gets them, with 50 and with 5,000 learners who all wait."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import cast

from flask import Flask
from sqlalchemy import Table, insert

from lti_tool import clock
from lti_tool.db import db, new_id, transaction
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.model import Member
from lti_tool.spaces.snapshot import chunks
from tests.bench.crowd import make_crowd, settle
from tests.bench.databases import Kind, house_on
from tests.bench.measure import Acts, Finding, Target, in_turn, scaled, seconds
from tests.make.evidence import make_evidence_objective
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.visit import Visitor, make_visit

SIZES = (50, 5_000)
ROUNDS = 9
_TIMES = 10


def measure(kind: Kind) -> Iterator[Finding]:
    with house_on(kind.fresh()) as app:
        queues = _queues(app, SIZES)
        for name in ("the queue", "one item"):
            gets = {size: partial(_get, visitor, pages[name]) for size, (visitor, pages) in queues.items()}
            yield _page(kind, name, gets)


@contextmanager
def at_sizes(kind: Kind, sizes: Sequence[int]) -> Iterator[Acts]:
    """The queue."""
    with house_on(kind.fresh()) as app:
        queues = _queues(app, sizes)
        yield {
            size: partial(seconds, partial(_get, visitor, pages["the queue"]), _TIMES)
            for size, (visitor, pages) in queues.items()
        }


def _queues(app: Flask, sizes: Sequence[int]) -> dict[int, tuple[Visitor, dict[str, str]]]:
    organization = make_organization()
    queues = {size: _queue(app, organization, size) for size in sizes}
    settle()
    return queues


def _page(kind: Kind, name: str, gets: dict[int, Callable[[], None]]) -> Finding:
    for get in gets.values():
        get()
    found = in_turn(ROUNDS, {str(size): partial(seconds, get, _TIMES) for size, get in gets.items()})
    small, large = (scaled(found[str(size)], 1000) for size in SIZES)
    what = f"Review with {SIZES[1]:,} waiting, {name} ({kind.name})"
    return Finding(what, large, f"of {SIZES[0]}", small, "ms", Target(at_most=2.0))


def _queue(app: Flask, organization: str, size: int) -> tuple[Visitor, dict[str, str]]:
    """A reviewer in a Space where everybody has handed in, and the item in the middle opened."""
    space, _people = make_crowd(organization, size)
    objective, began = make_evidence_objective(space, organization), clock.now() - timedelta(days=1)
    members = list(db.session.scalars(db.select(Member.id).where(Member.space_id == space)))
    rows = [
        {
            "id": new_id(), "space_id": space, "objective_id": objective, "member_id": member, "attempt": 1,
            "state": "waiting", "text": "I did it.", "shares": False, "revision": 1, "saved_at": began,
            "submitted_at": began + timedelta(seconds=number), "opened_at": began,
        }
        for number, member in enumerate(members)
    ]  # fmt: skip
    with transaction():
        for chunk in chunks(rows):
            db.session.connection().execute(insert(cast(Table, Submission.__table__)), chunk)
    visitor = make_visit(app, organization=organization, person=make_person(organization), space=space)
    return visitor, {"the queue": "review", "one item": f"review/{rows[size // 2]['id']}"}


def _get(visitor: Visitor, page: str) -> None:
    answer = visitor.get(page)
    if answer.status_code != 200 or b"waiting" not in answer.data:
        raise RuntimeError(f"The review queue was answered with {answer.status_code}.")
