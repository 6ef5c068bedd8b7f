"""What a request for a page of progress asks for, and the notice of what the last press of a button did."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import request

from lti_tool.spaces.member_reads import MemberLine, learner_line
from lti_tool.spaces.progress.cells import Cell, cell
from lti_tool.spaces.progress.completing_many import count_done_at
from lti_tool.spaces.progress.reads import ObjectiveHead
from lti_tool.spaces.progress.view import Place, View, place_from, view_from

_MOST_SAID = 1_000_000


@dataclass(frozen=True)
class JustDone:
    """What the last click did, for the notice that offers to undo it."""

    learner: MemberLine
    cell: Cell


@dataclass(frozen=True)
class ManyJustDone:
    """What was done for many: for how many it stands, who was left out, and the moment by which it can be undone."""

    objective: ObjectiveHead
    at: str
    done: int
    had: int
    without_evidence: int
    undone: int


def view_asked() -> View:
    return view_from(request.values)  # a button inside the list posts its view along, to come back to it


def place_asked() -> Place:
    return place_from(request.values)


def just_done(space_id: str, member_id: str | None = None, objective_id: str | None = None) -> JustDone | None:
    """What `?done=` says, if it is still so. Nothing is taken from the address but ids, and those are looked up."""
    done = request.args.get("done")
    if done not in ("complete", "taken_back"):
        return None
    line = learner_line(space_id, member_id or request.args.get("member", ""))
    found = cell(space_id, line.id, objective_id or request.args.get("objective", ""))
    return JustDone(line, found) if found.completion == done else None


def many_just_done(heads: list[ObjectiveHead], objective_id: str | None = None) -> ManyJustDone | None:
    """What `?many=` says of an objective of this Space; how many it stands for is counted."""
    at, objective = request.args.get("many"), objective_id or request.args.get("objective")
    found = next((head for head in heads if head.id == objective), None)
    moment = moment_from(at)
    if found is None or moment is None:
        return None
    done = count_done_at(found.id, moment)
    return ManyJustDone(found, moment.isoformat(), done, _number("had"), _number("without"), _number("undone"))


def moment_from(word: str | None) -> datetime | None:
    """The moment in an address or a form; None for anything else."""
    try:
        moment = datetime.fromisoformat(word or "")
        return moment.astimezone(UTC) if moment.tzinfo else None  # the first and the last day overflow in some zones
    except (ValueError, OverflowError):
        return None


def _number(word: str) -> int:
    said = request.args.get(word, "0")
    return min(int(said), _MOST_SAID) if said.isascii() and said.isdigit() and len(said) < 8 else 0
