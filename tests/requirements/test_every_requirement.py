"""No requirement is without a test, and each test says the sentence that it shows."""

import ast

from tests.requirements.asked import HERE, requirements, shown_by


def test_every_requirement_is_shown_by_a_test_that_says_its_sentence() -> None:
    asked = {one.id: one.sentence for one in requirements()}
    said: dict[str, set[str]] = {identity: set() for identity in asked}
    for path in HERE.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            shown = shown_by(node.name) if isinstance(node, ast.FunctionDef) else None
            if shown and isinstance(node, ast.FunctionDef):
                said.setdefault(shown, set()).add(" ".join((ast.get_docstring(node) or "").split()))

    assert said == {identity: {sentence} for identity, sentence in asked.items()}
