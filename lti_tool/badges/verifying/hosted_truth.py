"""A hosted award as its address tells it now. A copy, baked or pasted, is only how the address was learned."""

from dataclasses import dataclass

from lti_tool.badges.sentences import Sentence, sentence_of
from lti_tool.badges.verifying.case import Case
from lti_tool.badges.verifying.finding import Found
from lti_tool.badges.verifying.kinds import Kind, is_revoked_stub, kind_of
from lti_tool.badges.verifying.members import as_web, id_of, listed
from lti_tool.badges.verifying.outside import NotReached
from lti_tool.badges.verifying.reading import Document, Unreadable, read_json
from lti_tool.badges.verifying.verdict import Standard
from lti_tool.fetch import Answer
from lti_tool.words import to_say

_STANDARDS = {Kind.FIRST: Standard.V1_HOSTED, Kind.SECOND: Standard.V2_HOSTED}


@dataclass(frozen=True)
class Truth:
    """What counts. `address` is where it is hosted, `answered` what finally answered there. Where the award is gone or
    cannot be had, `document` is the copy, to talk about.
    """

    document: Document | None
    address: str | None
    answered: str | None = None
    revoked: bool = False


def hosted_truth(case: Case, found: Found) -> Truth:
    copy = found.document or None
    address = _address(found)
    if address is None:
        case.failed("authentic", to_say("The award has no web address where its issuer could be asked for it."))
        return Truth(copy, None)
    try:
        answer = case.answer(address, to_say("The award"))
    except NotReached as why:
        case.failed("authentic", sentence_of(why))
        return Truth(copy, address)
    if answer.status == 410:
        case.failed("revoked", to_say("The issuer has revoked this award: its address answers that it is gone."))
        return Truth(copy, address, answer.url, revoked=True)
    if answer.status != 200:
        text = to_say("The issuer does not know this award: its address answers %(status)s.")
        case.failed("authentic", Sentence(text, status=answer.status))
        return Truth(copy, address)
    return _as_hosted(case, copy, address, answer)


def _as_hosted(case: Case, copy: Document | None, address: str, answer: Answer) -> Truth:
    try:
        document = read_json(answer.body)
    except Unreadable as unclear:
        text = to_say("What the award's address answers cannot be read. %(why)s")
        case.failed("authentic", Sentence(text, why=sentence_of(unclear)))
        return Truth(copy, address)
    if document.get("revoked") not in (None, False):
        case.failed("revoked", to_say("The issuer has revoked this award."))
        told = copy if is_revoked_stub(document) else document
        return Truth(told, address, answer.url, revoked=True)
    kind = kind_of(document)
    if kind not in _STANDARDS:
        case.failed("authentic", to_say("What is at the award's address is no award."))
        return Truth(copy, address)
    case.standard = _STANDARDS[kind]
    if _own_address(document) != address:
        case.failed("authentic", to_say("The award at this address says that it belongs to another address."))
        return Truth(document, address, answer.url)
    different = _differences(copy, document) if copy else set()
    if different:
        text = to_say(
            "The copy that you gave differs from the award at its address in: %(names)s. "
            "What counts and is shown is the award at its address."
        )
        case.warned("authentic", Sentence(text, names=listed(different)))
    else:
        case.passed("authentic", to_say("The award is at its address, where its issuer hosts it."))
    return Truth(document, address, answer.url)


def _address(found: Found) -> str | None:
    """Where it says it is; of what is already gone, the address that was given."""
    return _own_address(found.document) if found.document else found.url


def _own_address(document: Document) -> str | None:
    """Its id; of 1.x what `verify` names."""
    verify = document.get("verify")
    said = verify.get("url") if isinstance(verify, dict) else document.get("id")
    return as_web(said)


def _differences(copy: Document, hosted: Document) -> set[str]:
    """The members in which they differ. A badge class told in full inside the copy is the same as its address."""
    names = (copy.keys() | hosted.keys()) - {"@context"}
    return {name for name in names if _plain(copy.get(name), name) != _plain(hosted.get(name), name)}


def _plain(value: object, name: str) -> object:
    return id_of(value) if name in ("badge", "image") and id_of(value) else value
