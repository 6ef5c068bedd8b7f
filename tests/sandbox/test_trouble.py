"""A hostile LMS: it fails where and as often as it is told, and its lists lie in the ways that lists do."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import jwt
import pytest
import requests

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.trouble import Trouble
from tests.sandbox.installation import Installation
from tests.sandbox.reading import LARGE, members, read
from tests.sandbox.scoring import make_item, send_score

BIOLOGY = "/courses/biology/memberships"


def test_trouble_strikes_so_many_requests_of_the_services_it_names(lms: Installation) -> None:
    trouble = Trouble(503, at=("roster",), first=2)
    lms.platform.faults.troubles.append(trouble)
    statuses = [lms.get(BIOLOGY, words.ROSTER_TYPE).status_code for _ in range(3)]
    assert (statuses, trouble.struck) == ([503, 503, 200], 2)
    assert lms.get("/courses/biology/lineitems", words.LINE_ITEMS_TYPE).status_code == 200


def test_a_share_of_the_requests_is_the_same_at_every_run(lms: Installation) -> None:
    def struck() -> list[int]:
        lms.platform.faults.troubles = [Trouble(500, at=("roster",), share=0.3, seed=7)]
        bearer = lms.bearer()
        return [lms.get(BIOLOGY, words.ROSTER_TYPE, bearer).status_code for _ in range(30)]

    first, second = struck(), struck()
    assert first == second
    assert 3 <= first.count(500) <= 17


def test_how_long_to_wait_is_said_in_seconds_or_as_a_date(lms: Installation) -> None:
    lms.platform.faults.troubles = [
        Trouble(429, at=("roster",), first=1, retry_after=7),
        Trouble(429, at=("roster",), first=1, retry_after=60, as_date=True),
    ]
    seconds, date = (lms.get(BIOLOGY, words.ROSTER_TYPE).headers["Retry-After"] for _ in range(2))
    assert seconds == "7"
    assert 50 < (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds() <= 60


def test_an_answer_can_get_lost_after_the_score_was_taken(lms: Installation) -> None:
    item = make_item(lms)
    lms.platform.faults.troubles = [Trouble(504, at=("scores",), first=1, acts=True)]
    lost, again = send_score(lms, item), send_score(lms, item)
    assert (lost.status_code, again.status_code) == (504, 409)
    assert len(lms.platform.gradebook.history) == 1


def test_trouble_has_words_of_its_own_in_the_status_line(lms: Installation) -> None:
    lms.platform.faults.troubles = [Trouble(400, at=("scores",), reason="Nobody is gradable today", body="[]")]
    assert send_score(lms, make_item(lms)).reason == "Nobody is gradable today"


def test_reset_ends_every_trouble(lms: Installation) -> None:
    lms.platform.faults.troubles.append(Trouble(500))
    lms.platform.faults.behave_like("moodle")
    lms.platform.faults.reset()
    assert lms.get(BIOLOGY, words.ROSTER_TYPE).status_code == 200
    assert lms.platform.faults.behaviour.family == "sandbox-lms"


def test_pages_can_be_passed_over(lms: Installation) -> None:
    lms.platform.faults.roster_drops_pages = (2,)
    assert [len(page) for page in read(lms, LARGE)] == [50, 33]


def test_members_can_come_in_another_order_at_every_reading(lms: Installation) -> None:
    lms.platform.faults.roster_shuffled = 1
    first, second = members(lms, LARGE), members(lms, LARGE)
    assert [one["user_id"] for one in first] != [one["user_id"] for one in second]
    assert {one["user_id"] for one in first} == {one["user_id"] for one in second}
    assert len({one["user_id"] for one in first}) == 133


def test_members_can_come_again_on_the_next_page(lms: Installation) -> None:
    lms.platform.faults.roster_repeats = 5
    pages = read(lms, LARGE)
    assert [one["user_id"] for one in pages[0][-5:]] == [one["user_id"] for one in pages[1][:5]]
    listed = [one["user_id"] for page in pages for one in page]
    assert (len(set(listed)), len(listed)) == (133, 143)


def changes_of(answer: requests.Response) -> str:
    return str(answer.links["differences"]["url"])


def test_the_list_says_where_its_changes_are_told(lms: Installation) -> None:
    lms.platform.faults.roster_differences = True
    world = lms.platform.world
    first = lms.get(BIOLOGY, words.ROSTER_TYPE)
    nothing = lms.get(changes_of(first), words.ROSTER_TYPE)
    world.people["amelie"].family_name = "Renamed"
    world.withdraw("biology", "dmitri")
    world.enrol("biology", "pat", words.INSTRUCTOR)
    some = lms.get(changes_of(nothing), words.ROSTER_TYPE)
    told = {one["user_id"]: one["status"] for one in some.json()["members"]}
    assert nothing.json()["members"] == []
    subs = {key: world.people[key].sub for key in ("amelie", "dmitri", "pat")}
    assert told == {subs["amelie"]: "Active", subs["dmitri"]: "Deleted", subs["pat"]: "Active"}


@pytest.mark.parametrize("status", [400, 404, 410])
def test_changes_can_be_forgotten(lms: Installation, status: int) -> None:
    lms.platform.faults.roster_differences = True
    address = changes_of(lms.get(BIOLOGY, words.ROSTER_TYPE))
    lms.platform.faults.differences_status = status
    assert lms.get(address, words.ROSTER_TYPE).status_code == status


@pytest.mark.parametrize("skew", [-90, 90])
def test_the_clock_of_the_platform_can_be_wrong(lms: Installation, skew: int) -> None:
    now = int(datetime.now(UTC).timestamp())
    lms.platform.faults.clock_skew = skew
    said = jwt.decode(lms.platform.sign(lms.platform.claims("biology", "amelie")), options={"verify_signature": False})
    times: dict[str, Any] = {"iat": now + skew, "exp": now + skew + 60}
    assert said["iat"] == pytest.approx(now + skew, abs=3)
    assert lms.ask_token(assertion=lms.assertion(iat=now, exp=now + 30)).status_code == 401
    assert lms.ask_token(assertion=lms.assertion(**times)).status_code == 200


def test_groups_are_listed_and_members_name_theirs_when_asked(lms: Installation) -> None:
    world = lms.platform.world
    red = world.put_in_group("biology", "Red", "amelie", "dmitri")
    world.put_in_group("biology", "Blue", "ngozi")
    listed = lms.get("/courses/biology/groups", words.GROUPS_TYPE).json()["groups"]
    sets = lms.get("/courses/biology/groupsets", words.GROUP_SETS_TYPE).json()["sets"]
    mine = lms.get(f"/courses/biology/groups?user_id={world.people['ngozi'].sub}", words.GROUPS_TYPE).json()["groups"]
    named = {one["user_id"]: one["group_enrollments"] for one in members(lms, f"{BIOLOGY}?groups=true")}
    assert [one["name"] for one in listed] == ["Red", "Blue"]
    assert ([one["name"] for one in sets], [one["name"] for one in mine]) == (["Project groups"], ["Blue"])
    assert named[world.people["amelie"].sub] == [{"group_id": red.id}]
    assert named[world.people["jun"].sub] == []
    assert "group_enrollments" not in members(lms, BIOLOGY)[0]
    assert words.GROUPS_CLAIM in lms.platform.claims("biology", "amelie")
    assert words.GROUPS_CLAIM not in lms.platform.claims("data-literacy", "learner-0001")
    assert lms.get("/courses/data-literacy/groups", words.GROUPS_TYPE).status_code == 404


def test_sections_are_a_custom_variable_in_launch_and_roster(lms: Installation) -> None:
    world = lms.platform.world
    lms.platform.tools.first.custom["section_names"] = "$com.instructure.User.sectionNames"
    world.put_in_sections("biology", "amelie", "Monday", "Lab A")
    link = world.courses["biology"].placements["menu"].link_id
    said = {
        one["user_id"]: one["message"][0][f"{words.CLAIM}custom"]["section_names"]
        for one in members(lms, f"{BIOLOGY}?rlid={link}")
    }
    assert said[world.people["amelie"].sub] == '["Monday", "Lab A"]'
    assert said[world.people["ngozi"].sub] == "$com.instructure.User.sectionNames"
