"""Pictures of every page of the story, to look at with one's own eyes.

Run: `python -m tests.browser.screenshots [FOLDER]`, by default into `var/screenshots`. Each page is taken wide and at
320 pixels, staff's and learners', empty and full; those that matter most also inside the LMS's frame.
"""

import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from flask_migrate import upgrade
from playwright.sync_api import BrowserContext, Page, sync_playwright
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.app import create_app
from lti_tool.db import db, transaction
from lti_tool.launch.model import CourseKey
from lti_tool.sandbox.faults import RosterFailure
from lti_tool.settings import Settings
from lti_tool.spaces.completions import complete, take_back
from lti_tool.spaces.model import Member, Objective, Space
from tests.browser import door_scenes, gradebook_scenes, rooms_scenes, workshop_scenes
from tests.browser.camera import Camera, at, goes
from tests.browser.chromium import SMALL, WIDE, chromium
from tests.browser.some_weeks import member_named, some_weeks
from tests.browser.stage import BIG, SMALL_COURSE, course_page, stage
from tests.browser.walk import stands_at
from tests.make.inside import inside
from tests.make.lms import campus

LEARNERS = 1200
FULL_SCORE = "learner-0001"
SOME_SCORE = "learner-0002"
NO_SCORE = "learner-0400"


def before_the_space(camera: Camera) -> None:
    lms = camera.school.lms
    camera.visit("lms-courses", f"{lms.settings.url}/")
    camera.framed("create-the-space", BIG, "helena", "Create the Space of this course")
    camera.take("create-the-space", BIG, "helena")
    camera.take("create-refused", BIG, "helena", _create_badly)
    waiting = {"learner-0001": "not-ready", "lucia": "assistant", "ingrid": "observer", "pat": "support"}
    for person, name in waiting.items():
        camera.take(name, BIG, person)


def _create_badly(page: Page) -> None:
    page.get_by_label("Name").fill("")
    page.get_by_label("End date").fill("2020-01-01")
    page.get_by_role("button", name="Create").click()


def the_empty_space(camera: Camera) -> None:
    lms = camera.school.lms
    lms.faults.delays["roster"] = 1.5
    page = camera.launched("wide", BIG, "helena")
    page.get_by_role("button", name="Create the Space").click()
    stands_at(page, "Overview")
    page.close()
    time.sleep(3)
    camera.take("overview-while-the-roster-arrives", BIG, "helena")
    camera.take("members-while-the-roster-arrives", BIG, "helena", goes("Members"))
    lms.faults.reset()
    _wait_for_roster(LEARNERS)
    camera.framed("overview-empty", BIG, "helena", "Overview")
    camera.take("overview-empty", BIG, "helena")
    camera.take("progress-empty", BIG, "helena", goes("Progress"))
    camera.take("members", BIG, "helena", goes("Members"))
    camera.take("members-found-nobody", BIG, "helena", at("members?q=zzz"))
    camera.take("member-refused", BIG, "helena", _add_badly)
    camera.take("leaderboard-off", BIG, "helena", goes("Leaderboard"))
    camera.framed("learner-empty", BIG, FULL_SCORE, "My progress")
    camera.take("learner-empty", BIG, FULL_SCORE)
    camera.take("my-badges-empty", BIG, FULL_SCORE, goes("My badges"))
    camera.take("new-objective", BIG, "helena", at("objectives/new"))
    camera.take("new-objective-refused", BIG, "helena", _add_objective_badly)
    camera.take("new-badge", BIG, "helena", at("badges/new"))


def _wait_for_roster(learners: int) -> None:
    for _ in range(120):
        db.session.rollback()
        if db.session.query(Member).filter_by(role="member").count() >= learners:
            return
        time.sleep(0.5)
    raise SystemExit("The roster did not arrive.")


def _add_badly(page: Page) -> None:
    goes("Members")(page)
    page.get_by_text("Add one person").click()
    page.get_by_label("E-mail", exact=True).fill("nobody")
    page.get_by_role("button", name="Add").click()


def _add_objective_badly(page: Page) -> None:
    page.goto(page.url + "objectives/new")
    page.get_by_label("Points").fill("-3")
    page.get_by_role("button", name="Add the objective").click()


