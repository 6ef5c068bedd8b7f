"""What axe finds on a page: WCAG 2.2 AA, in the light or in the dark."""

from functools import cache
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

Scheme = Literal["light", "dark"]

WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "rules": {"target-size": {"enabled": True}},  # 2.5.8, which axe leaves out unless it is asked for
    "resultTypes": ["violations"],
}
_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def violations(page: Page, scheme: Scheme, *, colours_alone: bool = False) -> list[str]:
    """`colours_alone`: of a page that was looked at in the other scheme, only what the scheme decides."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # a fading colour is none to measure
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(axe_script())
    options: dict[str, Any] = {**WCAG, **_COLOURS} if colours_alone else WCAG
    found = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    return [
        f"{one['id']} ({scheme}): {node['html']} {node.get('failureSummary')}" for one in found for node in one["nodes"]
    ]


@cache
def axe_script() -> str:
    return str(Axe().axe_script)
