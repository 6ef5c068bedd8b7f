"""An address in a profile of an LMS is what somebody wrote there: what goes to the mailbox does not go to that account.

Played with real launches of a real LMS, real mails and two people's browsers (decision 37).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select

from lti_tool.badges.awards import Recipient
from lti_tool.db import db
from lti_tool.people.home.model import ProvenAddress
from lti_tool.people.model import Person
from lti_tool.spaces.staffing.model import SpaceStaff
from tests.flows.steps import create_space
from tests.make.award import make_award
from tests.make.hands import buttons, follow, heading, press
from tests.make.lms import Browser, Campus, campus, words
from tests.make.mailbox import Mailbox, links_in
from tests.make.organization import make_organization
from tests.make.space import make_badge

GRACE = "grace@faculty.example"
THIEF, HER_NAME = "siobhan", "Siobhán O'Connor"
ASSERTED = "Does your school's LMS know you by this address?"


@pytest.fixture
def school(database_url: str, tmp_path: Path, box: Mailbox) -> Iterator[Campus]:
    """The tool and an LMS on real ports, and the mailbox of Grace."""
    with campus(database_url, tmp_path / "data", mail_url=box.url) as connected:
        yield connected


def claim(school: Campus, address: str = GRACE) -> tuple[Browser, requests.Response]:
    """A learner writes the address into her profile in the LMS, and opens the tool."""
    school.lms.world.people[THIEF].email = address
    return school.open("biology", THIEF)


def invite(school: Campus, box: Mailbox, teacher: Browser, overview: requests.Response, address: str) -> str:
    """A teacher invites the address to the Space's staff. Answers the page of the link in its mailbox."""
    press(teacher, teacher.get(f"{overview.url}staff"), "Invite", email=address, role="teacher")
    return newest_link(school, box, "invitations")


def newest_link(school: Campus, box: Mailbox, kind: str) -> str:
    school.do_jobs()
    return f"/home/{[one for one in links_in(box, '/home/') if one.startswith(kind)][-1]}"


def sign_in(school: Campus, box: Mailbox, address: str) -> tuple[Browser, requests.Response, requests.Response]:
    """Whoever reads the mailbox asks for a link and uses it. Answers the page of the link and the one after it."""
    browser = school.browser()
    press(browser, browser.get("/home/sign-in"), "Send me a link", email=address)
    page = browser.get(newest_link(school, box, "sign-in"))
    return browser, page, press(browser, page, "Sign in")


def backpack_of(browser: Browser, page: requests.Response) -> str:
    """What lies in the backpack of whoever is in this visit."""
    return words(browser.get(f"{page.url}backpack"))


def stored(what: Any) -> list[Any]:
    db.session.rollback()
    return list(db.session.scalars(what))


def person_called(family_name: str) -> str:
    [found] = stored(select(Person.id).where(Person.family_name == family_name))
    return str(found)


def staff() -> list[str | None]:
    return stored(select(Person.name).join(SpaceStaff, SpaceStaff.person_id == Person.id))


def proofs() -> list[tuple[str | None, str]]:
    db.session.rollback()
    query = select(Person.name, ProvenAddress.address).join(Person, Person.id == ProvenAddress.person_id)
    return [(name, address) for name, address in db.session.execute(query)]


def test_a_learner_who_gives_herself_an_invitees_address_does_not_get_the_role(school: Campus, box: Mailbox) -> None:
    teacher, overview = create_space(school)
    claim(school)
    link = invite(school, box, teacher, overview, GRACE)
    guest = school.browser()

    page = guest.get(link)
    refused = press(guest, page, "Accept the invitation", **{"as": person_called("O'Connor")})
    landed = press(guest, page, "Accept the invitation", name="Grace Hopper")
    _, thiefs = school.open("biology", THIEF)

    assert buttons(page) == ["Accept the invitation"]
    assert (HER_NAME in words(page), ASSERTED in words(page)) == (False, True)
    assert (refused.status_code, heading(refused)) == (409, "Accept it as whom?")
    assert (landed.status_code, staff(), heading(thiefs)) == (200, ["Grace Hopper"], "My progress")
    assert proofs() == [("Grace Hopper", GRACE)]


def test_whoever_has_the_address_in_the_lms_proves_it_there_and_gets_the_role_for_that_account(
    school: Campus, box: Mailbox
) -> None:
    teacher, overview = create_space(school)
    lucia, course = school.open("data-literacy", "lucia")
    address = str(school.lms.world.people["lucia"].email)
    link = invite(school, box, teacher, overview, address)
    asked_before = buttons(lucia.get(link))

    press(lucia, lucia.get(f"{course.url}addresses"), f"Prove it: {address}")
    press(lucia, lucia.get(newest_link(school, box, "prove")), "Yes, it is mine")
    page = lucia.get(link)
    press(lucia, page, "Accept as Lucía Fernández")

    assert asked_before == ["Accept the invitation"]
    assert (buttons(page), ASSERTED in words(page)) == (["Accept as Lucía Fernández"], False)
    assert f"{address} is your address here" in words(page)
    assert staff() == ["Lucía Fernández"]


def test_signing_in_hands_no_badge_to_an_account_that_somebody_else_holds_in_an_lms(
    school: Campus, box: Mailbox
) -> None:
    make_award(make_badge(make_organization("Elsewhere"), "Compiler"), Recipient(email=GRACE))
    create_space(school)
    thief, hers = claim(school)

    _, page, home = sign_in(school, box, GRACE)

    assert all(said in words(page) for said in (HER_NAME, "Sandbox LMS"))
    assert home.status_code == 200
    assert proofs() == []
    assert "Compiler" not in backpack_of(thief, hers)


def test_who_came_by_an_address_that_only_a_school_says_is_not_offered_that_account(
    school: Campus, box: Mailbox
) -> None:
    """The thief's account may bear the name of the invitee as well, so it is not a question of reading carefully."""
    school.lms.world.people[THIEF].given_name, school.lms.world.people[THIEF].family_name = "Grace", "Hopper"
    teacher, overview = create_space(school)
    claim(school)
    guest, _, _ = sign_in(school, box, GRACE)
    link = invite(school, box, teacher, overview, GRACE)

    page = guest.get(link)
    refused = press(guest, page, "Accept the invitation", **{"as": person_called("Hopper")})

    assert (buttons(page), ASSERTED in words(page)) == (["Sign out", "Accept the invitation"], True)
    assert (refused.status_code, staff(), proofs()) == (409, [], [])


def test_whoever_is_there_by_their_own_account_proves_its_address_with_one_button_and_one_mail(
    school: Campus, box: Mailbox
) -> None:
    address = "siobhan@family.example"
    make_award(make_badge(make_organization("Elsewhere"), "Compiler"), Recipient(email=address))
    create_space(school)
    claim(school, address)

    browser, _, _ = sign_in(school, box, address)
    before = browser.get("/home/backpack")
    told = press(browser, before, "Prove the address")
    warned = browser.get(newest_link(school, box, "prove"))
    press(browser, warned, "Yes, it is mine")
    after = browser.get("/home/backpack")

    assert ("Compiler" in words(before), "Compiler" in words(after)) == (False, True)
    assert "on its way" in words(told)
    assert all(said in words(warned) for said in ("Is this address yours?", HER_NAME, address))
    assert proofs() == [(HER_NAME, address)]
    assert f"Prove it: {address}" not in buttons(follow(browser, after, "My addresses"))
