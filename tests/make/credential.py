"""Credentials of Open Badges 3.0 without a database, and keys that sign them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa

from lti_tool.badges.openbadge.credential import (
    AchievementFacts,
    CredentialFacts,
    ProfileFacts,
    StatusPlace,
    credential_document,
)
from lti_tool.badges.openbadge.data_integrity import add_proof
from lti_tool.badges.openbadge.documents import EvidenceFacts
from lti_tool.badges.openbadge.multikey import to_multikey
from lti_tool.badges.openbadge.recipient import HashedRecipient, hashed_email

HERE = "https://badges.example.org/public"
WHEN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ED25519 = Ed25519PrivateKey.generate()
P256 = generate_private_key(SECP256R1())
RSA = generate_rsa(65537, 2048)
METHOD = f"{HERE}/profiles/i#{to_multikey(ED25519.public_key())}"

PROFILE = ProfileFacts(
    f"{HERE}/profiles/i", f"{HERE}/issuers/i", "Школа", "https://example.org/", "badges@example.org", "Teaches.",
    f"{HERE}/issuers/i/image.png",
)  # fmt: skip
ACHIEVEMENT = AchievementFacts(
    f"{HERE}/achievements/b", f"{HERE}/badges/b", "Welding", "Welds safely.", f"{HERE}/badges/b/image.png",
    "Weld *it*.", "https://example.org/criteria", ("metal", "fire"),
    ({"name": "Joining", "url": "https://frameworks.example/1", "description": "J", "framework": "F", "code": "1"},),
    "Certificate",
)  # fmt: skip
FACTS = CredentialFacts(
    id=f"{HERE}/credentials/a", image=f"{HERE}/assertions/a/image.png", issuer=PROFILE, achievement=ACHIEVEMENT,
    recipient=HashedRecipient(hashed_email("ada@example.org", "s4lt"), "s4lt"), valid_from=WHEN,
    awarded=datetime(2026, 1, 2, tzinfo=UTC), valid_until=datetime(2036, 1, 2, tzinfo=UTC),
    status=StatusPlace(f"{HERE}/status/i-0", 7), narrative="Held.",
    evidence=(EvidenceFacts(id="https://example.org/seam", narrative="Seen."),),
)  # fmt: skip


def make_credential(**changes: Any) -> dict[str, Any]:
    """A credential with everything that one of ours can have, not signed."""
    return credential_document(replace(FACTS, **changes))


def make_proven(**changes: Any) -> dict[str, Any]:
    """The same with a proof."""
    return add_proof(make_credential(**changes), ED25519, method=METHOD, created=WHEN)
