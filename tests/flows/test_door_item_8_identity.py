"""The door, item 8: who somebody is, whatever the institution tells of them (decision 6)."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from sqlalchemy import func, select

from lti_tool.db import db, transaction
from lti_tool.launch.legacy import add_consumer, waiting_links
from lti_tool.launch.model import Identity, LegacyLink
from lti_tool.launch.platforms import PlatformWords, add_platform
from lti_tool.people.model import Person
from lti_tool.sandbox import vocabulary as lms
from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.settings import SandboxSettings
from tests.flows.steps import add_objective, create_space, create_space_with_roster, mark_complete
from tests.make.hands import follow, heading, press, rows
from tests.make.lms import Browser, Campus, words
from tests.make.serving import free_port, serving

LEVELS = ("public", "name_only", "email_only", "anonymous")


def table(browser: Browser, overview: requests.Response) -> list[dict[str, str]]:
    """The CSV of the Space as a program reads it."""
    answer = browser.get(f"{overview.url}progress.csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def known(what: Any) -> Any:
    db.session.rollback()
    return db.session.scalar(what)


@pytest.mark.parametrize("level", LEVELS)
def test_at_every_level_of_privacy_each_learner_is_somebody(school: Campus, level: Any) -> None:
    school.lms.faults.privacy = level
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)

    lines = table(teacher, overview)
    labels = [line["Name"] or line["E-mail"] for line in lines]
    grid = follow(teacher, teacher.get(overview.url), "Progress")
    done = mark_complete(teacher, teacher.get(overview.url), labels[0])

    assert len(lines) == 10
    told_apart = 8 if level in ("public", "name_only") else 10  # two are called alike, and two of those without a name
    assert len(set(labels)) >= told_apart
    assert all(label and label in words(grid) for label in labels)
    assert "Anonymous" not in words(grid)
    assert "Marked complete:" in words(done)
    assert sum(line["Completed"] == "1" for line in table(teacher, overview)) == 1


@pytest.mark.parametrize("level", LEVELS)
def test_at_every_level_of_privacy_a_learner_arrives_at_their_own_progress(school: Campus, level: Any) -> None:
    school.lms.faults.privacy = level
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    press(teacher, follow(teacher, overview, "Leaderboard"), "Turn the leaderboard on")
    came = {
        "public": "Your name and your e-mail address came.",
        "name_only": "Your name came, and no e-mail address.",
        "email_only": "Your e-mail address came, and no name. Only teachers see the address.",
        "anonymous": "Neither name nor e-mail address came.",
    }

    learner, page = school.open("biology", "siobhan")
    board = follow(learner, page, "Leaderboard")

    assert heading(page) == "My progress"
    assert came[level] in words(follow(learner, page, "What the LMS sent"))
    assert len(rows(board, "board")) > 1
    for shown in (page, board):
        assert "sandbox.example.edu" not in shown.text.replace(school.lms.settings.url, "")
        assert "Dubois" not in shown.text


@pytest.mark.parametrize("level", LEVELS)
def test_at_every_level_of_privacy_a_mentor_reads_no_address(school: Campus, level: Any) -> None:
    school.lms.faults.privacy = level
    create_space_with_roster(school)

    _, page = school.open("biology", "ingrid")

    assert heading(page) == "Learners you follow"
    assert "@" not in words(page)
    assert words(page).count("0 objectives complete") == 2
    assert ("Amélie Dubois" in words(page)) == (level in ("public", "name_only"))


def test_a_code_for_the_nameless_stays_the_same_from_page_to_page_and_day_to_day(school: Campus) -> None:
    school.lms.faults.privacy = "anonymous"
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    label = table(teacher, overview)[0]["Name"]

    own_page = follow(teacher, follow(teacher, teacher.get(overview.url), "Members"), label)
    again, later = school.open("biology", "helena")

    assert heading(own_page) == label
    assert label in [line["Name"] for line in table(again, later)]


def test_a_name_that_is_withdrawn_is_cleared_and_the_badge_stays(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    mark_complete(teacher, teacher.get(overview.url), "O'Connor")
    school.lms.faults.privacy = "anonymous"

    _, page = school.open("biology", "siobhan")

    grid = follow(teacher, teacher.get(overview.url), "Progress")
    assert "1 of 1 objective complete" in words(page)
    assert "See your badge" in words(page)
    assert "O'Connor" not in grid.text
    assert "siobhan" not in grid.text
    assert "Learner " in words(grid)
    assert sum(line["Completed"] == "1" for line in table(teacher, overview)) == 1


def test_a_name_that_comes_back_stands_where_the_code_stood(school: Campus) -> None:
    school.lms.faults.privacy = "anonymous"
    teacher, overview = create_space_with_roster(school)
    school.lms.faults.privacy = "public"

    school.open("biology", "siobhan")

    assert "Siobhán O'Connor" in [line["Name"] for line in table(teacher, overview)]


def test_equal_addresses_merge_nobody(school: Campus) -> None:
    teacher, overview = create_space(school)
    for person in ("siobhan", "dmitri"):
        school.lms.world.people[person].email = "shared@family.example"
        school.open("biology", person)

    lines = [line for line in table(teacher, overview) if line["E-mail"] == "shared@family.example"]

    assert sorted(line["Family name"] for line in lines) == ["O'Connor", "Соколов"]
    assert known(select(func.count(Person.id)).where(Person.email == "shared@family.example")) == 2


@contextmanager
def second_lms(school: Campus, *, issuer: str | None = None) -> Iterator[Campus]:
    """Another LMS with the same people and the same ids; `issuer` lets it call itself as it likes."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    sandbox = create_sandbox(SandboxSettings(url=url, tool_url=school.url, client_id="second", learners=1))
    platform = sandbox.extensions["sandbox"]
    if issuer:
        platform.faults.login_parameters = {"iss": issuer}
        platform.faults.launch_claims = {"iss": issuer}
    with transaction():
        added = add_platform(
            PlatformWords(
                issuer=issuer or url, client_id="second", auth_url=f"{url}/auth", token_url=f"{url}/token",
                jwks_url=f"{url}/jwks.json", deployments=("1",), name="Hill College",
            )
        )  # fmt: skip
        there = added.id, added.organization_id
    with serving(sandbox, port):
        yield Campus(school.app, school.url, platform, *there)


