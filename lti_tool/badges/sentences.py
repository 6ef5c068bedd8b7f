"""Sentences that name something and are kept, or made before anybody knows who will read them: they are English, and
remember their parts, so that they can be said again in the reader's language. Pure.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lti_tool.words import said

_MARKED = frozenset({"what", "why", "kind"})


class Sentence(str):
    """The English sentence, made of a marked `text` and what stands in its places. `what`, `why` and `kind` are marked
    words or sentences; everything else stands as it is, such as a name that a stranger gave, but for a `Sentence`.
    """

    text: str
    places: Mapping[str, str | int]

    def __new__(cls, text: str, **places: str | int) -> "Sentence":
        made = super().__new__(cls, text % places)
        made.text, made.places = text, places
        return made


def told(sentence: str) -> str:
    """In the reader's language, with all that stands in it."""
    if isinstance(sentence, Sentence):
        return said(sentence.text) % {name: _told_in(name, word) for name, word in sentence.places.items()}
    return said(sentence)


def in_a_row(sentences: Sequence[str]) -> str:
    """Several sentences, one after the other."""
    first, *others = sentences
    return Sentence("%(what)s %(why)s", what=first, why=in_a_row(others)) if others else first


def sentence_of(error: Exception) -> str:
    """What an error of ours says, with its parts, which `str()` of it forgets."""
    return error.args[0] if error.args else ""


def parts_of(sentence: str) -> Any:
    """How JSON keeps it: a text, or the text with its places."""
    if isinstance(sentence, Sentence):
        places = {name: parts_of(word) if isinstance(word, str) else word for name, word in sentence.places.items()}
        return [sentence.text, places]
    return sentence


def of_parts(kept: Any) -> str:
    """The sentence that was kept so."""
    if isinstance(kept, list):
        text, places = kept
        words = {name: word if isinstance(word, int) else of_parts(word) for name, word in places.items()}
        return Sentence(text, **words)
    return str(kept)


def _told_in(place: str, word: str | int) -> str | int:
    return told(word) if isinstance(word, Sentence) or (place in _MARKED and isinstance(word, str)) else word
