"""Every sentence has its German: none is missing or left over, and none lost what it is filled with."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale, ngettext

from lti_tool import places
from lti_tool.app import LANGUAGES

ROOT = Path(__file__).parents[2]
TRANSLATED = LANGUAGES[1:]
_PLACE = re.compile(r"%\([a-z_]+\)[sd]|%%")
_TAG = re.compile(r"<[^>]*>")


@pytest.fixture(scope="module")
def said_here(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The sentences as they stand in code and pages now; what `make words` collects. Babel by itself passes over
    folders that begin with `_`, such as `templates/_parts`.
    """
    template = tmp_path_factory.mktemp("words") / "messages.pot"
    command = [
        sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "pyproject.toml",
        "-k", "to_say", "-k", "_l", "--ignore-dirs", ".*", "-o", str(template), ".",
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    with template.open("rb") as file:
        return read_po(file)


def _catalogue(language: str) -> Catalog:
    with (places.TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def _ids(catalogue: Catalog) -> set[str | tuple[str, ...]]:
    return {message.id for message in catalogue if message.id}


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_holds_the_sentences_of_today_and_no_others(said_here: Catalog, language: str) -> None:
    kept, today = _ids(_catalogue(language)), _ids(said_here)

    assert today - kept == set(), "Run `make words` and translate what it adds."
    assert kept - today == set(), "Run `make words`: these sentences are said no more."


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_and_keeps_its_places_and_its_markup(language: str) -> None:
    wrong = [f"{message.id!r}: {why}" for message in _catalogue(language) if message.id for why in _faults(message)]

    assert wrong == []


def _faults(message: Message) -> list[str]:
    source, said = _forms(message.id), _forms(message.string)
    if message.fuzzy or not all(one.strip() for one in said):
        return ["is not translated"]
    if len(source) != (2 if len(said) > 1 else 1):
        return ["has another number of forms"]
    wanted = [_filled(source[-1])] if len(source) == 1 else [_filled(source[0]), _filled(source[-1])]
    return [f"“{one}” has other places or markup" for one in said if _filled(one) not in wanted]


def _forms(words: str | tuple[str, ...] | list[str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def _filled(sentence: str) -> tuple[Counter[str], Counter[str]]:
    return Counter(_PLACE.findall(sentence)), Counter(_TAG.findall(sentence))


_COUNTED = re.compile(r"(?<!Bis zu )(?<!höchstens )%\((count|num)\)s [A-ZÄÖÜ]")


def test_a_german_sentence_without_a_singular_does_not_put_its_number_before_a_noun() -> None:
    """“1 Spalten” is no German: such a sentence says “Spalten: 1”, or it has two forms."""
    those = [one.string for one in _catalogue("de") if isinstance(one.string, str) and isinstance(one.id, str)]

    assert [said for said in those if _COUNTED.search(said)] == []


@pytest.mark.parametrize(
    ("one", "many", "german"),
    [
        (
            "Used in %(names)s and %(num)s other Space", "Used in %(names)s and %(num)s other Spaces",
            ("Genutzt in Physik und 1 weiterem Space", "Genutzt in Physik und 2 weiteren Spaces"),
        ),
        ("%(num)s other Space", "%(num)s other Spaces", ("1 weiterer Space", "2 weitere Spaces")),
        ("Used in %(num)s Space", "Used in %(num)s Spaces", ("Genutzt in 1 Space", "Genutzt in 2 Spaces")),
        (
            "This Space ends tomorrow, %(day)s.", "This Space ends in %(num)s days, on %(day)s.",
            ("Dieser Space endet morgen, am Di. 8. Dez. 2026.", "Dieser Space endet in 2 Tagen, am Di. 8. Dez. 2026."),
        ),
    ],
)  # fmt: skip
def test_a_number_reads_as_a_german_would_say_it(app: Flask, one: str, many: str, german: tuple[str, str]) -> None:
    with app.test_request_context(), force_locale("de"):
        said = [ngettext(one, many, number, names="Physik", day="Di. 8. Dez. 2026") for number in (1, 2)]

    assert tuple(said) == german
