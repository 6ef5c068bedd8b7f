"""One school as after some weeks, with something on every page, and the ways in to all of it."""

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import requests
from playwright.sync_api import BrowserContext, Page, Playwright
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.badges.awarding.batches import begin_giving
from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.model import Issuer
from lti_tool.badges.staffing.invitations import invite_staff
from lti_tool.db import db, new_id, transaction
from lti_tool.launch.model import VisitRow
from lti_tool.launch.registration.invites import make_invite
from lti_tool.people.home.links import make_link
from lti_tool.people.model import Person
from lti_tool.spaces.completions import complete, take_back
from lti_tool.spaces.evidence.handing_in import Typed, hand_in
from lti_tool.spaces.evidence.kinds import GoodFile
from lti_tool.spaces.leaderboard_options import set_leaderboard_options
from lti_tool.spaces.model import Completion, Member, Space
from lti_tool.spaces.objective_places import archive_objective
from lti_tool.spaces.pathways.following import add_pathway
from lti_tool.spaces.review.deciding import accept, claim, give_back
from lti_tool.spaces.staffing.model import SpaceStaff
from tests.browser.axe import axe_script
from tests.browser.chromium import WIDE, chromium
from tests.flows.picking import DEEP_LINKING, PRIVACY, send
from tests.launch.selftest.test_pages import make_report
from tests.launch.selftest.test_runs import make_run
from tests.make import admin as make_admin
from tests.make.award import make_award
from tests.make.badge_objective import make_badge_objective
from tests.make.evidence import a_picture, make_evidence_objective, make_handed_in
from tests.make.foreign_badge import EMAIL, ForeignPlatform, foreign_platform
from tests.make.home import make_home_link, make_proven
from tests.make.lms import Browser, Campus, campus
from tests.make.organization import make_organization
from tests.make.pathway import make_way, with_group
from tests.make.space import make_badge, make_member_of, make_objective, make_space
from tests.make.staff import make_staff
from tests.make.table import make_table

LONG = "Explain to somebody who was not there why a correlation is not a cause, by Donaudampfschifffahrtsgesellschaft"
LEARNER, OTHER = "amelie", "xiaoming"
TEACHER = "helena@biology"
_TABLE = "E-mail,Name\nada@example.org,Ada Lovelace\nnobody\ngrace@example.org,Grace Hopper\nada@example.org,Ada\n"
_ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"


@dataclass
class Furnished:
    """The school, its browsers, and what stands in addresses. `homes`: where each person's pages begin.

    `home` is a browser of somebody who came without an LMS; everybody else shares `browser`.
    """

    school: Campus
    browser: BrowserContext
    home: BrowserContext
    words: dict[str, str] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=lambda: {"": "", "home": "/home/", "admin": "/admin"})
    tabs: dict[str, Page] = field(default_factory=dict)

    def address(self, who: str, path: str) -> str:
        """`who` is `person@course`, one of the special visits, `home`, `admin`, or nobody: no visit at all."""
        if who not in self.homes:
            self.enter(who, *self.school.open(who.split("@")[1], who.split("@")[0]))
        return self.homes[who] + path.format(**self.words)

    def open(self, who: str, path: str) -> Page:
        """A page by itself."""
        page = (self.home if who == "home" else self.browser).new_page()
        page.emulate_media(reduced_motion="reduce")
        page.goto(self.school.url + self.address(who, path))
        return page

    def look(self, who: str, path: str) -> Page:
        """The page, light and wide, in a tab that stays open for the next one and has axe in it: a tab of its own, and
        axe carried there anew, took a fifth of each look.
        """
        browser = "home" if who == "home" else ""
        if browser not in self.tabs or self.tabs[browser].is_closed():
            self.tabs[browser] = (self.home if browser else self.browser).new_page()
            self.tabs[browser].add_init_script(axe_script())
        tab = self.tabs[browser]
        tab.set_viewport_size(WIDE)
        tab.emulate_media(color_scheme="light", reduced_motion="reduce")
        tab.goto(self.school.url + self.address(who, path))
        return tab

    def enter(self, who: str, visitor: Browser, page: requests.Response) -> None:
        """Take over the visit that `visitor` has begun."""
        found = re.search(r"/v/[0-9a-f-]+/", page.url)
        assert found, f"{who}: {page.status_code} {page.url}"
        self.homes[who] = found.group()
        [cookie] = [one for one in visitor.session.cookies if one.path == found.group()]
        self.browser.add_cookies(
            [
                {
                    "name": cookie.name, "value": cookie.value or "", "domain": "localhost", "path": cookie.path,
                    "secure": True, "httpOnly": True, "sameSite": "None",
                }
            ]
        )  # fmt: skip
        visitor.close()


