"""The scenes of the workshop: an issuer's people at `/home`, a learner's backpack, and what everybody may see."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select

from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.model import Award, BadgeClass
from lti_tool.db import db, new_id, transaction
from lti_tool.people.home.links import make_link
from lti_tool.people.model import Person
from tests.browser.camera import Camera, at
from tests.browser.stage import BIG
from tests.make.award import make_award
from tests.make.home import make_proven
from tests.make.staff import make_staff

Act = Callable[[Page], None]
LEARNER = "learner-0001"
_ADDRESSES = "E-mail,Name\nada@example.org,Ada Lovelace\nnobody\ngrace@example.org,Grace Hopper\nada@example.org,Ada\n"


def the_workshop(camera: Camera) -> None:
    """An owner without an LMS: issuers, badges, awards, both kinds of data management, staff."""
    badge = db.session.scalars(select(BadgeClass).order_by(BadgeClass.created_at)).first()
    assert badge is not None
    owner = _person(camera, "helena")
    make_staff(badge.issuer_id, owner)
    make_proven(owner, "helena@home.example")
    award = make_award(badge.id, Recipient(email="ada@example.org"), narrative="She held the *course*.")
    other = make_award(badge.id, Recipient(email="bob@example.org"))
    with transaction():
        revoke_award(other, reason="Given by mistake.")
    home = f"{camera.school.url}/home"
    camera.visit("home-sign-in", f"{home}/sign-in")
    for context in (camera.wide, camera.small):
        _come_home(context, home, "helena@home.example")
    one, it = f"{home}/issuers/{badge.issuer_id}", f"{home}/badges/{badge.id}"
    pages = {
        "issuers": f"{home}/issuers", "issuer": one, "issuer-profile": f"{one}/profile", "issuer-staff": f"{one}/staff",
        "issuer-awards": f"{one}/awards", "issuer-data": f"{one}/data", "issuer-history": f"{one}/history",
        "badge-new": f"{one}/badges/new", "badge": it, "badge-edit": f"{it}/edit", "badge-delete": f"{it}/delete",
        "badge-awards": f"{it}/awards", "badge-give": f"{it}/give", "badge-batches": f"{it}/batches",
        "award-of-staff": f"{it}/awards/{award}", "award-correct": f"{it}/awards/{award}/correct",
        "award-revoke": f"{it}/awards/{award}/revoke", "badge-data": f"{it}/data", "addresses": f"{home}/addresses",
        "backpack-empty": f"{home}/backpack", "home-nothing-here": f"{home}/issuers/nowhere",
    }  # fmt: skip
    for name, address in pages.items():
        camera.visit(name, address)
    camera.visit_page("batch-preview", f"{it}/batches", _bring_a_table)
    camera.visit_page("badge-data-refused", f"{it}/data", _replace_with("https://10.0.0.1/award"))
    source = f"{camera.school.url}/public/assertions/{_other_award(badge)}"
    camera.visit_page("badge-data-preview", f"{it}/data", _replace_with(source))


def the_backpack(camera: Camera) -> None:
    person = _person(camera, LEARNER)
    award = db.session.scalars(select(Award.id).where(Award.person_id == person).order_by(Award.issued_on)).first()
    camera.take("backpack", BIG, LEARNER, at("backpack"))
    camera.take("backpack-award", BIG, LEARNER, at(f"backpack/awards/{award}"))
    camera.take("backpack-import", BIG, LEARNER, at("backpack/import"))
    camera.take("backpack-collections", BIG, LEARNER, at("backpack/collections"))
    camera.take("my-addresses", BIG, LEARNER, at("addresses"))
    camera.take("issuers-of-a-teacher", BIG, "helena", at("issuers"))


def what_everybody_sees(camera: Camera) -> None:
    award = db.session.scalars(select(Award.id).where(Award.revoked_at.is_(None))).first()
    revoked = db.session.scalars(select(Award.id).where(Award.revoked_at.is_not(None))).first()
    address = f"{camera.school.url}/public/assertions/{award}"
    camera.visit("public-revoked", f"{camera.school.url}/public/assertions/{revoked}")
    camera.visit("verify", f"{camera.school.url}/verify?url={address}")
    camera.visit_page("verify-valid", f"{camera.school.url}/verify?url={address}", _check)


def _person(camera: Camera, key: str) -> str:
    email = camera.school.lms.world.people[key].email
    return db.session.scalars(select(Person.id).where(Person.email == email)).one()


def _other_award(badge: BadgeClass) -> str:
    return db.session.scalars(
        select(Award.id).where(Award.badge_id != badge.id, Award.revoked_at.is_(None)).limit(1)
    ).one()  # fmt: skip


def _come_home(context: BrowserContext, home: str, address: str) -> None:
    with transaction():
        link = make_link(new_id(), purpose="sign_in", address=address)
    page = context.new_page()
    page.goto(f"{home}/sign-in/{link}")
    page.get_by_role("button").first.click()
    page.wait_for_load_state()
    page.close()


def _bring_a_table(page: Page) -> None:
    page.locator("textarea").first.fill(_ADDRESSES)
    page.get_by_role("button", name="Look at it first").click()


def _replace_with(address: str) -> Act:
    def act(page: Page) -> None:
        page.locator('input[name="url"]').fill(address)
        page.get_by_role("button", name="Continue").click()

    return act


def _check(page: Page) -> None:
    page.get_by_role("button", name="Check the badge").click()
