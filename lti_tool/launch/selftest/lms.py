"""The temporary platform as it signs: its keys, its people and the claims of a good launch.

The private keys live in the memory of the process that runs the self-test, and nowhere else.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from lti_tool.launch.claims import AGS, NRPS
from lti_tool.launch.messages import DEEP_LINKING_SETTINGS, C
from lti_tool.launch.selftest.cases import INSTRUCTOR, LEARNER
from lti_tool.launch.selftest.words import AGS_SCOPES, DATA, DEPLOYMENT

_LIFE = 300


@dataclass(frozen=True)
class Person:
    """Somebody invented. The domain is one that nobody can have."""

    sub: str
    given: str
    family: str
    role: str

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"

    @property
    def email(self) -> str:
        return f"{self.sub}@self-test.invalid"


TEACHER = Person("teacher", "Tess", "Teacher", INSTRUCTOR)
LEARNERS = tuple(
    Person(f"learner-{number}", given, "Learner", LEARNER)
    for number, given in enumerate(("Ada", "Ben", "Cleo", "Dan", "Eve"), start=1)
)


@dataclass(frozen=True)
class Key:
    """A key pair of this run."""

    private: RSAPrivateKey = field(repr=False)
    kid: str

    @property
    def jwk(self) -> dict[str, Any]:
        public: dict[str, Any] = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {"kty": "RSA", "n": public["n"], "e": public["e"], "alg": "RS256", "use": "sig", "kid": self.kid}

    @property
    def public_pem(self) -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, form)


def fresh_key() -> Key:
    return Key(generate_private_key(65537, 2048), f"self-test-{secrets.token_hex(8)}")


@dataclass(frozen=True)
class Lms:
    """`base` is where the tool's web process serves this platform; `tool` the tool's own address."""

    base: str
    tool: str
    client_id: str
    other_client: str
    key: Key
    other_key: Key

    @property
    def issuer(self) -> str:
        return self.base

    @property
    def auth_url(self) -> str:
        return f"{self.base}/auth"

    def login(self, changes: Mapping[str, str]) -> dict[str, str]:
        """What this platform sends to the tool's login address."""
        return {
            "iss": self.issuer, "client_id": self.client_id, "login_hint": "hint",
            "lti_message_hint": "opened by the self-test", "target_link_uri": f"{self.tool}/lti/launch", **changes,
        }  # fmt: skip

    def claims(self, person: Person, course: str, nonce: str) -> dict[str, Any]:
        """A good launch of a resource link, with every service."""
        now = int(time.time())
        return {
            "iss": self.issuer, "aud": self.client_id, "sub": person.sub, "iat": now, "exp": now + _LIFE,
            "nonce": nonce, "name": person.name, "given_name": person.given, "family_name": person.family,
            "email": person.email, "locale": "en",
            C + "message_type": "LtiResourceLinkRequest", C + "version": "1.3.0", C + "deployment_id": DEPLOYMENT,
            C + "target_link_uri": f"{self.tool}/lti/launch", C + "resource_link": {"id": f"link-{course}"},
            C + "roles": [person.role], C + "context": {"id": course, "title": "Self-test course", "label": "TEST"},
            C + "tool_platform": {"guid": "self-test", "name": "Self-test", "product_family_code": "self-test"},
            C + "launch_presentation": {"document_target": "window", "return_url": f"{self.base}/return"},
        }  # fmt: skip

    def services(self, course: str) -> dict[str, Any]:
        """The claims of names and roles, and of assignments and grades."""
        return {
            NRPS: {"context_memberships_url": f"{self.base}/{course}/memberships", "service_versions": ["2.0"]},
            AGS: {"scope": list(AGS_SCOPES), "lineitems": f"{self.base}/{course}/lineitems"},
        }

    def picking(self) -> dict[str, Any]:
        """What makes a deep linking request of a launch. It has no target, and no link yet."""
        return {
            C + "message_type": "LtiDeepLinkingRequest", C + "target_link_uri": None, C + "resource_link": None,
            DEEP_LINKING_SETTINGS: {
                "deep_link_return_url": f"{self.base}/deep-link-return", "accept_types": ["ltiResourceLink"],
                "accept_presentation_document_targets": ["iframe", "window"], "accept_multiple": True,
                "accept_lineitem": True, "auto_create": False, "data": DATA,
            },
        }  # fmt: skip

    def link(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """What a launch of a link that the tool handed back says."""
        return {
            C + "target_link_uri": item["url"], C + "resource_link": {"id": "picked", "title": item["title"]},
            C + "custom": item.get("custom") or {},
        }  # fmt: skip

    def sign(self, claims: Mapping[str, Any], headers: Mapping[str, Any] | None = None, key: Key | None = None) -> str:
        """An id_token. A header of None is left out."""
        used = key or self.key
        said = {"typ": "JWT", "kid": used.kid, **(headers or {})}
        algorithm = str(said.pop("alg", "RS256"))
        return jwt.encode(
            dict(claims), used.private, algorithm=algorithm,
            headers={name: value for name, value in said.items() if value is not None},
        )  # fmt: skip

    def sign_by_hand(self, payload: bytes, header: Mapping[str, Any], secret: bytes | None = None) -> str:
        """A token that no library would make: any payload, signed with HMAC by `secret`, or not at all."""
        start = f"{_encoded(json.dumps(dict(header)).encode())}.{_encoded(payload)}"
        if secret is None:
            return start + "."
        return f"{start}.{_encoded(hmac.new(secret, start.encode(), hashlib.sha256).digest())}"

    def sign_text(self, payload: bytes) -> str:
        """RS256 over exactly these bytes, which need not be what a library writes."""
        return jwt.api_jws.encode(payload, self.key.private, algorithm="RS256", headers={"kid": self.key.kid})


def merged(claims: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A change of None removes a member."""
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
