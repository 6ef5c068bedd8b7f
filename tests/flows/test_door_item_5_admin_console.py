"""The door, item 5: an administrator signs in by a printed link, sees what really works, and clicks where it counts."""

import json
import re

import requests
from click.testing import CliRunner

from lti_tool.cli import main
from lti_tool.db import db
from tests.flows.picking import open_picker
from tests.flows.steps import add_objective, create_space, create_space_with_roster, mark_complete
from tests.make.hands import buttons, follow, heading, press
from tests.make.lms import Browser, Campus, words

BY_A_LAUNCH = {"Registered", "Launch", "Names seen", "E-mail addresses seen"}
LAMPS = BY_A_LAUNCH | {"Content picked", "Course list read", "Score sent"}


def sign_in(school: Campus) -> tuple[Browser, requests.Response]:
    """By the link that the command prints, and its button. Answers the browser and the list of platforms."""
    db.session.rollback()
    printed = CliRunner().invoke(main, ["admin", "invite", "--json"])
    browser = school.browser()
    return browser, press(browser, browser.get(json.loads(printed.stdout)["url"]), "Sign in")


def green(page: requests.Response) -> set[str]:
    """The lamps that are green in a list of one platform."""
    return {lamp for lamp in LAMPS if re.search(rf"\b{lamp}\s*: yes", words(page))}


def knock_from(school: Campus, deployment: str) -> tuple[Browser, requests.Response]:
    """The teacher's launch out of a deployment that nobody has named here."""
    school.lms.faults.login_parameters = {"lti_deployment_id": deployment}
    school.lms.faults.launch_claims = {"deployment_id": deployment}
    return school.open("biology", "helena")


def platform_page(school: Campus, admin: Browser, page: str = "") -> requests.Response:
    return admin.get(f"/admin/platforms/{school.registration}{page}")


def test_nobody_sees_the_console_without_the_link(school: Campus) -> None:
    stranger = school.browser()

    assert heading(stranger.get("/admin")) == "Administrators sign in with a link"
    assert heading(platform_page(school, stranger, "/keys")) == "Administrators sign in with a link"
    teacher, _ = school.open("biology", "helena")
    assert heading(teacher.get("/admin")) == "Administrators sign in with a link"


def test_lamps_turn_green_one_by_one_as_things_really_happen(school: Campus) -> None:
    admin, page = sign_in(school)
    assert green(page) == {"Registered"}

    teacher, overview = create_space(school)
    assert green(admin.get("/admin")) == BY_A_LAUNCH
    school.do_jobs()
    assert "Course list read" in green(admin.get("/admin"))
    mark_complete(teacher, add_objective(teacher, teacher.get(overview.url)), "Siobhán O'Connor")
    school.do_jobs()
    assert green(admin.get("/admin")) == LAMPS - {"Content picked"}
    open_picker(school)

    assert green(admin.get("/admin")) == LAMPS


def test_an_lms_that_shares_no_names_leaves_their_lamps_grey_and_says_what_to_do(school: Campus) -> None:
    school.lms.faults.privacy = "anonymous"
    admin, _ = sign_in(school)
    school.open("biology", "helena")

    assert green(admin.get("/admin")) == {"Registered", "Launch"}
    assert "Let the LMS share names with this tool" in words(platform_page(school, admin))


def test_a_deployment_waits_for_one_click(school: Campus) -> None:
    _, refused = knock_from(school, "campus-2")
    admin, page = sign_in(school)

    assert (refused.status_code, "waiting for your administrator" in words(refused)) == (403, True)
    assert "1 deployment waits for your click" in words(page)
    press(admin, page, "Let it in campus-2")

    _, again = knock_from(school, "campus-2")
    assert heading(again) == "Create the Space of this course"
    assert "waits for your click" not in words(admin.get("/admin"))


def test_a_deployment_is_kept_out_and_that_is_taken_back(school: Campus) -> None:
    knock_from(school, "campus-2")
    admin, page = sign_in(school)

    press(admin, page, "Keep it out campus-2")
    _, refused = knock_from(school, "campus-2")
    assert (refused.status_code, "deployment_off" in words(refused)) == (403, True)
    press(admin, platform_page(school, admin), "Switch on again campus-2")

    _, again = knock_from(school, "campus-2")
    assert heading(again) == "Create the Space of this course"


def test_switching_an_lms_off_ends_its_visits_at_once_and_is_undone_by_one_click(school: Campus) -> None:
    teacher, overview = create_space(school)
    admin, _ = sign_in(school)

    off = press(admin, platform_page(school, admin), "Switch off")
    assert teacher.get(overview.url).status_code == 403
    knock = school.browser().post("/lti/login", school.lms.login_request("biology", "siobhan"))
    assert (knock.status_code, "platform_off" in words(knock)) == (403, True)
    press(admin, off, "Switch on again")

    assert heading(teacher.get(overview.url)) == "Overview"


def test_the_launches_show_proof_roles_and_decision_and_nobodys_name(school: Campus) -> None:
    create_space_with_roster(school)
    school.open("biology", "siobhan", browser=school.browser(in_frame=True))
    school.lms.faults.launch_claims = {"nonce": "another"}
    _, refused = school.open("biology", "siobhan")
    admin, _ = sign_in(school)

    page = platform_page(school, admin, "/launches")

    said = words(page)
    assert "Staff of the course" in said
    assert "roles: Learner" in said
    assert "proof: own window" in said
    assert "Refused: The launch belongs to another login" in said
    reference = re.search(r"Reference ([A-Z2-9]{6})", words(refused))
    assert reference is not None
    assert f"reference {reference[1]}" in said
    for person in school.lms.world.people.values():
        for hidden in (person.name, person.given_name, person.family_name, person.email):
            assert not hidden or hidden not in said
    only = words(follow(admin, page, "Refused only"))
    assert ("Refused:" in only, "Staff of the course" in only) == (True, False)


def test_a_rotation_is_noticed_by_nobody(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    admin, _ = sign_in(school)

    keys = press(admin, platform_page(school, admin, "/keys"), "Rotate")
    assert ("published, signs later" in words(keys), "signs now" in words(keys)) == (True, True)
    press(teacher, follow(teacher, overview, "Members"), "Refresh roster")
    school.do_jobs()

    assert "problem" not in words(follow(teacher, overview, "Members")).lower()
    assert "Course list read" in green(admin.get("/admin"))


def test_an_lms_with_a_copy_of_our_key_gets_the_new_one_by_hand(school: Campus) -> None:
    admin, _ = sign_in(school)
    stored = press(admin, platform_page(school, admin, "/keys"), "It stores a copy of one key")

    prepared = press(admin, stored, "Prepare a new key")
    assert "waits until the LMS has it" in words(prepared)
    assert "Rotate" not in buttons(prepared)
    early = press(admin, prepared, "Sign with the new key")
    assert (early.status_code, "Tick that the LMS has the new key first" in words(early)) == (400, True)
    done = press(admin, prepared, "Sign with the new key", entered="yes")

    assert ("waits until" in words(done), "signs now" in words(done)) == (False, True)
    activity = words(admin.get("/admin/audit"))
    for deed in ("Said that the LMS stores a copy of the key", "Prepared a key", "Said that the LMS has the new key"):
        assert deed in activity


def test_signing_out_ends_it(school: Campus) -> None:
    admin, page = sign_in(school)

    out = press(admin, page, "Sign out")

    assert heading(out) == "Administrators sign in with a link"
    assert heading(admin.get("/admin")) == "Administrators sign in with a link"
