"""What a new Space can begin with: templates, pasted lists, an earlier Space."""

import pytest

from lti_tool.spaces.objectives import EVIDENCE
from lti_tool.spaces.starting_points import MOST_LINES, ListUnreadableError, Planned, read_list, templates


@pytest.mark.parametrize(
    ("text", "planned"),
    [
        ("Read\r\n\r\n  Write ; 20\n", [Planned("Read"), Planned("Write", 20)]),
        ("Draw\t15", [Planned("Draw", 15)]),
        ("Read; then write; 5", [Planned("Read; then write", 5)]),
        ("Read;", [Planned("Read")]),
        ("\ufeffRead \u202e<b>", [Planned("Read <b>")]),
        ("x" * 200, [Planned("x" * 200)]),
    ],
)
def test_a_list_has_one_objective_per_line_with_points_behind_a_semicolon(text: str, planned: list[Planned]) -> None:
    assert list(read_list(text)) == planned


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" \n\u200b\n", "Line 2 has no title"),
        ("", "one objective per line"),
        ("Read\n; 5", "Line 2 has no title"),
        ("Read; ten", "Line 1: after the last semicolon"),
        ("Read; 10001", "Line 1: after"),
        ("Read; -1", "Line 1: after"),
        ("Read; ٣", "Line 1: after"),
        ("x" * 201, "Line 1 is too long"),
        ("a\n" * (MOST_LINES + 1), "at most 200 objectives. This one has 201"),
    ],
)
def test_what_is_wrong_with_a_list_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ListUnreadableError, match=said):
        read_list(text)


def test_every_template_makes_objectives_that_can_be_made() -> None:
    assert len(templates()) == 3
    for template in templates().values():
        assert template.title
        assert template.about
        assert len({one.title for one in template.objectives}) == len(template.objectives) > 2
        assert all(one.criteria and one.points and one.evidence in EVIDENCE for one in template.objectives)
