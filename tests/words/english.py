"""What of our sentences would be seen on a page that is not in English, and what a page says."""

import re

from babel.messages.pofile import read_po
from lxml import html

from lti_tool import places

_PLACE = re.compile(r"%\([a-z_]+\)[sd]|<[^>]*>")
_SPACE = re.compile(r"\s+")
_LEAST_WORDS = 3


def english_sentences() -> set[str]:
    """Every sentence that is said otherwise in German, or the parts of it between what is put in. Short ones may stand
    in anybody's own words, and a German sentence may name an LMS's own English word.
    """
    with (places.TRANSLATIONS / "de" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="de")
    return {
        part.strip()
        for message in catalogue
        if message.id
        for part in _PLACE.split("<>".join(_forms(message.id)))
        if len(part.split()) >= _LEAST_WORDS and part.strip() not in " ".join(_forms(message.string))
    }


def _forms(words: str | tuple[str, ...] | list[str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def text_of(page: str) -> str:
    """The words of a page in one line, those of its attributes too."""
    document = html.fromstring(page)
    for code in document.xpath("//script|//style|//code"):
        code.drop_tree()
    said = [document.text_content(), *document.xpath("//@title|//@aria-label|//@alt|//@placeholder")]
    return _SPACE.sub(" ", " ".join(said))
