"""What an award of Open Badges 1 or 2 was given for, and by whom: its badge class and its issuer, each from its own
address. A copy of them inside the award counts only where they have no address.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lti_tool.badges.sentences import Sentence, sentence_of
from lti_tool.badges.verifying.case import Case
from lti_tool.badges.verifying.contexts import context_fault
from lti_tool.badges.verifying.members import Members, alignments_in, as_web, id_of, listed, many
from lti_tool.badges.verifying.older import upgraded_badge, upgraded_issuer
from lti_tool.badges.verifying.outside import NotReached
from lti_tool.badges.verifying.picture import fetch_picture
from lti_tool.badges.verifying.reading import Document
from lti_tool.badges.verifying.verdict import FoundBadge, FoundIssuer, Standard
from lti_tool.words import to_say

_FIRST = (Standard.V1_HOSTED, Standard.V1_SIGNED)


@dataclass(frozen=True)
class Origin:
    """A document, what we could make of it, and the address that finally answered for it."""

    document: Document
    address: str


def badge_of(case: Case, award: Document) -> tuple[FoundBadge | None, Origin | None]:
    """The badge class with its issuer; None where there is nothing to talk about."""
    badge = _told(case, award.get("badge"), to_say("The badge class"), upgraded_badge)
    if badge is None:
        return None, None
    issuer = _told(case, badge.document.get("issuer"), to_say("The issuer"), upgraded_issuer)
    found_issuer = _issuer(case, issuer) if issuer else FoundIssuer("", "")
    case.look_for_endorsements(award, badge.document, issuer.document if issuer else {})
    return _badge(case, badge.document, found_issuer), issuer


def check_told_badge(case: Case, told: object, badge: FoundBadge) -> None:
    """An award may tell its badge class in full, as somebody copied it or as it once was: that is not what counts."""
    if not isinstance(told, dict):
        return
    criteria = told.get("criteria")
    words = {
        "name": (told.get("name"), badge.name), "description": (told.get("description"), badge.description),
        "criteria": (criteria.get("narrative") if isinstance(criteria, dict) else None, badge.criteria),
    }  # fmt: skip
    different = {name for name, (copied, counts) in words.items() if copied is not None and copied != counts}
    if different:
        text = to_say(
            "What you gave tells of the badge in other words than the badge's own address, in: %(names)s. "
            "What counts and is shown is what is at that address."
        )
        case.warned("badge", Sentence(text, names=listed(different)))


def _told(
    case: Case, said: Any, what: str, upgraded: Callable[[Document, str | None], Document]
) -> Origin | None:  # fmt: skip
    """What `said` names, from its address, or as it stands where it has none."""
    address, inside = as_web(id_of(said)), said if isinstance(said, dict) else None
    if address is None and inside is None:
        case.wrong.append(Sentence(to_say("%(what)s is missing, or is no web address."), what=what))
        return None
    first = case.standard in _FIRST
    document, final = inside, address or ""
    if address is not None:
        try:
            answer = case.answer(address, what)
            document, final = case.document(address, what), answer.url
        except NotReached as why:
            case.failed("reachable", sentence_of(why))
            if inside is None:
                return None
    assert document is not None  # noqa: S101 - one of the two is there
    if first:
        document = upgraded(document, address)
    if address is not None and document.get("id") != address:
        text = to_say("%(what)s says that its address is another one than where it was found.")
        case.failed("reachable", Sentence(text, what=what))
    fault = context_fault(document, first=first) if inside is None or document is not inside else ""
    if fault:
        case.failed("context", fault)
    return Origin(document, final)


def _badge(case: Case, document: Document, issuer: FoundIssuer) -> FoundBadge:
    read = Members(document, to_say("The badge class"), case.wrong)
    read.has_type("BadgeClass")
    name, description = read.text("name", needed=True), read.text("description", needed=True)
    criteria, criteria_url = _criteria(read)
    picture_url = _picture_address(read)
    return FoundBadge(
        id=read.iri("id", needed=True) or "", name=name or "", description=description or "", criteria=criteria,
        criteria_url=criteria_url, issuer=issuer, tags=read.texts("tags"), alignments=alignments_in(read),
        picture_url=picture_url, picture=fetch_picture(case, picture_url, needed=True),
    )  # fmt: skip


def _criteria(read: Members) -> tuple[str, str | None]:
    """Criteria are a text, a page, or both; an address alone is short for a page."""
    said = read.document.get("criteria")
    if isinstance(said, str):
        if as_web(said) is None:
            read.complain("criteria", to_say("a web address, or an object with a narrative"))
        return "", as_web(said)
    part = read.part("criteria", needed=True)
    if part is None:
        return "", None
    text, page = part.text("narrative"), part.iri("id")
    if text is None and page is None:
        read.wrong.append(to_say("The badge class: its criteria are empty."))
    return text or "", as_web(page)


def _picture_address(read: Members) -> str | None:
    said = id_of(read.document.get("image"))
    if said is None and read.document.get("image") is not None:
        read.complain("image", to_say("the address of a picture"))
    return said


def _issuer(case: Case, issuer: Origin) -> FoundIssuer:
    read = Members(issuer.document, to_say("The issuer"), case.wrong)
    read.has_type("Issuer", "Profile")
    email_needed = case.standard not in _FIRST
    name, url = read.text("name", needed=True), read.web("url", needed=True)
    email = _email(read, needed=email_needed)
    return FoundIssuer(read.iri("id", needed=True) or "", name or "", url, email)


def _email(read: Members, *, needed: bool) -> str | None:
    """2.0 says text; some issuers tell several in a list, of which the first one counts."""
    said = many(read.document.get("email"))
    if said and not isinstance(said[0], str):
        read.complain("email", to_say("an address"))
    elif not said and needed:
        read.wrong.append(to_say("The issuer: “email” is missing."))
    return said[0] if said and isinstance(said[0], str) else None
