"""A badge platform of somebody else, on a real port: it issues badges by every version of the standard.

`with foreign_platform() as platform:` gives one that is served; `platform.issue(Standard.V2_HOSTED)` answers a
`ForeignAward` with everything that a person could paste or upload. Whatever it serves stands in `platform.replies`
under its path and may be changed at any time; `platform.asked` are the paths that were asked for. What it signs it
signs with libraries of others, never with code of the tool.
"""

import base64
import gzip
import hashlib
import json
import struct
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import base58
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyld import jsonld

from lti_tool.badges.verifying.verdict import Standard
from tests.make.serving import free_port, serving

Document = dict[str, Any]
CONTEXT_2 = "https://w3id.org/openbadges/v2"
CONTEXTS_3 = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
]
EMAIL = "ada@example.org"
_CONTEXT_FILES = {
    "https://www.w3.org/ns/credentials/v2": "credentials-v2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "ob-v3p0-context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": "ob-v3p0-extensions.json",
}
_FOLDER = Path(__file__).parents[2] / "lti_tool" / "badges" / "openbadge" / "contexts"
_PURPLE = b"\x80\x20\xa0"


@dataclass
class Reply:
    """What is answered at a path. A `body` of an iterable is sent piece by piece."""

    body: bytes | Iterable[bytes]
    kind: str = "application/ld+json"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    page: bytes | None = None
    """What is answered instead to whoever does not ask for JSON."""


@dataclass
class ForeignAward:
    """One award. `url` is what a person pastes, `text` its JSON or its signed text, `path` where `url` is served."""

    standard: Standard
    path: str
    url: str
    document: Document
    text: str
    png: bytes
    svg: bytes


