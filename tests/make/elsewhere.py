"""Badge platforms of other people: a few documents of each version at real addresses, worded as a test needs them."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image

from lti_tool.badges.openbadge.baking import ASSERTION, bake_png, split_png
from tests.make.serving import free_port, serving

V2 = "https://w3id.org/openbadges/v2"
V1 = "https://w3id.org/openbadges/v1"
JSON, PNG = "application/ld+json", "image/png"


def make_png(colour: str = "teal", size: int = 64) -> bytes:
    """A picture of one colour."""
    held = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(held, "PNG")
    return held.getvalue()


@dataclass
class Elsewhere:
    """One platform: `pages` is all that it answers, by path."""

    url: str
    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, path: str, document: dict[str, Any] | bytes, kind: str = JSON) -> str:
        """Answers the address."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.pages[f"/{path}"] = (kind, body)
        return f"{self.url}/{path}"

    def read(self, url: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.pages[url.removeprefix(self.url)][1])
        return document

    def award(self, *, badge: dict[str, Any] | None = None, picture: bytes | None = None, **words: Any) -> str:
        """A hosted award of Open Badges 2.0 with its badge class, issuer and picture. Answers its address."""
        words = {"verification": {"type": "hosted"}, **words}
        document = {
            "@context": V2, "id": f"{self.url}/award", "type": "Assertion", "badge": self.badge(badge, picture),
            "recipient": {"type": "email", "hashed": False, "identity": "ada@example.org"},
            "issuedOn": "2026-03-01T12:00:00Z", **words,
        }  # fmt: skip
        return self.put("award", document)

    def badge(self, words: dict[str, Any] | None = None, picture: bytes | None = None) -> str:
        """A badge class by itself. Answers its address."""
        document = {
            "@context": V2, "id": f"{self.url}/badge", "type": "BadgeClass", "name": "Navigator",
            "description": "Found the way without a map.", "image": self.put("badge.png", picture or make_png(), PNG),
            "criteria": {"narrative": "Cross the *forest* alone."}, "issuer": self.issuer(),
            "tags": ["maps", "outdoors"],
            "alignment": [{"targetName": "Orientation", "targetUrl": "https://skills.example/orientation"}],
            **(words or {}),
        }  # fmt: skip
        return self.put("badge", document)

    def issuer(self, **words: Any) -> str:
        document = {
            "@context": V2, "id": f"{self.url}/issuer", "type": "Issuer", "name": "Scouts of Elsewhere",
            "url": self.url, "email": "scouts@elsewhere.example", **words,
        }  # fmt: skip
        return self.put("issuer", document)

    def first_award(self) -> str:
        """The same by Open Badges 1.1. Answers its address."""
        issuer = {"name": "Old Scouts", "url": self.url, "@context": V1, "type": "Issuer", "id": f"{self.url}/issuer"}
        badge = {
            "@context": V1, "type": "BadgeClass", "id": f"{self.url}/badge", "name": "Old Navigator",
            "description": "Found the way long ago.", "image": self.put("badge.png", make_png("olive"), PNG),
            "criteria": f"{self.url}/criteria", "issuer": self.put("issuer", issuer), "tags": ["maps"],
            "alignment": [{"name": "Orientation", "url": "https://skills.example/orientation"}],
        }  # fmt: skip
        document = {
            "@context": V1, "type": "Assertion", "id": f"{self.url}/award", "uid": "1", "issuedOn": 1_400_000_000,
            "badge": self.put("badge", badge),
            "recipient": {"type": "email", "hashed": False, "identity": "ada@example.org"},
            "verify": {"type": "hosted", "url": f"{self.url}/award"},
        }  # fmt: skip
        return self.put("award", document)

    def signed_award(self) -> str:
        """An award of Open Badges 2.0 that is nowhere but in its signed text. Answers the text."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        badge, owner, place = self.badge(), f"{self.url}/issuer", f"{self.url}/key"
        self.issuer(publicKey=place)
        self.put("key", {"@context": V2, "type": "CryptographicKey", "id": place, "owner": owner, "publicKeyPem": pem})
        award = {
            "@context": V2, "id": "urn:uuid:6f1e6a43-59b1-4a4e-9b1a-1f4f2f5a7b01", "type": "Assertion", "badge": badge,
            "recipient": {"type": "email", "hashed": False, "identity": "ada@example.org"},
            "issuedOn": "2026-03-01T12:00:00Z", "verification": {"type": "SignedBadge", "creator": place},
        }  # fmt: skip
        return jwt.PyJWS().encode(json.dumps(award).encode(), key, algorithm="RS256")

    def baked(self, award: str, picture: bytes | None = None) -> bytes:
        """The picture of an award of this platform, as its holder downloads it."""
        return bake_png(split_png(picture or make_png()), {ASSERTION: json.dumps(self.read(award))})


def _answering(place: Elsewhere) -> WSGIApplication:
    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        path = str(environ["PATH_INFO"])
        place.asked.append(path)
        found = place.pages.get(path)
        kind, body = found or ("text/plain", b"Nothing is here.")
        start_response("200 OK" if found else "404 Not Found", [("Content-Type", kind)])
        return [body]

    return answer


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """A platform on a real port, empty at first."""
    port = free_port()
    place = Elsewhere(f"http://127.0.0.1:{port}")
    with serving(_answering(place), port):
        yield place
