"""Whether a credential of Open Badges 3.0 was revoked, by the list that it names itself.

A list is the issuer's word like the badge: it must be signed by the same issuer, be long enough to hide in, and have
the place that the badge names. What cannot be looked at is not taken for a good sign.
https://www.w3.org/TR/vc-bitstring-status-list/
"""

from lti_tool.badges.openbadge.status_list import StatusListError, decode_bits
from lti_tool.badges.openbadge.vc_jwt import JwtError, credential_in
from lti_tool.badges.sentences import Sentence, sentence_of
from lti_tool.badges.verifying.case import Case, not_answered
from lti_tool.badges.verifying.credential_proof import proof_fault
from lti_tool.badges.verifying.members import as_moment, as_web, id_of, many, types_of
from lti_tool.badges.verifying.outside import NotReached
from lti_tool.badges.verifying.reading import Document, Unreadable, is_signed_text, read_json, read_signed_text
from lti_tool.words import to_say

_LIST = to_say("The list of revoked awards")
_PURPOSES = {
    "revocation": to_say("The issuer has revoked this award."),
    "suspension": to_say("The issuer has suspended this award."),
}
_MOST_ENTRIES = 4


class _NoWord(Exception):  # noqa: N818 - it is one of the things that are found out
    """Why nothing is known about the award, in a sentence."""


def check_status(case: Case, credential: Document) -> None:
    entries = many(credential.get("credentialStatus"))
    if not entries:
        case.not_asked("revoked", to_say("The award names no list of revoked awards, so nobody can revoke it."))
        return
    try:
        if len(entries) > _MOST_ENTRIES:
            raise _NoWord(to_say("The award names more lists of revoked awards than are looked at."))
        words = [word for word in (_word(case, credential, entry) for entry in entries) if word]
    except NotReached as why:  # another name than a revocation has: whoever is away has revoked nothing
        case.failed("revocation list", sentence_of(why))
        return
    except _NoWord as why:
        case.failed("revoked", sentence_of(why))
        return
    if words:
        case.failed("revoked", words[0])
    else:
        case.passed("revoked", to_say("The award is not in its issuer's list of revoked awards."))


def _word(case: Case, credential: Document, entry: object) -> str:
    """What the issuer has done to the award by this entry, in a sentence; empty for nothing."""
    types = types_of(entry) if isinstance(entry, dict) else set()
    if isinstance(entry, dict) and "BitstringStatusListEntry" in types:
        return _word_of_bits(case, credential, entry)
    if isinstance(entry, dict) and "1EdTechRevocationList" in types:
        return _word_of_names(case, credential, entry)
    raise _NoWord(to_say("The award names a list of revoked awards of a kind that is not known here."))


def _word_of_bits(case: Case, credential: Document, entry: Document) -> str:
    purpose, index = entry.get("statusPurpose"), entry.get("statusListIndex")
    address = as_web(entry.get("statusListCredential"))
    if not isinstance(purpose, str):
        raise _NoWord(to_say("The award does not say what its place in the list of revoked awards means."))
    if purpose not in _PURPOSES:
        return ""
    is_number = isinstance(index, str) and index.isascii() and index.isdecimal() and len(index) < 12
    if address is None or not is_number:
        raise _NoWord(to_say("The award does not say where it stands in the list of revoked awards."))
    if entry.get("statusSize", 1) not in (1, "1"):
        raise _NoWord(to_say("The award stands in its list in a way that is not known here."))
    subject = _list_at(case, credential, address)
    if purpose not in many(subject.get("statusPurpose")):
        raise _NoWord(to_say("The list of revoked awards that the award names is a list of something else."))
    try:
        return _PURPOSES[str(purpose)] if int(str(index)) in decode_bits(str(subject.get("encodedList"))) else ""
    except StatusListError as why:
        text = to_say("The list of revoked awards cannot be used: %(why)s.")
        raise _NoWord(Sentence(text, why=sentence_of(why))) from None


def _list_at(case: Case, credential: Document, address: str) -> Document:
    """The subject of the list at `address`, when it is a list of this issuer's, signed and valid."""
    answer = case.answer(address, _LIST)
    if answer.status != 200:
        raise NotReached(not_answered(_LIST, answer.status))
    text = answer.body.decode("ascii", "replace").strip()
    signed = text if is_signed_text(text) else None
    try:
        document = credential_in(read_signed_text(signed)[1]) if signed else read_json(answer.body)
    except (Unreadable, JwtError) as why:
        text = to_say("The list of revoked awards cannot be read: %(why)s")
        raise NotReached(Sentence(text, why=sentence_of(why))) from None
    if document.get("id") not in (None, address) or "BitstringStatusListCredential" not in types_of(document):
        raise _NoWord(to_say("The list of revoked awards that the award names is something else."))
    if id_of(document.get("issuer")) != id_of(credential.get("issuer")):
        raise _NoWord(to_say("The list of revoked awards that the award names is another issuer's."))
    fault = proof_fault(case, document, signed)
    if fault:
        text = to_say("The list of revoked awards is not proved to be the issuer's. %(why)s")
        raise _NoWord(Sentence(text, why=fault))
    until, since = document.get("validUntil"), document.get("validFrom")
    is_over = until is not None and not _is_ahead(case, until)
    if is_over or (since is not None and _is_ahead(case, since)):
        raise _NoWord(to_say("The list of revoked awards is not valid now."))
    subject = document.get("credentialSubject")
    if not isinstance(subject, dict) or "BitstringStatusList" not in types_of(subject):
        raise _NoWord(to_say("The list of revoked awards is empty."))
    return subject


def _is_ahead(case: Case, said: object) -> bool:
    moment = as_moment(said)
    if moment is None:
        raise _NoWord(to_say("The list of revoked awards does not say when it is valid."))
    return moment > case.now


def _word_of_names(case: Case, credential: Document, entry: Document) -> str:
    """1EdTech Revocation List 1.0: who is not in it is not revoked."""
    address = as_web(entry.get("id"))
    if address is None:
        raise _NoWord(to_say("The award does not say where the list of revoked awards is."))
    document = case.document(address, _LIST)
    if id_of(document.get("issuer")) != id_of(credential.get("issuer")):
        raise _NoWord(to_say("The list of revoked awards that the award names is another issuer's."))
    for one in many(document.get("revokedCredential")):
        told = one if isinstance(one, dict) else {"id": one}
        if told.get("id") == credential.get("id") and told.get("revoked", True) is not False:
            return _PURPOSES["revocation"]
    return ""
