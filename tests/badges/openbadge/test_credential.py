"""The documents of Open Badges 3.0: what the official schema asks, and what the standards' contexts can say."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.badges.openbadge.canonical import canonical
from lti_tool.badges.openbadge.contexts import CREDENTIALS, EXTENSIONS, OPEN_BADGES
from lti_tool.badges.openbadge.credential import (
    JWK_CONTEXT,
    Method,
    achievement_document,
    profile_document,
    subject_id,
)
from lti_tool.badges.openbadge.documents import EvidenceFacts
from lti_tool.badges.openbadge.recipient import UrlRecipient, hashed_url
from tests.make.credential import ACHIEVEMENT, FACTS, HERE, METHOD, PROFILE, make_credential, make_proven

SCHEMAS = Path(__file__).parent / "schemas"
SCHEMA = json.loads((SCHEMAS / "ob_v3p0_achievementcredential_schema.json").read_text())
OFFICIAL = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
TEXT = st.text(st.characters(codec=None), max_size=80) | st.sampled_from(["]]>", "<![CDATA[", "🏅", "\x00\x0b", "שלום"])


def faults(document: dict[str, Any]) -> list[str]:
    return [f"{list(fault.instance_path)}: {fault.message}" for fault in OFFICIAL.iter_errors(document)]


def gaps(value: Any) -> bool:
    """Is there a null or an empty list anywhere?"""
    if isinstance(value, dict):
        return any(gaps(part) for part in value.values())
    return value in (None, []) or (isinstance(value, list) and any(gaps(part) for part in value))


def test_the_schema_is_the_one_that_the_readme_names() -> None:
    said = (SCHEMAS / "README.md").read_text()
    table = dict(re.findall(r"^\| `(\S+\.json)` .* `([0-9a-f]{64})` \|$", said, re.MULTILINE))

    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in SCHEMAS.glob("*.json")} == table


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"valid_until": None, "narrative": None, "evidence": ()},
        {"recipient": UrlRecipient(hashed_url(f"{HERE}/recipients/x", "s"), "s")},
        {"achievement": replace(ACHIEVEMENT, tags=(), alignments=(), achievement_type=None, criteria_url=None)},
        {"achievement": replace(ACHIEVEMENT, criteria_narrative=None, achievement_type="ext:Guild.Mark")},
        {"issuer": replace(PROFILE, description=None, image=None)},
        {"evidence": (EvidenceFacts(narrative="Seen."), EvidenceFacts(id="no address at all"))},
    ],
    ids=["everything", "least", "no address", "bare class", "link only", "bare issuer", "other evidence"],
)
def test_the_official_schema_accepts_what_we_issue(changes: dict[str, Any]) -> None:
    proven = make_proven(**changes)

    assert faults(proven) == []
    assert not gaps(proven)


def test_the_official_schema_refuses_what_is_missing() -> None:
    assert faults({name: value for name, value in make_proven().items() if name != "validFrom"})
    assert faults(make_proven() | {"proof": {"type": "DataIntegrityProof"}})


def test_the_contexts_stand_in_the_order_that_the_standard_asks() -> None:
    assert make_credential()["@context"] == [CREDENTIALS, OPEN_BADGES, EXTENSIONS]


def test_a_credential_names_no_person_and_links_to_its_like_in_the_older_standard() -> None:
    document = make_credential()
    subject = document["credentialSubject"]

    assert "ada" not in json.dumps(document)
    assert "mailto" not in json.dumps(document)
    assert subject["id"] == subject_id(FACTS.id) != subject_id(FACTS.id + "b")
    assert subject["id"].startswith("urn:uuid:")
    assert subject["identifier"][0]["identityHash"] == FACTS.recipient.identity
    assert subject["achievement"]["related"] == [
        {"id": f"{HERE}/badges/b", "type": ["Related", "https://w3id.org/openbadges#BadgeClass"]}
    ]
    assert document["credentialStatus"]["statusListIndex"] == "7"


def test_every_word_of_every_document_is_one_that_its_contexts_define() -> None:
    profile = profile_document(PROFILE, [Method(METHOD, multikey=METHOD.partition("#")[2])])
    profile["@context"] = [one for one in profile["@context"] if one != JWK_CONTEXT]

    for document in (make_credential(), achievement_document(ACHIEVEMENT, PROFILE), profile):
        assert canonical(document)


def test_a_profile_publishes_its_keys_as_those_that_may_assert() -> None:
    keys = [Method(METHOD, multikey="z6Mk"), Method(f"{HERE}/keys/k", jwk={"kty": "RSA", "n": "AQ", "e": "AQAB"})]

    document = profile_document(PROFILE, keys)

    assert document["assertionMethod"] == [METHOD, f"{HERE}/keys/k"]
    assert [one["type"] for one in document["verificationMethod"]] == ["Multikey", "JsonWebKey"]
    assert {one["controller"] for one in document["verificationMethod"]} == {PROFILE.id}
    assert document["alsoKnownAs"] == [f"{HERE}/issuers/i"]


@given(words=TEXT, link=TEXT)
@settings(max_examples=40, deadline=None)
def test_whatever_somebody_wrote_into_an_award_it_can_be_signed(words: str, link: str) -> None:
    achievement = replace(ACHIEVEMENT, name=words, criteria_url=f"https://x.org/{link}", tags=(words, link))

    proven = make_proven(achievement=achievement, narrative=words, evidence=(EvidenceFacts(id=link),))

    assert proven["proof"][0]["proofValue"].startswith("z")
    json.dumps(proven).encode()
