"""Signing the credential of an award on its first request, and answering it again, beside the bare signature."""

from collections.abc import Callable, Iterator
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from lti_tool.badges.awards import Recipient
from tests.bench.databases import house_on, sqlite
from tests.bench.measure import Finding, in_turn, scaled, seconds
from tests.make.award import make_award
from tests.make.organization import make_organization
from tests.make.space import make_badge

ROUNDS = 9
_AWARDS = 20
_AGAIN = 10
_FLOOR_IS = "one Ed25519 signature"


def measure() -> Iterator[Finding]:
    with sqlite() as kind, house_on(kind.fresh()) as app:
        badge = make_badge(make_organization())
        fresh = iter(_addresses(badge, 2 * ROUNDS * _AWARDS))
        known = next(fresh)
        _get(app, known)
        key, text = Ed25519PrivateKey.generate(), b"x" * 64
        acts: dict[str, Callable[[], float]] = {
            "first": lambda: seconds(lambda: _get(app, next(fresh)), _AWARDS),
            "again": partial(seconds, partial(_get, app, known), _AWARDS * _AGAIN),
            "floor": partial(seconds, partial(key.sign, text), 1_000),
        }
        found = in_turn(ROUNDS, acts)
    floor = scaled(found["floor"], 1e3)
    first, again = scaled(found["first"], 1e3), scaled(found["again"], 1e3)
    yield Finding("GET of a credential with its proof, signed for it", first, _FLOOR_IS, floor, "ms")
    yield Finding("The same again, kept by the process", again, _FLOOR_IS, floor, "ms")


def _addresses(badge: str, count: int) -> list[str]:
    awards = (make_award(badge, Recipient(email=f"learner{number}@example.org")) for number in range(count))
    return [f"/public/credentials/{award}.json" for award in awards]


def _get(app: Flask, address: str) -> None:
    answer = app.test_client().get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}.")
