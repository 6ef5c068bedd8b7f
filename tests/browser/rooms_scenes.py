"""The scenes of the rooms: evidence and its review, pathways, and the Space itself."""

import itertools
from datetime import timedelta

from playwright.sync_api import Page
from sqlalchemy import select, update

from lti_tool.badges.awards import Recipient
from lti_tool.badges.model import BadgeClass
from lti_tool.db import db, transaction
from lti_tool.people.model import Person
from lti_tool.spaces.days import today_in
from lti_tool.spaces.evidence.handing_in import Typed, hand_in
from lti_tool.spaces.evidence.kinds import GoodFile
from lti_tool.spaces.model import Member, Objective, Space
from lti_tool.spaces.objective_places import archive_objective
from lti_tool.spaces.pathways.following import add_pathway
from lti_tool.spaces.review.deciding import accept, give_back
from tests.browser.camera import Camera, at
from tests.browser.some_weeks import member_named
from tests.browser.stage import BIG
from tests.make.award import make_award
from tests.make.badge_objective import make_badge_objective
from tests.make.evidence import a_picture
from tests.make.pathway import make_way, with_group
from tests.make.space import make_badge, make_objective
from tests.make.staff import make_staff

WAITS, GOES_BACK, WRITES = "learner-0301", "learner-0302", "learner-0303"
_REASON = "Name your sources, please, and say which of the two came first."


def evidence_and_review(camera: Camera) -> None:
    """A draft, one that waits, one that comes back; the queue, an item, a decision, and nothing left."""
    objective = db.session.scalars(select(Objective.id).where(Objective.title == "Present your own data set")).one()
    teacher = db.session.scalars(select(Person.id).where(Person.name.like("Helena%"))).first() or ""
    members = {key: member_named(camera.school, key) for key in (WAITS, GOES_BACK, WRITES)}
    with transaction():
        db.session.execute(update(Objective).where(Objective.id == objective).values(evidence="required"))
    camera.take("review-nobody-has-handed-in", BIG, "helena", at("review"))
    handed_in = {key: _hand_in(objective, member, send=key != WRITES) for key, member in members.items()}
    space = db.session.get_one(Objective, objective).space_id
    with transaction():
        give_back(space, handed_in[GOES_BACK], by=teacher, reason=_REASON)
    page, form = f"objectives/{objective}", f"objectives/{objective}/evidence"
    for name, key in {"draft": WRITES, "waiting": WAITS, "returned": GOES_BACK}.items():
        camera.take(f"evidence-{name}", BIG, key, at(page))
        camera.take(f"evidence-form-{name}", BIG, key, at(form))
    camera.take("evidence-refused", BIG, WRITES, lambda page: _send_a_program(page, form))
    camera.take("overview-with-waiting", BIG, "helena")
    camera.take("review-queue", BIG, "helena", at("review"))
    camera.take("review-item", BIG, "helena", _open_first)
    camera.take("review-return", BIG, "helena", _begin_to_return)
    camera.take("evidence-form-in-review", BIG, WAITS, at(form))
    with transaction():
        accept(space, handed_in[WAITS], by=teacher)
    camera.take("review-all-caught-up", BIG, "helena", at("review"))
    camera.take("review-decided", BIG, "helena", at(f"review/{handed_in[WAITS]}"))
    camera.take("evidence-accepted", BIG, WAITS, at(page))


def pathways(camera: Camera) -> None:
    """A Space that follows none, then one with nested groups; everybody, one learner, and the learner's own page."""
    badge = db.session.scalars(select(BadgeClass).order_by(BadgeClass.created_at)).first()
    objective = db.session.scalars(select(Objective).where(Objective.title == "Present your own data set")).one()
    assert badge is not None
    space, learner = db.session.get_one(Space, objective.space_id), member_named(camera.school, WAITS)
    school, person = space.organization_id, db.session.get_one(Member, learner).person_id
    camera.take("pathways-none", BIG, "helena", at("pathways"))
    names = ("Ask a question of data", "Clean a data set", "Draw a chart that does not lie", "Read a study")
    steps = [make_badge(school, name) for name in names]
    way = make_way(school, [badge.id], "Data literacy", make_badge(school, "Data literate"))
    with_group(way, steps[2:], "any", into=with_group(way, steps, "some", 2))
    make_award(steps[0], Recipient(person=person))
    camera.take("pathway-add", BIG, "helena", at("pathways/add"))
    with transaction():
        add_pathway(space.id, way, by=None)
    issuer = f"issuers/{space.issuer_id}/pathways"
    pages = {
        "pathways": "pathways", "pathway": f"pathways/{way}", "pathway-learner": f"pathways/{way}/{learner}",
        "issuer-pathways": issuer, "issuer-pathway": f"issuer-pathways/{way}",
    }  # fmt: skip
    for name, page in pages.items():
        camera.take(name, BIG, "helena", at(page))
    camera.take("pathways-of-a-learner", BIG, WAITS, at("pathways"))


