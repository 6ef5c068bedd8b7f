"""Every main page: WCAG 2.2 AA as axe measures it, light and dark, and no scrolling sideways at 320 px."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Playwright
from sqlalchemy import select

from lti_tool.db import db, transaction
from lti_tool.people.model import Person
from lti_tool.spaces.completions import complete, take_back
from lti_tool.spaces.leaderboard_options import set_leaderboard_options
from lti_tool.spaces.model import Completion, Member, Space
from tests.browser.chromium import SMALL, WIDE, chromium
from tests.browser.stage import own_window
from tests.make.lms import Campus, campus
from tests.make.space import make_objective

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("every-page")]

_AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "rules": {"target-size": {"enabled": True}},  # 2.5.8, which axe leaves out unless it is asked for
    "resultTypes": ["violations"],
}
_LONG = "Explain to somebody who was not there why a correlation is not a cause, by Donaudampfschifffahrtsgesellschaft"
LEARNER, OTHER = "amelie", "xiaoming"


@dataclass
class Furnished:
    """A Space as after some weeks, a course without one, and one browser that knows the way to both."""

    school: Campus
    browser: BrowserContext
    words: dict[str, str]
    homes: dict[tuple[str, str], str] = field(default_factory=dict)

    def open(self, who: str, path: str) -> Page:
        """A page by itself. `who` is `person@course`, or nobody for what belongs to no visit."""
        page = self.browser.new_page()
        page.emulate_media(reduced_motion="reduce")
        if who:
            page.goto(self._home(page, *who.split("@")))
            page.goto(page.url.split("?")[0] + path.format(**self.words))
        else:
            page.goto(self.school.url + path.format(**self.words))
        return page

    def _home(self, page: Page, person: str, course: str) -> str:
        if (person, course) not in self.homes:
            page.goto(own_window(self.school.lms, course, person))
            page.wait_for_url(f"{self.school.url}/v/**")
            self.homes[person, course] = page.url
        return self.homes[person, course]


@pytest.fixture(scope="module")
def furnished(migrated: str, tmp_path_factory: pytest.TempPathFactory, playwright: Playwright) -> Iterator[Furnished]:
    folder = tmp_path_factory.mktemp("every-page")
    shutil.copy(migrated.removeprefix("sqlite:///"), folder / "spaces.db")
    with campus(f"sqlite:///{folder / 'spaces.db'}", folder / "data", learners=60) as school:
        words = _furnish(school)
        with chromium(playwright, folder / "profile") as browser:
            yield Furnished(school, browser, words)


def _furnish(school: Campus) -> dict[str, str]:
    teacher, page = school.open("biology", "helena")
    teacher.submit(page, "/space")
    school.do_jobs()
    space, organization = db.session.execute(select(Space.id, Space.organization_id)).one()
    first = make_objective(space, organization, "Draw a cell", 5, private_criteria="Look at the walls.")
    second = make_objective(space, organization, _LONG, 10)
    make_objective(space, organization, "Present it", 15)
    learner, other = (_member(school, key) for key in (LEARNER, OTHER))
    with transaction():
        set_leaderboard_options(space, on=True, aliases=True, names=True)
        complete(objective_id=first, member_id=learner, by=None)
        complete(objective_id=second, member_id=learner, by=None)
        complete(objective_id=first, member_id=other, by=None)
    with transaction():
        take_back(objective_id=first, member_id=other, by=None, reason="The walls are missing.")
    awards = select(Completion.award_id).where(Completion.objective_id == first)
    held = db.session.scalar(awards.where(Completion.member_id == learner))
    revoked = db.session.scalar(awards.where(Completion.member_id == other))
    ids = {"first": first, "second": second, "learner": learner, "other": other}
    return {**ids, "award": str(held), "gone": str(revoked)}


def _member(school: Campus, key: str) -> str:
    email = school.lms.world.people[key].email
    member = select(Member.id).join(Person, Person.id == Member.person_id).where(Person.email == email)
    return str(db.session.scalar(member))


TEACHER, LITERACY = "helena@biology", "data-literacy"
PAGES = [
    (f"helena@{LITERACY}", ""),
    (f"learner-0001@{LITERACY}", ""),
    (f"lucia@{LITERACY}", ""),
    (f"pat@{LITERACY}", ""),
    ("ingrid@biology", ""),
    (TEACHER, ""),
    (TEACHER, "objectives/new"),
    (TEACHER, "objectives/{first}"),
    (TEACHER, "objectives/{first}/edit"),
    (TEACHER, "badges/new"),
    (TEACHER, "progress"),
    (TEACHER, "progress?show=waiting"),
    (TEACHER, "progress?q=nobody-at-all"),
    (TEACHER, "progress?done=complete&member={learner}&objective={first}"),
    (TEACHER, "progress/{other}"),
    (TEACHER, "progress/{learner}/{first}"),
    (TEACHER, "progress/{other}/{first}?done=taken_back"),
    (TEACHER, "progress/{other}/{second}"),
    (TEACHER, "members"),
    (TEACHER, "roster/status"),
    (TEACHER, "leaderboard?saved=1"),
    (TEACHER, "objectives/nothing"),
    (f"{LEARNER}@biology", ""),
    (f"{OTHER}@biology", ""),
    ("test-student-biology@biology", ""),
    (f"{LEARNER}@biology", "awards"),
    (f"{OTHER}@biology", "awards"),
    (f"{LEARNER}@biology", "objectives/{first}"),
    (f"{OTHER}@biology", "objectives/{first}"),
    (f"{OTHER}@biology", "objectives/{second}"),
    (f"{LEARNER}@biology", "leaderboard"),
    (f"{LEARNER}@biology", "leaderboard?view=all"),
    (f"{LEARNER}@biology", "progress"),
    ("", "/"),
    ("", "/v/0123456789abcdef0123456789abcdef/"),
    ("", "/public/assertions/{award}"),
    ("", "/public/assertions/{gone}"),
]


@pytest.mark.parametrize(("who", "path"), PAGES)
def test_it_meets_wcag_2_2_aa_and_fits_320_pixels(furnished: Furnished, who: str, path: str) -> None:
    page = furnished.open(who, path)
    try:
        page.set_viewport_size(WIDE)
        assert _violations(page, "light") == []
        assert _violations(page, "dark") == []
        page.set_viewport_size(SMALL)
        assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
        assert _violations(page, "light") == []
    finally:
        page.close()


def _violations(page: Page, scheme: Literal["light", "dark"]) -> list[str]:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # a fading colour is none to measure
    found = Axe().run(page, options=_AXE).response["violations"]
    return [
        f"{one['id']} ({scheme}): {node['html']} {node.get('failureSummary')}" for one in found for node in one["nodes"]
    ]


def test_a_form_that_is_refused_says_so_to_everybody(furnished: Furnished) -> None:
    page = furnished.open(TEACHER, "objectives/new")
    page.set_viewport_size(SMALL)
    page.get_by_label("Points").fill("-3")

    page.get_by_role("button", name="Add the objective").click()

    assert page.get_by_role("alert").inner_text().startswith("Please look at this again.")
    assert page.get_by_label("Points").get_attribute("aria-invalid") == "true"
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
    assert _violations(page, "light") == []
    page.close()


@pytest.mark.parametrize(
    ("who", "first"),
    [(TEACHER, "Add an objective"), (f"{LEARNER}@biology", "Present it"), (f"helena@{LITERACY}", "Create")],
)
def test_the_primary_thing_is_seen_in_a_low_frame(furnished: Furnished, who: str, first: str) -> None:
    page = furnished.open(who, "")
    page.set_viewport_size({"width": 800, "height": 450})
    named = page.get_by_role("link", name=first).or_(page.get_by_role("button", name=first))
    box = named.first.bounding_box()
    page.close()
    assert box is not None
    assert box["y"] + box["height"] < 450
