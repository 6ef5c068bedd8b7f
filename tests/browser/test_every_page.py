"""Every page: WCAG 2.2 AA as axe measures it, light and dark, and no scrolling sideways at 320 px."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Playwright
from sqlalchemy import update

from lti_tool.db import db, transaction
from lti_tool.launch.model import VisitRow
from tests.browser.axe import violations
from tests.browser.chromium import SMALL
from tests.browser.furnished import LEARNER, TEACHER, Furnished, furnished_school
from tests.browser.pages_of_the_house import (
    AT_HOME,
    IN_A_VISIT,
    LITERACY,
    NOT_LOOKED_AT,
    PROGRAMS,
    WITHOUT_A_VISIT,
    Shown,
    pressed,
)
from tests.words.english import english_sentences, text_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("every-page")]


@pytest.fixture(scope="module")
def furnished(migrated: str, tmp_path_factory: pytest.TempPathFactory, playwright: Playwright) -> Iterator[Furnished]:
    with furnished_school(migrated, tmp_path_factory.mktemp("every-page"), playwright) as house:
        yield house


@pytest.mark.parametrize("one", [*IN_A_VISIT, *WITHOUT_A_VISIT], ids=str)
def test_it_meets_wcag_2_2_aa_and_fits_320_pixels(furnished: Furnished, one: Shown) -> None:
    page = pressed(furnished.look(one.who, one.path), one)
    assert violations(page, "light") == []
    assert violations(page, "dark", colours_alone=True) == []
    page.set_viewport_size(SMALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
    assert violations(page, "light") == []


@pytest.mark.parametrize("one", AT_HOME, ids=str)
def test_at_home_it_is_no_worse(furnished: Furnished, one: Shown) -> None:
    """The pages are those of a visit, or like them, under another head: the head is hardest on a narrow window."""
    page = pressed(furnished.look(one.who, one.path), one)
    page.set_viewport_size(SMALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
    assert violations(page, "light") == []
    assert violations(page, "dark", colours_alone=True) == []


def test_what_is_wrong_on_a_page_is_found(furnished: Furnished) -> None:
    page = furnished.look(TEACHER, "")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x><p id=pale>Pale</p>')")
    page.evaluate("pale.style.color = '#888'; pale.style.background = '#999'")

    assert {one.split()[0] for one in violations(page, "light")} == {"color-contrast", "image-alt"}
    assert {one.split()[0] for one in violations(page, "dark", colours_alone=True)} == {"color-contrast"}

    assert violations(furnished.look(TEACHER, ""), "light") == [], "and nothing of it stays for the next page"


def test_no_page_is_forgotten(furnished: Furnished) -> None:
    """Whoever adds a page adds it to `pages_of_the_house`, or says there what it answers instead."""
    addresses = furnished.school.app.url_map.bind("localhost")
    looked_at = {
        addresses.match(urlsplit(furnished.address(one.who, one.path)).path, return_rule=True)[0].endpoint
        for one in (*IN_A_VISIT, *WITHOUT_A_VISIT, *AT_HOME)
        if "/nowhere" not in one.path
    }
    excused = set().union(*NOT_LOOKED_AT.values())
    excused |= {f"home_{endpoint}" for endpoint in excused}
    pages = {
        rule.endpoint
        for rule in furnished.school.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.endpoint.startswith(PROGRAMS)
    }

    assert pages - looked_at - excused == set(), "pages that nobody looks at"
    assert looked_at & excused == set(), "excused, and yet looked at"
    assert {one for one in excused if not one.startswith("home_")} <= pages, "excused, and not there"


def test_every_page_is_there(furnished: Furnished) -> None:
    """A page that is looked at is what its address says, and no refusal that happens to look well."""
    other = []
    for one in (*IN_A_VISIT, *AT_HOME, *(page for page in WITHOUT_A_VISIT if page.who == "admin")):
        browser = furnished.home if one.who == "home" else furnished.browser
        answer = browser.request.get(furnished.school.url + furnished.address(one.who, one.path))
        refused = any(word in one.path for word in _REFUSED) or (one.who, one.path) in _NOT_FOR_THEM
        other += [f"{one}: {answer.status}"] if answer.ok == refused else []
    assert other == []


_REFUSED = ("nothing", "nowhere", "link/elsewhere")
_NOT_FOR_THEM = {
    (f"{LEARNER}@biology", "progress"), (f"{LEARNER}@biology", "pathways/{way}"), ("viewing a learner", "backpack"),
    ("masked", "backpack"),
}  # fmt: skip


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_a_reader_chose_holds_against_the_device(furnished: Furnished, theme: str) -> None:
    page = furnished.open(theme, "")
    seen = "getComputedStyle(document.body).backgroundColor"
    page.emulate_media(color_scheme="light" if theme == "dark" else "dark")
    against = page.evaluate(seen)
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]

    assert page.evaluate(seen) == against
    page.close()


def test_a_form_that_is_refused_says_so_to_everybody(furnished: Furnished) -> None:
    page = furnished.open(TEACHER, "objectives/new")
    page.set_viewport_size(SMALL)
    page.get_by_label("Points").fill("-3")

    page.get_by_role("button", name="Add the objective").click()

    assert page.get_by_role("alert").inner_text().startswith("Please look at this again.")
    assert page.get_by_label("Points").get_attribute("aria-invalid") == "true"
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
    assert violations(page, "light") == []
    page.close()


@pytest.mark.parametrize(
    ("who", "first"),
    [(TEACHER, "Review"), (f"{LEARNER}@biology", "Present it"), (f"helena@{LITERACY}", "Create")],
)
def test_the_primary_thing_is_seen_in_a_low_frame(furnished: Furnished, who: str, first: str) -> None:
    page = furnished.open(who, "")
    page.set_viewport_size({"width": 800, "height": 450})
    named = page.get_by_role("link", name=first).or_(page.get_by_role("button", name=first))
    box = named.first.bounding_box()
    page.close()
    assert box is not None
    assert box["y"] + box["height"] < 450


def test_a_german_reader_finds_nothing_in_english(furnished: Furnished) -> None:
    told, english = english_sentences(), {}
    with _in_german(furnished) as read:
        for one in (*IN_A_VISIT, *WITHOUT_A_VISIT, *AT_HOME):
            text = read(one)
            found = [words for words in told if words in text]
            english |= {str(one): found} if found else {}

    assert english == {}


@contextmanager
def _in_german(house: Furnished) -> Iterator[Callable[[Shown], str]]:
    """Everybody came from a German course, and every browser asks for German. What a page says to them, in one line."""

    def read(one: Shown) -> str:
        browser = house.home if one.who == "home" else house.browser
        address = house.school.url + house.address(one.who, one.path)
        answer = browser.request.get(address, headers={"Accept-Language": "de", "Accept": "text/html"})
        return text_of(answer.text())

    for one in (*IN_A_VISIT, *AT_HOME):
        house.address(one.who, one.path)  # whoever is not here yet comes now
    _set_language("de")
    try:
        yield read
    finally:
        _set_language("en")


def _set_language(language: str) -> None:
    with transaction():
        db.session.execute(update(VisitRow).values(locale=language))
