"""What is to be translated in our Python and our data: marked sentences, and those whose place says that they are read.

Babel's own reading finds `_("…")` and `to_say("…")`. The parts of an `Entry` of the catalogue of refusals, labels of
form fields and the words of validators need no mark (`translations/README.md`).
"""

import ast
import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

from babel.messages.extract import extract_python

Found = tuple[int, str | None, Any, list[str]]
_VALIDATORS = frozenset({
    "AnyOf", "DataRequired", "EqualTo", "InputRequired", "Length", "NoneOf", "NumberRange", "Optional", "Regexp",
    "StopValidation", "ValidationError",
})  # fmt: skip
_SAID_FIRST = frozenset({"DataRequired", "InputRequired", "StopValidation", "ValidationError"})


def extract(
    file: IO[bytes], keywords: Mapping[str, Any], tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """Babel's extraction method for a Python file of ours."""
    yield from extract_python(file, keywords, tags, options)  # type: ignore[arg-type]
    file.seek(0)
    for call in ast.walk(ast.parse(file.read())):
        if isinstance(call, ast.Call):
            for node in _said_by(call):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
                    yield node.lineno, None, node.value, []


def extract_templates(
    file: IO[bytes], keywords: Mapping[str, Any], tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """The words of a starting point for Spaces (config/templates)."""
    said = tomllib.loads(file.read().decode())
    for part in (said, *said["objective"]):
        for name in ("title", "about", "criteria"):
            if name in part:
                yield 1, None, part[name], []


def _said_by(call: ast.Call) -> list[ast.expr]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    named = [word.value for word in call.keywords if word.arg in ("label", "message")]
    if name == "Entry":
        return [*call.args, *(word.value for word in call.keywords)]
    if name.endswith("Field") or name in _SAID_FIRST:
        return [*call.args[:1], *named]
    return named if name in _VALIDATORS else []
