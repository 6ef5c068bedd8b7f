"""Invitations to a Space's staff: what `people/invitations` does, with a Space's roles (SP-20)."""

from collections.abc import Sequence

from lti_tool import clock
from lti_tool.badges.time_zones import zone_of
from lti_tool.db import db
from lti_tool.people.addresses import HOME
from lti_tool.people.audit import name_deeds, note
from lti_tool.people.deeds import note_deed
from lti_tool.people.invitations.inviting import (
    Invited,
    hand_out,
    held_invitation,
    mailable_address,
    waiting_at,
    write_invitation,
)
from lti_tool.people.invitations.kinds import Host, Kind
from lti_tool.people.names import clean_text
from lti_tool.spaces.model import Space
from lti_tool.spaces.staffing.model import SpaceInvitation
from lti_tool.spaces.staffing.roles import give_role, held_space, known_role
from lti_tool.words import to_say

name_deeds(
    {
        "space_staff.invited": to_say("Invited somebody to a Space's staff"),
        "space_staff.withdrawn": to_say("Withdrew an invitation to a Space's staff"),
        "space_staff.accepted": to_say("Accepted an invitation to a Space's staff"),
    }
)


def invite_to_space(
    space_id: str, *, email: str | None, role: str | None, given_name: str | None = None,
    family_name: str | None = None, by_hand: bool = False,
) -> Invited:  # fmt: skip
    """Invite an address to a role; who waits already is invited anew. Raises `Problem`."""
    address = mailable_address(email)
    space, wanted = held_space(space_id), known_role(role)
    invited = write_invitation(
        SPACE, space_id, address, role=wanted, given_name=clean_text(given_name),
        family_name=clean_text(family_name), by_hand=by_hand,
    )  # fmt: skip
    note_deed(
        "space_staff.invited", subject=invited.id, organization=space.organization_id, scope=space.issuer_id,
        facts={"space": space_id, "role": wanted},
    )  # fmt: skip
    return invited


def invite_again(space_id: str, invitation_id: str, *, by_hand: bool = False) -> Invited:
    """The same invitation, for a week from now. Raises `Problem` invitation_unknown."""
    return hand_out(held_invitation(SPACE, space_id, invitation_id), by_hand=by_hand)


def withdraw_invitation(space_id: str, invitation_id: str) -> None:
    """Its link is worth nothing from now on. Raises `Problem` invitation_unknown."""
    row, space = held_invitation(SPACE, space_id, invitation_id), db.session.get_one(Space, space_id)
    row.withdrawn_at = clock.now()
    note_deed(
        "space_staff.withdrawn", subject=row.id, organization=space.organization_id, scope=space.issuer_id,
        facts={"space": space_id},
    )  # fmt: skip


def waiting_invitations(space_id: str) -> Sequence[SpaceInvitation]:
    return waiting_at(SPACE, space_id)


def _host(space_id: str) -> Host:
    space = db.session.get_one(Space, space_id)
    return Host(space.id, space.name, space.organization_id, zone_of(space.time_zone))


def _welcome(row: SpaceInvitation, person: str) -> str:
    """Whoever accepts lands in the Space."""
    role, space = give_role(row.space_id, person, row.role, by=row.invited_by), db.session.get_one(Space, row.space_id)
    note(
        "space_staff.accepted", actor_kind="person", actor=person, subject=row.id,
        organization=space.organization_id, scope=space.issuer_id, facts={"space": space.id, "role": role},
    )  # fmt: skip
    return f"{HOME}/spaces/{row.space_id}/"


SPACE = Kind(
    "space", SpaceInvitation, SpaceInvitation.space_id, _host, held_space, _welcome, words="spaces/staff/_roles.html",
    mail="space_invitation",
)  # fmt: skip
