"""JSON of strangers that was made to cost more than it says."""

import time

import pytest

from lti_tool.badges.openbadge.strict_json import JsonError, parse_object


@pytest.mark.parametrize("part", ["1", "{}", "[]", '""', '{"":1}'])
def test_a_text_of_nothing_but_parts_is_refused_before_they_are_made(part: str) -> None:
    text = f'{{"a":[{",".join([part] * 200_000)}]}}'
    begun = time.thread_time()

    with pytest.raises(JsonError, match="more parts"):
        parse_object(text, longest=2_000_000)

    assert time.thread_time() - begun < 1


def test_a_long_story_is_not_taken_for_many_parts() -> None:
    assert parse_object('{"a":"%s"}' % ("red, green, [blue]\\n" * 30_000), longest=2_000_000)
