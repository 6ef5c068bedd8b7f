"""The scenes of what the LMS hears back: the gradebook in every mood, a list that shrinks, and a copied course."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page
from sqlalchemy import update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.launch.gradebook import read_back_by_schedule
from lti_tool.sandbox import vocabulary
from tests.browser.camera import Camera, at, goes
from tests.browser.stage import SMALL_COURSE, course_page
from tests.flows.copying import add_link
from tests.flows.steps import add_objective, create_space_with_roster, mark_complete
from tests.make.hands import follow, press
from tests.make.lms import Browser

_NAMES = {"siobhan": "Siobhán O'Connor", "ngozi": "Ngozi Okafor"}


def the_gradebook(camera: Camera) -> None:
    """Nothing yet; on the way; refused; changed by a teacher; another choice, told before it is made."""
    school, lms = camera.school, camera.school.lms
    teacher, overview = create_space_with_roster(school, SMALL_COURSE)
    add_objective(teacher, overview, "Draw a cell")
    add_objective(teacher, overview, "Present it")
    camera.take("gradebook-nothing-yet", SMALL_COURSE, "helena", at("gradebook"))
    enrolments = lms.world.courses[SMALL_COURSE].enrolments
    enrolments["ngozi"].status = "Inactive"
    for name in _NAMES.values():
        mark_complete(teacher, overview, name)
    camera.take("gradebook-on-its-way", SMALL_COURSE, "helena", at("gradebook"))
    camera.take("learner-on-its-way", SMALL_COURSE, "siobhan")
    school.do_jobs()
    camera.take("gradebook-refused", SMALL_COURSE, "helena", at("gradebook"))
    enrolments["ngozi"].status = "Active"
    camera.take("learner-refused", SMALL_COURSE, "ngozi")
    camera.take("learner-in-the-gradebook", SMALL_COURSE, "siobhan")
    press(teacher, teacher.get(f"{overview.url}gradebook"), "Send again all that was refused")
    school.do_jobs()
    _grade_by_hand(camera, "siobhan", 0.5)
    read_back_by_schedule()
    _do_jobs(camera)
    camera.take("gradebook-drifted", SMALL_COURSE, "helena", at("gradebook"))
    _grade_by_hand(camera, "ngozi", 1.5)
    mark_complete(teacher, overview, _NAMES["ngozi"])
    school.do_jobs()
    camera.take("gradebook-held", SMALL_COURSE, "helena", at("gradebook"))
    camera.take("progress-asks-for-you", SMALL_COURSE, "helena", goes("Progress"))
    camera.take("gradebook-would-change", SMALL_COURSE, "helena", _choose_columns)
    camera.take("gradebook-changed", SMALL_COURSE, "helena", _change)
    school.do_jobs()


def a_list_that_shrinks(camera: Camera) -> None:
    """The LMS lists few of many; staff say yes and can undo it."""
    school = camera.school
    teacher, overview = school.open(SMALL_COURSE, "helena")
    for key in [key for key in school.lms.world.courses[SMALL_COURSE].enrolments if key not in ("helena", *_NAMES)]:
        school.lms.world.withdraw(SMALL_COURSE, key)
    _read_again(camera, teacher, teacher.get(overview.url).url)
    camera.take("roster-asks-first", SMALL_COURSE, "helena", goes("Members"))
    press(teacher, teacher.get(f"{overview.url}members"), "Yes, take it over")
    school.do_jobs()
    camera.take("roster-taken-over", SMALL_COURSE, "helena", goes("Members"))


def a_copied_course(camera: Camera) -> None:
    """What a teacher, an assistant and a learner see of the copy before and after last term came along."""
    school = camera.school
    link = add_link(school, "Draw a cell")
    school.do_jobs()
    copy = school.lms.copy_course(SMALL_COURSE)
    school.do_jobs()
    school.lms.world.enrol(copy.key, "siobhan", vocabulary.LEARNER)
    camera.take("copy-not-ready", copy.key, "siobhan")
    camera.take("copy-offer", copy.key, "helena")
    teacher, offer = school.open(copy.key, "helena")
    press(teacher, offer, "Bring them along")
    school.do_jobs()
    camera.homes.clear()
    camera.take("copy-brought-along", copy.key, "helena")
    camera.visit_then("copy-a-link-that-came-along", course_page(school.lms, copy.key, "siobhan", link), _is_opened)


def _is_opened(page: Page) -> None:
    page.frame_locator("#tool").get_by_role("heading", name="Draw a cell", level=1).wait_for()


def _grade_by_hand(camera: Camera, learner: str, given: float) -> None:
    """A teacher writes another grade into the LMS's own gradebook."""
    lms = camera.school.lms
    [column] = lms.gradebook.items(SMALL_COURSE)
    lms.gradebook.grade(column, lms.world.people[learner].sub, given, at=datetime.now(UTC) - timedelta(minutes=5))


def _do_jobs(camera: Camera) -> None:
    """Also those that come later."""
    with transaction():
        db.session.execute(update(Job).where(Job.finished_at.is_(None)).values(run_at=clock.now()))
    camera.school.do_jobs()


def _read_again(camera: Camera, teacher: Browser, overview: str) -> None:
    press(teacher, follow(teacher, teacher.get(overview), "Members"), "Refresh roster")
    camera.school.do_jobs()


def _choose_columns(page: Page) -> None:
    page.goto(f"{page.url.split('?')[0]}gradebook")
    page.get_by_label("A column for each objective, with its points").check()
    page.get_by_role("button", name="See what would change").click()


def _change(page: Page) -> None:
    _choose_columns(page)
    if page.get_by_role("button", name="Change it").count():
        page.get_by_role("button", name="Change it").click()
