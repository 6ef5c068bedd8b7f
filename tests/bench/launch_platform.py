"""The platform of the launch benchmark: its key sets, near and 50 ms away, and the launches that it would post."""

import asyncio
import base64
import json
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.bench.http_client import exchange, header, status

FAR_SECONDS = 0.05
CLIENT = "bench"
DEPLOYMENT = "1"
COURSE = "course-1"
_C = "https://purl.imsglobal.org/spec/lti/claim/"
_KID = "bench-key"


@dataclass(frozen=True)
class Door:
    """Where one of the tools takes its launches. Without a login path nothing has to begin before."""

    port: int
    launch_path: str
    login_path: str | None = None

    @property
    def target(self) -> str:
        return f"http://localhost:{self.port}{self.launch_path}"


@dataclass
class BenchPlatform:
    """A platform with one key. `place` is near or far: two issuers whose key sets differ in distance only."""

    port: int
    key: RSAPrivateKey = field(default_factory=lambda: generate_private_key(65537, 2048))

    def issuer(self, place: str) -> str:
        return f"http://127.0.0.1:{self.port}/{place}"

    def jwks_url(self, place: str) -> str:
        return f"{self.issuer(place)}/jwks.json"

    def jwks(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        public = {"n": _number(numbers.n), "e": _number(numbers.e)}
        return json.dumps({"keys": [{"kty": "RSA", "kid": _KID, "use": "sig", "alg": "RS256", **public}]}).encode()

    def public_pem(self) -> str:
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def launches(self, door: Door, place: str, subs: Sequence[str], connections: int = 8) -> list[bytes]:
        """One request per learner, ready to be sent: each login begun at the door, each token signed."""
        if door.login_path is None:
            return [self._launch(door, place, sub, secrets.token_urlsafe(24), {}, b"") for sub in subs]
        logins = [_post(door.login_path, self._login(door, place, sub)) for sub in subs]
        _, answers = exchange(door.port, logins, connections)
        return [self._continue(door, place, sub, answer) for sub, answer in zip(subs, answers, strict=True)]

    def _login(self, door: Door, place: str, sub: str) -> dict[str, str]:
        return {
            "iss": self.issuer(place), "login_hint": sub, "target_link_uri": door.target, "client_id": CLIENT,
            "lti_deployment_id": DEPLOYMENT,
        }  # fmt: skip

    def _continue(self, door: Door, place: str, sub: str, answer: bytes) -> bytes:
        [location] = header(answer, b"location") or [b""]
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location.decode()).query).items()}
        if "nonce" not in asked:
            raise RuntimeError(f"A login was answered with {status(answer)}: {answer[:400]!r}")
        cookies = b"; ".join(cookie.partition(b";")[0] for cookie in header(answer, b"set-cookie"))
        return self._launch(door, place, sub, asked["nonce"], {"state": asked["state"]}, cookies)

    def _launch(
        self, door: Door, place: str, sub: str, nonce: str, more: dict[str, str], cookies: bytes
    ) -> bytes:  # fmt: skip
        token = jwt.encode(self._claims(door, place, sub, nonce), self.key, algorithm="RS256", headers={"kid": _KID})
        return _post(door.launch_path, {"id_token": token, **more}, cookies)

    def _claims(self, door: Door, place: str, sub: str, nonce: str) -> dict[str, Any]:
        now, issuer = int(time.time()), self.issuer(place)
        return {
            "iss": issuer, "aud": CLIENT, "sub": sub, "nonce": nonce, "iat": now, "exp": now + 3600,
            "name": f"Learner {sub}", "given_name": "Learner", "family_name": sub, "email": f"{sub}@example.org",
            "locale": "en", f"{_C}message_type": "LtiResourceLinkRequest", f"{_C}version": "1.3.0",
            f"{_C}deployment_id": DEPLOYMENT, f"{_C}target_link_uri": door.target,
            f"{_C}roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
            f"{_C}context": {
                "id": COURSE, "label": "BIO 101", "title": "Biology 101",
                "type": ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"],
            },
            f"{_C}resource_link": {"id": "link-1", "title": "Badges"},
            f"{_C}launch_presentation": {"document_target": "iframe", "return_url": f"{issuer}/course/1"},
            f"{_C}tool_platform": {"guid": "bench", "name": "Bench LMS", "product_family_code": "bench"},
            "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice": {
                "context_memberships_url": f"{issuer}/roster", "service_versions": ["2.0"],
            },
            "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": {
                "scope": ["https://purl.imsglobal.org/spec/lti-ags/scope/score"], "lineitems": f"{issuer}/items",
            },
        }  # fmt: skip


def _post(path: str, fields: dict[str, str], cookies: bytes = b"") -> bytes:
    body = urlencode(fields).encode()
    head = [
        b"POST %b HTTP/1.1" % path.encode(), b"Host: localhost", b"Accept: text/html", b"Sec-Fetch-Dest: document",
        b"Content-Type: application/x-www-form-urlencoded", b"Content-Length: %d" % len(body),
    ]  # fmt: skip
    if cookies:
        head.append(b"Cookie: " + cookies)
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def _number(value: int) -> str:
    data = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


async def _serve_keys(port: int, body: bytes) -> None:
    """The key sets: `/near/…` at once, `/far/…` after 50 ms. Nothing else is worth a framework here."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        if b" /far/" in asked.partition(b"\r\n")[0]:
            await asyncio.sleep(FAR_SECONDS)
        writer.write(answer % len(body) + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(one, "127.0.0.1", port, backlog=512) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve_keys(int(sys.argv[1]), sys.argv[2].encode()))
