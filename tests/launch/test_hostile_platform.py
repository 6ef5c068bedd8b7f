"""A registered platform that lies: what it signs is believed of its own courses, and of nothing else."""

from typing import Any

import pytest
from sqlalchemy import func, select

from lti_tool.db import db, transaction
from lti_tool.launch.claims import NRPS, C
from lti_tool.launch.model import CourseKey, Deployment, Identity, Registration, VisitRow
from lti_tool.launch.platforms import PlatformWords, add_platform
from lti_tool.people.model import Person
from lti_tool.spaces.model import Member
from tests.make.lms import Browser, Campus, words


def launch(school: Campus, browser: Browser, person: str = "helena", client: str | None = None, **claims: Any) -> Any:
    """Login and launch with claims of the platform's own choice; a value of None removes a claim."""
    params = school.lms.login_request("biology", person)
    params = {**params, "client_id": client} if client else params
    del params["lti_deployment_id"]
    asked = school.begin(browser, params)
    said = {**school.lms.claims("biology", person), "nonce": asked["nonce"], **claims}
    if client:
        said["aud"] = client
    said = {name: value for name, value in said.items() if value is not None}
    return browser.post("/lti/launch", {"id_token": school.lms.sign(said), "state": asked["state"]})


def count(table: Any) -> int:
    """How many rows there are now, whatever this session has read before."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def create_space(school: Campus) -> str:
    """The teacher opens the course and makes its Space. Answers its id."""
    browser, page = school.open("biology", "helena")
    browser.submit(page, "/space")
    return str(db.session.scalars(select(CourseKey.space_id).where(CourseKey.space_id.is_not(None))).one())


def second_tenant(school: Campus) -> str:
    """The same platform software, registered once more under another client: another school."""
    lms = school.lms.settings
    with transaction():
        return add_platform(
            PlatformWords(lms.url, "other-school", lms.auth_url, lms.token_url, lms.jwks_url, deployments=("1",))
        ).organization_id


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"exp": 10**400}, "token_time"),
        ({"sub": "\ud83d"}, "claim_malformed"),
        ({C + "context": {"id": "\ud83d"}}, "claim_malformed"),
        ({C + "resource_link": {"id": "\x00"}}, "claim_malformed"),
        ({C + "resource_link": {"id": ["x"]}}, "claim_malformed"),
        ({C + "roles": ["x"] * 101}, "claim_malformed"),
        ({C + "message_type": "Lti<script>"}, "message_unsupported"),
        ({C + "message_type": "x" * 5000}, "message_unsupported"),
        ({"azp": {}}, "audience_wrong"),
        ({"nonce": 7}, "nonce_wrong"),
        ({"nonce": "\ud83d"}, "nonce_wrong"),
    ],
)
def test_what_nobody_can_mean_is_refused(school: Campus, claims: dict[str, Any], code: str) -> None:
    answer = launch(school, school.browser(), **claims)

    assert (answer.status_code in (400, 401), code in words(answer)) == (True, True)
    assert "script" not in words(answer)
    assert count(VisitRow) == 0


@pytest.mark.parametrize(
    "claims",
    [
        {"name": "half \ud83d", "given_name": "\ude00", "email": "\ud83d@x.org"},
        {"name": "\u202e<script>alert(1)</script>" + "🦉" * 3000},
        {"email": "a@b\r\nBcc: c@d"},
        {C + "context": {"id": "c", "title": "\ud83d\x00", "label": 7, "type": {"odd": []}}},
        {C + "resource_link": {"id": "l", "title": "\ud83d" * 5000}},
        {C + "launch_presentation": {"return_url": "https://lms.example/\ud83d", "locale": "\ud83d\ud83d"}},
        {C + "tool_platform": {"url": "https://[half", "product_family_code": "\ud83d" * 90}},
        {C + "tool_platform": {"url": "https://x; script-src *", "product_family_code": ["canvas"]}},
        {C + "custom": {"course_end": "2027-01-31\ud83d", "a": None, "b": [], "c": 7}},
        {C + "custom": {"course_end": "9999-99-99"}},
        {NRPS: {"context_memberships_url": "https://lms.example/\ud83d"}},
        {NRPS: {"context_memberships_url": ["x"]}},
    ],
)
def test_what_is_only_odd_opens_a_page(school: Campus, claims: dict[str, Any]) -> None:
    answer = launch(school, school.browser(), **claims)

    assert (answer.status_code, "/v/" in answer.url) == (200, True), words(answer)
    assert "<script>alert" not in answer.text
    assert "script-src *" not in answer.headers["Content-Security-Policy"]


def test_another_school_with_the_same_ids_gets_people_and_a_course_of_its_own(school: Campus) -> None:
    space = create_space(school)
    organization = second_tenant(school)
    members = count(Member)

    page = launch(school, school.browser(), client="other-school")

    assert "Create" in words(page)  # the course of that school has no Space yet
    assert count(Member) == members
    sub = school.lms.claims("biology", "helena")["sub"]
    people = select(Person.organization_id).join(Identity, Identity.person_id == Person.id).where(Identity.sub == sub)
    assert set(db.session.scalars(people)) == {school.organization, organization}
    assert {course.space_id for course in db.session.scalars(select(CourseKey))} == {space, None}


def test_a_deployment_that_is_off_or_waits_says_so_and_leaves_nobody_behind(school: Campus) -> None:
    people = count(Person)
    for status in ("pending", "off"):
        with transaction():
            db.session.query(Deployment).one().status = status

        answer = launch(school, school.browser())

        assert (answer.status_code, f"deployment_{status}" in words(answer)) == (403, True)
    assert count(Person) == people


def test_a_refusal_after_the_signature_leads_back_to_the_course(school: Campus) -> None:
    with transaction():
        db.session.query(Deployment).one().status = "off"

    answer = launch(
        school, school.browser(), **{C + "launch_presentation": {"return_url": "https://lms.example/course/7"}}
    )

    assert 'href="https://lms.example/course/7"' in answer.text


def test_a_platform_that_is_switched_off_between_login_and_launch_gets_nobody_in(school: Campus) -> None:
    browser = school.browser()
    answer = school.authorize(browser, school.begin(browser, school.lms.login_request("biology", "helena")))
    with transaction():
        registration = db.session.get_one(Registration, school.registration)
        registration.switched_off_at = registration.created_at

    refused = browser.post("/lti/launch", answer)

    assert (refused.status_code, "platform_off" in words(refused)) == (403, True)


def test_the_way_back_of_a_launch_may_be_no_script(school: Campus) -> None:
    answer = launch(school, school.browser(), **{C + "launch_presentation": {"return_url": "javascript:alert(1)"}})

    assert "javascript:" not in answer.text


def test_the_kind_of_lms_is_learned_from_a_launch_and_kept_for_the_roster(school: Campus) -> None:
    heard = (("Canvas", "canvas"), ("somebody's own", "canvas"), (None, "canvas"), ("moodle", "moodle"))
    for said, known in heard:
        launch(school, school.browser(), **{C + "tool_platform": {"guid": "g", "product_family_code": said}})

        db.session.rollback()
        db.session.expire_all()
        assert db.session.get_one(Registration, school.registration).profile == known


def test_a_deployment_that_the_login_names_too_still_waits_for_approval(school: Campus) -> None:
    browser = school.browser()
    asked = school.begin(browser, {**school.lms.login_request("biology", "helena"), "lti_deployment_id": "unheard"})
    claims = {**school.lms.claims("biology", "helena"), C + "deployment_id": "unheard", "nonce": asked["nonce"]}

    answer = browser.post("/lti/launch", {"id_token": school.lms.sign(claims), "state": asked["state"]})

    assert (answer.status_code, "deployment_pending" in words(answer)) == (403, True)