def test_the_same_sub_at_two_registrations_is_two_people(school: Campus) -> None:
    create_space(school)
    with second_lms(school) as hill:
        school.open("biology", "siobhan")
        _, page = hill.open("biology", "siobhan")

    sub = school.lms.world.people["siobhan"].sub
    assert heading(page) == "Your teacher is still setting this up"
    assert known(select(func.count(func.distinct(Identity.person_id))).where(Identity.sub == sub)) == 2


def test_a_tenant_that_calls_itself_like_another_reaches_nothing_of_it(school: Campus) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview, "Cut an onion")

    with second_lms(school, issuer=school.lms.settings.url) as imitator:
        _, page = imitator.open("biology", "helena")
        imitator.lms.faults.launch_claims = {"iss": school.lms.settings.url, "aud": "spaces-sandbox"}
        _, refused = imitator.open("biology", "helena")

    assert heading(page) == "Create the Space of this course", "the same issuer, course and sub, and yet a stranger"
    assert (refused.status_code, "Cut an onion" in refused.text) == (401, False)
    sub = school.lms.world.people["helena"].sub
    assert known(select(func.count(func.distinct(Identity.person_id))).where(Identity.sub == sub)) == 2


def test_an_old_id_without_proof_waits_and_the_launch_goes_on(school: Campus) -> None:
    create_space(school)
    with transaction():
        add_consumer(school.registration, key="k", secret="s")
    said = {"user_id": "old-7", "oauth_consumer_key": "k", "oauth_consumer_key_sign": "d3Jvbmc="}
    school.lms.faults.launch_claims = {lms.CLAIM + "lti1p1": said}

    _, page = school.open("biology", "siobhan")

    assert heading(page) == "My progress"
    assert [one.legacy_user_id for one in waiting_links(school.registration)] == ["old-7"]
    assert known(select(LegacyLink.status)) == "waiting"
