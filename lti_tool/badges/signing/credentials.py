"""Our awards signed as Open Badges 3.0, both ways: with a proof inside, and as signed text.

Signing is dear, so what was signed is kept for a while in each process. Nothing of it is stored: it is kept under what
it is made of, so a badge that is replaced, an issuer that is renamed, a key that is rotated are signed anew at the
next question. Every process makes the same bytes.
"""

from lti_tool.badges.answers import mark
from lti_tool.badges.hosted import PublicAward, address
from lti_tool.badges.recent import Recent
from lti_tool.badges.signing.documents import Unsigned, unsigned_credential
from lti_tool.badges.signing.keys import ED25519, RSA, signing_keys
from lti_tool.badges.signing.signatures import as_signed_text, with_proof
from lti_tool.errors import Problem

_WAY_OF_SIGNING = 1  # another number when the same facts give other bytes
_MOST_BYTES = 16 * 1024 * 1024

_signed: Recent[str] = Recent(_MOST_BYTES, len)


def credential_json(award: PublicAward) -> str:
    """The credential with its proof. Raises `Problem` issuer_has_no_key."""
    return _signed.get(credential_mark(award, "json"), lambda: _with_proof(award.id))


def credential_jwt(award: PublicAward) -> str:
    """The credential as signed text. Raises `Problem` issuer_has_no_key."""
    return _signed.get(credential_mark(award, "jwt"), lambda: _as_text(award.id))


def credential_mark(award: PublicAward, form: str) -> str:
    """What tells one version of a credential from the next, `form` json or jwt; nothing is signed to know it."""
    return mark(
        _WAY_OF_SIGNING, form, address("credentials", award.id), award.badge.revision, award.revision,
        award.issuer.changed_at, award.keys_at, award.revoked,
    )  # fmt: skip


def _with_proof(award_id: str) -> str:
    unsigned = _unsigned(award_id)
    return with_proof(unsigned.document, signing_keys(unsigned.issuer)[ED25519], since=unsigned.valid_from)


def _as_text(award_id: str) -> str:
    unsigned = _unsigned(award_id)
    return as_signed_text(unsigned.document, signing_keys(unsigned.issuer)[RSA])


def _unsigned(award_id: str) -> Unsigned:
    found = unsigned_credential(award_id)
    if found is None:
        raise Problem("public_unknown")
    return found