@dataclass
class ForeignPlatform:
    url: str
    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def put(self, path: str, content: Document | bytes | str, *, kind: str = "application/ld+json") -> str:
        """Serve this at `path`. Answers its whole address."""
        text = as_json(content) if isinstance(content, dict) else content
        self.replies[path] = Reply(text.encode() if isinstance(text, str) else text, kind)
        return self.url + path

    def change(self, path: str, **members: Any) -> Document:
        """Change members of the JSON at `path`; None takes one away."""
        document = {**self.document(path), **members}
        document = {name: value for name, value in document.items() if value is not None}
        self.put(path, document)
        return document

    def document(self, path: str) -> Document:
        body = self.replies[path].body
        assert isinstance(body, bytes)
        document: Document = json.loads(body)
        return document

    def issue(
        self, standard: Standard = Standard.V2_HOSTED, *, name: str = "Foreign badge", email: str = EMAIL,
        number: str = "1", did: str | None = None, **members: Any,
    ) -> ForeignAward:  # fmt: skip
        """An award with its badge class, picture and issuer. `members` are added to the award or change it; `number`
        tells awards of one platform apart; `did`: the issuer of a 3.0 award is a `did:key` or a `did:web`.
        """
        self.put(f"/badges/{number}/image", picture(), kind="image/png")
        self._found_issuer()
        match standard:
            case Standard.V1_HOSTED | Standard.V1_SIGNED:
                return self._issue_first(standard, name, email, number, members)
            case Standard.V2_HOSTED | Standard.V2_SIGNED:
                return self._issue_second(standard, name, email, number, members)
        return self._issue_third(standard, name, email, number, did, members)

    def _found_issuer(self) -> None:
        """Issuer, keys and lists, each once."""
        if "/issuer" in self.replies:
            return
        issuer, key = f"{self.url}/issuer", f"{self.url}/key"
        self.put("/issuer", {
            "@context": CONTEXT_2, "type": "Issuer", "id": issuer, "name": "Foreign College", "url": f"{self.url}/",
            "email": "badges@foreign.example", "publicKey": key, "revocationList": f"{self.url}/revoked",
        })  # fmt: skip
        self.put("/key", {
            "@context": CONTEXT_2, "type": "CryptographicKey", "id": key, "owner": issuer, "publicKeyPem": _pem(),
        })  # fmt: skip
        self.put("/revoked", {"@context": CONTEXT_2, "type": "RevocationList", "id": f"{self.url}/revoked",
                              "issuer": issuer, "revokedAssertions": []})  # fmt: skip
        first = {"name": "Foreign College", "url": f"{self.url}/", "revocationList": f"{self.url}/revoked-1"}
        self.put("/issuer-1", first)
        self.put("/revoked-1", {})
        self.put("/key-1", _pem(), kind="text/plain")
        self.put("/profile", self.profile(f"{self.url}/profile"))
        self.put("/jwk", _jwk(f"{self.url}/jwk"))
        self.put_status_list()

    def _issue_first(
        self, standard: Standard, name: str, email: str, number: str, members: Document
    ) -> ForeignAward:  # fmt: skip
        badge = self.put(f"/badges-1/{number}", {
            "name": name, "description": "Given elsewhere.", "criteria": f"{self.url}/criteria",
            "image": f"{self.url}/badges/{number}/image", "issuer": f"{self.url}/issuer-1", "tags": ["old"],
            "alignment": [{"name": "Goal", "url": f"{self.url}/goal", "description": "A goal."}],
        })  # fmt: skip
        path, signed = f"/awards-1/{number}", standard is Standard.V1_SIGNED
        verify = {"type": "signed", "url": f"{self.url}/key-1"}
        document = {
            "uid": f"award-{number}", "recipient": _recipient(email), "badge": badge, "issuedOn": 1_700_000_000,
            "verify": verify if signed else {"type": "hosted", "url": self.url + path}, **members,
        }  # fmt: skip
        return self._award(standard, path, document, self.jws(document) if signed else None)

    def _issue_second(
        self, standard: Standard, name: str, email: str, number: str, members: Document
    ) -> ForeignAward:  # fmt: skip
        badge = self.put(f"/badges/{number}", {
            "@context": CONTEXT_2, "type": "BadgeClass", "id": f"{self.url}/badges/{number}", "name": name,
            "description": "Given elsewhere.", "image": f"{self.url}/badges/{number}/image",
            "criteria": {"id": f"{self.url}/criteria", "narrative": "Do **it**."}, "issuer": f"{self.url}/issuer",
            "tags": ["new"], "alignment": [{"targetName": "Goal", "targetUrl": f"{self.url}/goal", "targetCode": "G1"}],
        })  # fmt: skip
        path, signed = f"/awards/{number}", standard is Standard.V2_SIGNED
        way = {"type": "SignedBadge", "creator": f"{self.url}/key"} if signed else {"type": "HostedBadge"}
        document = {
            "@context": CONTEXT_2, "type": "Assertion", "recipient": _recipient(email), "badge": badge,
            "id": f"urn:uuid:00000000-0000-4000-8000-{number:0>12}" if signed else self.url + path,
            "issuedOn": "2024-05-01T12:00:00Z", "narrative": "Well done.", "evidence": [{"id": f"{self.url}/evidence"}],
            "verification": way, **members,
        }  # fmt: skip
        return self._award(standard, path, document, self.jws(document) if signed else None)

    def _issue_third(
        self, standard: Standard, name: str, email: str, number: str, did: str | None, members: Document
    ) -> ForeignAward:  # fmt: skip
        issuer = {"did:key": self.did_key, "did:web": self.did_web, None: f"{self.url}/profile"}[did]
        if did == "did:web":
            self.put("/.well-known/did.json", self.profile(issuer))
        path = f"/credentials/{number}"
        document = {**self.credential(issuer, name, email, number), **members}
        if standard is Standard.V3_JWT:
            return self._award(standard, path, document, self.vc_jwt(document))
        return self._award(standard, path, self.with_proof(document))

    def credential(self, issuer: str, name: str, email: str, number: str) -> Document:
        """A credential of 3.0 that nobody has signed yet."""
        return {
            "@context": CONTEXTS_3, "id": f"{self.url}/credentials/{number}",
            "type": ["VerifiableCredential", "OpenBadgeCredential"], "name": name,
            "issuer": {"id": issuer, "type": ["Profile"], "name": "Foreign College", "url": f"{self.url}/"},
            "validFrom": "2024-05-01T12:00:00Z", "awardedDate": "2024-05-01T12:00:00Z",
            "credentialSubject": {
                "id": "urn:uuid:11111111-1111-4111-8111-111111111111", "type": ["AchievementSubject"],
                "identifier": [{
                    "type": "IdentityObject", "hashed": True, "identityHash": _hash(email), "salt": "pepper",
                    "identityType": "emailAddress",
                }],
                "achievement": {
                    "id": f"{self.url}/achievements/{number}", "type": ["Achievement"], "name": name,
                    "description": "Given elsewhere.", "criteria": {"narrative": "Do **it**."},
                    "image": {"id": f"{self.url}/badges/{number}/image", "type": "Image"},
                    "achievementType": "Certificate", "tag": ["new"],
                    "alignment": [{"type": ["Alignment"], "targetName": "Goal", "targetUrl": f"{self.url}/goal"}],
                },
                "narrative": "Well done.",
            },
            "evidence": [{"id": f"{self.url}/evidence", "type": ["Evidence"]}],
            "credentialStatus": self.status_entry(94),
        }  # fmt: skip

    @property
    def multikey(self) -> str:
        return "z" + base58.b58encode(b"\xed\x01" + self.key.public_key().public_bytes_raw()).decode()

    @property
    def did_key(self) -> str:
        return f"did:key:{self.multikey}"

    @property
    def did_web(self) -> str:
        return "did:web:" + self.url.removeprefix("http://").replace(":", "%3A")

    def method(self, issuer: str) -> str:
        return f"{issuer}#{self.multikey}"

    def profile(self, issuer: str) -> Document:
        """The document of an issuer of 3.0, with its keys."""
        jwk = f"{self.url}/jwk"
        keys = [
            {"id": self.method(issuer), "type": "Multikey", "controller": issuer, "publicKeyMultibase": self.multikey},
            {"id": jwk, "type": "JsonWebKey", "controller": issuer, "publicKeyJwk": _jwk(jwk)},
        ]
        return {
            "@context": CONTEXTS_3[:2], "id": issuer, "type": ["Profile"], "name": "Foreign College",
            "url": f"{self.url}/", "verificationMethod": keys, "assertionMethod": [one["id"] for one in keys],
        }  # fmt: skip

    def status_entry(self, index: int, purpose: str = "revocation") -> Document:
        return {
            "id": f"{self.url}/status#{index}", "type": "BitstringStatusListEntry", "statusPurpose": purpose,
            "statusListIndex": str(index), "statusListCredential": f"{self.url}/status",
        }  # fmt: skip

    def put_status_list(self, revoked: Iterable[int] = (), *, entries: int = 131_072, **members: Any) -> None:
        bits = bytearray(entries // 8)
        for index in revoked:
            bits[index // 8] |= 0x80 >> index % 8
        packed = base64.urlsafe_b64encode(gzip.compress(bytes(bits))).rstrip(b"=").decode()
        document = {
            "@context": CONTEXTS_3[:1], "id": f"{self.url}/status", "issuer": f"{self.url}/profile",
            "type": ["VerifiableCredential", "BitstringStatusListCredential"], "validFrom": "2024-01-01T00:00:00Z",
            "credentialSubject": {
                "id": f"{self.url}/status#list", "type": "BitstringStatusList", "statusPurpose": "revocation",
                "encodedList": f"u{packed}",
            }, **members,
        }  # fmt: skip
        self.put("/status", self.with_proof(document))

    def with_proof(self, document: Document, **changed: Any) -> Document:
        """Signed by `eddsa-rdfc-2022`; `changed` are members of the proof."""
        issuer = document["issuer"]
        proof = {
            "type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "created": "2024-05-01T12:00:00Z",
            "verificationMethod": self.method(issuer["id"] if isinstance(issuer, dict) else issuer),
            "proofPurpose": "assertionMethod", **changed,
        }  # fmt: skip
        bare = {name: value for name, value in document.items() if name != "proof"}
        parts = ({**proof, "@context": bare["@context"]}, bare)
        signed = self.key.sign(b"".join(hashlib.sha256(_normal(part)).digest() for part in parts))
        return {**bare, "proof": [{**proof, "proofValue": "z" + base58.b58encode(signed).decode()}]}

    def vc_jwt(self, document: Document, *, header: Document | None = None, **claims: Any) -> str:
        """Signed as VC-JWT (RS256); `claims` are added or changed, None takes one away."""
        issuer = document["issuer"]
        payload = {
            **document, "iss": issuer["id"] if isinstance(issuer, dict) else issuer, "jti": document["id"],
            "sub": document["credentialSubject"]["id"], "nbf": 1_714_564_800, **claims,
        }  # fmt: skip
        payload = {name: value for name, value in payload.items() if value is not None}
        return jwt.encode(payload, _rsa(), algorithm="RS256", headers={"kid": f"{self.url}/jwk", **(header or {})})

    def jws(self, document: Document, *, key: rsa.RSAPrivateKey | None = None) -> str:
        """Signed as Open Badges 1 and 2 mean it."""
        return jwt.PyJWS().encode(as_json(document), key or _rsa(), algorithm="RS256")

    def _award(self, standard: Standard, path: str, document: Document, signed: str | None = None) -> ForeignAward:
        text = signed or as_json(document).decode()
        self.put(path, text, kind="text/plain" if signed else "application/ld+json")
        keyword = "openbadgecredential" if standard in (Standard.V3_DATA_INTEGRITY, Standard.V3_JWT) else "openbadges"
        png, svg = baked(**{keyword: text}), baked_svg(keyword, text)
        return ForeignAward(standard, path, self.url + path, document, text, png, svg)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING")
        path = environ["PATH_INFO"] + (f"?{query}" if query else "")
        self.asked.append(path)
        reply = self.replies.get(path, Reply(b"nothing here", "text/plain", 404))
        body, kind = reply.body, reply.kind
        if reply.page is not None and "json" not in environ.get("HTTP_ACCEPT", ""):
            body, kind = reply.page, "text/html"
        start_response(f"{reply.status} Said", [("Content-Type", kind), *reply.headers.items()])
        return [body] if isinstance(body, bytes) else body


@contextmanager
def foreign_platform() -> Iterator[ForeignPlatform]:
    """A platform that is served on 127.0.0.1 until the block ends."""
    port = free_port()
    platform = ForeignPlatform(f"http://127.0.0.1:{port}")
    with serving(platform, port):
        yield platform


def picture(side: int = 32) -> bytes:
    """A plain PNG without anything in it but pixels."""
    rows = (b"\0" + _PURPLE * side) * side
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def baked(**texts: str) -> bytes:
    """The picture with these texts baked in, by keyword."""
    plain = picture()
    chunks = (_chunk(b"iTXt", word.encode() + b"\0\0\0\0\0" + text.encode()) for word, text in texts.items())
    return plain[:33] + b"".join(chunks) + plain[33:]


def baked_svg(keyword: str, text: str) -> bytes:
    name, space = {
        "openbadges": ("assertion", "http://openbadges.org"),
        "openbadgecredential": ("credential", "https://purl.imsglobal.org/ob/v3p0"),
    }[keyword]
    inner = f"<![CDATA[{text}]]>" if text.startswith("{") else ""
    verify = f' verify="{text}"' if not inner else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><ob:{name} xmlns:ob="{space}"{verify}>{inner}'
        f'</ob:{name}><circle cx="16" cy="16" r="15" fill="#8020a0"/></svg>'
    ).encode()


def dripping(seconds: float) -> Iterator[bytes]:
    """A body that comes one byte at a time and never ends by itself."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        yield b" "
        time.sleep(0.05)


def as_json(document: Document) -> bytes:
    return json.dumps(document).encode()


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _hash(email: str) -> str:
    return "sha256$" + hashlib.sha256(f"{email}pepper".encode()).hexdigest()


def _recipient(email: str) -> Document:
    return {"type": "email", "hashed": True, "salt": "pepper", "identity": _hash(email)}


@cache
def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def _pem() -> str:
    return _rsa().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _jwk(address: str) -> Document:
    jwk: Document = jwt.algorithms.RSAAlgorithm.to_jwk(_rsa().public_key(), as_dict=True)
    return {**jwk, "kid": address, "alg": "RS256"}


def _normal(document: Document) -> bytes:
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _context}
    text: str = jsonld.normalize(document, options)
    return text.encode()


def _context(url: str, _options: object = None) -> Document:
    text = (_FOLDER / _CONTEXT_FILES[url]).read_text()
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": json.loads(text)}
