"""Why an objective is not complete yet: its conditions in order, which of them are met, and who can do something. Pure.

What stands in the private criteria is no part of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

# How somebody stands in the Space, other than as a learner who is here.
_NOT_COUNTED = ("preview", "staff", "left")


@dataclass(frozen=True)
class Facts:
    """What is known of one objective and one person. `standing`: learner, open, left, staff or preview. `attempt` is
    the state of the latest evidence that whoever asks may see; `ours`: the badge is one of this installation.
    """

    kind: str
    evidence: str
    standing: str
    has_ended: bool = False
    is_put_away: bool = False
    ours: bool = True
    state: str | None = None
    how: str | None = None
    completed_at: datetime | None = None
    taken_back_at: datetime | None = None
    reason: str | None = None
    submission: str | None = None
    attempt: str | None = None
    submitted_at: datetime | None = None
    opened_at: datetime | None = None
    decided_at: datetime | None = None
    returned_because: str | None = None


@dataclass(frozen=True)
class Condition:
    """One line of the list. `what` names its sentence; `who` can act: learner, staff, issuer, or nobody any more."""

    what: str
    met: bool
    who: str = "nobody"
    since: datetime | None = None
    reason: str | None = None
    submission: str | None = None


def conditions(facts: Facts) -> list[Condition]:
    """All of them, in the order in which they are met. What is complete needs nothing more."""
    if facts.state == "complete":
        return [Condition(f"complete_{facts.how}", met=True, since=facts.completed_at)]
    return [*_of_the_space(facts), *(_of_the_badge(facts) if _follows_badge(facts) else _of_the_work(facts))]


def first_unmet(found: Sequence[Condition]) -> Condition | None:
    """What has to happen next."""
    return next((one for one in found if not one.met), None)


def _of_the_space(facts: Facts) -> list[Condition]:
    found = [Condition("ended", met=False) if facts.has_ended else Condition("open", met=True)]
    if facts.is_put_away:
        found.append(Condition("put_away", met=False, who="staff"))
    if facts.standing in _NOT_COUNTED:
        found.append(Condition(facts.standing, met=False))
    elif facts.standing == "open":
        found.append(Condition("open_place", met=False, who="learner"))
    else:
        found.append(Condition("counted", met=True))
    return found


def _follows_badge(facts: Facts) -> bool:
    """A badge objective follows its badge, unless staff have said of it by hand what holds."""
    return facts.kind == "badge" and not (facts.state == "taken_back" and facts.how == "marked")


def _of_the_badge(facts: Facts) -> list[Condition]:
    who = "issuer" if facts.ours else "learner"
    if facts.state == "taken_back":
        return [Condition("badge_gone", met=False, who=who, since=facts.taken_back_at, reason=facts.reason)]
    return [Condition("badge_ours" if facts.ours else "badge_foreign", met=False, who=who)]


def _of_the_work(facts: Facts) -> list[Condition]:
    is_newer = facts.taken_back_at is None or (facts.submitted_at or facts.taken_back_at) > facts.taken_back_at
    handed_in = _of_the_evidence(facts) if is_newer or facts.attempt == "draft" else []
    if facts.state == "taken_back":
        taken = Condition("taken_back", met=False, who="staff", since=facts.taken_back_at, reason=facts.reason)
        return [taken, *handed_in]
    what = "marks_or_evidence" if facts.evidence == "allowed" else "marks"
    return handed_in or [Condition(what, met=False, who="staff")]


def _of_the_evidence(facts: Facts) -> list[Condition]:
    """Handing in, then the review; nothing where none was handed in and none is needed."""
    then = Condition("then_reviewed", met=False, who="staff")
    sent = Condition("handed_in", met=True, since=facts.submitted_at, submission=facts.submission)
    match facts.attempt:
        case "draft":
            return [Condition("draft", met=False, who="learner"), then]
        case "waiting":
            what = "in_review" if facts.opened_at else "waiting"
            here = Condition(what, met=False, who="staff", since=facts.submitted_at, submission=facts.submission)
            return [sent, here]
        case "returned":
            back = Condition("returned", False, "learner", facts.decided_at, facts.returned_because, facts.submission)
            return [sent, back]
        case _ if facts.evidence == "required":
            return [Condition("hand_in", met=False, who="learner"), then]
        case _:
            return []
