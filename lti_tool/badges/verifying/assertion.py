"""An award of Open Badges 2.0, and of 1.x in its words: hosted by its issuer, or signed with the issuer's key.

Hosted, the award at its address is the truth, whatever a copy of it says; signed, the signature is.
https://www.imsglobal.org/sites/default/files/Badges/OBv2p0Final/index.html
"""

from lti_tool.badges.verifying.authority import authority_fault
from lti_tool.badges.verifying.badge_classes import Origin, badge_of, check_told_badge
from lti_tool.badges.verifying.case import Case
from lti_tool.badges.verifying.contexts import context_fault
from lti_tool.badges.verifying.finding import Found
from lti_tool.badges.verifying.hosted_truth import Truth, hosted_truth
from lti_tool.badges.verifying.kinds import Kind
from lti_tool.badges.verifying.members import Members, as_web, id_of, many
from lti_tool.badges.verifying.older import upgraded_award
from lti_tool.badges.verifying.outside import Outside
from lti_tool.badges.verifying.own import own_award
from lti_tool.badges.verifying.reading import Document
from lti_tool.badges.verifying.revocation_list import check_revocation_list
from lti_tool.badges.verifying.signature import check_signature
from lti_tool.badges.verifying.verdict import FoundAward, FoundRecipient, Standard
from lti_tool.words import to_say

_STANDARDS = {
    (Kind.FIRST, False): Standard.V1_HOSTED, (Kind.FIRST, True): Standard.V1_SIGNED,
    (Kind.SECOND, False): Standard.V2_HOSTED, (Kind.SECOND, True): Standard.V2_SIGNED,
}  # fmt: skip
_HOSTED, _SIGNED = {"HostedBadge", "hosted"}, {"SignedBadge", "signed"}


def judge_assertion(found: Found, outside: Outside) -> tuple[Case, FoundAward | None]:
    """Raises `Unreadable` for an assertion older than 1.0."""
    case = Case(outside, _STANDARDS[found.kind, found.signed is not None])
    truth = _signed_truth(case, found) if found.signed else hosted_truth(case, found)
    if truth is None or truth.document is None:
        return case, None
    award = _in_words_of_two(case, truth.document, truth.address)
    badge, issuer = badge_of(case, award)
    if found.signed and issuer is not None:
        check_signature(case, found.signed, award, issuer.document)
    _check_verification(case, award, truth, issuer, signed=found.signed is not None)
    if issuer is not None and not truth.revoked:
        check_revocation_list(case, award, issuer.document, signed=found.signed is not None)
    if badge is None:
        case.settle_shape()
        return case, None
    check_told_badge(case, found.document.get("badge"), badge)
    read = Members(award, to_say("The award"), case.wrong)
    read.has_type("Assertion")
    issued_on, expires = read.moment("issuedOn", needed=True), read.moment("expires")
    identity = read.iri("id", needed=True) or ""
    told = FoundAward(
        id=identity, standard=case.standard, badge=badge, recipients=_recipients(read), issued_on=issued_on,
        expires=expires, narrative=read.text("narrative"), evidence=_evidence(read),
        own=own_award(case, identity, badge.issuer.id),
    )  # fmt: skip
    case.settle_shape()
    case.check_dates(issued_on, expires)
    return case, told


def _signed_truth(case: Case, found: Found) -> Truth:
    if found.document.get("revoked") not in (None, False):
        case.failed("revoked", to_say("The award says of itself that it was revoked."))
        return Truth(found.document, found.url, found.url, revoked=True)
    return Truth(found.document, found.url, found.url)


def _in_words_of_two(case: Case, document: Document, address: str | None) -> Document:
    first = case.standard in (Standard.V1_HOSTED, Standard.V1_SIGNED)
    fault = context_fault(document, first=first)
    if fault:
        case.failed("context", fault)
    else:
        case.passed("context", to_say("The words of the badge mean what the standard says."))
    return upgraded_award(document, None if case.standard is Standard.V1_SIGNED else address) if first else document


def _check_verification(case: Case, award: Document, truth: Truth, issuer: Origin | None, *, signed: bool) -> None:
    """Which way of being checked it names, and whether its issuer vouches for the place where it is hosted."""
    said = award.get("verification")
    kinds = set(many(said.get("type"))) if isinstance(said, dict) and _texts_only(said.get("type")) else set()
    if not kinds & (_SIGNED if signed else _HOSTED):
        by_signature = to_say("The award does not say that it is to be checked by a signature.")
        at_address = to_say("The award does not say that it is to be checked at its address.")
        case.failed("verification", by_signature if signed else at_address)
    else:
        case.passed("verification", to_say("The award names a known way to check it."))
    if signed or issuer is None or truth.address is None:
        return
    fault = authority_fault(
        truth.address, issuer.document, answered=truth.answered or truth.address, issuer_answered=issuer.address
    )
    if fault:
        case.failed("issuer", fault)
    else:
        case.passed("issuer", to_say("The award is where its issuer hosts its awards."))


def _texts_only(value: object) -> bool:
    return all(isinstance(one, str) for one in many(value))


def _recipients(read: Members) -> tuple[FoundRecipient, ...]:
    part = read.part("recipient", needed=True)
    if part is None:
        return ()
    kind, identity = part.text("type", needed=True), part.text("identity", needed=True)
    hashed, salt = part.flag("hashed", needed=True), part.document.get("salt")
    if salt is not None and not isinstance(salt, str):
        part.complain("salt", to_say("text"))
    if kind is None or identity is None:
        return ()
    if hashed and not identity.startswith(("sha256$", "md5$")):
        part.complain("identity", to_say("a hash with its kind in front, such as sha256$…"))
    return (FoundRecipient(kind, identity, bool(hashed), salt if isinstance(salt, str) else ""),)


def _evidence(read: Members) -> tuple[str, ...]:
    """The addresses of pages that show why; a story alone stays where it is."""
    return tuple(one for one in map(as_web, map(id_of, many(read.document.get("evidence")))) if one)
