"""Nothing stands in a page in English alone: every word of a template goes through the translations."""

import re

from flask import Flask
from jinja2 import nodes

from lti_tool import places

_NO_WORDS = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->", re.DOTALL)
_CODE = re.compile(r"<(code|kbd)\b[^>]*>.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_SAID = re.compile(r"""\b(?:alt|aria-label|placeholder|title|data-copy|data-said)="([^"]*)\"""")
_WORD = re.compile(r"[A-Za-z]{2,}")
# Names of things, the same in every language, and an alias and an address shown as examples.
_NAMES = re.compile(
    r"https?://|&nbsp;|\b(?:Open Badges|Bright Otter|CSV|JSON|PNG|SVG|URL|ZIP|UTC|LTI|API)\b"
    r"|\b(?:Canvas|Moodle|Blackboard|Brightspace|Sakai)\b"
)


def test_every_word_of_a_page_is_marked(app: Flask) -> None:
    unmarked = {}
    for path in sorted(places.TEMPLATES.rglob("*.*")):
        name = path.relative_to(places.TEMPLATES)
        if name.parts[0] != "sandbox":
            parsed = app.jinja_env.parse(path.read_text())
            found = _unmarked("".join(_plain(one) for one in parsed.find_all(nodes.Output)))
            unmarked |= {name.as_posix(): found} if found else {}

    assert unmarked == {}


def _plain(output: nodes.Output) -> str:
    """What the template says by itself, with a stroke where it puts something in."""
    return "".join(one.data if isinstance(one, nodes.TemplateData) else "|" for one in output.nodes)


def _unmarked(text: str) -> list[str]:
    text = _CODE.sub("", _NO_WORDS.sub("", text))
    said = [*_SAID.findall(text), *_TAG.sub("\n", text).split("\n")]
    return [one.strip() for one in said if _WORD.search(_NAMES.sub("", one)) and "=" not in one]
