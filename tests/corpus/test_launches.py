"""Recorded launches of real LMSs, through our readers one by one and through the real door together."""

from typing import Any

import pytest
from sqlalchemy import func, select

from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.launch.claims import C, read_launch
from lti_tool.launch.model import VisitRow
from lti_tool.launch.token import check_parties, check_times
from lti_tool.people.visit import Role
from tests.corpus.recorded import launches, other_messages, recorded
from tests.make.lms import Campus, words

ROLES = {
    "instructor": Role.STAFF,
    "student": Role.MEMBER,
    "admin-without-enrolment": Role.SUPPORT,
    "unknown": Role.GUEST,
}
IN_2019 = 1_574_000_000
REFUSED = {
    "ims-launch-invalid-2": ("claims_missing", "Missing: roles."),
    "ims-launch-invalid-3": ("claims_missing", "Missing: resource_link."),
    "ims-launch-invalid-4": ("claims_missing", "Missing: deployment_id."),
    "ims-launch-invalid-5": ("claim_malformed", "The claim sub is not a text of 1 to 255 characters."),
    "ims-launch-invalid-6": ("token_time", "It was issued 1573988889 seconds ago by this tool's clock."),
    "ims-launch-invalid-7": ("version_unsupported", ""),
}


@pytest.mark.parametrize(("name", "file"), launches().items(), ids=launches())
def test_a_recorded_launch_says_what_its_platform_meant(name: str, file: dict[str, Any]) -> None:
    launch, expected = read_launch(file["payload"]), file["expect"]

    assert launch.standing.role is ROLES[expected["course_role"]]
    assert launch.standing.preview is expected["test_user"]
    assert (launch.names.name is not None) is expected["has_name"]
    assert (launch.names.email is not None) is expected["has_email"]
    assert (launch.context is not None) is expected["has_context"]
    assert (launch.roster_url is not None) is expected["nrps"]
    same = launch.context is not None and launch.resource_link == launch.context.id
    assert same is expected["resource_link_equals_context"]


@pytest.mark.parametrize(("name", "file"), launches().items(), ids=launches())
def test_a_recorded_token_is_good_at_the_moment_it_was_made_for(name: str, file: dict[str, Any]) -> None:
    claims = file["payload"]
    client = claims["aud"] if isinstance(claims["aud"], str) else claims["aud"][0]

    check_parties(claims, issuer=claims["iss"], client_id=client)
    check_times(claims, now=claims["iat"] - 30)
    check_times(claims, now=min(claims["exp"] + 30, claims["iat"] + 590))


@pytest.mark.parametrize(("name", "file"), other_messages().items(), ids=other_messages())
def test_a_message_of_another_type_is_refused_by_its_name(name: str, file: dict[str, Any]) -> None:
    with pytest.raises(Problem) as refused:
        read_launch(file["payload"])

    assert refused.value.code == "message_unsupported"
    assert file["expect"]["message_type"] in refused.value.detail


def pass_gate(claims: dict[str, Any], now: float) -> None:
    check_times(claims, now=now)
    read_launch(claims)


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_payload_of_the_certification_suite_is_refused(name: str) -> None:
    claims = recorded("launch-invalid")[name]["payload"]

    with pytest.raises(Problem) as refused:
        pass_gate(claims, now=max(claims["iat"], IN_2019))

    assert (refused.value.code, refused.value.detail) == REFUSED[name]


def test_every_bad_payload_is_in_the_table_but_the_one_that_only_lacks_its_course() -> None:
    assert set(recorded("launch-invalid")) - set(REFUSED) == {"ims-launch-invalid-1"}


def test_the_suites_launch_without_a_course_is_let_in_as_such() -> None:
    launch = read_launch(recorded("launch-invalid")["ims-launch-invalid-1"]["payload"])

    assert (launch.context, launch.standing.role) == (None, Role.STAFF)


def test_every_recorded_launch_comes_through_the_real_door(school: Campus) -> None:
    """Signed anew by a platform of ours, with parties and times of today; everything else is as it was recorded."""
    for name, file in launches().items():
        browser = school.browser()
        asked = school.begin(browser, school.lms.login_request("biology", "helena"))
        today = school.lms.claims("biology", "helena")
        ours = ("iss", "aud", "iat", "exp", C + "deployment_id", C + "target_link_uri")
        claims = {**file["payload"], **{claim: today[claim] for claim in ours}, "nonce": asked["nonce"]}
        for party in ("azp", "nbf"):
            claims.pop(party, None)

        page = browser.post("/lti/launch", {"id_token": school.lms.sign(claims), "state": asked["state"]})

        assert page.status_code == 200, f"{name}: {words(page)}"
        browser.close()
    assert db.session.scalar(select(func.count()).select_from(VisitRow)) == len(launches())
