"""How a look is asked for: in the Spaces that it may concern, at the people whom it may concern.

A look takes the Space for itself for a moment. So it never runs in the transaction that gave cause to it, which holds
members of other Spaces by then: it is a job, and where few are concerned whoever gave cause does it at once, after
their commit.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy import Select, select

from lti_tool.badges.backpack.holding import FEW
from lti_tool.badges.events import HoldingChanged
from lti_tool.db import after_commit, db, waiting_for_commit
from lti_tool.jobs import enqueue, run_job
from lti_tool.people.home.model import ProvenAddress
from lti_tool.people.model import Person
from lti_tool.spaces.events import MembersCame
from lti_tool.spaces.model import Member

LOOKED_EVERY = timedelta(hours=20)
LONGEST_RUN = 240.0  # seconds that one run of the schedule looks
MOST_AT_ONCE = 2_000
_MOST_ACTS = 2 * FEW  # whoever does more in one transaction does not look person by person


def ask_where_it_concerns(job: str, happened: HoldingChanged, spaces: Select[str]) -> None:
    """Look in each of these `spaces` in which there is somebody whom it may concern."""
    found = sorted(set(db.session.scalars(spaces)))
    if not found:
        return
    persons = _concerned(happened)
    if persons is not None:
        here = select(Member.space_id).where(Member.space_id.in_(found), Member.person_id.in_(persons))
        found = sorted(set(db.session.scalars(here)))
    for space in found:
        _ask_to_look(job, space, persons)


def ask_for_newcomers(job: str, happened: MembersCame) -> None:
    """Look at whoever came; at everybody where they are many."""
    _ask_to_look(job, happened.space, happened.persons if len(happened.persons) <= FEW else None)


def _ask_to_look(job: str, space: str, persons: Sequence[str] | None) -> None:
    """Right after the commit for a few people; by a worker for everybody, and where one transaction does a lot."""
    if persons is None or waiting_for_commit() > _MOST_ACTS:
        enqueue(job, {"space": space, "persons": None}, key=f"{job}:{space}")
        return
    after_commit(partial(run_job, enqueue(job, {"space": space, "persons": list(persons)})))


def _concerned(happened: HoldingChanged) -> Sequence[str] | None:
    """Everybody whom it may concern; None for many: then it costs less to look at all who are there."""
    if len(happened.persons) + len(happened.addresses) > FEW:
        return None
    found = {*happened.persons, *_behind(happened.addresses)}
    return sorted(found) if len(found) <= FEW else None


def _behind(addresses: Collection[str]) -> set[str]:
    """Whoever has proved one of the addresses, or is said to have it."""
    if not addresses:
        return set()
    proved = select(ProvenAddress.person_id).where(ProvenAddress.address.in_(addresses))
    said = select(Person.id).where(Person.email.in_(addresses))
    return {*db.session.scalars(proved), *db.session.scalars(said)}