@contextmanager
def furnished_school(migrated: str, folder: Path, playwright: Playwright) -> Iterator[Furnished]:
    shutil.copy(migrated.removeprefix("sqlite:///"), folder / "spaces.db")
    with ExitStack() as stack:
        school = stack.enter_context(campus(f"sqlite:///{folder / 'spaces.db'}", folder / "data", learners=60))
        browser = stack.enter_context(chromium(playwright, folder / "profile"))
        home = stack.enter_context(chromium(playwright, folder / "home"))
        house = Furnished(school, browser, home)
        _rooms(house)
        _evidence(house)
        with foreign_platform() as elsewhere:
            _workshop(house, elsewhere)
            _backpack(house, elsewhere)
        _a_space_without_a_course(house)
        _doors(house)
        _special_visits(house)
        _console(house)
        _sign_in(house)
        yield house


def _rooms(house: Furnished) -> None:
    """The Space of the biology course; the other course has none."""
    school, words = house.school, house.words
    teacher, page = school.open("biology", "helena")
    teacher.submit(page, "/space")
    school.do_jobs()
    space, organization, issuer = db.session.execute(select(Space.id, Space.organization_id, Space.issuer_id)).one()
    words |= {"space": space, "organization": organization, "issuer": issuer}
    words |= {"learner": _member(school, LEARNER), "other": _member(school, OTHER)}
    words["first"] = make_objective(space, organization, "Draw a cell", 5, private_criteria="Look at the walls.")
    words["second"] = make_objective(space, organization, LONG, 10)
    make_objective(space, organization, "Present it", 15)
    with transaction():
        set_leaderboard_options(space, on=True, aliases=True, names=True)
        complete(objective_id=words["first"], member_id=words["learner"], by=None)
        complete(objective_id=words["second"], member_id=words["learner"], by=None)
        complete(objective_id=words["first"], member_id=words["other"], by=None)
    with transaction():
        reason = "The walls are missing."
        take_back(objective_id=words["first"], member_id=words["other"], by=None, reason=reason)
    words["award"], words["gone"] = (_award_of(words["first"], words[who]) for who in ("learner", "other"))
    words["looked_for"] = make_badge_objective(space, make_badge(organization, "Library card"), "Library card")
    old = make_objective(space, organization, "Read the printed handbook")
    with transaction():
        archive_objective(old)
    _pathways(house)
    _people(house, teacher, page)


def _pathways(house: Furnished) -> None:
    space, organization = house.words["space"], house.words["organization"]
    steps = [make_badge(organization, name) for name in ("Ask a question", "Clean a table", "Draw a chart")]
    way = make_way(organization, steps[:1], "Lab ready", make_badge(organization, "Lab ready"))
    house.words |= {"way": way, "group": with_group(way, steps[1:], "some", 1), "step": steps[0]}
    with transaction():
        add_pathway(space, way, by=None)
    make_way(organization, steps[:1], "Not followed yet")
    make_award(steps[0], Recipient(person=_person(house.school, LEARNER)))


def _people(house: Furnished, teacher: Browser, home: requests.Response) -> None:
    """A table of learners before and after it was taken in, and staff who came by invitation."""
    for word in ("table", "taken"):
        form = teacher.get(f"{home.url}members/table")
        looked_at = teacher.submit(form, "/members/table", pasted=_TABLE.replace("example", word))
        told = teacher.submit(looked_at, "/add") if word == "taken" else looked_at
        house.words[word] = _last_part(told)
    house.words["assistant"] = _person(house.school, "jun")
    with transaction():
        db.session.add(SpaceStaff(space_id=house.words["space"], person_id=house.words["assistant"], role="assistant"))


_STATES = {
    "draft": "dmitri", "waiting": "ngozi", "claimed": "fatima", "taken_by_another": "nameless", "returned": "siobhan",
    "accepted": "override",
}  # fmt: skip


