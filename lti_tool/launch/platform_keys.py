"""The platforms' public keys: cached, refetched for an unknown kid under a cool-down, one fetch at a time.

The last good set outlives the platform's outage; it lies in the database, so that a fresh process has it too.
"""

import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from flask import current_app
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from lti_tool import clock
from lti_tool.db import db, insert_into, transaction
from lti_tool.errors import Problem
from lti_tool.fetch import Fetcher, FetchProblem, Limits
from lti_tool.launch.model import PlatformKeys
from lti_tool.launch.platforms import RegistrationFacts
from lti_tool.logs import log

COOL_DOWN = 30.0
FRESH = timedelta(hours=1)
_FRESHEST, _STALEST = 60, 24 * 3600
_KEYS = 64
_SMALLEST_BITS, _LARGEST_BITS = 2048, 16_384
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})  # RFC 7518, sections 6.3.2 and 6.4
_WAIT = 6.0  # how long a request waits for another one's fetch: no platform may hold all our threads
_LIMITS = Limits(connect=3.0, read=5.0, total=5.0, size=256 * 1024, redirects=0)


_Fetched = tuple[list[dict[str, Any]], dict[str, RSAPublicKey], float]  # as it came, as keys, seconds it stays fresh


@dataclass
class _Held:
    """What this process holds for one platform."""

    keys: dict[str, RSAPublicKey] = field(default_factory=dict)
    fresh_until: float = 0.0
    cool_until: float = 0.0
    loaded: bool = False
    fetching: threading.Lock = field(default_factory=threading.Lock)


class KeyCache:
    """Public keys by registration and kid, for all threads of this process."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._held: dict[str, _Held] = {}
        self._guard = threading.Lock()

    def find(self, registration: RegistrationFacts, kid: str) -> RSAPublicKey:
        """The key that `kid` names. Raises `Problem` kid_unknown, or keys_unavailable when there was never a set."""
        held = self._of(registration.id)
        key = held.keys.get(kid)
        if key is not None and time.monotonic() < held.fresh_until:
            return key
        if held.fetching.acquire(timeout=_WAIT):
            try:
                if not held.loaded:
                    self._load(registration.id, held)
                self._refresh_for(registration, held, kid)
            finally:
                held.fetching.release()
        key = held.keys.get(kid)
        if key is None:
            raise Problem("kid_unknown" if held.keys else "keys_unavailable")
        return key

    def _of(self, registration_id: str) -> _Held:
        with self._guard:
            return self._held.setdefault(registration_id, _Held())

    def _refresh_for(self, registration: RegistrationFacts, held: _Held, kid: str) -> None:
        """Fetch when the set is stale or lacks the kid, unless a fetch a moment ago did not bring the kid asked for.

        Whatever else it brought: a key set that is another one each time must not be worth a fetch each time.
        """
        moment = time.monotonic()
        if (kid in held.keys and moment < held.fresh_until) or moment < held.cool_until:
            return
        fetched = self._fetch(registration)
        if fetched is not None:
            raw, keys, seconds = fetched
            held.keys, held.fresh_until = keys, time.monotonic() + seconds
            self._keep(registration.id, raw, seconds)
        if fetched is None or kid not in held.keys:
            held.cool_until = time.monotonic() + COOL_DOWN

    def _fetch(self, registration: RegistrationFacts) -> _Fetched | None:
        try:
            answer = self._fetcher.get(registration.jwks_url, headers={"Accept": "application/json"}, limits=_LIMITS)
            raw: Any = answer.json().get("keys") if answer.status == 200 else None
        except FetchProblem as problem:
            log.warning("platform_keys_not_fetched", registration=registration.id, kind=str(problem.kind))
            return None
        keys = usable_keys(raw)
        if not keys:
            log.warning("platform_keys_unusable", registration=registration.id, status=answer.status)
            return None
        if shows_private_parts(raw):
            log.warning("platform_keys_private", registration=registration.id)
        return [jwk for jwk in raw if jwk.get("kid") in keys], keys, _max_age(answer.headers)

    def _load(self, registration_id: str, held: _Held) -> None:
        held.loaded = True
        row = db.session.get(PlatformKeys, registration_id)
        if row is not None:
            held.keys = usable_keys(row.keys)
            left = (row.fresh_until - clock.now()).total_seconds()
            held.fresh_until = time.monotonic() + min(left, _STALEST)  # a clock that was wrong once is no promise

    def _keep(self, registration_id: str, raw: list[dict[str, Any]], seconds: float) -> None:
        now = clock.now()
        public = [{name: jwk[name] for name in ("kty", "kid", "n", "e")} for jwk in raw]
        said = {"keys": public, "fetched_at": now, "fresh_until": now + timedelta(seconds=seconds)}
        fresh = insert_into(PlatformKeys).values(registration_id=registration_id, **said)
        with transaction():  # another process may have fetched them in the same moment
            db.session.execute(fresh.on_conflict_do_update(index_elements=["registration_id"], set_=said))


def key_cache() -> KeyCache:
    cache: KeyCache = current_app.extensions["key_cache"]
    return cache


def usable_keys(raw: object) -> dict[str, RSAPublicKey]:
    """The RSA signature keys of a JWKS, by kid; of a key that carries private members only the public part."""
    keys: dict[str, RSAPublicKey] = {}
    for jwk in raw[:_KEYS] if isinstance(raw, list) else ():
        if isinstance(jwk, dict) and _may_verify(jwk):
            try:
                key = RSAAlgorithm.from_jwk({"kty": "RSA", "n": jwk["n"], "e": jwk["e"]})
            except (InvalidKeyError, KeyError, ValueError, TypeError):
                continue
            if isinstance(key, RSAPublicKey) and _SMALLEST_BITS <= key.key_size <= _LARGEST_BITS:
                keys[jwk["kid"]] = key
    return keys


def shows_private_parts(raw: object) -> bool:
    """Does a JWKS show what its owner alone may know? Whoever read it can sign launches."""
    return isinstance(raw, list) and any(isinstance(jwk, dict) and not _PRIVATE.isdisjoint(jwk) for jwk in raw)


def _may_verify(jwk: dict[str, Any]) -> bool:
    operations = jwk.get("key_ops")
    return (
        jwk.get("kty") == "RSA"
        and isinstance(jwk.get("kid"), str)
        and jwk.get("use", "sig") == "sig"
        and jwk.get("alg", "RS256") == "RS256"
        and (operations is None or (isinstance(operations, list) and "verify" in operations))
    )


def _max_age(headers: Any) -> float:
    """The platform's own Cache-Control, between a minute and a day."""
    for part in str(headers.get("Cache-Control", "")).lower().split(","):
        name, _, value = part.strip().partition("=")
        if name == "max-age" and value.isascii() and value.isdigit():
            return float(min(max(int(value[:9]), _FRESHEST), _STALEST))
    return FRESH.total_seconds()