def the_full_space(camera: Camera) -> None:
    school = camera.school
    ids = some_weeks("Introduction to Data Literacy")
    first, some = (member_named(school, key) for key in (FULL_SCORE, SOME_SCORE))
    with transaction():
        for objective in ids.values():
            complete(objective_id=objective, member_id=first, by=None)
        chosen = list(ids.values())
        complete(objective_id=chosen[0], member_id=some, by=None)
        complete(objective_id=chosen[1], member_id=some, by=None)
    with transaction():
        take_back(objective_id=chosen[1], member_id=some, by=None, reason="The last column still held two values.")
    camera.framed("overview", BIG, "helena", "Overview")
    camera.take("overview", BIG, "helena")
    camera.take("progress", BIG, "helena", goes("Progress"))
    camera.take("progress-just-marked", BIG, "helena", _mark_first)
    camera.take("progress-page-2", BIG, "helena", goes("Progress", "Next"))
    camera.take("learner-page", BIG, "helena", at(f"progress/{some}"))
    camera.take("completion-open", BIG, "helena", at(f"progress/{some}/{chosen[2]}"))
    camera.take("completion-done", BIG, "helena", at(f"progress/{some}/{chosen[0]}"))
    camera.take("completion-taken-back", BIG, "helena", at(f"progress/{some}/{chosen[1]}?done=taken_back"))
    camera.take("members-full", BIG, "helena", goes("Members"))
    camera.take("objective-staff", BIG, "helena", at(f"objectives/{chosen[0]}"))
    camera.take("objective-edit", BIG, "helena", at(f"objectives/{chosen[0]}/edit"))
    camera.take("leaderboard-staff", BIG, "helena", goes("Leaderboard"))
    camera.take("overview-assistant", BIG, "lucia")
    camera.framed("learner", BIG, SOME_SCORE, "My progress")
    for key in (FULL_SCORE, SOME_SCORE, NO_SCORE):
        camera.take(f"learner-{key[-4:]}", BIG, key)
    for objective in chosen[:3]:
        camera.take("objective", BIG, SOME_SCORE, at(f"objectives/{objective}"))
    camera.take("my-badges", BIG, FULL_SCORE, goes("My badges"))
    camera.take("leaderboard-near-me", BIG, SOME_SCORE, goes("Leaderboard"))
    camera.take("leaderboard-whole", BIG, SOME_SCORE, at("leaderboard?view=all"))
    camera.take("leaderboard-hidden", BIG, FULL_SCORE, _hide)
    camera.take("test-student", BIG, f"test-student-{BIG}")


def _mark_first(page: Page) -> None:
    goes("Progress")(page)
    page.get_by_role("button", name="Mark").first.click()


def _hide(page: Page) -> None:
    goes("Leaderboard")(page)
    if page.get_by_role("button", name="Hide me").count():
        page.get_by_role("button", name="Hide me").click()


def public_pages(camera: Camera) -> None:
    award = camera.launched("wide", BIG, FULL_SCORE)
    award.get_by_role("link", name="My badges").click()
    address = award.get_by_role("link", name="Open").first.get_attribute("href") or ""
    camera.visit("public-award", camera.school.url + address)
    award.goto(camera.school.url + address)
    issuer = award.get_by_role("link", name="Sandbox LMS").get_attribute("href") or ""
    award.close()
    camera.visit("public-issuer", camera.school.url + issuer)
    badge = db.session.scalars(select(Objective.badge_id)).first()
    camera.visit("public-badge", f"{camera.school.url}/public/badges/{badge}")


def refusals(camera: Camera) -> None:
    school = camera.school
    camera.visit("root", school.url)
    camera.visit(
        "refused-unknown-platform",
        f"{school.url}/lti/login?iss=https://nobody.example&login_hint=1&target_link_uri={school.url}",
    )
    camera.visit("refused-visit-over", f"{school.url}/v/0123456789/")
    camera.visit("refused-nothing-here", f"{school.url}/nowhere")
    camera.take("refused-not-allowed", BIG, NO_SCORE, at("progress"))
    camera.take("refused-not-found", BIG, "helena", at("objectives/nothing"))