def _evidence(house: Furnished) -> None:
    """One attempt in each state, with text, a link and a picture."""
    school, space = house.school, house.words["space"]
    proved = make_evidence_objective(space, house.words["organization"], "Hand in a drawing", points=20)
    house.words["proved"] = proved
    typed = Typed("Both lines grow with the size of the land.\n\nI asked my grandmother.", "https://lab.example/storks")
    teacher, colleague = _person(school, "helena"), _person(school, "kwame")
    for state, who in _STATES.items():
        files = [GoodFile("field-trip.png", "image/png", a_picture(size=(640, 360)))]
        with transaction():
            attempt = hand_in(proved, _member(school, who), typed, files, send=state != "draft").id
        house.words[state] = attempt
    with transaction():
        claim(space, house.words["claimed"], by=teacher)
        claim(space, house.words["taken_by_another"], by=colleague)
        give_back(space, house.words["returned"], by=teacher, reason="Name your sources, please.")
        accept(space, house.words["accepted"], by=teacher)


def _workshop(house: Furnished, elsewhere: ForeignPlatform) -> None:
    """Helena owns the issuer: awards of all kinds, tables of recipients, and a badge in the place of another."""
    school, words = house.school, house.words
    helena = _person(school, "helena")
    make_staff(words["issuer"], helena, "owner")
    words["editor"] = _person(school, "kwame")
    make_staff(words["issuer"], words["editor"], "editor")
    badge = words["badge"] = make_badge(words["organization"], "Navigator")
    words["given"] = make_award(badge, Recipient(email="ada@example.org"), narrative="She held the *course*.")
    words["revoked"] = make_award(badge, Recipient(email="bob@example.org"))
    words["mine"] = make_award(badge, Recipient(person=helena))
    words["preview"] = make_table(badge, helena, ["ada@example.org", "nobody", "cy@example.org"])
    words["batch"] = make_table(badge, helena, ["dee@example.org", "eve@example.org", "nobody"])
    with transaction():
        revoke_award(words["revoked"], reason="Given by mistake.")
        begin_giving(words["batch"])
        invite_staff(words["issuer"], email="flo@example.org", role="awarder", by_hand=True)
    school.do_jobs()
    owner, home = school.open("biology", "helena")
    data = owner.get(f"{home.url}badges/{badge}/data")
    words["replacement"] = _last_part(owner.submit(data, "/data", url=elsewhere.issue(name="Seafarer").url))
    house.enter(TEACHER, owner, home)


def _backpack(house: Furnished, elsewhere: ForeignPlatform) -> None:
    """Helena's own badges: one of ours, one from elsewhere, and a collection of both that everybody may see."""
    make_proven(_person(house.school, "helena"), EMAIL)
    holder, home = house.school.open("biology", "helena")
    brought = holder.get(f"{home.url}backpack/import")
    taken = holder.submit(brought, "/backpack/import", url=elsewhere.issue(number="2").url)
    imported = house.words["imported"] = _last_part(taken)
    made = holder.submit(holder.get(f"{home.url}backpack/collections"), "/backpack/collections", name="To sea")
    house.words["collection"] = _last_part(made)
    for badge in (f"award:{house.words['mine']}", f"imported:{imported}"):
        holder.submit(holder.get(made.url), "/backpack/collections/entries", badge=badge)
    holder.submit(holder.get(made.url), "/share", shared="yes")
    assert "To sea" in holder.get(f"/public/collections/{house.words['collection']}").text


def _a_space_without_a_course(house: Furnished) -> None:
    """Helena learns in a Space of another issuer of her school: she reaches it at `/home`."""
    organization = house.words["organization"]
    with transaction():
        issuer = Issuer(
            organization_id=organization, name="Evening School", url="https://evening.example/",
            email="badges@evening.example",
        )  # fmt: skip
        db.session.add(issuer)
        db.session.flush()
        evening_school = issuer.id
    evening = make_space(organization, "Evening class")
    with transaction():
        db.session.execute(update(Space).where(Space.id == evening).values(issuer_id=evening_school))
    member = make_member_of(evening, _person(house.school, "helena"))
    objective = make_evidence_objective(evening, organization, "Write a sonnet")
    make_handed_in(objective, member, send=False)
    house.words |= {"evening": evening, "sonnet": objective}


