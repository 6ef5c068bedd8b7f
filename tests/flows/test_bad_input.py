"""Bad input that crosses several rooms: a clear answer with a code, nothing lost, never a fault."""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy import func, select

from lti_tool.db import db
from lti_tool.errors import CATALOGUE
from lti_tool.launch.model import VisitRow
from lti_tool.people.model import Person
from lti_tool.spaces.model import Member
from tests.flows.steps import add_objective, create_space, create_space_with_roster, mark_complete
from tests.make.hands import follow, heading
from tests.make.lms import Campus, words
from tests.make.served import served_campus

CROWD = 1000
AT_ONCE = 100
MARKS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")


@pytest.fixture
def crowded_school(database_url: str, tmp_path: Path) -> Iterator[Campus]:
    with served_campus(database_url, tmp_path / "data", learners=CROWD) as connected:
        yield connected


def come(school: Campus, number: int) -> tuple[int, str]:
    """Login and launch of one learner, as fast as a program can. Answers the status, and the code of a refusal."""
    person = f"learner-{number + 1:04d}"
    login = requests.post(f"{school.url}/lti/login", school.lms.login_request("data-literacy", person),
                          allow_redirects=False, timeout=120)  # fmt: skip
    if login.status_code != 303:
        return login.status_code, code_of(login)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(login.headers["Location"]).query).items()}
    token = school.lms.sign({**school.lms.claims("data-literacy", person), "nonce": asked["nonce"]})
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in login.cookies)
    launch = requests.post(f"{school.url}/lti/launch", {"id_token": token, "state": asked["state"]},
                           headers={"Cookie": cookies}, allow_redirects=False, timeout=120)  # fmt: skip
    return launch.status_code, "" if launch.status_code == 303 else code_of(launch)


def code_of(refusal: requests.Response) -> str:
    found = re.search(r"Code (\w+) Reference \w{6}", words(refusal))
    return found[1] if found else f"no code: {words(refusal)[:200]}"


def test_a_thousand_launches_at_once_are_let_in_or_refused_in_words(crowded_school: Campus) -> None:
    school = crowded_school
    school.lms.faults.without_roster = True  # everybody who is known then came through the door
    create_space(school, "data-literacy")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = Counter(pool.map(lambda number: come(school, number), range(CROWD)))

    let_in = answers.pop((303, ""), 0)
    assert [code for _, code in answers if code not in CATALOGUE] == []
    assert [status for status, _ in answers if status not in (429, 503)] == []
    assert let_in + answers.total() == CROWD
    assert let_in > 0
    visits, people, members = (
        db.session.scalar(select(func.count()).select_from(table)) for table in (VisitRow, Person, Member)
    )
    assert (visits, people, members) == (let_in + 1, let_in + 1, let_in + 1), "the teacher is one more"


def test_fifty_megabytes_are_refused_in_words_by_the_real_server_and_nothing_is_lost(
    database_url: str, tmp_path: Path
) -> None:
    with served_campus(database_url, tmp_path / "data") as school:
        teacher, overview = create_space(school)
        huge = {"picture": ("badge.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50_000_000, "image/png")}

        refused = add_objective(teacher, overview, "Cut an onion", files=huge)
        saved = add_objective(teacher, overview, "Cut an onion")

        assert (refused.status_code, "Code too_large" in words(refused)) == (413, True)
        assert "Nothing was changed." in words(refused)
        assert words(saved).count("Cut an onion 10 points") == 1


def test_a_key_that_rotates_while_launches_are_under_way_turns_nobody_away(school: Campus) -> None:
    signed_before = [school.browser() for _ in range(8)]
    waiting = [
        school.authorize(browser, school.begin(browser, school.lms.login_request("biology", "dmitri")))
        for browser in signed_before
    ]
    school.lms.keys.rotate()

    def go_on(number: int) -> int:
        if number % 2:
            return school.open("biology", "fatima")[1].status_code
        return signed_before[number // 2].post("/lti/launch", waiting[number // 2]).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(go_on, range(16)))

    assert set(statuses) == {200}


def test_names_with_markup_or_reordering_marks_are_only_names_on_every_page(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    title, criteria = "<i>Cut</i> an \u202eonion", "<script>alert(2)</script>"
    add_objective(teacher, overview, title, description="<script>alert(3)</script>", public_criteria=criteria)
    for learner in ("<b>Robert</b>", "López"):
        grid = mark_complete(teacher, overview, learner)
    details = [follow(teacher, grid, "Details", beside=learner) for learner in ("<b>Robert</b>", "López")]
    markup, own = school.open("biology", "markup")
    override, theirs = school.open("biology", "override")

    pages = [grid, *details, own, theirs, teacher.get(overview.url), follow(teacher, overview, "Members"),
             follow(teacher, overview, "Leaderboard"), follow(markup, own, "See your badge"),
             follow(override, theirs, "My badges")]  # fmt: skip

    for page in pages:
        assert page.status_code == 200
        assert "<b>Robert" not in page.text, page.url
        assert "<script>alert" not in page.text, page.url
        assert "<i>Cut" not in page.text, page.url
        assert not MARKS.search(page.text), page.url
    assert '<b>Robert</b> <script>alert(1)</script> & "Sons"' in words(details[0])
    assert heading(details[1]) == "Rosa López"


def test_addresses_that_nobody_ever_made_are_not_found_and_never_a_fault(school: Campus) -> None:
    teacher, overview = create_space(school)
    made_up = [
        "objectives/nobody", "objectives/%00", "objectives/" + "9" * 400, "progress/nobody", "progress/nobody/nothing",
        "progress?after=%ff", "progress?after=~~~&before=%F0%9F", "members?q=" + "x" * 3000,
        "leaderboard?after=%27%20OR%201=1", "progress.csv?separator=%00",
    ]  # fmt: skip

    statuses = {page: teacher.get(f"{overview.url}{page}").status_code for page in made_up}

    assert set(statuses.values()) <= {200, 400, 404}, statuses
