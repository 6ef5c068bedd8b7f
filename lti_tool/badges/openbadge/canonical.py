"""A document as the lines that a Data Integrity proof signs (RDF Dataset Canonicalization 1.0), or a refusal.

What is signed is not the JSON but the statements that JSON-LD makes of it, and JSON-LD drops in silence what it does
not understand: a word that no context defines, an address that is relative. Such a part would be shown to people as
if it were signed, so here it is an error. For the same reason a document says each thing in one way only: no word
spelled out as its address, no contexts of its own making, the credential described in one place.

Both steps cost far more than reading when somebody wants them to, so both are bounded.
"""

import math
import re
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

from pyld import jsonld  # type: ignore[import-untyped]
from pyld.canon import URDNA2015  # type: ignore[import-untyped]
from pyld.context_resolver import ContextResolver  # type: ignore[import-untyped]

from lti_tool.badges.openbadge.contexts import SIGNABLE, load_context
from lti_tool.words import to_say

MAX_DEPTH = 24
MAX_VALUES = 3_000
MAX_TYPES = 400
MAX_LIST = 500
MAX_TEXT = 256 * 1024
MAX_CONTEXTS = 40
MAX_SECONDS = 5.0
MAX_WAYS = 400

_NOWHERE = "https://relative.invalid/"  # what is relative comes to lie here, and is refused
_IRI = re.compile(r"(?!https://relative\.invalid)[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f<>\"{}|^`\\\ud800-\udfff]+\Z")
UNSIGNABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""How to write these letters down came late into the standard, and libraries differ: no signature over them counts
everywhere.
"""

# A list of one is the same statement as that one, and a reader who expects a text would look past it.
_SAID_ONCE = frozenset(
    """id validFrom validUntil awardedDate statusListIndex statusListCredential encodedList hashed identityHash
    identityType salt created expires""".split()
)
_here = threading.local()


class CanonicalError(ValueError):
    """The document cannot be signed or checked as linked data. The text says why, without its values."""


def canonical(document: Mapping[str, Any]) -> str:
    """The canonical N-Quads of a JSON-LD document. Raises CanonicalError."""
    _screen(document)
    deadline = time.monotonic() + MAX_SECONDS
    options = {"documentLoader": load_context, "contextResolver": _contexts(), "base": _NOWHERE}
    try:
        dataset = _StrictReader(deadline).to_rdf(document, options)
        lines: str = _BoundedCanon(deadline).main(dataset, {"format": "application/n-quads"})
    except CanonicalError:
        raise
    except jsonld.JsonLdError as error:
        raise _said(error) from error
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise CanonicalError(to_say("the document is no linked data")) from error  # what PyLD stumbles over
    return lines


def _said(error: BaseException) -> CanonicalError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, CanonicalError):
            return cause
        cause = cause.__cause__
    return CanonicalError(to_say("the document is no linked data"))


def _contexts() -> ContextResolver:
    """The contexts, read once in each thread: PyLD's caches are not made for several threads."""
    if not hasattr(_here, "contexts"):
        _here.contexts = {}
    return ContextResolver(_here.contexts, load_context)


class _StrictReader(jsonld.JsonLdProcessor):  # type: ignore[misc]
    """PyLD's reader, which refuses what it would drop and stops when its time is over."""

    def __init__(self, deadline: float) -> None:
        super().__init__(on_property_dropped=_refuse_unknown_term)
        self._deadline = deadline

    def expand(self, input_: Any, options: Any) -> Any:
        expanded = super().expand(input_, options)
        for node in expanded:
            _refuse_what_is_dropped(node)
        return expanded

    def _expand(self, *given: Any, **how: Any) -> Any:
        _in_time(self._deadline)
        return super()._expand(*given, **how)

    def _create_node_map(self, *given: Any, **how: Any) -> Any:
        _in_time(self._deadline)
        return super()._create_node_map(*given, **how)


