"""Proofs inside a credential: they cover every word of it, and what they cannot cover is refused."""

import copy
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.badges.openbadge.baking import bake_png, bake_svg, split_png, split_svg
from lti_tool.badges.openbadge.canonical import CanonicalError, canonical
from lti_tool.badges.openbadge.contexts import CREDENTIALS, FILES, UnknownContextError, load_context
from lti_tool.badges.openbadge.data_integrity import ProofError, add_proof, check_proof
from lti_tool.badges.openbadge.documents import to_json
from lti_tool.badges.openbadge.multikey import MultikeyError, from_multikey, multikey_of_jwk, to_multikey
from lti_tool.badges.openbadge.png import chunks
from lti_tool.badges.openbadge.unbaking import read_png, read_svg
from lti_tool.badges.pictures.cleaning import clean_picture
from lti_tool.badges.pictures.drawing import draw_neutral
from tests.make.credential import ACHIEVEMENT, ED25519, METHOD, WHEN, make_credential, make_proven

PROVEN = make_proven()
PICTURE = clean_picture(draw_neutral("welding"))
TEXT = st.text(max_size=60) | st.sampled_from(["]]>", "🏅", '"', "&<>'", "\\u0000", "日本語", "\u202eabc", "e\u0301"])


def fault(document: dict[str, Any], key: Ed25519PrivateKey = ED25519) -> str | None:
    """Why the proof does not hold; None where it does."""
    try:
        check_proof(document, document["proof"][0], key.public_key())
    except ProofError as error:
        return str(error)
    return None


def test_a_proof_holds_for_what_it_was_made_for_and_for_no_other_key() -> None:
    assert fault(PROVEN) is None
    assert "another key" in (fault(PROVEN, Ed25519PrivateKey.generate()) or "")


def test_the_same_facts_are_signed_with_the_same_bytes() -> None:
    assert make_proven() == PROVEN


def test_a_proof_does_not_depend_on_the_order_of_members() -> None:
    assert fault(dict(sorted(PROVEN.items(), reverse=True))) is None


def test_every_single_value_is_signed() -> None:
    """Each text, number and yes of the credential, changed by itself."""
    places = [place for place in walk(PROVEN) if place[0] not in ("@context", "proof")]

    assert len(places) > 40
    for place in places:
        document = copy.deepcopy(PROVEN)
        parent: Any = document
        for step in place[:-1]:
            parent = parent[step]
        before = parent[place[-1]]
        parent[place[-1]] = not before if isinstance(before, bool) else f"{before}x"
        assert fault(document) is not None, place


def walk(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [found for name, part in value.items() for found in walk(part, (*place, name))]
    if isinstance(value, list):
        return [found for index, part in enumerate(value) for found in walk(part, (*place, index))]
    return [place]


def change(act: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    document = copy.deepcopy(PROVEN)
    act(document)
    return document


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (lambda one: one.update(note="x"), "none of its contexts defines"),
        (lambda one: one["credentialSubject"].update(note="x"), "none of its contexts defines"),
        (lambda one: one["type"].append("Royal"), "address that is none"),
        (lambda one: one["evidence"].append({"id": "rel", "type": ["Evidence"], "name": "x"}), "address that is none"),
        (lambda one: one["issuer"].update(id="_:b0"), "address that is none"),
        (lambda one: one["issuer"].update(id="https://x.org/\n"), "address that is none"),
        (lambda one: one["@context"].append({"note": "https://x.org/n"}), "none of the standard ones"),
        (lambda one: one["@context"].append("https://x.org/context"), "none of the standard ones"),
        (lambda one: one["issuer"].update({"@context": {"name": "https://x.org/n"}}), "none of the standard ones"),
        (lambda one: one.update({"https://schema.org/name": "x"}), "spelled in another way"),
        (lambda one: one.update({"@included": []}), "spelled in another way"),
        (lambda one: one["credentialSubject"]["achievement"].update(Criteria={"id": "https://x.org"}), "spelled in an"),
        (lambda one: one.update(validUntil=[one["validUntil"]]), "spelled in another way"),
        (lambda one: one["credentialStatus"].update(statusListCredential={"id": "https://x.org"}), "spelled in an"),
        (lambda one: one["issuer"].update(parentOrg={"id": one["id"], "type": ["Profile"], "name": "x"}), "two places"),
        (lambda one: one.update(name="bell\x07"), "in different ways"),
        (lambda one: one.update(name="half \ud800"), "in different ways"),
        (lambda one: one.update(name=[["x"]]), "list of lists"),
        (lambda one: one.update(name=float("nan")), "number that is none"),
        (lambda one: one.update(name=2**70), "too large"),
        (lambda one: one.update(name="x" * 300_000), "larger than a badge"),
        (lambda one: one.pop("@context"), "none of the standard ones"),
    ],
)
def test_what_a_signature_cannot_cover_is_refused_and_not_dropped(act: Callable[..., object], why: str) -> None:
    said = fault(change(act)) or ""

    assert why in said
    with pytest.raises(ProofError):
        add_proof(change(act), ED25519, method=METHOD, created=WHEN)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"cryptosuite": "eddsa-jcs-2022"}, "only proofs of the kind"),
        ({"type": "Ed25519Signature2020"}, "only proofs of the kind"),
        ({"proofPurpose": "authentication"}, "another purpose"),
        ({"previousProof": "urn:x"}, "not known here"),
        ({"verificationMethod": None}, "no verificationMethod"),
        ({"verificationMethod": "https://x.org/other#key"}, "signature does not fit"),
        ({"proofValue": "z" + "1" * 5000}, "no signature"),
        ({"proofValue": "zO0"}, "no signature"),
        ({"proofValue": "u" + "A" * 86}, "no signature"),
        ({"proofValue": "z1111"}, "signature does not fit"),
        ({"created": "yesterday"}, "no time"),
        ({"created": "2026-03-04T05:06:08Z"}, "signature does not fit"),
        ({"@context": ["https://x.org"]}, "other contexts"),
    ],
)
def test_a_proof_of_another_kind_is_none(changes: dict[str, Any], why: str) -> None:
    proof = {name: value for name, value in (PROVEN["proof"][0] | changes).items() if value is not None}

    assert why in (fault(PROVEN | {"proof": [proof]}) or "")


