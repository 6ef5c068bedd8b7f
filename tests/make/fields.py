"""The names of all fields that pages read, as the sources of these pages say them."""

import re
from collections.abc import Iterator
from pathlib import Path

from lti_tool import places

PARTS = ("spaces", "badges", "people", "table")
_READ = re.compile(r"""request\.(?:form|args|values)(?:\.get|\.getlist)?[(\[]\s*["'](\w+)["']""")
_ASKED = re.compile(r"""(?:asked|said|form|fields)\.(?:get|getlist)\(["'](\w+)["']""")
_CHOSEN = re.compile(r"^ +(\w+) = (?:SelectField|RadioField|HiddenField|SelectMultipleField)\(", re.MULTILINE)
_TYPED = re.compile(r"^ +(\w+) = \w*Field\(", re.MULTILINE)


def named_fields() -> set[str]:
    """Those in which something may be named: read one by one, or chosen of a list."""
    found = set()
    for source in _sources():
        found |= {*_READ.findall(source), *_CHOSEN.findall(source)}
        if "request" in source:
            found |= {*_ASKED.findall(source)}
    return found


def every_field() -> set[str]:
    """Those too into which people type."""
    return named_fields() | {name for source in _sources() for name in _TYPED.findall(source)}


def _sources() -> Iterator[str]:
    for part in PARTS:
        for path in sorted(Path(places.PACKAGE / part).rglob("*.py")):
            yield path.read_text()