class _BoundedCanon(URDNA2015):  # type: ignore[misc]
    """The canonicalization, which stops at a graph that was made to keep it busy for years ("poison graph")."""

    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline
        self._ways = 0

    def create_hash_to_related(self, id_: Any, issuer: Any) -> Any:
        _in_time(self._deadline)
        related = super().create_hash_to_related(id_, issuer)
        self._ways += sum(math.factorial(min(len(alike), 20)) for alike in related.values())
        if self._ways > MAX_WAYS:
            raise CanonicalError(to_say("too many of its parts are alike"))
        return related


def _in_time(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise CanonicalError(to_say("it takes too long to read"))


def _refuse_unknown_term(_term: object) -> None:
    raise CanonicalError(to_say("it has a member that none of its contexts defines, so nobody could have signed it"))


def _refuse_what_is_dropped(node: Any) -> None:
    """Addresses that are relative, or no addresses, vanish on the way from JSON-LD to statements."""
    for name, value in _members(node):
        names = value if isinstance(value, list) else [value]
        if name in ("@id", "@type") and not all(isinstance(one, str) and _IRI.match(one) for one in names):
            raise CanonicalError(
                to_say("it names something by an address that is none, so nobody could have signed it")
            )
        if not name.startswith("@") and not _IRI.match(name):
            raise CanonicalError(to_say("it has a member whose name is no address"))


def _members(node: Any) -> Iterator[tuple[str, Any]]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            yield from one.items()
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _screen(document: Mapping[str, Any]) -> None:
    """Bounds, and one way only to say a thing, before anything is expanded."""
    values = types = contexts = text = 0
    own_id = document.get("id")
    waiting: list[tuple[Any, int]] = [(document, 1)]
    while waiting:
        value, depth = waiting.pop()
        values += 1
        if isinstance(value, Mapping):
            _screen_object(value, own_id if depth > 1 else None)
            types += _count(value.get("type"))
            contexts += _count(value.get("@context"))
            text += sum(len(name) for name in value)
            waiting += ((part, depth + 1) for name, part in value.items() if name != "@context")
        elif isinstance(value, list):
            if len(value) > MAX_LIST or any(isinstance(part, list) for part in value):
                raise CanonicalError(to_say("it has a list that is too long, or a list of lists"))
            waiting += ((part, depth + 1) for part in value)
        else:
            text += _screen_scalar(value)
        if values > MAX_VALUES or types > MAX_TYPES or contexts > MAX_CONTEXTS or text > MAX_TEXT or depth > MAX_DEPTH:
            raise CanonicalError(to_say("it is larger than a badge needs to be"))


def _screen_object(value: Mapping[str, Any], credential: object) -> None:
    # "Criteria" is a class; as a member it would mean "criteria", and readers would look past it.
    for name in value:
        if name != "@context" and (":" in name or name.startswith("@") or name[:1].isupper()):
            raise CanonicalError(to_say("it has a member that is spelled in another way than its contexts spell it"))
    if any(isinstance(value[name], list | Mapping) for name in value.keys() & _SAID_ONCE):
        raise CanonicalError(to_say("it has a member that is spelled in another way than its contexts spell it"))
    if credential is not None and value.get("id") == credential and value.keys() - {"id", "type"}:
        raise CanonicalError(to_say("it describes itself in two places"))
    given = value.get("@context", [])
    for context in given if isinstance(given, list) else [given]:
        if not isinstance(context, str) or context not in SIGNABLE:
            raise CanonicalError(to_say("it has a context that is none of the standard ones"))


def _screen_scalar(value: Any) -> int:
    if isinstance(value, str):
        if UNSIGNABLE.search(value):
            raise CanonicalError(to_say("it has a letter that programs write down in different ways"))
        return len(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise CanonicalError(to_say("it has a number that is none"))
    if isinstance(value, int) and abs(value) > 2**53:
        raise CanonicalError(to_say("it has a number that is too large"))
    return 0


def _count(value: Any) -> int:
    return len(value) if isinstance(value, list) else 1 if value is not None else 0
