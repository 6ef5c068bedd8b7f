"""An award of Open Badges 3.0: a credential with a Data Integrity proof, or as signed text (VC-JWT).

Unlike a hosted award it is the truth itself, as long as its proof holds and its issuer does not say otherwise.
https://www.imsglobal.org/spec/ob/v3p0/
"""

from lti_tool.badges.openbadge.contexts import CREDENTIALS, FILES
from lti_tool.badges.openbadge.vc_jwt import JwtError, credential_in
from lti_tool.badges.sentences import Sentence, sentence_of
from lti_tool.badges.verifying.case import LEEWAY, Case
from lti_tool.badges.verifying.credential_proof import proof_fault
from lti_tool.badges.verifying.credential_status import check_status
from lti_tool.badges.verifying.finding import Found
from lti_tool.badges.verifying.members import Members, alignments_in, as_web, id_of, many
from lti_tool.badges.verifying.outside import NotReached, Outside
from lti_tool.badges.verifying.own import own_award
from lti_tool.badges.verifying.picture import fetch_picture
from lti_tool.badges.verifying.published_keys import issuer_document
from lti_tool.badges.verifying.reading import Document, Unreadable
from lti_tool.badges.verifying.verdict import FoundAward, FoundBadge, FoundIssuer, FoundRecipient, Standard
from lti_tool.words import to_say

_BEFORE = "https://www.w3.org/2018/credentials/v1"
_OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context"
_KINDS = {"emailAddress": "email", "email": "email", "url": "url", "telephone": "telephone"}


def judge_credential(found: Found, outside: Outside) -> tuple[Case, FoundAward | None]:
    """Raises `Unreadable` for signed text in which no credential is."""
    case = Case(outside, Standard.V3_JWT if found.signed else Standard.V3_DATA_INTEGRITY)
    credential = _told(found)
    case.look_for_endorsements(credential)
    fault = proof_fault(case, credential, found.signed)
    if fault:
        case.failed("proof", fault)
    else:
        case.passed("proof", to_say("The proof holds, and its issuer publishes the key that made it."))
    _check_contexts(case, credential)
    check_status(case, credential)
    award = _award(case, credential)
    case.settle_shape()
    return case, award


def _told(found: Found) -> Document:
    try:
        return credential_in(found.document) if found.signed else found.document
    except JwtError as wrong:
        raise Unreadable(Sentence(to_say("The signed text cannot be read: %(why)s."), why=sentence_of(wrong))) from None


def _check_contexts(case: Case, credential: Document) -> None:
    """In this order, and known: another one could give a word another meaning (Open Badges 3.0, section B.1)."""
    said = many(credential.get("@context"))
    first = said[0] if said else None
    is_older = case.standard is Standard.V3_JWT and first == _BEFORE
    if first != CREDENTIALS and not is_older:
        case.failed("context", to_say("The badge's first context is not that of verifiable credentials."))
    elif len(said) < 2 or not isinstance(said[1], str) or not said[1].startswith(_OPEN_BADGES):
        case.failed("context", to_say("The badge's second context is not that of Open Badges 3.0."))
    elif not all(isinstance(one, str) and (one in FILES or one.startswith(_OPEN_BADGES)) for one in said[1:]):
        text = to_say("The badge names a context that is not known here and could change what it says.")
        case.failed("context", text)
    else:
        case.passed("context", to_say("The words of the badge mean what the standard says."))


def _award(case: Case, credential: Document) -> FoundAward | None:
    read = Members(credential, to_say("The award"), case.wrong)
    read.has_type("OpenBadgeCredential", "AchievementCredential")
    read.has_type("VerifiableCredential")
    older = "issuanceDate" in credential and "validFrom" not in credential
    begins = read.moment("issuanceDate" if older else "validFrom", needed=True)
    ends, awarded = read.moment("expirationDate" if older else "validUntil"), read.moment("awardedDate")
    if awarded is not None and awarded > case.now + LEEWAY:
        case.failed("dates", to_say("The award is dated in the future."))
    else:
        case.check_dates(begins, ends)
    identity, issuer = read.iri("id", needed=True) or "", _issuer(case, credential)
    subjects = list(read.parts("credentialSubject"))
    if len(subjects) != 1:
        read.complain("credentialSubject", to_say("one object"))
    achievement = subjects[0].part("achievement", needed=True) if subjects else None
    if achievement is None:
        return None
    subjects[0].has_type("AchievementSubject")
    return FoundAward(
        id=identity, standard=case.standard, badge=_badge(case, achievement, issuer),
        recipients=_recipients(subjects[0]), issued_on=awarded or begins, expires=ends,
        narrative=subjects[0].text("narrative"), evidence=_evidence(read), own=own_award(case, identity, issuer.id),
    )  # fmt: skip


def _issuer(case: Case, credential: Document) -> FoundIssuer:
    """As it is told in the credential, which the proof covers; where only its id is told, as it tells itself."""
    said = credential.get("issuer")
    identity = id_of(said) or ""
    if isinstance(said, str) and as_web(said):
        try:
            said = issuer_document(case, said)
        except NotReached:
            said = None
    if not isinstance(said, dict):
        return FoundIssuer(identity, identity)
    read = Members(said, to_say("The issuer"), case.wrong)
    if isinstance(credential.get("issuer"), dict):
        read.has_type("Profile")
        read.iri("id", needed=True)
    return FoundIssuer(identity, read.text("name") or identity, read.web("url"), read.text("email"))


def _badge(case: Case, read: Members, issuer: FoundIssuer) -> FoundBadge:
    read.has_type("Achievement")
    criteria = read.part("criteria", needed=True)
    text, page = (criteria.text("narrative"), criteria.iri("id")) if criteria else (None, None)
    if criteria is not None and text is None and page is None:
        read.wrong.append(to_say("The badge: its criteria are empty."))
    picture_url = id_of(read.document.get("image"))
    return FoundBadge(
        id=read.iri("id", needed=True) or "", name=read.text("name", needed=True) or "",
        description=read.text("description", needed=True) or "", criteria=text or "", criteria_url=as_web(page),
        issuer=issuer, tags=read.texts("tag"), alignments=alignments_in(read),
        achievement_type=read.text("achievementType"), picture_url=picture_url,
        picture=fetch_picture(case, picture_url, needed=False),
    )  # fmt: skip


def _recipients(subject: Members) -> tuple[FoundRecipient, ...]:
    """Everything by which the recipient is known: an id, and identifiers beside it."""
    found = []
    identity = subject.iri("id")
    if identity is not None:
        is_mail = identity.lower().startswith("mailto:")
        kind = "email" if is_mail else "url" if as_web(identity) else "id"
        found.append(FoundRecipient(kind, identity[7:] if is_mail else identity, hashed=False))
    for one in subject.parts("identifier"):
        one.has_type("IdentityObject")
        name, hashed = one.text("identityHash", needed=True), one.flag("hashed", needed=True)
        said, salt = one.text("identityType", needed=True), one.text("salt") or ""
        if name is not None and said is not None:
            found.append(FoundRecipient(_KINDS.get(said, "id"), name, bool(hashed), salt))
    if not found:
        subject.wrong.append(to_say("The award does not say who its recipient is."))
    return tuple(found)


def _evidence(read: Members) -> tuple[str, ...]:
    return tuple(one for one in map(as_web, map(id_of, many(read.document.get("evidence")))) if one)