def the_other_course(camera: Camera) -> None:
    """Names in several scripts, a roster that the LMS refuses, and the Space's end."""
    lms = camera.school.lms
    lms.faults.roster_failure = RosterFailure(1, status=403, body="Not for you")
    page = camera.launched("wide", SMALL_COURSE, "helena")
    page.get_by_role("button", name="Create the Space").click()
    stands_at(page, "Overview")
    page.close()
    time.sleep(3)
    camera.take("members-roster-refused", SMALL_COURSE, "helena", goes("Members"))
    lms.faults.reset()
    page = camera.launched("wide", SMALL_COURSE, "helena")
    page.get_by_role("link", name="Members", exact=True).click()
    page.get_by_role("button", name="Refresh roster").click()
    page.get_by_role("link", name="Look again").wait_for()
    page.close()
    time.sleep(2)
    camera.take("members-many-scripts", SMALL_COURSE, "helena", goes("Members"))
    ids = some_weeks("Biology 101")
    camera.take("progress-many-scripts", SMALL_COURSE, "helena", goes("Progress"))
    camera.take("leaderboard-many-scripts", SMALL_COURSE, "helena", goes("Leaderboard"))
    with transaction():
        yesterday = clock.now() - timedelta(days=1)
        space = db.session.scalars(select(CourseKey.space_id).where(CourseKey.title == "Biology 101")).one()
        ended = update(Space).where(Space.id == space).values(ends_on=yesterday.date(), archived_at=yesterday)
        db.session.execute(ended)
    camera.take("ended-overview", SMALL_COURSE, "helena")
    camera.take("ended-progress", SMALL_COURSE, "helena", goes("Progress"))
    camera.take("ended-learner", SMALL_COURSE, "fatima")
    camera.take("ended-refused", SMALL_COURSE, "helena", at(f"objectives/{ids['Read a chart']}/edit"))


def no_cookies(camera: Camera, stranger: BrowserContext) -> None:
    camera.taken += 1
    for width, size in (("wide", WIDE), ("small", SMALL)):
        page = stranger.new_page()
        page.set_viewport_size(size)
        page.goto(course_page(camera.school.lms, BIG, SOME_SCORE))
        page.frame_locator("#tool").get_by_role("button").wait_for()
        page.screenshot(path=camera.folder / f"{camera.taken:02d}-no-cookies-frame-{width}.png")
        page.close()


def take_all(folder: Path) -> int:
    """Play the story and take every page. Answers how many pages were taken."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database_url = f"sqlite:///{home / 'spaces.db'}"
        with inside(create_app(Settings(data_dir=home, database_url=database_url))):
            upgrade()
        school = stack.enter_context(stage(database_url, home / "data", learners=LEARNERS))
        playwright = stack.enter_context(sync_playwright())
        wide = stack.enter_context(chromium(playwright, home / "wide"))
        small = stack.enter_context(chromium(playwright, home / "small", viewport=SMALL))
        cell = (school.url, school.lms.settings.url)
        stranger = stack.enter_context(chromium(playwright, home / "stranger", keeps_nothing_of=cell))
        camera = Camera(folder, school, wide, small)
        for part in (
            before_the_space, the_empty_space, the_full_space, rooms_scenes.evidence_and_review, rooms_scenes.pathways,
            rooms_scenes.objectives, rooms_scenes.the_space_itself, rooms_scenes.members_and_staff,
            rooms_scenes.progress, public_pages, refusals,
            workshop_scenes.the_workshop, workshop_scenes.the_backpack, workshop_scenes.what_everybody_sees,
            door_scenes.picking, door_scenes.who_else_comes, the_other_course, door_scenes.connecting,
            door_scenes.the_console,
        ):  # fmt: skip
            part(camera)
        no_cookies(camera, stranger)
        _another_term(stack, camera, home)
        return camera.taken


def _another_term(stack: ExitStack, camera: Camera, home: Path) -> None:
    """What the LMS hears back, in a school of its own, whose jobs are done when the story says so."""
    database_url = f"sqlite:///{home / 'another.db'}"
    with inside(create_app(Settings(data_dir=home / "another", database_url=database_url))):
        upgrade()
    camera.school = stack.enter_context(campus(database_url, home / "another"))
    camera.homes.clear()
    gradebook_scenes.the_gradebook(camera)
    gradebook_scenes.a_copied_course(camera)
    gradebook_scenes.a_list_that_shrinks(camera)


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "var/screenshots")
    print(f"{take_all(target)} pages in {target}")
