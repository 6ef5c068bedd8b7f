"""Where the documents of Open Badges 3.0 stand.

Each has an address of its own beside that of its like in 2.0: one document for both would be right in neither, and
whoever follows an id has to get what the id promises (Open Badges 3.0, "Migrating from 2.0").
"""

from lti_tool.badges.hosted import address
from lti_tool.badges.openbadge.multikey import multikey_of_jwk
from lti_tool.badges.signing.keys import ED25519, PublishedKey


def credential_address(award_id: str) -> str:
    return address("credentials", award_id)


def achievement_address(badge_id: str) -> str:
    return address("achievements", badge_id)


def profile_address(issuer_id: str) -> str:
    return address("profiles", issuer_id)


def status_address(issuer_id: str, list_number: int) -> str:
    return address("status", f"{issuer_id}-{list_number}")


def revoked_address(issuer_id: str) -> str:
    return address("revoked-credentials", issuer_id)


def method_address(key: PublishedKey) -> str:
    """What a proof or a signed text names as its key.

    For proofs it is the issuer and behind it the key itself, because the 1EdTech validator takes both out of it; for
    signed text the address of a bare JWK.
    """
    if key.kind == ED25519:
        return f"{profile_address(key.issuer)}#{multikey_of_jwk(key.jwk)}"
    return address("keys", key.id)
