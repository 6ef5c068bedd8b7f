"""Item 4 of the door: an administrator connects an LMS with one URL, is told what will happen, and knows a way out."""

import json
from urllib.parse import urlsplit

import html5lib
import pytest
import requests
from click.testing import CliRunner
from sqlalchemy import select

from lti_tool.cli import main
from lti_tool.db import db, transaction
from lti_tool.launch.model import Registration
from lti_tool.launch.registration.invites import open_invites, withdraw_invite
from tests.make.hands import heading, press
from tests.make.lms import Browser, Campus, words


def invite(*said: str) -> str:
    """What `lti-tool platform invite` prints."""
    result = CliRunner().invoke(main, ["platform", "invite", "--json", *said])
    assert result.exit_code == 0, result.output
    return str(json.loads(result.stdout)["url"])


def begin(school: Campus, url: str) -> tuple[Browser, requests.Response]:
    """Paste the invitation into the LMS: answers the browser, which keeps no cookie in frames, and the frame's page."""
    framed = school.browser(in_frame=True, keeps_cookies=False)
    lms = school.lms.settings.url
    page = framed.post(f"{lms}/administration/tools", {"url": url}, headers={"Origin": lms})
    [frame] = html5lib.parse(page.text).iter("{http://www.w3.org/1999/xhtml}iframe")
    return framed, framed.get(frame.get("src") or "")


def registrations() -> dict[str, Registration]:
    db.session.rollback()
    return {one.client_id: one for one in db.session.scalars(select(Registration))}


def test_one_url_connects_an_lms_and_a_teacher_gets_in(school: Campus) -> None:
    framed, first = begin(school, invite("--name", "Sandbox College"))
    confirm = press(framed, first, "Look at the LMS")
    done = press(framed, confirm, "Connect this LMS")
    [client] = set(registrations()) - {"spaces-sandbox"}

    _, teacher = school.open("biology", "helena", placement=client)

    assert heading(confirm) == "Connect Sandbox College"
    assert (heading(done), "registered.js" in done.text) == ("Connected", True)
    assert registrations()[client].name == "Sandbox College"
    assert heading(teacher) == "Create the Space of this course"
    assert open_invites() == []


def test_the_administrator_reads_what_will_happen_before_saying_yes(school: Campus) -> None:
    framed, first = begin(school, invite())

    confirm = words(press(framed, first, "Look at the LMS"))

    for said in ("Read who is in a course", "Write grades into its own columns", "names", "No other host takes part",
                 "An LMS of this issuer is connected already."):  # fmt: skip
        assert said in confirm
    assert set(registrations()) == {"spaces-sandbox"}, "nothing is stored before the yes"
    assert len(school.lms.tools.listed()) == 1


def test_another_host_is_named_before_saying_yes(school: Campus) -> None:
    school.lms.faults.registration.configuration = {"token_endpoint": "https://tokens.example/token"}
    framed, first = begin(school, invite())

    assert "tokens.example gives access to its services" in words(press(framed, first, "Look at the LMS"))


def test_an_invitation_opened_in_a_browser_says_where_to_paste_it(school: Campus) -> None:
    url = invite()

    page = school.browser().get(url)

    assert (heading(page), url in words(page)) == ("Connect your LMS", True)
    assert f"{school.url}/lti/jwks.json" in words(page), "the values for an LMS without such a field"


@pytest.mark.parametrize(
    ("style", "said"), [("moodle", "missing_domain"), ("canvas", "missing_domain"), ("oauth", "missing_domain")]
)
def test_an_lms_that_refuses_is_heard_in_its_own_words_and_there_is_a_way_out(
    school: Campus, style: str, said: str
) -> None:
    school.lms.faults.registration.style = style  # type: ignore[assignment]
    school.lms.faults.registration.refuses = "missing_domain"
    framed, first = begin(school, invite())

    refused = press(framed, press(framed, first, "Look at the LMS"), "Connect this LMS")

    assert heading(refused) == "The LMS refused the registration"
    assert f"The LMS says: “{said}”" in words(refused)
    assert "Connect the LMS by hand instead" in words(refused)
    assert f"{school.url}/lti/login" in words(refused)
    assert set(registrations()) == {"spaces-sandbox"}


def test_an_lms_whose_addresses_do_not_belong_together_is_refused(school: Campus) -> None:
    school.lms.faults.registration.configuration = {"issuer": "https://somebody-else.example"}
    framed, first = begin(school, invite())

    refused = press(framed, first, "Look at the LMS")

    assert heading(refused) == "The addresses of this LMS do not belong together"
    assert "somebody-else.example" in words(refused)


def test_after_a_refusal_the_administrator_begins_again_with_the_same_invitation(school: Campus) -> None:
    url = invite()
    school.lms.faults.registration.refuses = "missing_domain"
    framed, first = begin(school, url)
    press(framed, press(framed, first, "Look at the LMS"), "Connect this LMS")
    told = [one.problem for one in open_invites()]
    school.lms.faults.reset()

    framed, first = begin(school, url)
    done = press(framed, press(framed, first, "Look at the LMS"), "Connect this LMS")

    assert (told, heading(done)) == (["register_refused"], "Connected")


def test_a_withdrawn_or_used_invitation_lets_nobody_in(school: Campus) -> None:
    withdrawn, used = invite(), invite()
    with transaction():
        withdraw_invite(open_invites()[0].id)
    framed, first = begin(school, used)
    press(framed, press(framed, first, "Look at the LMS"), "Connect this LMS")

    assert heading(begin(school, withdrawn)[1]) == "This invitation does not exist"
    assert heading(begin(school, used)[1]) == "This invitation was used already"
    assert school.browser().get(used).status_code == 403


def test_an_lms_that_waits_for_its_own_approval_lets_people_in_afterwards(school: Campus) -> None:
    school.lms.faults.registration.is_pending = True
    framed, first = begin(school, invite())
    press(framed, press(framed, first, "Look at the LMS"), "Connect this LMS")
    [client] = set(registrations()) - {"spaces-sandbox"}
    tool = school.lms.tools.find(client)
    assert tool is not None

    before = tool.is_active
    school.lms.registrations.activate(tool)
    _, teacher = school.open("biology", "helena", placement=client)

    assert (before, heading(teacher)) == (False, "Create the Space of this course")


def test_the_addresses_of_the_door_hold_no_secret_of_the_lms(school: Campus) -> None:
    framed, first = begin(school, invite())
    second = press(framed, first, "Look at the LMS")

    assert "registration_token" not in second.text
    assert urlsplit(second.url).query == ""
