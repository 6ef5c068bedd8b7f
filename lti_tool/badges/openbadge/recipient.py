"""Who an award is for, without saying it: Open Badges 2.0 identity hashes.

A verifier who knows a person's address can check it; nobody can read the address out of the award.
"""

import hashlib
import hmac
from dataclasses import dataclass

_ALGORITHMS = {"sha256": hashlib.sha256, "md5": hashlib.md5}


@dataclass(frozen=True, slots=True)
class HashedRecipient:
    """A person with an e-mail address. `identity` is what `hashed_email` gave for `salt`."""

    identity: str
    salt: str


@dataclass(frozen=True, slots=True)
class UrlRecipient:
    """A person without an address: a URL of ours stands for them. `identity` is from `hashed_url` with
    `salt`.
    """

    identity: str
    salt: str


type_names: dict[type[HashedRecipient | UrlRecipient], str] = {HashedRecipient: "email", UrlRecipient: "url"}


def hashed_email(address: str, salt: str) -> str:
    """The identity hash of an address: `sha256$` and 64 hex digits.

    The standard appends the salt and compares identities as they are written (Open Badges 2.0, IdentityHash),
    so an address is lowered first: mail systems do not tell A@x.org from a@x.org, verifiers do.
    """
    return _sha256(address.lower(), salt)


def hashed_url(url: str, salt: str) -> str:
    """The identity hash of a URL, which is taken as it is: a path knows upper and lower case."""
    return _sha256(url, salt)


def matches(identity: str, salt: str, address: str) -> bool:
    """Whether an identity hash, ours or another issuer's, stands for this address.

    Others hash addresses as typed or lowered, with sha256 or the standard's older md5: each form counts.
    An identity of another form matches nobody.
    """
    algorithm, _, digest = identity.partition("$")
    if algorithm not in _ALGORITHMS:
        return False
    spellings = {address, address.lower()}
    return any(
        hmac.compare_digest(_hex(algorithm, spelling, salt).encode(), digest.lower().encode()) for spelling in spellings
    )


def _sha256(identity: str, salt: str) -> str:
    return "sha256$" + _hex("sha256", identity, salt)


def _hex(algorithm: str, identity: str, salt: str) -> str:
    text = (identity + salt).encode("utf-8", "surrogatepass")
    return _ALGORITHMS[algorithm](text, usedforsecurity=False).hexdigest()
