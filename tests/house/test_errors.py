"""Every refusal is told in words: what happened, who can fix it, what to do."""

import ast
import re

from flask import Flask

from lti_tool.errors import CATALOGUE
from lti_tool.places import PACKAGE


def test_every_refusal_has_its_sentences(app: Flask) -> None:
    for code, entry in CATALOGUE.items():
        assert re.fullmatch("[a-z0-9_]{3,40}", code)
        assert 400 <= entry.status < 600, code
        for sentence in (entry.what, entry.advice):
            assert sentence[0].isupper(), code
            assert sentence.endswith("."), code
        assert entry.fixer, code


def test_every_code_that_is_raised_is_in_the_catalogue(app: Flask) -> None:
    raised = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem" and node.args:
                code = node.args[0]
                raised |= {one.value for one in ast.walk(code) if isinstance(one, ast.Constant)}

    assert {code for code in raised if isinstance(code, str)} - set(CATALOGUE) <= {"deployment_"}
