"""A sentence with places is English until it is told, and survives being kept."""

import json

from lti_tool.badges.sentences import Sentence, in_a_row, of_parts, parts_of, sentence_of, told
from lti_tool.badges.verifying.case import not_answered

GONE = not_answered("The issuer", 404)


def test_it_is_the_english_sentence_and_remembers_its_parts() -> None:
    assert GONE == "The issuer cannot be had from its address: it answers 404."
    assert told(GONE) == GONE
    assert sentence_of(ValueError(GONE)) is GONE
    assert sentence_of(ValueError()) == ""


def test_it_is_kept_as_json_with_all_that_stands_in_it() -> None:
    whole = in_a_row([GONE, "A text of nobody's.", Sentence("%(name)s is %(why)s", name="name", why=GONE)])

    kept = of_parts(json.loads(json.dumps(parts_of(whole))))

    assert kept == whole == f"{GONE} A text of nobody's. name is {GONE}"
    assert parts_of(kept) == parts_of(whole)
    assert of_parts(parts_of("Plain.")) == "Plain."
