"""What a machine can say of a page for a report: every outcome of axe, and checks that axe does not know.

Each check answers with sentences about what is wrong; none means that nothing was found.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from tests.browser.axe import WCAG, axe_script
from tests.browser.chromium import SMALL, WIDE

Faults = dict[str, list[str]]
_OUTCOMES = ("violations", "passes", "incomplete")


@dataclass
class Looked:
    """What was found on all pages: for each rule of axe on how many pages which outcome, and what each check said."""

    pages: int = 0
    rules: dict[str, Counter[str]] = field(default_factory=dict)
    tags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    unsure: dict[str, list[str]] = field(default_factory=dict)
    checks: set[str] = field(default_factory=set)
    browser: str = ""

    def take(self, page: str, outcomes: Mapping[str, Any], faults: Faults) -> None:
        """One page, of which `outcomes` are all that axe said in one or several looks."""
        self.pages += 1
        for outcome in _OUTCOMES:
            for rule in {one["id"]: one for one in outcomes[outcome]}.values():
                self.rules.setdefault(rule["id"], Counter())[outcome] += 1
                self.tags[rule["id"]] = tuple(rule["tags"])
                if outcome != "passes":
                    kept = self.wrong if outcome == "violations" else self.unsure
                    kept.setdefault(rule["id"], []).append(page)
        self.note({check: [f"{page}: {one}" for one in said] for check, said in faults.items()})

    def note(self, faults: Faults) -> None:
        """What checks have said, wherever they looked; the names of those that found nothing count too."""
        self.checks |= faults.keys()
        for check, said in faults.items():
            self.wrong.setdefault(check, []).extend(said)


def look_at(page: Page) -> tuple[dict[str, list[Any]], Faults]:
    """Every check on one page: wide and narrow, in the light and in the dark, spaced out, and through by Tab."""
    found: dict[str, list[Any]] = {outcome: [] for outcome in _OUTCOMES}
    faults: Faults = {"reflow": [], "spacing": []}
    for scheme, size in (("light", WIDE), ("dark", WIDE), ("light", SMALL)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size(size)
        for outcome, rules in _axe(page).items():
            found[outcome] += rules
    faults["reflow"] += page.evaluate(_WIDER)
    for size in (SMALL, WIDE):
        page.set_viewport_size(size)
        faults["spacing"] += page.evaluate(_SPACED_OUT)
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    faults |= page.evaluate(_IN_THE_PAGE)
    return found, faults | _by_tab(page)


def _axe(page: Page) -> dict[str, list[Any]]:
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(axe_script())
    options = {**WCAG, "resultTypes": ["violations"]}
    said: dict[str, list[Any]] = page.evaluate(_AXE, options)
    return said


def _by_tab(page: Page) -> Faults:
    """Tab, from the top of the page until it is left: what was reached, whether it showed, and whether that ended."""
    faults: Faults = {"keyboard": [], "trap": [], "visible": [], "obscured": [], "stays": []}
    address = page.url
    most: int = page.evaluate(_BEFORE_TAB) * 2 + 20  # a date has several stops
    for _ in range(most):
        page.keyboard.press("Tab")
        step = page.evaluate(_AFTER_TAB)
        if step is None:
            break
        for check, said in step.items():
            faults[check].append(said)
        if "trap" in step:
            break
    else:
        faults["trap"].append(f"after {most} steps Tab has not left the page")
    if page.url != address:
        faults["stays"].append(f"Tab alone led to {page.url}")
    faults["keyboard"] += page.evaluate(_NOT_REACHED)
    return faults


_AXE = """options => axe.run(document, options).then(({violations, passes, incomplete}) => {
  const short = rules => rules.map(({id, tags}) => ({id, tags}));
  return {violations: short(violations), passes: short(passes), incomplete: short(incomplete)};
})"""

_WIDER = """() => document.documentElement.scrollWidth > innerWidth
  ? [`${document.documentElement.scrollWidth} pixels in a window of ${innerWidth}`] : []"""

# WCAG 1.4.12 names these four distances. Cut off: what overflows a box that hides it, and did not before.
_SPACED_OUT = """() => {
  const cut = () => new Set([...document.querySelectorAll('body *')].filter(one => {
    const style = getComputedStyle(one);
    const hides = way => ['hidden', 'clip'].includes(way);
    return one.clientWidth > 1 && one.clientHeight > 1 && one.innerText &&
      ((hides(style.overflowX) && one.scrollWidth > one.clientWidth + 1) ||
       (hides(style.overflowY) && one.scrollHeight > one.clientHeight + 1));
  }));
  const before = cut();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important;' +
    ' word-spacing: .16em !important } p { margin-bottom: 2em !important }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const wrong = [...cut()].filter(one => !before.has(one)).map(one => `cut off: ${one.outerHTML.slice(0, 120)}`);
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) { wrong.push(`${wide} pixels in a window of ${innerWidth}`); }
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter(one => one !== sheet);
  return wrong;
}"""

_IN_THE_PAGE = """() => {
  const told = found => [...document.querySelectorAll(found)].map(one => one.outerHTML.slice(0, 120));
  const moving = document.getAnimations().filter(one => one.effect.getComputedTiming().endTime > 5000);
  return {
    media: told('audio, video, object, embed'), dragging: told('[draggable=true], [ondragstart]'),
    passwords: told('input[type=password]:not([autocomplete=off])'),
    motion: [...told('marquee, blink, meta[http-equiv=refresh]'),
      ...moving.map(one => one.effect.target.outerHTML.slice(0, 120))],
  };
}"""

_CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
_BEFORE_TAB = f"""() => {{
  document.activeElement?.blur();
  scrollTo(0, 0);
  getSelection().removeAllRanges();
  window.reachedByTab = new Set();
  window.lastByTab = null;
  window.toReach = [...document.querySelectorAll("{_CONTROLS}")].filter(one =>
    one.checkVisibility({{visibilityProperty: true}}) && !one.matches(':disabled') && one.tabIndex >= 0);
  return toReach.length;
}}"""

_AFTER_TAB = """() => {
  const one = document.activeElement;
  const [first] = reachedByTab;
  if (!one || one === document.body || one === first) { return null; }
  const told = one.outerHTML.slice(0, 120), said = {};
  if (one === window.lastByTab) { return {}; } // the next part of the same field: a day, a month, a year
  window.lastByTab = one;
  if (reachedByTab.has(one)) { return {trap: `Tab comes back to ${told}`}; }
  reachedByTab.add(one);
  const marked = part => { const style = getComputedStyle(part);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'; };
  if (![one, one.closest('label'), one.labels?.[0]].some(part => part && marked(part))) { said.visible = told; }
  const box = one.getBoundingClientRect();
  const places = [.1, .5, .9].flatMap(x => [.1, .5, .9].map(y => [box.x + x * box.width, box.y + y * box.height]));
  const seen = places.some(([x, y]) => { const top = document.elementFromPoint(x, y);
    const labels = [...(one.labels ?? [])];
    return top && (one.contains(top) || top.contains(one) || labels.some(label => label.contains(top))); });
  if (!seen) { said.obscured = told; }
  return said;
}"""

_NOT_REACHED = """() => toReach.filter(one => !reachedByTab.has(one) &&
  !(one.type === 'radio' && [...reachedByTab].some(other => other.type === 'radio' && other.name === one.name)))
  .map(one => `not reached: ${one.outerHTML.slice(0, 120)}`)"""
