"""The members of a stranger's document, each read as what the standard says it is; what is not is said in a sentence.

Nothing here raises: a badge whose date is a number is still a badge to talk about, and an invalid one. Pure.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from lti_tool.badges.openbadge.alignments import MEMBERS
from lti_tool.badges.sentences import Sentence
from lti_tool.badges.verifying.reading import Document
from lti_tool.words import to_say

T = TypeVar("T")

_IRI = re.compile(r"[a-z][a-z0-9+.-]*:[^\x00-\x20\x7f<>\"{}|\\^`]+", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\x00-\x20\x7f<>\"{}|\\^`]+", re.IGNORECASE)
# Open Badges 2.0, DateTime, and RFC 3339: to the second and with a zone, or it is another moment for every reader.
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,12})?([Zz]|[+-][0-9]{2}:?[0-9]{2})"
)
_SHOWN = 80


class Members:
    """One document under the reader's eye. `what` is how sentences call it; they go into `wrong`."""

    def __init__(self, document: Document, what: str, wrong: list[str]) -> None:
        self.document = document
        self.what = what
        self.wrong = wrong

    def text(self, name: str, *, needed: bool = False) -> str | None:
        return self._one(name, needed, as_text, to_say("text"))

    def iri(self, name: str, *, needed: bool = False) -> str | None:
        return self._one(name, needed, as_iri, to_say("an address or URI"))

    def web(self, name: str, *, needed: bool = False) -> str | None:
        return self._one(name, needed, as_web, to_say("a web address"))

    def flag(self, name: str, *, needed: bool = False) -> bool | None:
        kind = to_say("true or false")
        return self._one(name, needed, lambda value: value if isinstance(value, bool) else None, kind)

    def moment(self, name: str, *, needed: bool = False) -> datetime | None:
        kind = to_say("a date and time with its time zone, such as 2027-06-30T12:00:00Z")
        return self._one(name, needed, as_moment, kind)

    def part(self, name: str, *, needed: bool = False) -> "Members | None":
        """A member that is an object itself."""
        found = self._one(name, needed, lambda value: value if isinstance(value, dict) else None, to_say("an object"))
        return None if found is None else Members(found, self._inside(name), self.wrong)

    def parts(self, name: str) -> "Iterator[Members]":
        """A member that is one object or several."""
        for value in many(self.document.get(name)):
            if isinstance(value, dict):
                yield Members(value, self._inside(name), self.wrong)
            else:
                self.complain(name, to_say("one object or several"))

    def texts(self, name: str) -> tuple[str, ...]:
        """A member that is one text or several."""
        values = many(self.document.get(name))
        if not all(isinstance(value, str) for value in values):
            self.complain(name, to_say("text"))
        return tuple(value for value in values if isinstance(value, str) and value.strip())

    def has_type(self, *names: str) -> bool:
        """Whether it is one of `names`; a complaint if not."""
        if types_of(self.document) & set(names):
            return True
        text = to_say("%(what)s: its type should be %(names)s.")
        self.wrong.append(Sentence(text, what=self.what, names=_either(names)))
        return False

    def complain(self, name: str, kind: str) -> None:
        text = to_say("%(what)s: “%(name)s” should be %(kind)s.")
        self.wrong.append(Sentence(text, what=self.what, name=name[:_SHOWN], kind=kind))

    def _inside(self, name: str) -> str:
        return Sentence("%(what)s: %(name)s", what=self.what, name=name)

    def _one(self, name: str, needed: bool, read: Callable[[Any], T | None], kind: str) -> T | None:
        value = self.document.get(name)
        found = None if value is None else read(value)
        if value is None and needed:
            self.wrong.append(Sentence(to_say("%(what)s: “%(name)s” is missing."), what=self.what, name=name))
        elif value is not None and found is None:
            self.complain(name, kind)
        return found


def many(value: object) -> list[Any]:
    """One or several of something, or none (JSON-LD writes a list of one as that one)."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def alignments_in(read: Members) -> tuple[Mapping[str, str], ...]:
    """What a badge class or an achievement is aligned to; one without a name and an address is complained of."""
    found = []
    for one in read.parts("alignment"):
        one.text("targetName", needed=True)
        one.iri("targetUrl", needed=True)
        words = {ours: as_text(one.document.get(theirs)) for theirs, ours in MEMBERS.items()}
        found.append({name: word for name, word in words.items() if word is not None})
    return tuple(one for one in found if "name" in one and "url" in one)


def types_of(document: Document) -> set[str]:
    return {name for name in many(document.get("type")) if isinstance(name, str)}


def mentions(part: object, *names: str) -> bool:
    """Whether a member of one of these names stands anywhere in it."""
    waiting = [part]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            if not here.keys().isdisjoint(names):
                return True
            waiting += here.values()
        elif isinstance(here, list):
            waiting += here
    return False


def id_of(value: object) -> str | None:
    """The id of what is named by its id alone or told in full."""
    said = value.get("id") if isinstance(value, dict) else value
    return said if isinstance(said, str) and said.strip() else None


def as_text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def as_web(value: object) -> str | None:
    return value if isinstance(value, str) and _WEB.fullmatch(value) else None


def as_moment(value: object) -> datetime | None:
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    day, clock, part, zone = match.groups()
    try:
        return datetime.fromisoformat(f"{day}T{clock}{(part or '')[:7]}{zone.upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def listed(names: Iterable[str]) -> str:
    """`name, image and tags`"""
    words = sorted(names)
    if len(words) < 2:
        return "".join(words)
    return Sentence(to_say("%(first)s and %(last)s"), first=", ".join(words[:-1]), last=words[-1])


def _either(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else Sentence(to_say("%(first)s or %(last)s"), first=names[0], last=names[1])


def as_iri(value: object) -> str | None:
    return value if isinstance(value, str) and _IRI.fullmatch(value) else None
