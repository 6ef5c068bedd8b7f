"""Members: who is in a Space, as what, and how an open place finds its person (decision 6)."""

from dataclasses import dataclass, replace
from typing import cast

from flask_babel import gettext as _
from sqlalchemy import delete, select

from lti_tool import clock
from lti_tool.badges.awards import award_to_person
from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.outbox import record
from lti_tool.people.home.owners import owner_of
from lti_tool.people.model import Person
from lti_tool.people.names import Names, clean_email, clean_text, sort_key
from lti_tool.spaces.aliases import fresh_aliases
from lti_tool.spaces.events import MembersCame, ObjectivesMoved
from lti_tool.spaces.model import Completion, Member
from lti_tool.spaces.pathways.model import PathwayStanding
from lti_tool.spaces.space import open_space
from lti_tool.spaces.staffing.model import SpaceStaff
from lti_tool.spaces.standings import hold_space, share_space, shift_band

catalogue(
    {
        "already_member": Entry(
            409, "This person is in the Space already", "Somebody with this address is a member or was added before.",
            "you", "Look for the address in the list of members.",
        ),
        "place_has_work": Entry(
            409, "Something was completed in this place", "The place waits for its person, and so do its badges.",
            "you", "Take back first what was marked complete here. Nothing was changed.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Arrival:
    """Somebody who comes through the door, as the room needs to know them."""

    person: str
    names: Names
    role: str  # "member" or "staff"
    preview: bool = False


@dataclass(frozen=True)
class Seat:
    """A member's row as far as an arrival can change it."""

    role: str
    status: str
    sort_name: str


def seat_for(arrival: Arrival) -> Seat:
    """What an arrival makes of its person's place."""
    return Seat(arrival.role, "preview" if arrival.preview else "active", arrival.names.sort_name)


def arrive(space_id: str, arrival: Arrival) -> Member:
    """The member's row of a person who opens the Space: made on the first visit, brought up to date on later ones."""
    seat = seat_for(arrival)
    member = member_of(space_id, arrival.person)
    if _sits(member, seat) or _sits(member, seat := _as_invited(space_id, arrival.person, seat)):
        return cast(Member, member)
    share_space(space_id)
    member = member_of(space_id, arrival.person, held=True)  # a list, or a window of theirs, may have brought them
    if member is None:
        member = _open_place_of(space_id, arrival) or new_member(space_id)
        member.person_id = arrival.person
    member.role, member.status, member.sort_name = seat.role, seat.status, seat.sort_name
    member.role_from_launch, member.left_at = seat.role == arrival.role, None
    settle_on_board(member)
    db.session.flush()
    tell_who_came(member)
    return member


def add_by_email(space_id: str, *, email: str, name: str | None = None, role: str = "member") -> Member:
    """A place for whoever the address is, or an open one that waits for them. Who had left is back."""
    hold_space(space_id)  # of two who add one address, the second finds it there
    space = open_space(space_id)
    address = clean_email(email)
    if address is None:
        raise Problem("bad_request", _("That is not an e-mail address."))
    person = owner_of(space.organization_id, address)
    taken = Member.email == address
    if person is not None:
        taken |= Member.person_id == person
    known = db.session.scalars(select(Member).where(Member.space_id == space_id, taken).limit(2)).all()
    if len(known) == 1 and (known[0].role, known[0].status) == ("member", "inactive"):
        return put_back(space_id, known[0].id)
    if known or (person is not None and db.session.get(SpaceStaff, (space_id, person)) is not None):
        raise Problem("already_member")
    member = new_member(space_id)
    member.email, member.name, member.role = address, clean_text(name), role
    member.person_id, member.status = person, "active" if person else "open"
    member.sort_name = sort_key(None, None, member.name, address)
    settle_on_board(member)
    db.session.flush()
    tell_who_came(member)
    return member


def remove_member(space_id: str, member_id: str) -> Member:
    """A learner leaves: listed as such, with all that they have. An open place that holds nothing goes altogether.

    Raises `Problem` not_found or place_has_work.
    """
    share_space(space_id)
    open_space(space_id)
    member = _held_learner(space_id, member_id)
    if member.status == "open":
        _forget_place(member)
    elif member.status == "active":
        member.status, member.left_at = "inactive", clock.now()
        settle_on_board(member)
    db.session.flush()
    return member


def put_back(space_id: str, member_id: str) -> Member:
    """Whoever has left is here again, as if they had not. Raises `Problem` not_found, also for the nameless place of
    somebody who was deleted.
    """
    share_space(space_id)
    open_space(space_id)
    member = _held_learner(space_id, member_id)
    if db.session.scalar(select(Person.erased_at).where(Person.id == member.person_id)) is not None:
        raise Problem("not_found")
    if member.status == "inactive":
        member.status, member.left_at = "active", None
        settle_on_board(member)
        db.session.flush()
        tell_who_came(member)
    return member


def settle_on_board(member: Member) -> None:
    """Bring `on_board` and the bands in line with role, status and the member's own wish."""
    should = member.role == "member" and member.status == "active" and not member.hides
    if should == member.on_board:
        return
    member.on_board = should
    shift_band(member.space_id, member.points, +1 if should else -1)


def hide_from_board(member_id: str, *, hides: bool) -> None:
    """Leave the leaderboard, or come back to it. Nobody else is told."""
    member = _held(member_id)
    member.hides = hides
    settle_on_board(member)


def share_name(member_id: str, *, shares: bool) -> None:
    """Show the own name on the leaderboard where staff allow names; or the alias again."""
    _held(member_id).shares_name = shares


def member_of(space_id: str, person: str, *, held: bool = False) -> Member | None:
    """The place of the person, if they have one; `held` until this transaction ends."""
    found = select(Member).where(Member.space_id == space_id, Member.person_id == person)
    found = found.with_for_update() if held else found
    return db.session.scalar(found.execution_options(populate_existing=True))


def tell_who_came(member: Member) -> None:
    if member.person_id is not None and (member.role, member.status) == ("member", "active"):
        record(MembersCame(member.space_id, (member.person_id,)))


def _sits(member: Member | None, seat: Seat) -> bool:
    return member is not None and Seat(member.role, member.status, member.sort_name) == seat


def _as_invited(space_id: str, person: str, seat: Seat) -> Seat:
    """Whoever has accepted an invitation to the staff is staff, whatever the course says (decision 7)."""
    if seat.role == "staff" or seat.status == "preview":
        return seat
    return replace(seat, role="staff") if db.session.get(SpaceStaff, (space_id, person)) else seat


def _held(member_id: str) -> Member:
    space_id = db.session.scalar(select(Member.space_id).where(Member.id == member_id))
    if space_id is None:
        raise Problem("not_found")
    share_space(space_id)
    member = select(Member).where(Member.id == member_id).with_for_update()
    return db.session.scalars(member.execution_options(populate_existing=True)).one()


def _held_learner(space_id: str, member_id: str) -> Member:
    found = select(Member.id).where(Member.id == member_id, Member.space_id == space_id, Member.role == "member")
    if db.session.scalar(found.where(Member.status != "preview")) is None:
        raise Problem("not_found")
    return _held(member_id)


def _forget_place(place: Member) -> None:
    """What was taken back in it goes with it; what stands keeps it."""
    done = select(Completion.id).where(Completion.member_id == place.id, Completion.state == "complete")
    if db.session.scalar(done.limit(1)) is not None:
        raise Problem("place_has_work")
    for model in (Completion, PathwayStanding):
        db.session.execute(delete(model).where(model.member_id == place.id))
    db.session.delete(place)


def _open_place_of(space_id: str, arrival: Arrival) -> Member | None:
    """The open place that waits for this person's address, awards included, if the address is theirs."""
    email = arrival.names.email
    if email is None:
        return None
    waits = select(Member).where(Member.space_id == space_id, Member.email == email, Member.status == "open")
    place = db.session.scalar(waits.with_for_update().execution_options(populate_existing=True))
    if place is None:
        return None
    organization = db.session.scalar(select(Person.organization_id).where(Person.id == arrival.person))
    if owner_of(str(organization), email) != arrival.person:
        return None
    worked = db.session.scalars(select(Completion).where(Completion.member_id == place.id)).all()
    for completion in worked:
        give_award_of(completion, arrival.person)
    if worked:
        record(ObjectivesMoved(space_id))
    return place


def give_award_of(completion: Completion, person: str) -> None:
    """An award that went to the address of a place is the person's from now on, or the one that they hold already."""
    if completion.award_id:
        stands = award_to_person(completion.award_id, person=person)
        completion.gave_award = completion.gave_award and stands == completion.award_id
        completion.award_id = stands


def new_member(space_id: str) -> Member:
    """A row with an alias that nobody in the Space has. The caller says who it is for."""
    alias = next(fresh_aliases(set()))
    taken = set(
        db.session.scalars(select(Member.alias).where(Member.space_id == space_id, Member.alias.startswith(alias)))
    )
    if alias in taken:
        alias = next(fresh for fresh in (f"{alias} {n}" for n in range(2, len(taken) + 3)) if fresh not in taken)
    member = Member(
        space_id=space_id, alias=alias, role="member", status="active", on_board=False, hides=False,
        points=0, completed=0, joined_at=clock.now(), moved_at=clock.now(), sort_name="",
    )  # fmt: skip
    db.session.add(member)
    return member
