"""The command. Answers 1 when a parser did anything but take or refuse; what it got is kept in var/fuzz."""

import argparse
import hashlib
import json
import random
import resource
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz.parsers import Parser, every_parser

KEPT = Path("var/fuzz")
SECONDS_FOR_ONE = 10.0
MEMORY = 2 * 1024**3


class TooSlow(BaseException):
    """One input took longer than any may."""


def _too_slow(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlow


def tried(parser: Parser, given: Any) -> BaseException | None:
    """What a parser answered to one input: nothing where it took it, a refusal, or what went wrong."""
    signal.setitimer(signal.ITIMER_REAL, SECONDS_FOR_ONE)
    try:
        parser.read(given)
    except (Exception, TooSlow) as answer:
        return answer
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return None


@dataclass
class Told:
    """How many inputs were taken and refused, the longest that one took, and what went wrong how often and where."""

    taken: int = 0
    refused: int = 0
    longest: float = 0.0
    wrong: Counter[str] = field(default_factory=Counter)


def run(name: str, parser: Parser, seconds: float, chance: random.Random) -> Told:
    """The inputs that it begins with, and then others until the time is up."""
    told, ends = Told(), time.monotonic() + seconds
    for given in parser.begins:
        _look(name, parser, given, told)
    while time.monotonic() < ends:
        _look(name, parser, parser.change(chance.choice(parser.begins), chance), told)
    return told


def _look(name: str, parser: Parser, given: Any, told: Told) -> None:
    began = time.monotonic()
    answer = tried(parser, given)
    told.longest = max(told.longest, time.monotonic() - began)
    if answer is None:
        told.taken += 1
    elif isinstance(answer, parser.refusals):
        told.refused += 1
    else:
        told.wrong[_kept(name, given, answer)] += 1


def _kept(name: str, given: Any, wrong: BaseException) -> str:
    """What went wrong and where, and the file that holds the input."""
    last = traceback.extract_tb(wrong.__traceback__)[-1]
    told = f"{type(wrong).__name__} at {Path(last.filename).name}:{last.lineno}"
    data = given if isinstance(given, bytes) else (given if isinstance(given, str) else json.dumps(given)).encode()
    KEPT.mkdir(parents=True, exist_ok=True)
    file = KEPT / f"{name}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
    if not file.exists():
        file.write_bytes(data)
        file.with_suffix(".txt").write_text("".join(traceback.format_exception(wrong)))
    return f"{told} ({file})"


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument("--seconds", type=float, default=60.0, help="for all parsers together")
    options.add_argument("--seed", type=int, default=int(time.time()), help="the same seed makes the same inputs")
    options.add_argument("parser", nargs="*", help="some of them; without any, all")
    asked = options.parse_args()
    warnings.simplefilter("ignore")  # Pillow warns of pictures that it then refuses
    signal.signal(signal.SIGALRM, _too_slow)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    failed = False
    with every_parser() as parsers:
        if unknown := set(asked.parser) - set(parsers):
            options.error(f"no parser is called {', '.join(sorted(unknown))}; there are {', '.join(parsers)}")
        chosen = asked.parser or list(parsers)
        print(f"seed {asked.seed}, {asked.seconds / len(chosen):.1f} s for each of {len(chosen)} parsers", flush=True)
        for name in chosen:
            chance = random.Random(f"{asked.seed} {name}")  # noqa: S311 - no secret hangs on it
            told = run(name, parsers[name], asked.seconds / len(chosen), chance)
            print(f"{name:14} {told.taken:>8} taken {told.refused:>8} refused {told.wrong.total():>5} wrong, "
                  f"the longest took {told.longest:.2f} s", flush=True)  # fmt: skip
            for what, often in told.wrong.most_common():
                print(f"    {often} times {what}", flush=True)
            failed |= bool(told.wrong)
    print("At least one parser did something else than take or refuse." if failed else "Every parser took or refused.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