def _doors(house: Furnished) -> None:
    """Links that were mailed or handed over, and invitations of an LMS."""
    lms, words = house.school.lms, house.words
    with transaction():
        words["unused"] = make_invite(name="Hill College", organization=None, hours=1).url.rsplit("/", 1)[1]
        words["to_look"] = make_invite(name="Lake College", organization=None, hours=1).url.rsplit("/", 1)[1]
        words["to_connect"] = make_invite(name="Dale College", organization=None, hours=1).url.rsplit("/", 1)[1]
        helena = _person(house.school, "helena")
        words["prove"] = make_link(new_id(), purpose="prove", address="helena@new.example", person=helena)
        invited = invite_staff(words["issuer"], email="gus@example.org", role="editor", by_hand=True)
        words["invitation"] = str(invited.url).rsplit("/", 1)[1]
    words["sign_in"] = make_home_link(EMAIL).rsplit("/", 1)[1]
    words["configuration"] = quote(lms.settings.configuration_url, safe="")
    words["login"] = urlencode(lms.login_request("biology", "helena", "menu"))
    words["public_award"] = quote(f"{house.school.url}/public/assertions/{words['award']}", safe="")


def _special_visits(house: Furnished) -> None:
    """Visits that a plain launch from the course menu does not begin."""
    school, words = house.school, house.words
    house.enter("picker", *send(school, DEEP_LINKING, "biology", "helena"))
    house.enter("picker without a Space", *send(school, DEEP_LINKING, "data-literacy", "helena"))
    house.enter("picker of a learner", *send(school, DEEP_LINKING, "biology", "amelie"))
    house.enter("privacy", *send(school, PRIVACY, None, LEARNER))
    school.lms.faults.launch_claims = {
        "roles": [_ADMINISTRATOR], "for_user": {"user_id": school.lms.world.people[LEARNER].sub},
    }  # fmt: skip
    house.enter("privacy of another", *send(school, PRIVACY, None, "pat"))
    school.lms.faults.launch_claims = {}
    house.enter("no course", *send(school, "LtiResourceLinkRequest", None, "helena", placement="profile"))
    for who, seen in {"viewing": "preview", "viewing a learner": words["learner"]}.items():
        teacher, home = school.open("biology", "helena")
        seen_from = home if seen == "preview" else teacher.get(f"{home.url}progress/{seen}")
        teacher.submit(seen_from, "/view-as", **{"as": seen})
        house.enter(who, teacher, home)
    for who, person, theme in (
        ("dark", "kwame", "dark"),
        ("dark learner", "markup", "dark"),
        ("light", "jun", "light"),
    ):
        reader, home = school.open("biology", person)
        reader.submit(home, "/looks", theme=theme)
        house.enter(who, reader, home)
    for who, person, changed in (
        ("masked", "kwame", {"masked": True}),
        ("learner who mentors", "amelie-2", {"mentees": [_person(school, LEARNER), _person(school, OTHER)]}),
    ):
        house.enter(who, *school.open("biology", person))
        with transaction():
            visit = house.homes[who].split("/")[2]
            db.session.execute(update(VisitRow).where(VisitRow.id == visit).values(**changed))


def _console(house: Furnished) -> None:
    words = house.words
    words |= {"registration": house.school.registration, "person": _person(house.school, LEARNER)}
    words["broken"] = make_run(
        state="broken", report={"why": "No worker took it up.", "cases": []}, ended_at=clock.now()
    )
    words["tested"] = make_run(state="done", report=make_report("B1"), ended_at=clock.now())
    words["under_way"] = make_run(total=72, done=20, doing="B3")
    words["admin_link"] = make_admin.make_link("Rita Root").rsplit("/", 1)[1]
    make_organization("Another school")
    page = house.browser.new_page()
    page.goto(f"{house.school.url}/admin{make_admin.make_link()}")
    page.get_by_role("button").first.click()
    page.wait_for_load_state()
    page.close()


def _sign_in(house: Furnished) -> None:
    page = house.home.new_page()
    page.goto(f"{house.school.url}/home/{make_home_link(EMAIL)}")
    page.get_by_role("button").first.click()
    page.wait_for_load_state()
    page.close()


def _last_part(page: requests.Response) -> str:
    assert page.status_code == 200, page.text
    return page.url.split("?")[0].split("#")[0].rsplit("/", 1)[1]


def _person(school: Campus, key: str) -> str:
    """Known by the address, or by the name without one."""
    somebody = school.lms.world.people[key]
    known = Person.email == somebody.email if somebody.email else Person.name == somebody.name
    return db.session.scalars(select(Person.id).where(known)).one()


def _member(school: Campus, key: str) -> str:
    return db.session.scalars(select(Member.id).where(Member.person_id == _person(school, key))).one()


def _award_of(objective: str, member: str) -> str:
    held = select(Completion.award_id).where(Completion.objective_id == objective, Completion.member_id == member)
    return str(db.session.scalar(held))
