"""Our status list, and lists that cannot be believed.

A list is served by us only as it should be. The others are made of ours, signed with our issuer's own keys where only
the issuer could have written them, and served from a host of the test's; the award that names them is our credential,
signed anew by its issuer with that one address in it. Such a list is tried untouched too.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from lti_tool.badges.openbadge.status_list import encode_bits
from lti_tool.badges.verifying.checking import Given
from tests.judges.deeds import Desk, changed
from tests.judges.hosting import Host, Page
from tests.judges.our_awards import SIGNED_TEXT, Document, OurTool
from tests.judges.trials import UNTOUCHED, Expected, Home, Kind, Trial, Way, fallen, holding

Deed = Callable[[Desk, Document], str | None]
"""From a list that nobody has signed to what is served; None where nothing is."""


@dataclass(frozen=True)
class Listed:
    """What is served, and which check of ours finds it out: none where nothing is wrong.

    `tried`: the list is tried by itself too; there are lists that are good by themselves and say nothing good of this
    award. `about_proof`: what is wrong is who signed it. openbadgeslib would look for that with the award's own key,
    while a list is signed anew at each rotation, so its wrapper keeps it from looking at the list's proof on the way.
    """

    deed: Deed
    check: str = "revoked"
    tried: bool = False
    about_proof: bool = False


def list_trials(tool: OurTool, host: Host, desk: Desk) -> Iterator[Trial]:
    name = f"status/{tool.issuer}-0"
    named_by = Given("json", json.dumps(desk.document))
    for kind, accept in ((Kind.LIST_PROOF, "*/*"), (Kind.LIST_TEXT, SIGNED_TEXT)):
        served = tool.get(name, accept)
        yield Trial(kind, UNTOUCHED, named_by, Home.OURS, Expected.HOLDS, judged=served)
    bare = {part: value for part, value in tool.document(name).items() if part != "proof"}
    for number, (what, listed) in enumerate(_LISTS.items()):
        address = host.url(f"/lists/{number}")
        told = listed.deed(desk, changed(bare, {("id",): address, ("credentialSubject", "id"): f"{address}#list"}))
        place = {("credentialStatus", "statusListCredential"): address, ("credentialStatus", "id"): f"{address}#1"}
        proof = desk.pen.with_proof(changed(desk.bare, place))
        text = desk.pen.text(changed(desk.claims, place))
        named = [(Kind.PROOF_JSON, Given("json", proof)), (Kind.JWT_TEXT, Given("jwt", text))]
        yield from _awards(named, what, listed)
        if told is not None:
            kind = Kind.LIST_PROOF if told.startswith("{") else Kind.LIST_TEXT
            media = "application/vc+ld+json" if kind is Kind.LIST_PROOF else SIGNED_TEXT
            host.pages[f"/lists/{number}"] = Page(told.encode(), media)
            yield from _itself(kind, Given("json", proof), told, what, listed)


def _awards(ways: list[Way], what: str, listed: Listed) -> Iterator[Trial]:
    """The award that names the list, by both proofs; what is baked into a picture is the same text."""
    if not listed.check:
        yield from holding(ways, f"its status list {what}", Home.COPY)
        return
    for trial in fallen(ways, f"its status list {what}", Home.COPY, listed.check):
        yield replace(trial, unasked=listed.about_proof)


def _itself(kind: Kind, award: Given, told: str, what: str, listed: Listed) -> Iterator[Trial]:
    if not listed.check:
        yield Trial(kind, UNTOUCHED, award, Home.COPY, Expected.HOLDS, judged=told.encode())
    elif listed.tried:
        yield Trial(kind, f"it {what}", award, Home.COPY, Expected.FALLS, (listed.check,), told.encode())


def _told(**changes: Any) -> Deed:
    """Members changed and signed by the issuer; those of the subject have its name before them."""
    places = {tuple(name.split("__")): value for name, value in changes.items()}
    return lambda desk, bare: desk.pen.with_proof(changed(bare, places))


def _full() -> str:
    return encode_bits(range(131_072))


def _cleared(desk: Desk, bare: Document) -> str:
    """Signed with every bit set, and emptied afterwards."""
    told: Document = json.loads(desk.pen.with_proof(changed(bare, {("credentialSubject", "encodedList"): _full()})))
    return json.dumps(changed(told, {("credentialSubject", "encodedList"): encode_bits([])}))


def _as_text(pen: str) -> Deed:
    def deed(desk: Desk, bare: Document) -> str:
        claims = {
            **bare, "iss": bare["issuer"], "jti": bare["id"], "sub": bare["credentialSubject"]["id"],
            "nbf": desk.claims["nbf"], "validFrom": desk.claims["validFrom"],
        }  # fmt: skip
        text: str = getattr(desk, pen).text(claims)
        return text

    return deed


def _of_another(desk: Desk, bare: Document) -> str:
    """Right in itself: its issuer signed it, and it is not the award's."""
    return desk.other.with_proof({**bare, "issuer": desk.other.profile})


_SUBJECT = "credentialSubject__"

_LISTS: dict[str, Listed] = {
    "is a copy at another address": Listed(_told(), check=""),
    "is a copy at another address, as signed text": Listed(_as_text("pen"), check=""),
    "has this and every other bit set": Listed(_told(**{f"{_SUBJECT}encodedList": _full()})),
    "is too short": Listed(_told(**{f"{_SUBJECT}encodedList": encode_bits([], entries=8192)}), tried=True),
    "was emptied after it was signed": Listed(_cleared, tried=True, about_proof=True),
    "is not signed": Listed(lambda desk, bare: json.dumps(bare), tried=True, about_proof=True),
    "is signed by an attacker's key under the issuer's id": Listed(
        lambda desk, bare: desk.attacker.with_proof(bare), tried=True, about_proof=True
    ),
    "is signed text by an attacker's key under the name of the issuer's": Listed(
        _as_text("attacker"), tried=True, about_proof=True
    ),
    "is another issuer's": Listed(_of_another, about_proof=True),
    "says that it is the issuer's, and another issuer signed it": Listed(
        lambda desk, bare: desk.other.with_proof(bare), tried=True, about_proof=True
    ),
    "does not answer": Listed(lambda desk, bare: None, check="revocation list"),
    "is no list": Listed(lambda desk, bare: json.dumps(desk.document)),
    "is over": Listed(_told(validUntil="2025-01-01T00:00:00Z")),
    "has not begun": Listed(_told(validFrom="2099-01-01T00:00:00Z")),
    "is for another purpose": Listed(_told(**{f"{_SUBJECT}statusPurpose": "message"})),
    "cannot be unpacked": Listed(_told(**{f"{_SUBJECT}encodedList": "uAAAA"}), tried=True),
}
