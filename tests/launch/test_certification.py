"""The certification list of 1EdTech for tools, launched from the sandbox LMS, in the list's own words."""

import pytest

from lti_tool.launch.selftest.cases import BAD, VALID, Bad, Valid
from tests.make.lms import Campus, words


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_a_known_bad_payload_is_refused_where_the_tester_sees_it(school: Campus, case: Bad) -> None:
    browser = school.browser()
    asked = school.begin(browser, school.lms.login_request("biology", "helena"))
    claims = {**school.lms.claims("biology", "helena"), "nonce": asked["nonce"], **case.claims}
    claims = {name: value for name, value in claims.items() if value is not None}
    if case.nothing_but is not None:
        claims = {name: claims[name] for name in ("iss", "aud", "sub", "iat", "exp", "nonce")} | dict(case.nothing_but)

    answer = browser.post("/lti/launch", {"id_token": school.lms.sign(claims, case.headers), "state": asked["state"]})

    assert answer.status_code == case.status
    assert case.code in words(answer)
    assert not [cookie for cookie in browser.session.cookies if cookie.name == "visit"]


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.name)
def test_a_valid_launch_arrives_at_a_page_that_helps(school: Campus, case: Valid) -> None:
    name = case.name
    school.lms.faults.launch_claims = dict(case.claims)
    person = "helena" if "Instructor" in name else "dmitri"

    _, page = school.open("biology", person)

    assert page.status_code == 200
    assert "/v/" in page.url
    said = words(page)
    if "no context" in name:
        assert "from a course" in said
    elif "unknown role" in name or "no role" in name:
        assert "role" in said
    elif "Instructor" in name:
        assert "Create" in said
    else:
        assert "teacher" in said


def test_missing_claims_are_listed_all_at_once(school: Campus) -> None:
    browser = school.browser()
    asked = school.begin(browser, school.lms.login_request("biology", "helena"))
    claims = {**school.lms.claims("biology", "helena", roles=None, deployment_id=None), "nonce": asked["nonce"]}

    answer = browser.post("/lti/launch", {"id_token": school.lms.sign(claims), "state": asked["state"]})

    assert "Missing: deployment_id, roles." in words(answer)
