"""A picture may carry an award twice, by two versions of the standard: they must tell of one and the same award. Pure.

Each could be right by itself and the two be joined by somebody who likes to show the one and have the other checked.
"""

from collections.abc import Sequence

from lti_tool.badges.openbadge.recipient import matches
from lti_tool.badges.sentences import Sentence
from lti_tool.badges.verifying.members import listed
from lti_tool.badges.verifying.verdict import Check, FoundAward, FoundRecipient, Outcome
from lti_tool.words import to_say

_NAME = "same"
_UNREADABLE = to_say("The picture carries two versions of an award, and one cannot be read.")
_UNKNOWN = to_say(
    "The picture carries two versions of the award. Nobody can see whether both are the same person's."
)
_SAME = to_say("The picture carries two versions of the award, and they say the same.")
_SAVED_BEFORE = to_say(
    "The picture was saved before the badge was changed: its two versions differ in %(names)s. "
    "What counts and is shown is what the issuer says now."
)
_OTHER = to_say("The two versions in the picture are not the same award: %(names)s.")


def check_both_agree(awards: Sequence[FoundAward]) -> Check:
    if len(awards) < 2:
        return Check(_NAME, Outcome.FAILED, _UNREADABLE)
    older, newer = awards[:2]
    different = {name for name, same in _comparisons(older, newer).items() if not same}
    if not different and older.own is None and _same_recipient(older.recipients, newer.recipients) is None:
        return Check(_NAME, Outcome.WARNING, _UNKNOWN)
    if not different:
        return Check(_NAME, Outcome.PASSED, _SAME)
    if older.own is not None and older.own == newer.own and different <= {"name", "description"}:
        return Check(_NAME, Outcome.WARNING, Sentence(_SAVED_BEFORE, names=listed(different)))
    return Check(_NAME, Outcome.FAILED, Sentence(_OTHER, names=listed(different)))


def _comparisons(older: FoundAward, newer: FoundAward) -> dict[str, bool]:
    return {
        "id": older.own == newer.own,  # where both are ours, nothing has to be guessed
        "name": older.badge.name == newer.badge.name,
        "description": older.badge.description == newer.badge.description,
        "issuer": older.badge.issuer.name == newer.badge.issuer.name,
        "date": older.issued_on is not None and older.issued_on == newer.issued_on,
        "recipient": _same_recipient(older.recipients, newer.recipients) is not False,
    }


def _same_recipient(older: Sequence[FoundRecipient], newer: Sequence[FoundRecipient]) -> bool | None:
    """None where that cannot be known: two hashes with different salts cannot be compared, nobody but their recipient
    knows what is behind them.
    """
    said = [_agree(one, other) for one in older for other in newer if one.kind == other.kind]
    return True if True in said else False if False in said else None


def _agree(one: FoundRecipient, other: FoundRecipient) -> bool | None:
    """Whether both are the same; None where that cannot be known."""
    if one.hashed != other.hashed:
        hashed, plain = (one, other) if one.hashed else (other, one)
        return matches(hashed.identity, hashed.salt, plain.identity)
    if one.hashed and one.salt != other.salt:
        return None
    return one.identity.lower() == other.identity.lower()
