"""Members: who is in a Space, as what, and how an open place finds its person (decision 6)."""

from dataclasses import dataclass

from sqlalchemy import select

from lti_tool import clock
from lti_tool.badges.awards import award_to_person
from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.people.model import Person
from lti_tool.people.names import Names, clean_email, clean_text, sort_key
from lti_tool.spaces.aliases import fresh_aliases
from lti_tool.spaces.model import Completion, Member
from lti_tool.spaces.space import open_space
from lti_tool.spaces.standings import hold_space, share_space, shift_band

catalogue(
    {
        "already_member": Entry(
            409, "This person is in the Space already", "Somebody with this address is a member or was added before.",
            "you", "Look for the address in the list of members.",
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
    if member is not None and Seat(member.role, member.status, member.sort_name) == seat:
        return member
    share_space(space_id)
    member = member_of(space_id, arrival.person)  # a list may have brought them while we waited
    if member is None:
        member = _open_place_of(space_id, arrival.person, arrival.names.email) or _new_member(space_id)
        member.person_id = arrival.person
    member.role, member.status, member.sort_name = seat.role, seat.status, seat.sort_name
    member.role_from_launch, member.left_at = True, None
    settle_on_board(member)
    db.session.flush()
    return member


def add_by_email(space_id: str, *, email: str, name: str | None = None, role: str = "member") -> Member:
    """An open place: it waits for the one person of the organization whose platform asserts this address."""
    space = open_space(space_id)
    address = clean_email(email)
    if address is None:
        raise Problem("bad_request", "That is not an e-mail address.")
    hold_space(space_id)  # of two who add one address, the second finds it there
    person = person_asserted_for(space.organization_id, address)
    taken = Member.email == address
    if person is not None:
        taken |= Member.person_id == person
    if db.session.scalar(select(Member.id).where(Member.space_id == space_id, taken).limit(1)):
        raise Problem("already_member")
    member = _new_member(space_id)
    member.email, member.name, member.role = address, clean_text(name), role
    member.person_id, member.status = person, "active" if person else "open"
    member.sort_name = sort_key(None, None, member.name, address)
    settle_on_board(member)
    db.session.flush()
    return member


def person_asserted_for(organization: str, email: str) -> str | None:
    """The one person of `organization` for whom its platforms assert `email`; two people count for neither."""
    found = db.session.scalars(
        select(Person.id).where(Person.organization_id == organization, Person.email == email).limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


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


def member_of(space_id: str, person: str) -> Member | None:
    found = select(Member).where(Member.space_id == space_id, Member.person_id == person)
    return db.session.scalar(found.execution_options(populate_existing=True))


def _held(member_id: str) -> Member:
    space_id = db.session.scalar(select(Member.space_id).where(Member.id == member_id))
    if space_id is None:
        raise Problem("not_found")
    share_space(space_id)
    member = select(Member).where(Member.id == member_id).with_for_update()
    return db.session.scalars(member.execution_options(populate_existing=True)).one()


def _open_place_of(space_id: str, person: str, email: str | None) -> Member | None:
    """The open place that waits for this person's address, awards included, if the address is theirs alone."""
    if email is None:
        return None
    place = db.session.scalar(
        select(Member).where(Member.space_id == space_id, Member.email == email, Member.status == "open")
    )
    if place is None or _asserted_for_others(person, email):
        return None
    for completion in db.session.scalars(select(Completion).where(Completion.member_id == place.id)):
        if completion.award_id:
            stands = award_to_person(completion.award_id, person=person)
            completion.gave_award = completion.gave_award and stands == completion.award_id
            completion.award_id = stands
    return place


def _asserted_for_others(person: str, email: str) -> bool:
    organization = select(Person.organization_id).where(Person.id == person).scalar_subquery()
    others = select(Person.id).where(Person.organization_id == organization, Person.email == email, Person.id != person)
    return db.session.scalar(others.limit(1)) is not None


def _new_member(space_id: str) -> Member:
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
