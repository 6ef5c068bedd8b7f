"""What may happen to an attempt, and when. Pure."""

DRAFT, WAITING, RETURNED, ACCEPTED, WITHDRAWN = "draft", "waiting", "returned", "accepted", "withdrawn"
UNDECIDED = (DRAFT, WAITING)
FOR_STAFF = (WAITING, RETURNED, ACCEPTED, WITHDRAWN)
TEXT_LENGTH = 20_000
MOST_LINKS = 10


def may_edit(state: str, *, is_opened: bool) -> bool:
    """Until a reviewer opened it."""
    return state == DRAFT or (state == WAITING and not is_opened)


def may_withdraw(state: str) -> bool:
    """Until it is decided."""
    return state == WAITING


def state_when_withdrawn(*, is_opened: bool) -> str:
    """What nobody has seen is the learner's draft again; what was seen stays among the attempts."""
    return WITHDRAWN if is_opened else DRAFT


def staff_may_see(state: str, *, is_opened: bool) -> bool:
    """A draft is the learner's own, and so is what was taken back before anybody opened it."""
    return state in FOR_STAFF and (state != WITHDRAWN or is_opened)


def link_for_award(*, shares: bool, links: list[str]) -> str | None:
    """What of an accepted attempt enters the award: the link, where the learner said so and there is just one."""
    return links[0] if shares and len(links) == 1 else None


def own_state(state: str, *, is_opened: bool) -> str | None:
    """What a learner sees at a glance of the latest attempt; None of one that is closed."""
    if state == WAITING and is_opened:
        return "in_review"
    return state if state in (DRAFT, WAITING, RETURNED) else None


def shown_state(states: list[str]) -> str | None:
    """What staff see at a glance of the attempts at one objective, in their order: `waiting`, `returned` or None."""
    seen = [state for state in states if state in (WAITING, RETURNED, ACCEPTED)]
    if WAITING in seen:
        return WAITING
    return RETURNED if seen and seen[-1] == RETURNED else None
