"""The list of awards that an issuer of Open Badges 1 or 2 has revoked: the only word on a signed award, and a second
one on a hosted award.
"""

from lti_tool.badges.sentences import sentence_of
from lti_tool.badges.verifying.case import Case
from lti_tool.badges.verifying.members import as_web, id_of, many
from lti_tool.badges.verifying.outside import NotReached
from lti_tool.badges.verifying.reading import Document
from lti_tool.words import to_say


def check_revocation_list(case: Case, award: Document, issuer: Document, *, signed: bool) -> None:
    said = issuer.get("revocationList")
    address = as_web(id_of(said))
    if said is None:
        text = to_say("Nothing says that the award was revoked; its issuer keeps no list of revoked awards.")
        case.passed("revoked", text)
        return
    if address is None:
        case.failed("revoked", to_say("The issuer's list of revoked awards has no web address."))
        return
    try:
        document = case.document(address, to_say("The issuer's list of revoked awards"))
    except NotReached as why:
        (case.failed if signed else case.warned)("revocation list", sentence_of(why))
        return
    if _is_listed(award, document):
        case.failed("revoked", to_say("The issuer has revoked this award: it stands in the list of revoked awards."))
    elif document.get("issuer") is not None and id_of(document["issuer"]) != issuer.get("id"):
        case.failed("revoked", to_say("The list of revoked awards that the issuer names is another issuer's."))
    else:
        case.passed("revoked", to_say("The award is not in its issuer's list of revoked awards."))


def _is_listed(award: Document, document: Document) -> bool:
    """2.0 lists ids and objects under `revokedAssertions`, one or many; a list of 1.x is an object of uids."""
    names = {one for one in (award.get("id"), award.get("uid")) if isinstance(one, str)}
    names |= {one.removeprefix("urn:x-uid:") for one in names}
    entries = many(document.get("revokedAssertions"))
    if "revokedAssertions" not in document:
        return not names.isdisjoint(document)
    for entry in entries:
        told = {entry} if isinstance(entry, str) else set()
        if isinstance(entry, dict):
            told = {one for one in (entry.get("id"), entry.get("uid")) if isinstance(one, str)}
        if names & told:
            return True
    return False
