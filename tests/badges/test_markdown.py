"""Markdown of people costs what its length may cost, whatever stands in it."""

import time

import pytest

from lti_tool.badges.markdown import as_html
from lti_tool.badges.model import TEXT_LENGTH

# What this parser is slowest with, each a megabyte. Before texts were cut, brackets alone took more than a minute.
SLOW = ("[", "![](", "[a](", "*a ", "a|b\n", "> ", "`", "&")


@pytest.mark.parametrize("piece", SLOW)
def test_a_megabyte_of_the_worst_is_shown_in_seconds(piece: str) -> None:
    began = time.monotonic()

    as_html(piece * (1_000_000 // len(piece)))

    assert time.monotonic() - began < 10  # not a measure of speed: a busy machine has ten times of what it needs


def test_a_text_that_may_be_kept_is_shown_to_its_end() -> None:
    text = "word " * (TEXT_LENGTH // 5 - 1) + "end"

    assert as_html(text).endswith("end</p>\n")
