"""What kind of thing a document is, by what it says of itself or, before Open Badges 1.1, by its members. Pure."""

from enum import Enum, auto

from lti_tool.badges.verifying.members import many, types_of
from lti_tool.badges.verifying.reading import Document

_CREDENTIALS = {"OpenBadgeCredential", "AchievementCredential"}
_NO_AWARDS = {"BadgeClass", "Achievement", "Issuer", "Profile", "CryptographicKey", "RevocationList", "Endorsement"}
_SECOND = {"https://w3id.org/openbadges/v2"}


class Kind(Enum):
    """`NO_AWARD` is a part of a badge that is nobody's; `OTHER` is nothing of a badge."""

    FIRST = auto()
    SECOND = auto()
    CREDENTIAL = auto()
    NO_AWARD = auto()
    OTHER = auto()


def kind_of(document: Document) -> Kind:
    types = types_of(document)
    inner = document.get("vc")
    if isinstance(inner, dict):
        types = types_of(inner)
    if "VerifiableCredential" in types or types & _CREDENTIALS:
        return Kind.CREDENTIAL if types & _CREDENTIALS else Kind.NO_AWARD
    if "Assertion" in types or _looks_awarded(document):
        return Kind.SECOND if _is_second(document) else Kind.FIRST
    if types & _NO_AWARDS or ("criteria" in document and "image" in document):
        return Kind.NO_AWARD
    return Kind.OTHER


def is_revoked_stub(document: Document) -> bool:
    """All that is left of a revoked award (Open Badges 2.0, Hosted Verification)."""
    return document.get("revoked") not in (None, False) and not isinstance(document.get("badge"), dict | str)


def _looks_awarded(document: Document) -> bool:
    """Open Badges 1.0 knew no types."""
    return "badge" in document and ("recipient" in document or "verify" in document or "verification" in document)


def _is_second(document: Document) -> bool:
    """By its context, and where there is none of the standard's, by the member that has got another name since."""
    contexts = {one for one in many(document.get("@context")) if isinstance(one, str)}
    return bool(contexts & _SECOND) or ("verify" not in document and "uid" not in document)
