"""The fuzzer sees what it is for, and a few hundred of its inputs are tried at every change."""

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import tests.fuzz.__main__ as fuzz
from tests.fuzz.parsers import Parser, every_parser

SOME = 12


class Refused(ValueError):  # noqa: N818 - as ours are called
    """A refusal in our own words."""


def fall(what: type[BaseException]) -> Callable[[Any], None]:
    def read(_given: Any) -> None:
        raise what

    return read


def told_of(parser: Parser, monkeypatch: pytest.MonkeyPatch, folder: Path) -> fuzz.Told:
    monkeypatch.setattr(fuzz, "KEPT", folder)
    return fuzz.run("one", parser, 0.0, random.Random(1))  # noqa: S311 - no secret hangs on it


def test_what_is_taken_and_what_is_refused_is_right(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    taken = told_of(Parser(["a"], lambda given, _: given, str), monkeypatch, tmp_path)
    refused = told_of(Parser(["a"], lambda given, _: given, fall(Refused), (Refused,)), monkeypatch, tmp_path)

    assert (taken.taken, taken.refused, refused.taken, refused.refused) == (1, 0, 0, 1)
    assert (taken.wrong.total(), refused.wrong.total()) == (0, 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fault", [ValueError, KeyError, RecursionError, MemoryError, UnicodeDecodeError])
def test_any_other_exception_is_wrong_and_its_input_is_kept(
    fault: type[Exception], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = told_of(Parser([{"a": 1}], lambda given, _: given, fall(fault), (Refused,)), monkeypatch, tmp_path)

    assert told.wrong.total() == 1
    assert {path.read_text() for path in tmp_path.glob("one-*") if not path.suffix} == {'{"a": 1}'}


def test_an_input_that_takes_too_long_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, alarm: None) -> None:
    monkeypatch.setattr(fuzz, "SECONDS_FOR_ONE", 0.2)

    told = told_of(Parser(["a"], lambda given, _: given, lambda _: time.sleep(30)), monkeypatch, tmp_path)

    assert [what.split()[0] for what in told.wrong] == ["TooSlow"]


@pytest.fixture
def alarm() -> Iterator[None]:
    before = fuzz.signal.signal(fuzz.signal.SIGALRM, fuzz._too_slow)
    yield
    fuzz.signal.signal(fuzz.signal.SIGALRM, before)


@pytest.fixture(scope="module")
def parsers() -> Iterator[dict[str, Parser]]:
    with every_parser() as found:
        yield found


def test_every_parser_takes_something_real_and_takes_or_refuses_the_rest(parsers: dict[str, Parser]) -> None:
    wrong = []
    for name, parser in parsers.items():
        chance = random.Random(f"7 {name}")  # noqa: S311 - no secret hangs on it
        answers = [fuzz.tried(parser, one) for one in parser.begins]
        assert any(answer is None for answer in answers) or name in NEVER_TAKEN, name
        answers += [fuzz.tried(parser, parser.change(chance.choice(parser.begins), chance)) for _ in range(SOME)]
        wrong += [(name, one) for one in answers if one is not None and not isinstance(one, parser.refusals)]

    assert wrong == []


# The claims of recorded launches are years old, and the key is one that fits no badge: everything is read, and refused.
NEVER_TAKEN = {"launch", "jwt-alone"}
