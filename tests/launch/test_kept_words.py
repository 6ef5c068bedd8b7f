"""What is kept is English, and whoever reads it later reads it in their language."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import Babel

from lti_tool.launch.kept_words import said_kept
from lti_tool.launch.selftest import cases, negatives, refusing

WORDS = {
    "Missing: %(names)s.": "Es fehlt: %(names)s.",
    "%(where)s: %(reason)s.": "%(where)s: %(reason)s.",
    "%(reason)s (%(kind)s)": "%(reason)s (%(kind)s)",
    "nothing answers there": "dort antwortet nichts",
    "The address for logins": "Die Adresse für Anmeldungen",
    "a good launch, but %(changes)s": "ein guter Aufruf, aber %(changes)s",
    "%(one)s, %(more)s": "%(one)s, %(more)s",
    "without %(name)s": "ohne %(name)s",
    "status %(status)s, %(code)s, “%(heading)s”": "Status %(status)s, %(code)s, „%(heading)s“",
    "%(page)s, and yet a visit was opened": "%(page)s, und doch begann ein Besuch",
}


@pytest.fixture
def in_german(tmp_path: Path) -> Iterator[None]:
    """A small catalogue of its own: this is no test of the German that we ship."""
    place = tmp_path / "de" / "LC_MESSAGES"
    place.mkdir(parents=True)
    catalogue = Catalog(locale="de")
    for english, german in WORDS.items():
        catalogue.add(english, german)
    with (place / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    app = Flask("words")
    Babel(app, default_locale="de", default_translation_directories=str(tmp_path))
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("kept", "german"),
    [
        ("Missing: roles, sub.", "Es fehlt: roles, sub."),
        ("The address for logins: nothing answers there (unreachable).",
         "Die Adresse für Anmeldungen: dort antwortet nichts (unreachable)."),
        ("a good launch, but without roles, without sub", "ein guter Aufruf, aber ohne roles, ohne sub"),
        ("status 401, kid_missing, “It does not name it”, and yet a visit was opened",
         "Status 401, kid_missing, „It does not name it“, und doch begann ein Besuch"),
        ("Missing: nothing answers there.", "Es fehlt: nothing answers there."),
        ("What an LMS says of itself", "What an LMS says of itself"),
        ("", ""),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("in_german")
def test_a_kept_sentence_is_said_with_all_that_stands_in_it(kept: str, german: str) -> None:
    assert said_kept(kept) == german


def test_in_english_every_case_of_the_self_test_says_what_is_kept() -> None:
    bad = (*cases.BAD, *negatives.NEGATIVES)
    kept = [words for one in bad for words in (refusing.in_words(one), one.case.expected, one.name)]
    kept += [words for one in cases.VALID for words in (one.case.expected, one.name)]

    assert [said_kept(words) for words in kept] == kept
