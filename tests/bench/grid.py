"""The grid of learners × 50 objectives, whole as a browser gets it, for 50 and for 5,000 learners."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from flask import Flask

from tests.bench.crowd import make_crowd, make_progress, settle
from tests.bench.databases import Kind, house_on
from tests.bench.measure import Acts, Finding, Target, in_turn, scaled, seconds
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.visit import Visitor, make_visit

SIZES = (50, 5_000)
OBJECTIVES = 50
ROUNDS = 7
_TIMES = 3
_PAGES = {
    "the first page": "progress",
    "most points first": "progress?sort=points",
    "who is stuck": "progress?show=stuck",
    "a search that finds one": "progress?q=learner7@",
}


def measure(kind: Kind) -> Iterator[Finding]:
    with house_on(kind.fresh()) as app:
        visitors = _visitors(app, SIZES)
        for name, page in _PAGES.items():
            yield _page(kind, name, {size: partial(_get, visitors[size], page) for size in SIZES})


@contextmanager
def at_sizes(kind: Kind, sizes: Sequence[int]) -> Iterator[Acts]:
    """The first page."""
    with house_on(kind.fresh()) as app:
        visitors = _visitors(app, sizes)
        yield {size: partial(seconds, partial(_get, one, "progress"), _TIMES) for size, one in visitors.items()}


def _visitors(app: Flask, sizes: Sequence[int]) -> dict[int, Visitor]:
    """Staff of a Space of each size."""
    organization, visitors = make_organization(), dict[int, Visitor]()
    for size in sizes:
        space, _ = make_crowd(organization, size)
        make_progress(organization, space, OBJECTIVES, 0.5)
        visitors[size] = make_visit(app, organization=organization, person=make_person(organization), space=space)
    settle()
    return visitors


def _page(kind: Kind, name: str, gets: dict[int, Callable[[], None]]) -> Finding:
    for get in gets.values():
        get()
    found = in_turn(ROUNDS, {str(size): partial(seconds, get, _TIMES) for size, get in gets.items()})
    few, many = (scaled(found[str(size)], 1000) for size in SIZES)
    what = f"Progress of {SIZES[1]:,} × {OBJECTIVES}, {name} ({kind.name})"
    return Finding(what, many, f"of {SIZES[0]}", few, "ms", Target(at_most=2.0))


def _get(visitor: Visitor, page: str) -> None:
    answer = visitor.get(page)
    if answer.status_code != 200:
        raise RuntimeError(f"The grid was answered with {answer.status_code}.")
