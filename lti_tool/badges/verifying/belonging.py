"""Whether an award belongs to an address that somebody asks about. The address is kept nowhere. Pure."""

from collections.abc import Sequence

from lti_tool.badges.openbadge.recipient import matches
from lti_tool.badges.verifying.verdict import Check, FoundAward, FoundRecipient, Outcome
from lti_tool.words import to_say


def check_recipient(awards: Sequence[FoundAward], address: str) -> Check:
    """Every version of the award has to say so."""
    if awards and all(belongs_to(award.recipients, address) for award in awards):
        return Check("recipient", Outcome.PASSED, to_say("The award belongs to the address that you asked about."))
    return Check("recipient", Outcome.FAILED, to_say("The award does not belong to the address that you asked about."))


def belongs_to(recipients: Sequence[FoundRecipient], address: str) -> bool:
    """Addresses are matched without regard to case."""
    return any(_is(recipient, address.strip()) for recipient in recipients if recipient.kind == "email")


def _is(recipient: FoundRecipient, address: str) -> bool:
    if recipient.hashed:
        return matches(recipient.identity, recipient.salt, address)
    return recipient.identity.strip().lower() == address.lower()
