"""Open places find their people, whenever an address turns out to be somebody's (decision 6, SP-19).

It may be years after the place was kept: a roster or a launch asserts the address, or its owner proves it by a mailed
link. Then the place is theirs with all that was completed in it; whoever has a place of their own in the Space keeps
that one, and the other is merged into it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import delete, func, select

from lti_tool import clock
from lti_tool.db import after_commit, db, transaction
from lti_tool.jobs import enqueue, run_job
from lti_tool.outbox import record
from lti_tool.people.events import AddressesMoved
from lti_tool.people.home.owners import owners_of
from lti_tool.people.model import Person
from lti_tool.spaces.events import MembersCame, ObjectivesMoved
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.members import give_award_of
from lti_tool.spaces.model import Completion, Member, Objective, Space
from lti_tool.spaces.pathways.model import PathwayStanding
from lti_tool.spaces.staffing.model import SpaceStaff
from lti_tool.spaces.standings import hold_space, recount_bands

JOB = "places.fill"
_AT_ONCE = 5_000
_FEW = 50


def on_addresses_moved(happened: AddressesMoved) -> None:
    """Is somebody awaited at one of these addresses, in whichever Space? Their places are filled after the commit, a
    Space at a time: whoever gave cause to it may hold another Space by then (decision 44).
    """
    waiting: defaultdict[str, list[str]] = defaultdict(list)
    for some in _chunks(happened.addresses):
        awaited = select(Member.space_id, Member.id).where(Member.email.in_(some), Member.status == "open")
        for space, place in db.session.execute(awaited):
            waiting[space].append(place)
    for number, (space, places) in enumerate(sorted(waiting.items())):
        job = enqueue(JOB, {"space": space, "places": places if len(places) <= _FEW else None})
        if number < _FEW:  # a worker does the others
            after_commit(partial(run_job, job))


def fill_by_job(arguments: dict[str, Any]) -> None:
    """These places of a Space, or all of them, whose owners are known by now."""
    here, places = Member.space_id == arguments["space"], arguments["places"]
    awaited = select(Member.email).where(here, Member.status == "open")
    if places is not None:
        awaited = awaited.where(Member.id.in_(places))
    with transaction():
        space = db.session.get(Space, arguments["space"])
        if space is not None:
            addresses = {email for email in db.session.scalars(awaited) if email}
            fill_places(space.id, owners_of(space.organization_id, addresses))


def fill_places(space_id: str, owners: Mapping[str, str]) -> list[str]:
    """The places that wait for these addresses are their owners'. Answers who has come by it."""
    if not owners:
        return []
    hold_space(space_id)
    places = [place for some in _chunks(owners) for place in _waiting(space_id, some)]
    worked = _worked_in(space_id, places)
    seated = _seated(space_id, set(owners.values()))
    people = _people(set(owners.values()))
    staff = set(db.session.scalars(select(SpaceStaff.person_id).where(SpaceStaff.space_id == space_id)))
    for place in places:
        person = owners[str(place.email)]
        if person in seated:
            _merge(place, seated[person], worked.get(place.id, []))
            continue
        _take(place, people[person], is_staff=person in staff)
        for completion in worked.get(place.id, []):
            give_award_of(completion, person)
        seated[person] = place
    db.session.flush()
    came = sorted({owners[str(place.email)] for place in places})
    _tell(space_id, [person for person in came if seated[person].role == "member"], moved=bool(worked))
    return came


def _take(place: Member, person: Person, *, is_staff: bool) -> None:
    place.person_id, place.status, place.left_at = person.id, "active", None
    place.role = "staff" if is_staff else place.role
    place.sort_name = person.names.sort_name if person.name or person.email else place.sort_name
    place.on_board = place.role == "member" and not place.hides


