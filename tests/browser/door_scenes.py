"""The scenes of the door: connecting an LMS, the administrators' console, picking a link, and who else comes in."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select

from lti_tool.db import db, transaction
from lti_tool.launch.model import Registration
from lti_tool.launch.registration.invites import make_invite
from lti_tool.people.admin.administrators import invite_administrator
from lti_tool.spaces.model import Member
from tests.browser.camera import Camera, at, goes
from tests.browser.stage import BIG, SMALL_COURSE

Act = Callable[[Page], None]
GUIDES = ("canvas", "moodle", "blackboard", "brightspace", "sakai", "other")


def connecting(camera: Camera) -> None:
    """An LMS connects itself: the pages in the LMS's frame, and outside it."""
    lms = camera.school.lms.settings.url
    camera.visit("invitation-pasted-into-a-browser", _invitation())
    camera.visit("invitation-unknown", f"{camera.school.url}/lti/register/nobody-knows-this")
    camera.visit_then("registration-look", f"{lms}/administration", _paste(_invitation(), "Look at the LMS"))
    camera.visit_then("registration-confirm", f"{lms}/administration", _looked_at(_invitation()))
    camera.visit("guides", f"{camera.school.url}/lti/guides/")
    for lms_kind in GUIDES:
        camera.visit(f"guide-{lms_kind}", f"{camera.school.url}/lti/guides/{lms_kind}")


def _invitation() -> str:
    with transaction():
        return make_invite(name="Hill College", organization=None, hours=1).url


def _paste(address: str, waits_for: str) -> Act:
    def act(page: Page) -> None:
        page.get_by_label("registration address").fill(address)
        page.get_by_role("button", name="Add", exact=True).click()
        page.frame_locator("#registering").get_by_role("button", name=waits_for).wait_for()

    return act


def _looked_at(address: str) -> Act:
    def act(page: Page) -> None:
        _paste(address, "Look at the LMS")(page)
        frame = page.frame_locator("#registering")
        frame.get_by_role("button", name="Look at the LMS").click()
        frame.get_by_role("button", name="Connect this LMS").wait_for()

    return act


def the_console(camera: Camera) -> None:
    """Every page of `/admin`, at the end of the story, when the lamps have something to show."""
    url = camera.school.url
    camera.visit("admin-sign-in", f"{url}/admin/sign-in")
    for context in (camera.wide, camera.small):
        _sign_in(context)
    first = db.session.scalars(select(Registration.id).order_by(Registration.created_at)).first()
    one = f"{url}/admin/platforms/{first}"
    somebody = db.session.scalars(select(Member.person_id).where(Member.completed > 0).order_by(Member.id)).first()
    person = f"{url}/admin/people/{somebody}"
    pages = {
        "admin-platforms": f"{url}/admin", "admin-by-hand": f"{url}/admin/platforms/new", "admin-platform": one,
        "admin-launches": f"{one}/launches", "admin-keys": f"{one}/keys", "admin-keys-stop": f"{one}/keys/stop",
        "admin-self-test": f"{url}/admin/self-test", "admin-conformance": f"{url}/admin/conformance/{first}",
        "admin-administrators": f"{url}/admin/administrators", "admin-audit": f"{url}/admin/audit",
        "admin-people": f"{url}/admin/people?find=an", "admin-people-nobody": f"{url}/admin/people?find=Nobody+at+all",
        "admin-person": person, "admin-person-erasure": f"{person}/erasure",
    }  # fmt: skip
    for name, address in pages.items():
        camera.visit(name, address)


def _sign_in(context: BrowserContext) -> None:
    with transaction():
        url, _ = invite_administrator(name="Robin Root", email=None)
    page = context.new_page()
    page.goto(url)
    page.get_by_role("button").first.click()
    page.wait_for_load_state()
    page.close()


def picking(camera: Camera) -> None:
    """A teacher chooses what a link opens, and the LMS takes it."""
    add = f"{camera.school.lms.settings.url}/courses/{BIG}/as/helena/add"
    camera.visit_then("pick", add, lambda page: page.frame_locator("iframe").get_by_role("heading", level=1).wait_for())
    camera.visit_then("picked", add, _pick)


def _pick(page: Page) -> None:
    frame = page.frame_locator("iframe")
    frame.get_by_label("Leaderboard").check()
    frame.get_by_role("button", name="Add to the course").click()
    frame.get_by_role("heading", name="Added").wait_for()


def who_else_comes(camera: Camera) -> None:
    """Observers, designers, administrators of the LMS, and what the LMS said of somebody."""
    camera.take("about", BIG, "helena", at("about"))
    camera.take("about-learner", BIG, "learner-0001", at("about"))
    camera.take("diagnostics", BIG, "pat", at("diagnostics"))
    camera.take("designer", SMALL_COURSE, "noor")
    camera.take("following", BIG, "ingrid")
    camera.take("progress-with-the-gradebook", BIG, "helena", goes("Progress"))
    lms = camera.school.lms.settings.url
    for place, person in (("privacy", "amelie"), ("privacy", "pat"), ("account", "pat"), ("profile", "helena")):
        camera.visit_then(f"{place}-{person}", f"{lms}/site/{place}/as/{person}", _arrived)


def _arrived(page: Page) -> None:
    page.frame_locator("iframe").locator(".room-foot").wait_for()
