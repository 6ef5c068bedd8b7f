"""The key that an issuer of Open Badges 3.0 publishes for its badges.

A badge names a key; that proves nothing until the issuer itself says, where only the issuer can write, that this key
may speak for it (`assertionMethod`). Otherwise anybody could put `issuer#key-of-mine` into a badge. An issuer is an
address, a `did:web`, which is an address in other words, or a `did:key`, which is its own key.
https://www.w3.org/TR/cid-1.0/#retrieve-verification-method
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from lti_tool.badges.openbadge.multikey import MultikeyError, from_multikey
from lti_tool.badges.openbadge.vc_jwt import JwtError, PublicKey, key_of_jwk
from lti_tool.badges.sentences import sentence_of
from lti_tool.badges.verifying.authority import authority, lies_below
from lti_tool.badges.verifying.case import Case
from lti_tool.badges.verifying.members import as_moment, as_web, id_of, many
from lti_tool.badges.verifying.outside import NotReached
from lti_tool.badges.verifying.reading import Document
from lti_tool.words import to_say

_DID_KEY, _DID_WEB = "did:key:", "did:web:"
_ISSUER, _KEY = to_say("The issuer"), to_say("The issuer's key")


class NoKey(Exception):  # noqa: N818 - it is one of the things that are found out
    """Why there is no key of the issuer's to check with, in a sentence."""


def published_key(case: Case, issuer: str, method: object) -> PublicKey:
    """The key that `method` names, if `issuer` publishes it for issuing badges. Raises `NoKey`."""
    if not isinstance(method, str) or not method:
        raise NoKey(to_say("The proof does not say which key it was made with."))
    if issuer.startswith(_DID_KEY):
        return _own_name(issuer, method)
    try:
        home = issuer_document(case, issuer)
        key = _listed(case, home, issuer, method)
    except NotReached as why:
        raise NoKey(sentence_of(why)) from None
    _check_lifetime(case, key)
    return _key_in(key)


def issuer_document(case: Case, issuer: str) -> Document:
    """What the issuer says of itself at its address. Raises `NotReached` with a whole sentence."""
    failure = None
    for address in _addresses(issuer):
        try:
            answer = case.answer(address, _ISSUER)
            document = case.document(address, _ISSUER)
        except NotReached as why:
            failure = failure or why
            continue
        if authority(answer.url) != authority(address):
            raise NotReached(to_say("The issuer's address leads to another server."))
        if document.get("id") != issuer:
            raise NotReached(to_say("What is at the issuer's address says that it is somebody else."))
        return document
    raise failure or NotReached(to_say("The issuer has no address where its keys could be looked up."))


def _own_name(issuer: str, method: str) -> PublicKey:
    """did:key: the name is the key."""
    name = issuer.removeprefix(_DID_KEY)
    if method not in (issuer, f"{issuer}#{name}"):
        raise NoKey(to_say("The proof was made with a key that is not the issuer's."))
    try:
        return from_multikey(name)
    except MultikeyError:
        raise NoKey(to_say("The issuer's key is of a kind that is not known here.")) from None


def _addresses(issuer: str) -> Iterator[str]:
    """did:web means https; plain http is tried after it, which is refused but for hosts that the operator named."""
    if not issuer.startswith(_DID_WEB):
        if as_web(issuer):
            yield issuer
        return
    host, *path = (unquote(part) for part in issuer.removeprefix(_DID_WEB).split(":"))
    if any("/" in part or not part for part in (host, *path)):
        return
    rest = "/".join((*path, "did.json")) if path else ".well-known/did.json"
    yield f"https://{host}/{rest}"
    yield f"http://{host}/{rest}"


def _listed(case: Case, home: Document, issuer: str, method: str) -> Document:
    """The key's own description: inside the issuer's document, or at the key's address."""
    entries = many(home.get("assertionMethod"))
    if not entries and not many(home.get("verificationMethod")) and _lies_below(method, issuer):
        return _below(case, issuer, method)
    chosen = [one for one in entries if _whole(id_of(one), issuer) == method]
    if not chosen:
        raise NoKey(to_say("The issuer does not publish the key that made this proof, or not for issuing badges."))
    told = [one for one in (*chosen, *many(home.get("verificationMethod"))) if isinstance(one, dict)]
    for key in told:
        if _whole(id_of(key), issuer) == method:
            if key.get("controller") not in (None, issuer):
                raise NoKey(to_say("The key that made this proof belongs to somebody else than the issuer."))
            return key
    return _at_its_address(case, issuer, method)


def _below(case: Case, issuer: str, method: str) -> Document:
    """A key by its place alone, so that what answers must lie there too: an open redirect would lead to anybody's."""
    answer = case.answer(method, _KEY)
    if authority(answer.url) != authority(method):
        raise NoKey(to_say("The address of the issuer's key leads to another server."))
    if not _lies_below(answer.url, issuer):
        raise NoKey(to_say("The address of the issuer's key leads to one that is not below the issuer's own."))
    return {"publicKeyJwk": case.document(method, _KEY)}


def _at_its_address(case: Case, issuer: str, method: str) -> Document:
    if as_web(method) is None or method.partition("#")[0] == issuer:
        raise NoKey(to_say("The issuer names the key that made this proof, and does not tell it."))
    key = case.document(method, _KEY)
    if "kty" in key:
        return {"publicKeyJwk": key}
    if key.get("id") != method or key.get("controller") != issuer:
        raise NoKey(to_say("The key that made this proof belongs to somebody else than the issuer."))
    return key


def _lies_below(method: str, issuer: str) -> bool:
    """Where an issuer publishes no list of keys, a key counts that lies below its own address, like a file."""
    return as_web(method) is not None and lies_below(method, f"{issuer.rstrip('/')}/")


def _whole(identity: str | None, issuer: str) -> str | None:
    return f"{issuer}{identity}" if identity and identity.startswith("#") else identity


def _check_lifetime(case: Case, key: Document) -> None:
    for name in ("expires", "revoked"):
        if key.get(name) is not None:
            moment = as_moment(key[name])
            if moment is None or moment <= case.now:
                raise NoKey(to_say("The key that made this proof is no longer valid."))


def _key_in(key: Document) -> PublicKey:
    multikey: Any = key.get("publicKeyMultibase")
    jwk: Any = key.get("publicKeyJwk")
    try:
        if isinstance(multikey, str):
            return from_multikey(multikey)
        if isinstance(jwk, dict):
            return key_of_jwk(jwk)
    except (MultikeyError, JwtError):
        pass
    raise NoKey(to_say("The issuer's key is of a kind that is not known here."))
