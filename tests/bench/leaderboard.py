"""The leaderboard's page, whole as a browser gets it, for 100, 5,000 and 100,000 members."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from flask import Flask

from lti_tool.people.visit import Role
from tests.bench.crowd import make_crowd, settle
from tests.bench.databases import Kind, house_on
from tests.bench.measure import Acts, Finding, Target, in_turn, scaled, seconds
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.visit import Visitor, make_visit

SIZES = (100, 5_000, 100_000)
ROUNDS = 9
_TIMES = 10
_PAGES = {
    "a learner's own place": (Role.MEMBER, "leaderboard"),
    "the whole board for a learner": (Role.MEMBER, "leaderboard?view=all"),
    "staff": (Role.STAFF, "leaderboard"),
}


def measure(kind: Kind) -> Iterator[Finding]:
    with house_on(kind.fresh()) as app:
        organization = make_organization()
        visitors = {size: _visitors(app, organization, size) for size in SIZES}
        settle()
        for name, (role, page) in _PAGES.items():
            yield from _page(kind, name, {size: partial(_get, visitors[size][role], page) for size in SIZES})


@contextmanager
def at_sizes(kind: Kind, sizes: Sequence[int]) -> Iterator[Acts]:
    """The board that staff see."""
    with house_on(kind.fresh()) as app:
        organization = make_organization()
        visitors = {size: _visitors(app, organization, size)[Role.STAFF] for size in sizes}
        settle()
        yield {size: partial(seconds, partial(_get, one, "leaderboard"), _TIMES) for size, one in visitors.items()}


def _page(kind: Kind, name: str, gets: dict[int, Callable[[], None]]) -> Iterator[Finding]:
    for get in gets.values():
        get()
    found = in_turn(ROUNDS, {str(size): partial(seconds, get, _TIMES) for size, get in gets.items()})
    smallest = scaled(found[str(SIZES[0])], 1000)
    for size in SIZES[1:]:
        what = f"Leaderboard of {size:,}, {name} ({kind.name})"
        yield Finding(what, scaled(found[str(size)], 1000), f"of {SIZES[0]}", smallest, "ms", Target(at_most=2.0))


def _visitors(app: Flask, organization: str, size: int) -> dict[Role, Visitor]:
    """A learner in the middle of the board, and one of the staff."""
    space, people = make_crowd(organization, size)
    learner = people[size // 2]
    return {
        Role.MEMBER: make_visit(app, organization=organization, person=learner, space=space, role=Role.MEMBER),
        Role.STAFF: make_visit(app, organization=organization, person=make_person(organization), space=space),
    }


def _get(visitor: Visitor, page: str) -> None:
    answer = visitor.get(page)
    if answer.status_code != 200 or b"<table" not in answer.data:
        raise RuntimeError(f"The leaderboard was answered with {answer.status_code}.")
