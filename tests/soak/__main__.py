"""`python -m tests.soak campus|rotation|delivery|order|machines|day`: a campus that launches at once, keys that change
meanwhile, a worker that is killed at every step of delivering grades, terms in which anything happens in any order,
several machines of which one after the other is killed, and a day of a university on which whatever can go away goes
away.

For launches the tool runs as it does for real (`lti-tool serve`, its own settings), the LMS beside it. The exit code is
1 when a single launch of somebody who should get in was refused, the gradebook is not as it should be, or the day's
auditor found anything.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.bench.databases import house_on, postgresql
from tests.launch.gradebook.any_order import play
from tests.make.lms import Campus, words
from tests.make.machines import machines
from tests.make.redis import private_redis
from tests.make.s3 import private_s3
from tests.make.served import served_campus
from tests.soak import machines as stories
from tests.soak.day.day import live_a_day
from tests.soak.day.written import kills_of, verdict_of, write
from tests.soak.delivery import begun_term, delivery

AT_ONCE = 8
CAMPUS = 2000
LEARNERS = 1200
_PAUSE = 2.0
_LONGEST = 900


def main(asked: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__.splitlines()[0])
    choices = ("campus", "rotation", "delivery", "order", "machines", "day")
    parser.add_argument("which", choices=choices)
    parser.add_argument("--seconds", type=int, default=60, help="how long the keys go on changing (default 60)")
    parser.add_argument("--kills", type=int, default=200, help="how often something is killed, at least (default 200)")
    parser.add_argument("--terms", type=int, default=500, help="how many terms of 50 moves are played (default 500)")
    parser.add_argument("--minutes", type=float, default=12, help="how long the day lasts at most (default 12)")
    parser.add_argument("--seed", type=int, default=1, help="which day it is: who does what, and what is killed when")
    parser.add_argument("--write", action="store_true", help="put the day's report into docs/day.md")
    said = parser.parse_args(asked)
    if said.which == "day":
        return _live(said.kills, said.minutes, said.seed, written=said.write)
    if said.which == "delivery":
        return _deliver(said.kills)
    if said.which == "order":
        return _play(said.terms)
    if said.which == "machines":
        return _kill_machines(said.kills)
    with _school() as school:
        outcomes = campus(school) if said.which == "campus" else rotation(school, said.seconds)
    print(", ".join(f"{number:,} × {outcome}" for outcome, number in outcomes.most_common()))
    return 0 if set(outcomes) == {"in"} else 1


def _deliver(kills: int) -> int:
    began = time.monotonic()
    report = delivery(kills, _LONGEST)
    moves = ", ".join(f"{name} {number} times" for name, number in report.moves.items())
    print(f"{report.kills} kills in {time.monotonic() - began:.0f} seconds: {moves}")
    print("\n".join(report.wrong) or "The LMS's gradebook is as it should be, and every repeat was the same score.")
    return 0 if report.kills >= kills and not report.wrong else 1


def _live(kills: int, minutes: float, seed: int, *, written: bool) -> int:
    report = live_a_day(kills, minutes, seed)
    print("\n".join([*report.lines, kills_of(report), *verdict_of(report)]))
    if written:
        print(f"Written to {write(report, kills, minutes, seed)}")
    return 0 if sum(report.kills.values()) >= kills and not report.wrong else 1


def _play(terms: int) -> int:
    began = time.monotonic()
    with begun_term() as (term, moods):
        term.add_objective("Second")
        play(term, moods, examples=terms, steps=50)
    print(f"{terms} terms in {time.monotonic() - began:.0f} seconds, and each ended with what stood in the Space.")
    return 0


def _kill_machines(kills: int) -> int:
    began = time.monotonic()
    folder = tempfile.TemporaryDirectory(prefix="soak-")
    with postgresql() as kind, private_redis() as redis, private_s3() as s3, folder as name:
        url = kind.fresh()
        with house_on(url):
            pass
        with machines(url, redis.url, s3, Path(name), learners=stories.LEARNERS) as house:
            wrong, killed = stories.rounds(house, kills, _LONGEST), house.kills
    print(f"{killed} of 2 web processes and 2 workers killed in {time.monotonic() - began:.0f} seconds")
    print("\n".join(wrong) or "Every roster, bulk award, score and launch is complete, and none is doubled.")
    return 0 if killed and not wrong else 1


def campus(school: Campus) -> "Counter[str]":
    """2,000 people of one address, as fast as they get in."""
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = Counter(pool.map(lambda number: _come(school, number), range(CAMPUS)))
    print(f"{CAMPUS:,} launches from one address in {time.monotonic() - began:.0f} seconds")
    return outcomes


def rotation(school: Campus, seconds: int) -> "Counter[str]":
    """People come all the time; every other second the LMS signs with a key that nobody has seen before."""
    outcomes, over = Counter[str](), threading.Event()
    numbers = iter(range(10**9))

    def come_again_and_again() -> None:
        while not over.is_set():
            outcomes[_come(school, next(numbers))] += 1

    before = school.lms.traffic["jwks"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in range(AT_ONCE):
            pool.submit(come_again_and_again)
        rotations = _rotate(school.lms.keys.rotate, seconds)
        over.set()
    print(f"{rotations} rotations in {seconds} seconds, {school.lms.traffic['jwks'] - before} fetches of the key set")
    return outcomes


def _rotate(rotate: Callable[[], object], seconds: int) -> int:
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        time.sleep(_PAUSE)
        rotate()
        count += 1
    return count


def _come(school: Campus, number: int) -> str:
    browser, page = school.open("data-literacy", f"learner-{number % LEARNERS + 1:04d}")
    browser.close()
    return "in" if page.status_code == 200 else f"{page.status_code}: {words(page)[:120]}"


@contextmanager
def _school() -> Iterator[Campus]:
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        url = f"sqlite:///{Path(name) / 'spaces.db'}"
        with house_on(url):
            pass
        with served_campus(url, Path(name) / "data", learners=LEARNERS) as school:
            yield school


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
