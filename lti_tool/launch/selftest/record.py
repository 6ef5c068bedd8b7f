"""What a run writes down of each case: what was sent, expected and got, who can mend it, and a trace."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from lti_tool.fetch import FetchProblem
from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.selftest.cases import Case
from lti_tool.words import to_say

MAKERS = to_say("the makers of this tool")
OPERATOR = to_say("the operator of this installation")
_NO_ANSWER = Sentence(to_say("no answer from this tool's own address: %(reason)s"))
_MOST_STEPS, _MOST_TEXT = 60, 600

Step = dict[str, Any]


class Mismatch(Exception):  # noqa: N818 - it is no fault of the run
    """A case that did not come out as expected. `got` is what came, `mender` who can mend it."""

    def __init__(self, got: str, mender: str = MAKERS) -> None:
        super().__init__(got)
        self.got, self.mender = got, mender


class NotPlayed(Exception):  # noqa: N818 - it is no fault either
    """A case that could not be played, because an earlier one did not come so far."""


@dataclass
class Trace:
    """What happened, step by step: no token, no cookie, no secret, no query."""

    sent: str = ""
    steps: list[Step] = field(default_factory=list)

    def note(self, step: str, **facts: Any) -> None:
        if len(self.steps) < _MOST_STEPS:
            self.steps.append({"step": step, **{name: _short(fact) for name, fact in facts.items()}})


@dataclass(frozen=True)
class Result:
    """One case as it came out; `verdict` is passed, failed, or not_run when an earlier one stood in its way."""

    id: str
    section: str
    name: str
    verdict: str
    sent: str
    expected: str
    got: str
    mender: str = ""
    steps: list[Step] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def judged(case: Case, act: Callable[[Trace], str]) -> Result:
    """Play one case. `act` answers what it saw, or raises `Mismatch`."""
    trace = Trace()
    got, mender, verdict = "", "", "failed"
    try:
        got, verdict = act(trace), "passed"
    except Mismatch as other:
        got, mender = other.got, other.mender
    except NotPlayed as earlier:
        got, verdict = str(earlier), "not_run"
    except FetchProblem as problem:
        got, mender = _NO_ANSWER(reason=problem.reason), OPERATOR
    return Result(
        case.id, case.section, case.name, verdict, _short(trace.sent), case.expected, _short(got), mender, trace.steps
    )


def _short(fact: Any) -> Any:
    return fact[:_MOST_TEXT] if isinstance(fact, str) else fact
