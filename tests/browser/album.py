"""Pictures of every page of the furnished house, at 320, 768 and 1280 pixels, to look at one by one.

Run: `python -m tests.browser.album [FOLDER]`, by default into `var/album`. The story, page after page as people meet
them, is what `screenshots` takes; this is the whole house, as `test_every_page` reads it.
"""

import re
import shutil
import sys
import tempfile
from pathlib import Path

from flask_migrate import upgrade
from playwright.sync_api import ViewportSize, sync_playwright

from lti_tool.app import create_app
from lti_tool.settings import Settings
from tests.browser.chromium import SMALL, WIDE
from tests.browser.furnished import Furnished, furnished_school
from tests.browser.pages_of_the_house import AT_HOME, IN_A_VISIT, WITHOUT_A_VISIT, Shown, pressed
from tests.make.inside import inside

TABLET: ViewportSize = {"width": 768, "height": 1024}
_LONGEST = 80


def take_album(folder: Path) -> int:
    """Answers how many pages were taken."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pages = [*IN_A_VISIT, *WITHOUT_A_VISIT, *AT_HOME]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        place = Path(name)
        url = f"sqlite:///{place / 'migrated.db'}"
        with inside(create_app(Settings(data_dir=place, database_url=url))):
            upgrade()
        (place / "house").mkdir()
        with furnished_school(url, place / "house", playwright) as house:
            for number, one in enumerate(pages, start=1):
                _take(house, one, folder / f"{number:03d}-{_named(one)}")
    return len(pages)


def _take(house: Furnished, one: Shown, target: Path) -> None:
    page = pressed(house.open(one.who, one.path), one)
    for size in (WIDE, TABLET, SMALL):
        page.set_viewport_size(size)
        page.screenshot(path=target.with_name(f"{target.name}-{size['width']}.png"), full_page=True)
    page.close()


def _named(one: Shown) -> str:
    return re.sub(r"[^a-z0-9]+", "-", str(one).lower()).strip("-")[:_LONGEST]


if __name__ == "__main__":
    album = Path(sys.argv[1] if len(sys.argv) > 1 else "var/album")
    print(f"{take_album(album)} pages in {album}")
