"""`make requirements`: run the tests of the requirements and print id, sentence, test and verdict; fail on a gap."""

import shutil
import sys
from collections import defaultdict
from textwrap import wrap

import pytest

from tests.requirements.asked import HERE, requirements, shown_by

_SENTENCE = 60


class Outcomes:
    """Listens to pytest: what became of each test function, on every database it ran on."""

    def __init__(self) -> None:
        self.found: dict[str, set[str]] = defaultdict(set)
        self.sentences: dict[str, str] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            if isinstance(item, pytest.Function):
                name = item.originalname
                self.sentences[name] = " ".join((item.function.__doc__ or "").split())
                self.found.setdefault(name, set())

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.found[report.nodeid.rpartition("::")[2].partition("[")[0]].add(report.outcome)


def main(words: list[str]) -> int:
    """`words` go to pytest, such as `--databases sqlite`."""
    heard = Outcomes()
    code = pytest.main(["-q", "-p", "no:cacheprovider", str(HERE), *words], plugins=[heard])
    tests: dict[str, list[str]] = defaultdict(list)
    for name in heard.found:
        tests[shown_by(name) or ""].append(name)
    gaps = 0
    for asked in requirements():
        verdicts = {name: _verdict(asked.sentence, heard, name) for name in tests[asked.id]} or {"": "NO TEST"}
        gaps += sum(verdict != "shown" for verdict in verdicts.values())
        _print(asked.id, asked.sentence, verdicts)
    if not gaps and code:
        print("\nA test beside those of the requirements is red: look above.")
    else:
        print(f"\n{gaps} gaps." if gaps else "\nEvery requirement is shown by a test.")
    return 1 if gaps else int(code)


def _verdict(sentence: str, heard: Outcomes, name: str) -> str:
    if heard.sentences[name] != sentence:
        return "ANOTHER SENTENCE"
    return "shown" if heard.found[name] == {"passed"} else "RED"


def _print(identity: str, sentence: str, verdicts: dict[str, str]) -> None:
    told = wrap(sentence, _SENTENCE)
    shown = [f"{verdict:8}  {name}" for name, verdict in verdicts.items()]
    for line in range(max(len(told), len(shown))):
        left = told[line] if line < len(told) else ""
        right = shown[line] if line < len(shown) else ""
        print(f"{identity if not line else '':6}  {left:{_SENTENCE}}  {right}".rstrip())
    print("-" * min(shutil.get_terminal_size().columns, 120))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
