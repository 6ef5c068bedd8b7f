"""Sentences with places that are kept: English where they are made, and said to whoever reads them, in their language.

Why a launch was refused is kept for a month, and what a self-test found too: neither may depend on the language of
whoever was there. So the English sentence is kept as a whole, as it always was, and its form is found again by its
words.
"""

import re
from collections.abc import Iterator

from flask_babel import gettext

from lti_tool.words import said

_PLACE = re.compile(r"%\((\w+)\)s")
# Places with words of our own, which are said in turn. Whatever stands in others, such as a name, stays as it came.
_OURS = frozenset({"changes", "how", "more", "one", "other", "page", "reason", "said", "what", "where", "why"})
_sentences: list["Sentence"] = []


class Sentence:
    """A form such as "Missing: %(names)s.", marked with `to_say`; called with its places, it is the English sentence.

    `shapes` are regular expressions for places that are narrower than any text. What stands in quotes has none inside.
    """

    def __init__(self, form: str, **shapes: str) -> None:
        self._form = form
        self._pattern = re.compile("".join(_parts(form, shapes)), re.DOTALL)
        self.firmness = len(_PLACE.sub("", form))
        _sentences.append(self)
        _sentences.sort(key=lambda one: -one.firmness)  # the form that leaves the least open is the one that was meant

    def __call__(self, **places: object) -> str:
        return self._form % places

    def said_like(self, kept: str) -> str | None:
        """The kept sentence in the reader's language; None where it is none of this form."""
        found = self._pattern.fullmatch(kept)
        if found is None:
            return None
        places = {name: said_kept(words) if name in _OURS else words for name, words in found.groupdict().items()}
        return str(gettext(self._form, **places))


def said_kept(kept: str) -> str:
    """What was kept, in the reader's language; a person's or an LMS's own words stay as they are."""
    plain = said(kept)
    if plain != kept:
        return plain
    likely = (one.said_like(kept) for one in _sentences)
    return next((words for words in likely if words is not None), kept)


def _parts(form: str, shapes: dict[str, str]) -> Iterator[str]:
    for number, part in enumerate(_PLACE.split(form)):
        if number % 2 == 0:
            yield re.escape(part.replace("%%", "%"))
        else:
            quoted = f"“%({part})s”" in form
            yield f"(?P<{part}>{shapes.get(part, '[^“”]*' if quoted else '.+?')})"
