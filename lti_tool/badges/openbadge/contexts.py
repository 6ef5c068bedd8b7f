"""The JSON-LD contexts that lie here as files, and no others: a verifier that fetches a context lets whoever serves it
change what a signed badge says.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "contexts"

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
MULTIKEY = "https://w3id.org/security/multikey/v1"
DID = "https://www.w3.org/ns/did/v1"

FILES = {
    "https://w3id.org/openbadges/v1": "ob-v1.json",
    "https://w3id.org/openbadges/v2": "ob-v2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": "ob-v3p0-context-3.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": "ob-v3p0-context-3.0.2.json",
    OPEN_BADGES: "ob-v3p0-context-3.0.3.json",
    EXTENSIONS: "ob-v3p0-extensions.json",
    CREDENTIALS: "credentials-v2.json",
    "https://w3id.org/security/data-integrity/v2": "security-data-integrity-v2.json",
    MULTIKEY: "security-multikey-v1.json",
    DID: "did-v1.json",
}
"""Which file answers for which address."""

# Of Open Badges 1 and 2 nothing is signed as linked data, and their contexts take any word as a term.
SIGNABLE = frozenset(FILES) - {"https://w3id.org/openbadges/v1", "https://w3id.org/openbadges/v2"}


class UnknownContextError(ValueError):
    """A context whose text we do not have. The text of the error is its address."""


def load_context(url: str, _options: object = None) -> dict[str, Any]:
    """What PyLD asks of a document loader. Raises UnknownContextError."""
    if url not in FILES:
        raise UnknownContextError(url)
    document = json.loads(_text(FILES[url]))
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document,
            "tag": "static"}  # fmt: skip


@cache
def _text(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")