def objectives(camera: Camera) -> None:
    """Both types: one that looks for a badge, its form and its page, and what lies in the archive."""
    picked = db.session.scalars(select(Objective).where(Objective.title == "Present your own data set")).one()
    space = db.session.get_one(Space, picked.space_id)
    badge = make_badge(space.organization_id, "Library card")
    looked_for = make_badge_objective(space.id, badge, "Library card")
    old = make_objective(space.id, space.organization_id, "Read the printed handbook")
    with transaction():
        archive_objective(old)
    camera.take("objective-new-badge", BIG, "helena", _choose_badge)
    camera.take("objective-badge", BIG, "helena", at(f"objectives/{looked_for}"))
    camera.take("objective-badge-learner", BIG, WAITS, at(f"objectives/{looked_for}"))
    camera.take("objectives-archived", BIG, "helena", at("objectives/archive"))
    with transaction():
        archive_objective(looked_for)


def _choose_badge(page: Page) -> None:
    at("objectives/new")(page)
    page.get_by_label("Objective Type").select_option("badge")


def _hand_in(objective: str, member: str, *, send: bool) -> str:
    typed = Typed("Both lines grow with the size of the land.\n\nI asked my grandmother.", "https://lab.example/storks")
    files = [GoodFile("field-trip.png", "image/png", a_picture(size=(640, 360)))]
    with transaction():
        return hand_in(objective, member, typed, files, send=send).id


def _send_a_program(page: Page, form: str) -> None:
    at(form)(page)
    program = {"name": "report.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\0 a program"}
    page.get_by_label("Choose files").set_input_files([program])
    page.get_by_role("button", name="Hand it in").click()


def _open_first(page: Page) -> None:
    at("review")(page)
    page.get_by_role("button", name="Review").first.click()


def _begin_to_return(page: Page) -> None:
    _open_first(page)
    page.locator("summary", has_text="Return").click()


def the_space_itself(camera: Camera) -> None:
    """What a Space can begin with, its settings, that it ends soon, and its issuer's tab at home."""
    space = db.session.scalars(select(Space).where(Space.name.contains("Data"))).first()
    assert space is not None
    camera.take("space-settings", BIG, "helena", at("settings"))
    camera.take("space-copy", BIG, "helena", at("settings/copy"))
    camera.take("space-delete-refused", BIG, "helena", at("settings/delete"))
    ends_on = space.ends_on
    with transaction():
        soon = today_in(space.time_zone) + timedelta(days=3)
        db.session.execute(update(Space).where(Space.id == space.id).values(ends_on=soon))
    camera.take("overview-before-the-end", BIG, "helena")
    with transaction():
        db.session.execute(update(Space).where(Space.id == space.id).values(ends_on=ends_on))
    make_staff(space.issuer_id, db.session.scalars(select(Person.id).where(Person.name.like("Helena%"))).first() or "")
    issuer = f"issuers/{space.issuer_id}/spaces"
    camera.take("issuer-spaces", BIG, "helena", at(issuer))
    camera.take("space-new-without-course", BIG, "helena", at(f"{issuer}/new"))
    camera.take("space-from-a-list", BIG, "helena", lambda page: _look_at_a_list(page, f"{issuer}/new"))


def _look_at_a_list(page: Page, form: str) -> None:
    at(form)(page)
    page.get_by_label("A list that you paste").check()
    page.get_by_label("Your list").fill("Read the first chapter; 5\nWrite about it; 20\nShow it to others")
    page.get_by_role("button", name="See what the list makes").click()


def members_and_staff(camera: Camera) -> None:
    """A table of people before and after it is taken in, somebody removed, and the staff with an invitation."""
    camera.take("members-bring", BIG, "helena", at("members/table"))
    camera.take("members-preview", BIG, "helena", _bring_people)
    camera.take("members-taken-in", BIG, "helena", _take_people_in)
    camera.take("members-removed", BIG, "helena", _remove_somebody)
    camera.take("space-staff", BIG, "helena", at("staff"))
    camera.take("space-staff-invited", BIG, "helena", _invite_somebody)


_others = itertools.count(1)
"""Every scene is played once for each width: whoever was brought or invited for the first is not new to the second."""


def _bring_people(page: Page) -> None:
    at("members/table")(page)
    somebody = f"ada.{next(_others)}@example.org"
    rows = ("email,name", f"{somebody},Ada Lovelace", "nobody", f"{somebody},Ada")
    page.get_by_label("Or paste the rows").fill("\n".join(rows))
    page.get_by_role("button", name="Look at it first").click()


def _take_people_in(page: Page) -> None:
    _bring_people(page)
    page.get_by_role("button", name="Add 1 person").click()


def _remove_somebody(page: Page) -> None:
    at("members")(page)
    page.get_by_role("button", name="Remove").first.click()


def _invite_somebody(page: Page) -> None:
    at("staff")(page)
    page.locator("summary", has_text="Add Staff").click()
    page.get_by_label("E-mail").fill(f"grace.{next(_others)}@example.org")
    page.get_by_role("button", name="Invite").click()


def progress(camera: Camera) -> None:
    """One column of the grid, everybody in it ticked, and the chart."""
    camera.take("progress-ticked", BIG, "helena", at("progress?ticked=page"))
    camera.take("progress-moved", BIG, "helena", at("progress?show=stuck&sort=moved"))
    camera.take("progress-column", BIG, "helena", _first_column)
    camera.take("progress-chart", BIG, "helena", at("progress/chart"))


def _first_column(page: Page) -> None:
    at("progress")(page)
    page.goto(page.locator("a.head-title").first.evaluate("link => link.href"))  # on a phone the head is out of sight