def _merge(place: Member, own: Member, completions: Sequence[Completion]) -> None:
    """Somebody who has a place of their own: what was completed for their address counts there, and nothing twice."""
    theirs = {
        one.objective_id: one
        for one in db.session.scalars(select(Completion).where(Completion.member_id == own.id))
    }  # fmt: skip
    for completion in completions:
        give_award_of(completion, str(own.person_id))
        before = theirs.get(completion.objective_id)
        if before is not None and (before.state == "complete" or completion.state != "complete"):
            _forget(completion)
            continue
        if before is not None:
            _forget(before)
        completion.member_id = own.id
    db.session.flush()
    _move_evidence(place, own)
    db.session.execute(delete(PathwayStanding).where(PathwayStanding.member_id == place.id))
    own.email, own.name = own.email or place.email, own.name or place.name
    if own.status == "inactive":
        own.status, own.left_at = "active", None
    own.on_board = own.role == "member" and own.status == "active" and not own.hides
    db.session.delete(place)
    db.session.flush()
    _count_again(own)


def _forget(completion: Completion) -> None:
    """At once, for another one takes its place."""
    db.session.execute(delete(Completion).where(Completion.id == completion.id))
    db.session.expunge(completion)


def _move_evidence(place: Member, own: Member) -> None:
    """Attempts go on counting behind their own; of two that wait to be decided their own one stays."""
    attempts = select(Submission).where(Submission.member_id.in_([place.id, own.id]))
    sent = db.session.scalars(attempts.order_by(Submission.attempt)).all()
    last = defaultdict[str, int](int)
    undecided = set()
    for one in sent:
        if one.member_id == own.id:
            last[one.objective_id] = max(last[one.objective_id], one.attempt)
            undecided |= {one.objective_id} if one.state in ("draft", "waiting") else set()
    for one in sent:
        if one.member_id == place.id:
            last[one.objective_id] += 1
            if one.state in ("draft", "waiting") and one.objective_id in undecided:
                one.state = "withdrawn"
            one.member_id, one.attempt = own.id, last[one.objective_id]


def _count_again(member: Member) -> None:
    done = select(func.coalesce(func.sum(Completion.points), 0), func.count(Objective.id).filter(
        Objective.archived_at.is_(None)
    )).join(Objective, Objective.id == Completion.objective_id)  # fmt: skip
    points, completed = db.session.execute(
        done.where(Completion.member_id == member.id, Completion.state == "complete")
    ).one()
    if (member.points, member.completed) != (points, completed):
        member.points, member.completed, member.moved_at = points, completed, clock.now()
        db.session.flush()


def _tell(space_id: str, came: Sequence[str], *, moved: bool) -> None:
    recount_bands(space_id)
    if came:
        record(MembersCame(space_id, tuple(came)))
    if moved:
        record(ObjectivesMoved(space_id))


def _waiting(space_id: str, addresses: Sequence[str]) -> Sequence[Member]:
    """As they are now that the Space is held."""
    query = select(Member).where(Member.space_id == space_id, Member.email.in_(addresses), Member.status == "open")
    return db.session.scalars(query.order_by(Member.id).execution_options(populate_existing=True)).all()


def _worked_in(space_id: str, places: Sequence[Member]) -> dict[str, list[Completion]]:
    """{place: what was completed in it}, for those where something was."""
    found: defaultdict[str, list[Completion]] = defaultdict(list)
    for some in _chunks([place.id for place in places]):
        query = select(Completion).where(Completion.space_id == space_id, Completion.member_id.in_(some))
        for completion in db.session.scalars(query):
            found[completion.member_id].append(completion)
    return dict(found)


def _seated(space_id: str, persons: set[str]) -> dict[str, Member]:
    found: dict[str, Member] = {}
    for some in _chunks(persons):
        query = select(Member).where(Member.space_id == space_id, Member.person_id.in_(some))
        for member in db.session.scalars(query.execution_options(populate_existing=True)):
            found[str(member.person_id)] = member
    return found


def _people(persons: set[str]) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for some in _chunks(persons):
        query = select(Person).where(Person.id.in_(some)).execution_options(populate_existing=True)
        found |= {person.id: person for person in db.session.scalars(query)}
    return found


def _chunks(rows: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(rows)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
