"""Invitations to an issuer's staff: what `people/invitations` does, with an issuer's roles."""

from collections.abc import Sequence

from lti_tool import clock
from lti_tool.badges.model import Issuer
from lti_tool.badges.staffing.model import IssuerInvitation
from lti_tool.badges.staffing.roles import give_role, hold_issuer, known_role
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
from lti_tool.words import to_say

name_deeds(
    {
        "staff.invited": to_say("Invited somebody to the issuer's staff"),
        "staff.withdrawn": to_say("Withdrew an invitation to the issuer's staff"),
        "staff.accepted": to_say("Accepted an invitation to the issuer's staff"),
    }
)


def invite_staff(
    issuer_id: str, *, email: str | None, role: str | None, name: str | None = None, by_hand: bool = False
) -> Invited:  # fmt: skip
    """Invite an address to a role; who waits already is invited anew. Raises `Problem`."""
    address = mailable_address(email)
    issuer, wanted = hold_issuer(issuer_id), known_role(role)
    invited = write_invitation(ISSUER, issuer_id, address, role=wanted, name=clean_text(name), by_hand=by_hand)
    note_deed(
        "staff.invited", subject=invited.id, organization=issuer.organization_id, scope=issuer_id,
        facts={"role": wanted},
    )  # fmt: skip
    return invited


def invite_again(issuer_id: str, invitation_id: str, *, by_hand: bool = False) -> Invited:
    """The same invitation, for a week from now. Raises `Problem` invitation_unknown."""
    return hand_out(held_invitation(ISSUER, issuer_id, invitation_id), by_hand=by_hand)


def withdraw_invitation(issuer_id: str, invitation_id: str) -> None:
    """Its link is worth nothing from now on. Raises `Problem` invitation_unknown."""
    issuer, row = hold_issuer(issuer_id), held_invitation(ISSUER, issuer_id, invitation_id)
    row.withdrawn_at = clock.now()
    note_deed("staff.withdrawn", subject=row.id, organization=issuer.organization_id, scope=issuer_id)


def waiting_invitations(issuer_id: str) -> Sequence[IssuerInvitation]:
    return waiting_at(ISSUER, issuer_id)


def _host(issuer_id: str) -> Host:
    issuer = db.session.get_one(Issuer, issuer_id)
    return Host(issuer.id, issuer.name, issuer.organization_id, zone_of(issuer.time_zone))


def _welcome(row: IssuerInvitation, person: str) -> str:
    role = give_role(row.issuer_id, person, row.role)
    note(
        "staff.accepted", actor_kind="person", actor=person, subject=row.id,
        organization=_host(row.issuer_id).organization, scope=row.issuer_id, facts={"role": role},
    )  # fmt: skip
    return HOME


ISSUER = Kind(
    "issuer", IssuerInvitation, IssuerInvitation.issuer_id, _host, hold_issuer, _welcome,
    words="badges/staffing/_roles.html", mail="invitation",
)  # fmt: skip
