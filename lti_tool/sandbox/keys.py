"""The platform's signing keys: one signs, older ones stay published, the next may be announced."""

import threading
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

_PUBLISHED = 3


class SigningKey:
    """An RSA key of 2,048 bits and the `kid` it is published under."""

    def __init__(self, kid: str) -> None:
        self.kid = kid
        self.private: RSAPrivateKey = generate_private_key(public_exponent=65537, key_size=2048)

    def public_jwk(self) -> dict[str, Any]:
        """The public half as a JSON Web Key (RFC 7517)."""
        jwk: dict[str, Any] = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        public = {member: jwk[member] for member in ("kty", "n", "e")}
        return {**public, "use": "sig", "alg": "RS256", "kid": self.kid}

    def sign(self, claims: dict[str, Any], headers: dict[str, Any] | None = None) -> str:
        """Sign with RS256. `headers` replace header members; None drops one (a token without `kid`)."""
        merged = {"kid": self.kid, **(headers or {})}
        header = {name: value for name, value in merged.items() if value is not None}
        return jwt.encode(claims, self.private, algorithm="RS256", headers=header)


class SigningKeys:
    """The key ring. A `kid` is never used twice, not even after a restart."""

    def __init__(self, started: str) -> None:
        self._lock = threading.Lock()
        self._started = started
        self._made = 0
        self._ring = [self._new()]
        self._next: SigningKey | None = None

    def _new(self) -> SigningKey:
        self._made += 1
        return SigningKey(f"sandbox-{self._started}-{self._made}")

    @property
    def current(self) -> SigningKey:
        """The key that signs now."""
        return self._ring[0]

    def announce(self) -> str:
        """Publish the next key without signing with it; answers its `kid`."""
        with self._lock:
            self._next = self._next or self._new()
            return self._next.kid

    def rotate(self) -> str:
        """Sign with the announced (or a new) key and keep the old one published; answers the `kid`."""
        with self._lock:
            self._ring.insert(0, self._next or self._new())
            self._next = None
            del self._ring[_PUBLISHED:]
            return self.current.kid

    def retire(self) -> None:
        """Stop publishing every key but the one that signs."""
        with self._lock:
            del self._ring[1:]
            self._next = None

    def jwks(self) -> dict[str, Any]:
        """The published key set: signing key first."""
        with self._lock:
            keys = [*self._ring, *([self._next] if self._next else [])]
        return {"keys": [key.public_jwk() for key in keys]}

    def sign(self, claims: dict[str, Any], headers: dict[str, Any] | None = None) -> str:
        """Sign with the key that signs now; see `SigningKey.sign`."""
        return self.current.sign(claims, headers)
