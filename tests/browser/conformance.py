"""`docs/conformance.md`: a draft of an accessibility conformance report, from a look at every page of the house.

Run: `make conformance`, or `python -m tests.browser.conformance [FILE]`. It takes some minutes.
"""

import re
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from flask_migrate import upgrade
from playwright.sync_api import Page, Playwright, sync_playwright

from lti_tool import clock
from lti_tool.app import create_app
from lti_tool.places import PACKAGE
from lti_tool.settings import Settings
from tests.browser.axe import axe_script
from tests.browser.conformance_report import report
from tests.browser.furnished import furnished_school
from tests.browser.looking import Looked, look_at
from tests.browser.pages_of_the_house import AT_HOME, IN_A_VISIT, WITHOUT_A_VISIT, pressed
from tests.make.inside import inside

REPORT = PACKAGE.parent / "docs" / "conformance.md"
PAGES = (*IN_A_VISIT, *WITHOUT_A_VISIT, *AT_HOME)
_OF_OUR_SCRIPTS = {  # what a script that listens for it would break
    "gestures": r"touch(?:start|move)|pointermove|mousemove|devicemotion|deviceorientation",
    "pointer": r"mousedown|pointerdown|touchstart",
    "dragging": r"dragstart|dragover",
}


def whole_house(playwright: Playwright, place: Path) -> Looked:
    url = f"sqlite:///{place / 'migrated.db'}"
    with inside(create_app(Settings(data_dir=place, database_url=url))):
        upgrade()
    (place / "house").mkdir()
    looked = Looked()
    with furnished_school(url, place / "house", playwright) as house:
        for number, one in enumerate(PAGES, start=1):
            print(f"{number}/{len(PAGES)} {one}", file=sys.stderr)
            looked.take(str(one), *look_at(pressed(house.look(one.who, one.path), one)))
        looked.browser = _version(house.look("", "/"))
    looked.note(of_scripts())
    return looked


def _version(page: Page) -> str:
    agent: str = page.evaluate("navigator.userAgent")
    return re.findall(r"Chrome/([\d]+)", agent)[0]


def of_scripts() -> dict[str, list[str]]:
    scripts = {path.name: path.read_text() for path in (PACKAGE / "static").glob("*.js")}
    found = {
        check: [name for name, text in scripts.items() if re.search(words, text)]
        for check, words in _OF_OUR_SCRIPTS.items()
    }
    listening = [name for name, text in scripts.items() if re.search(r"key(?:down|up|press)", text)]
    return {**found, "shortcuts": [name for name in listening if name != "review.js"]}


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        looked = whole_house(playwright, Path(folder))
    axe = re.findall(r"axe v([\d.]+)", axe_script())[0]
    told = {"date": f"{clock.now():%Y-%m-%d}", "version": version("lti-tool"), "browser": looked.browser, "axe": axe}
    target.write_text(report(looked, **told))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else REPORT)
