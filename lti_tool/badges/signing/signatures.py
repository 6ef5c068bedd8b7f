"""An issuer's key under a document of Open Badges 3.0, both ways: as a proof inside it, and as signed text."""

from datetime import datetime
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lti_tool.badges.openbadge.credential import Document
from lti_tool.badges.openbadge.data_integrity import add_proof
from lti_tool.badges.openbadge.documents import to_json
from lti_tool.badges.openbadge.vc_jwt import sign_jwt
from lti_tool.badges.signing.addresses import method_address
from lti_tool.badges.signing.keys import SigningKey


def with_proof(document: Document, key: SigningKey, *, since: datetime) -> str:
    """The document as JSON with its proof, by an Ed25519 key. `since`: when the document came to say what it says.

    The proof's own time is one that every process knows, and at which both the key and the words were there.
    Raises `Problem` issuer_has_no_key.
    """
    created = max(since, key.public.created_at)
    private = cast(Ed25519PrivateKey, key.private)
    return to_json(add_proof(document, private, method=method_address(key.public), created=created))


def as_signed_text(document: Document, key: SigningKey) -> str:
    """The document as VC-JWT, by an RSA key. Raises `Problem` issuer_has_no_key."""
    return sign_jwt(document, key.private, kid=method_address(key.public))
