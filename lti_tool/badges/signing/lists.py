"""Which of an issuer's awards are revoked: the bits that 3.0 asks for, signed, and beside them the list of 1EdTech.

An award's place never changes (`Award.number`), so nothing is allotted. Both are told apart by a count, which an index
answers, and the bits are made only when there is another one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, func, select

from lti_tool.badges.answers import mark
from lti_tool.badges.model import Award, BadgeClass, Issuer
from lti_tool.badges.openbadge.credential import Document, status_list_document
from lti_tool.badges.openbadge.long_lists import in_pieces
from lti_tool.badges.openbadge.status_list import ENTRIES, encode_bits
from lti_tool.badges.public_reads import Revoked, read_revoked
from lti_tool.badges.recent import Recent
from lti_tool.badges.signing.addresses import (
    credential_address,
    profile_address,
    revoked_address,
    status_address,
)
from lti_tool.badges.signing.keys import ED25519, RSA, SigningKey, signing_keys
from lti_tool.badges.signing.signatures import as_signed_text, with_proof
from lti_tool.db import db

_MOST_BYTES = 8 * 1024 * 1024

_signed: Recent[str] = Recent(_MOST_BYTES, len)


@dataclass(frozen=True)
class StatusList:
    """One list of an issuer as it stands now. `count` awards in it are revoked, the last one at `changed_at`."""

    issuer: str
    number: int
    count: int
    changed_at: datetime
    proves: SigningKey
    signs: SigningKey

    def mark(self, form: str) -> str:
        """What tells it from the next; `form` is json or jwt."""
        keys = self.proves.public.id, self.signs.public.id
        return mark(form, status_address(self.issuer, self.number), self.count, self.changed_at, *keys)


def status_list(name: str) -> StatusList | None:
    """The list behind `<issuer>-<number>`; None where no award can stand in it. Raises `Problem` issuer_has_no_key."""
    issuer_id, _, digits = name.rpartition("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10 and str(int(digits)) == digits):
        return None
    number = int(digits)
    made_at = db.session.scalar(select(Issuer.created_at).where(Issuer.id == issuer_id))
    last = db.session.scalar(select(func.max(Award.number))) or 0
    if made_at is None or number * ENTRIES > last:
        return None
    keys = signing_keys(issuer_id)
    revoked = select(func.count(), func.max(Award.revoked_at)).where(*_revoked_in(issuer_id, number))
    count, changed_at = db.session.execute(revoked).one()
    return StatusList(issuer_id, number, count, changed_at or made_at, keys[ED25519], keys[RSA])


def status_json(found: StatusList) -> str:
    """The list with its proof."""
    return _signed.get(found.mark("json"), lambda: _with_proof(found))


def status_jwt(found: StatusList) -> str:
    """The list as signed text."""
    return _signed.get(found.mark("jwt"), lambda: _as_text(found))


def revoked_credentials(engine: Engine, issuer_id: str, revoked: list[Revoked]) -> Iterator[str]:
    """1EdTech Revocation List 1.0 in pieces, however many they are. `engine`: the pieces come when the request's own
    session is gone.
    """
    head = {"id": revoked_address(issuer_id), "issuer": profile_address(issuer_id)}
    credentials = credential_address("")
    slices = read_revoked(engine, [one.badge for one in revoked])
    entries = ([_entry(credentials + award, reason) for award, reason in one_slice] for one_slice in slices)
    return in_pieces(head, "revokedCredential", entries)


def _entry(credential: str, reason: str | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": credential, "revoked": True}
    return {**entry, "revocationReason": reason} if reason else entry


def _with_proof(found: StatusList) -> str:
    return with_proof(_document(found), found.proves, since=found.changed_at)


def _as_text(found: StatusList) -> str:
    return as_signed_text(_document(found), found.signs)


def _document(found: StatusList) -> Document:
    numbers = db.session.scalars(select(Award.number).where(*_revoked_in(found.issuer, found.number)))
    encoded = encode_bits(number % ENTRIES for number in numbers)
    here = status_address(found.issuer, found.number)
    return status_list_document(here, profile_address(found.issuer), found.changed_at, encoded)


def _revoked_in(issuer_id: str, number: int) -> tuple[ColumnElement[bool], ...]:
    badges = select(BadgeClass.id).where(BadgeClass.issuer_id == issuer_id)
    first = number * ENTRIES
    return (
        Award.badge_id.in_(badges), Award.revoked_at.is_not(None), Award.number >= first,
        Award.number < first + ENTRIES,
    )  # fmt: skip