def test_a_proof_may_bring_the_contexts_of_its_document_along() -> None:
    proof = PROVEN["proof"][0] | {"@context": PROVEN["@context"]}

    assert fault(PROVEN | {"proof": [proof]}) is None


def test_a_graph_that_was_made_to_keep_us_busy_is_refused_in_time() -> None:
    """Every organisation here looks like every other, so to name them is to try all orders."""
    alike = [{"type": ["Profile"], "name": "x"} for _ in range(9)]
    alike = [{"type": ["Profile"], "name": "y", "parentOrg": alike} for _ in range(3)]
    began = time.monotonic()

    with pytest.raises(CanonicalError):
        canonical(make_credential() | {"issuer": {"type": ["Profile"], "name": "z", "parentOrg": alike}})

    assert time.monotonic() - began < 2


def test_deep_and_long_documents_are_refused_before_they_are_read() -> None:
    deep: Any = "x"
    for _ in range(5_000):
        deep = {"name": deep}
    many = {"@context": CREDENTIALS, "type": ["VerifiableCredential"] * 401}

    for document in ({"name": deep}, many, {"name": ["x"] * 501}):
        with pytest.raises(CanonicalError):
            canonical(document)


def test_contexts_come_from_our_files_and_from_nowhere_else() -> None:
    assert len(FILES) == 10
    assert all("@context" in load_context(url)["document"] for url in FILES)
    with pytest.raises(UnknownContextError):
        load_context("https://www.w3.org/2018/credentials/v1")


def test_a_key_is_read_back_from_its_text() -> None:
    text = to_multikey(ED25519.public_key())

    assert from_multikey(text) == ED25519.public_key()
    assert text.startswith("z6Mk")
    secp256k1 = "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"
    for other in ("", "z", "z6Mk", text[1:], text + "1", secp256k1, "z" * 9999):
        with pytest.raises(MultikeyError):
            from_multikey(other)
    for jwk in ({}, {"kty": "RSA"}, {"kty": "OKP", "crv": "Ed25519"}, {"kty": "OKP", "crv": "Ed25519", "x": 1}):
        with pytest.raises(MultikeyError):
            multikey_of_jwk(jwk)


@given(narrative=TEXT, name=TEXT)
@settings(max_examples=25, deadline=None)
def test_what_is_baked_is_read_back_and_its_proof_still_holds(narrative: str, name: str) -> None:
    proven = make_proven(narrative=narrative, achievement=make_achievement(name))
    texts = {"openbadges": json.dumps({"narrative": narrative}), "openbadgecredential": to_json(proven)}

    png = bake_png(split_png(PICTURE.png), texts)
    svg = bake_svg(split_svg(PICTURE.svg), texts["openbadges"], "https://x.org/a", texts["openbadgecredential"])

    for found in (read_png(png), read_svg(svg)):
        assert json.loads(found["openbadges"]) == {"narrative": narrative}
        assert fault(json.loads(found["openbadgecredential"])) is None
    assert data_of(png) == data_of(PICTURE.png)


def make_achievement(name: str) -> Any:
    return replace(ACHIEVEMENT, name=name or "x")


def data_of(png: bytes) -> list[bytes]:
    return [chunk.whole for chunk in chunks(png) if chunk.kind == b"IDAT"]


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
NAMES = st.sampled_from(["id", "type", "name", "@context", "evidence", "proof", "x"])
ANYTHING = st.recursive(
    LEAVES | st.sampled_from(["_:b0", "https://x.org", CREDENTIALS]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(value=ANYTHING)
@settings(max_examples=50, deadline=None)
def test_whatever_is_given_is_no_fault_of_ours(value: Any) -> None:
    document = {"@context": [CREDENTIALS], "type": ["VerifiableCredential"], "issuer": value}

    for proof in (PROVEN["proof"][0], value if isinstance(value, dict) else {}):
        with pytest.raises(ProofError):
            check_proof(document, proof, ED25519.public_key())
