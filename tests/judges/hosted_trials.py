"""Awards of 2.0 hosted by us: whole, taken back, out of date, with a changed copy, and tampered with by their host."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from lti_tool.badges.openbadge.baking import ASSERTION, bake_png, bake_svg, split_png, split_svg
from lti_tool.badges.openbadge.contexts import load_context
from lti_tool.badges.verifying.checking import Given
from tests.judges.copies import AWARD, BADGE, ISSUER, Copies
from tests.judges.our_awards import FUTURE, PAST, Document, OurTool
from tests.judges.trials import UNTOUCHED, Expected, Home, Kind, Trial, Way, fallen, holding

_V2 = "https://w3id.org/openbadges/v2"
CHANGED = "nothing: its badge was changed after it was saved"

# What is done to which document, and which check of ours has to find it out.
_AT_THE_HOST: dict[str, tuple[str, dict[str, Any], str]] = {
    "taken back: answered with 200, the whole body and `revoked: true`": (AWARD, {"revoked": True}, "revoked"),
    "`verification.type` is “Nope”": (AWARD, {"verification": {"type": "Nope"}}, "verification"),
    "it says that it is signed": (AWARD, {"verification": {"type": "SignedBadge"}}, "verification"),
    "a date without a time zone": (AWARD, {"issuedOn": "2026-01-02"}, "shape"),
    "it ends before it begins": (
        AWARD, {"issuedOn": "2026-01-02T00:00:00Z", "expires": "2026-01-01T00:00:00Z"}, "dates",
    ),
    "the badge class says that it is another one": (BADGE, {"id": "http://localhost:1/badge"}, "reachable"),
    "the badge class has the type of an issuer": (BADGE, {"type": "Profile"}, "shape"),
    "the badge class's picture is no picture": (BADGE, {"image": None}, "picture"),
    "the issuer says that it is another one": (ISSUER, {"id": "http://localhost:1/issuer"}, "reachable"),
    **{
        f"without the award's `{name}`": (AWARD, {name: None}, check)
        for name, check in {
            "recipient": "shape", "badge": "shape", "issuedOn": "shape", "verification": "verification",
            "id": "authentic", "@context": "context",
        }.items()
    },
    **{
        f"without the badge class's `{name}`": (BADGE, {name: None}, check)
        for name, check in {
            "id": "reachable", "type": "shape", "name": "shape", "description": "shape", "criteria": "shape",
            "issuer": "shape", "@context": "context",
        }.items()
    },
    **{
        f"without the issuer's `{name}`": (ISSUER, {name: None}, check)
        for name, check in {
            "id": "reachable", "type": "shape", "name": "shape", "url": "shape", "email": "shape",
        }.items()
    },
}  # fmt: skip


def hosted_trials(tool: OurTool, copies: Copies) -> Iterator[Trial]:
    yield from _ours(tool)
    yield from _with_a_changed_copy(tool)
    yield from _at_another_home(copies)


def _ours(tool: OurTool) -> Iterator[Trial]:
    for what, award in tool.another_issuer().every_kind():
        yield from holding(tool.hosted(award), what, Home.OURS)
    yield from _changed_afterwards(tool.another_issuer())
    revoked = tool.award("bob@example.org")
    saved = tool.hosted(revoked)
    tool.revoke(revoked)
    yield from fallen(saved, "taken back: answered with 410", Home.OURS, "revoked")
    expired = tool.award("cyd@example.org", issued_on=PAST, expires=datetime(2025, 6, 1, tzinfo=UTC))
    yield from fallen(tool.hosted(expired), "expired", Home.OURS, "dates")
    future = tool.award("dan@example.org", issued_on=FUTURE)
    yield from fallen(tool.hosted(future), "issued in the future", Home.OURS, "dates")


def _changed_afterwards(tool: OurTool) -> Iterator[Trial]:
    """A picture that was saved before carries the credential of that time beside an award that is told anew."""
    award = tool.award("uma@example.org")
    saved = tool.hosted(award)
    tool.change_the_badge()
    yield from holding(saved[:2], CHANGED, Home.OURS)
    yield from holding(saved[2:], CHANGED, Home.OURS, Expected.DIFFERS)


def _with_a_changed_copy(tool: OurTool) -> Iterator[Trial]:
    """What somebody changed in their own copy changes nothing: the award at its address counts."""
    award = tool.award("fay@example.org")
    said = tool.document(f"assertions/{award}")
    eve = {**said["recipient"], "identity": "sha256$" + "0" * 64}
    changes: dict[str, Document] = {
        "the copy names another recipient": {"recipient": eve},
        "the copy has another date": {"issuedOn": "2020-01-02T03:04:05Z"},
        "the copy never ends": {"expires": "2199-01-01T00:00:00Z"},
        "the copy tells another story": {"narrative": "Saved the world."},
    }
    for what, members in changes.items():
        yield from holding(_in_copies(tool, award, {**said, **members}), what, Home.OURS, Expected.DIFFERS)
    badge = tool.document(f"badges/{tool.badge}") | {"name": "Medicine", "criteria": {"narrative": "Be kind."}}
    yield from holding(
        _in_copies(tool, award, {**said, "badge": badge}), "the copy tells another name and criteria of its badge",
        Home.OURS, Expected.DIFFERS,
    )  # fmt: skip
    other = {"id": f"{tool.url}/public/assertions/{tool.award('gus@example.org')}"}
    yield from holding(
        _in_copies(tool, award, {**said, **other}), "the copy has the id of another award", Home.OURS, Expected.DIFFERS
    )
    unknown = {**said, "id": f"{tool.url}/public/assertions/nothing-here"}
    yield from fallen(_in_copies(tool, award, unknown), "the copy has the id of no award", Home.OURS, "authentic")


def _in_copies(tool: OurTool, award: str, document: Document) -> list[Way]:
    """A changed assertion in each form but its address; in the pictures alone, without the credential of 3.0."""
    (_, png), (_, svg) = tool.hosted(award)[2:]
    text = json.dumps(document)
    assert isinstance(png.content, bytes)
    assert isinstance(svg.content, bytes)
    return [
        (Kind.HOSTED_JSON, Given("json", text)),
        (Kind.HOSTED_PNG, Given("image", bake_png(split_png(png.content), {ASSERTION: text}))),
        (Kind.HOSTED_SVG, Given("image", bake_svg(split_svg(svg.content), text, str(document["id"])))),
    ]


def _at_another_home(copies: Copies) -> Iterator[Trial]:
    yield from holding(copies.one().ways(), UNTOUCHED, Home.COPY)
    extra = copies.one().change(AWARD, grade="A", hints=["x"]).change(BADGE, colour="red")
    yield from holding(extra.ways(), "words that no context defines stand in it", Home.COPY)
    for what, (part, members, check) in _AT_THE_HOST.items():
        yield from fallen(copies.one().change(part, **members).ways(), what, Home.COPY, check)
    yield from _revocation_lists(copies)
    yield from _contexts(copies)
    elsewhere = copies.one()
    issuer = elsewhere.address(ISSUER).replace("localhost", "127.0.0.1")
    elsewhere.change(ISSUER, id=issuer).change(BADGE, issuer=issuer)
    yield from fallen(elsewhere.ways(), "the award is on another host than its issuer", Home.COPY, "issuer")
    moved = copies.one()
    moved.change(AWARD, id=copies.one().address(AWARD))
    yield from holding(
        [way for way in moved.ways() if way[0] is Kind.HOSTED_ADDRESS], "its address tells of an award of another one",
        Home.COPY, Expected.DIFFERS,
    )  # fmt: skip


def _revocation_lists(copies: Copies) -> Iterator[Trial]:
    """Our issuers name no list; a copy's issuer may."""
    for what, as_text in (("as text", True), ("as an object", False)):
        copy = copies.one()
        here = copy.address(AWARD)
        listed = copy.beside("revoked", {
            "@context": _V2, "id": copy.host.url(f"{copy.folder}/revoked"), "type": "RevocationList",
            "issuer": copy.address(ISSUER), "revokedAssertions": [here if as_text else {"id": here}],
        })  # fmt: skip
        copy.change(ISSUER, revocationList=listed)
        yield from fallen(
            copy.ways(), f"the issuer's list of revoked awards has this one entry, {what}", Home.COPY, "revoked"
        )


def _contexts(copies: Copies) -> Iterator[Trial]:
    """Contexts that a judge can really fetch, from the host of the copy."""
    words = dict(load_context(_V2)["document"]["@context"])
    words["narrative"], words["description"] = words["description"], words["narrative"]
    foreign = copies.one()
    foreign.change(AWARD, **{"@context": foreign.beside("context", {"@context": words})})
    yield from fallen(foreign.ways(), "its context is a foreign one, with other meanings", Home.COPY, "context")
    beside = copies.one()
    beside.change(AWARD, **{"@context": [_V2, beside.beside("context", {"@context": words})]})
    yield from fallen(beside.ways(), "a foreign context stands beside the standard's", Home.COPY, "context")
    inline = copies.one()
    inline.change(AWARD, **{"@context": [_V2, {"issuedOn": "https://schema.org/name"}]})
    yield from fallen(inline.ways(), "a context of its own gives a word another meaning", Home.COPY, "context")
