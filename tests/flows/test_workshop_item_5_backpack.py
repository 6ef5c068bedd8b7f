"""Workshop item 5, the backpack: what a student earned here and elsewhere, verified before it counts, and shown."""

import requests
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.badges.backpack.holding import holds
from lti_tool.badges.backpack.model import ImportedBadge
from lti_tool.badges.backpack.rechecking import CHECKED_EVERY, recheck_by_schedule
from lti_tool.badges.verifying.verdict import Standard
from lti_tool.db import db, transaction
from lti_tool.people.model import Person
from tests.flows.steps import add_objective, create_space_with_roster, mark_complete
from tests.make.foreign_badge import EMAIL, foreign_platform
from tests.make.hands import follow, heading, press
from tests.make.home import make_proven
from tests.make.lms import Browser, Campus, words


def siobhan() -> str:
    return db.session.scalars(select(Person.id).where(Person.email.like("siobhan%"))).one()


def shown_to_others(browser: Browser, collection: requests.Response) -> requests.Response:
    """The public page of a collection, as a stranger opens it."""
    stranger = requests.get(follow(browser, collection, "Open it").url, timeout=20, headers={"Accept": "text/html"})
    assert "Siobh" not in stranger.text
    return stranger


def test_badges_of_here_and_elsewhere_are_shown_in_one_collection_until_they_are_taken_back(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, "Explore the lab")
    grid = mark_complete(teacher, overview, "O'Connor")
    student, home = school.open("biology", "siobhan")
    make_proven(siobhan(), EMAIL)
    backpack = follow(student, home, "Backpack")
    with foreign_platform() as platform:
        award = platform.issue(Standard.V3_DATA_INTEGRITY, name="Welding")
        form = follow(student, backpack, "Bring a badge")
        brought = press(student, form, "Check and bring it", files={"file": ("welding.png", award.png)})
        badge = f"{platform.url}/achievements/1"
        held = holds(siobhan(), badge)
        collection = press(student, follow(student, brought, "Begin one"), "Begin it", name="For my application")
        for _ in range(2):
            collection = press(student, collection, "Put it in")
        collection = press(student, collection, "Share it")
        before = shown_to_others(student, collection)

        platform.put_status_list([94])
        press(teacher, grid, "Undo")
        with transaction():
            db.session.execute(update(ImportedBadge).values(tried_at=clock.now() - 2 * CHECKED_EVERY))
        recheck_by_schedule()
    after = shown_to_others(student, student.get(collection.url))
    mine = words(student.get(backpack.url))
    press(student, student.get(collection.url), "Share it no more")

    assert "Explore the lab" in words(backpack)
    assert (heading(brought), held, holds(siobhan(), badge)) == ("Welding", True, False)
    assert ["Welding" in words(page) and "Explore the lab" in words(page) for page in (before, after)] == [True, False]
    assert "There is no badge in this collection now." in words(after)
    assert ("Taken back" in mine, "Does not count" in mine) == (True, True)
    assert requests.get(after.url, timeout=20).status_code == 404


def test_the_empty_the_refused_and_the_undone_case(school: Campus) -> None:
    create_space_with_roster(school)
    student, home = school.open("biology", "siobhan")
    backpack = follow(student, home, "Backpack")
    with foreign_platform() as platform:
        award = platform.issue(Standard.V2_HOSTED)
        form = follow(student, backpack, "Bring a badge")
        nothing = press(student, form, "Check and bring it")
        not_theirs = press(student, form, "Check and bring it", url=award.url)
        make_proven(siobhan(), EMAIL)
        brought = press(student, not_theirs, "Check and bring it")
        platform.change(award.path, recipient=None)
        broken = press(student, form, "Check and bring it", url=award.url)
    out = press(student, brought, "Take it out of the backpack")
    back = press(student, out, "Undo")

    assert "There is no badge here yet." in words(backpack)
    assert (nothing.status_code, not_theirs.status_code, broken.status_code) == (422, 422, 422)
    assert "prove that address first" in words(not_theirs)
    assert "This badge does not hold" in words(broken)
    assert ("was taken out." in words(out), "There is no badge here yet." in words(out)) == (True, True)
    assert (heading(brought), heading(back)) == ("Foreign badge", "Foreign badge")
