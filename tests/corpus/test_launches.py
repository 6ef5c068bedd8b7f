"""Recorded launches of real LMSs, through our readers one by one and through the real door together."""

from typing import Any

import jwt
import pytest
import requests
from sqlalchemy import func, select

from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.launch.claims import GradeService, read_launch
from lti_tool.launch.deep_linking.model import DeepLinkRequest
from lti_tool.launch.deep_linking.response import D
from lti_tool.launch.messages import DEEP_LINKING_SETTINGS, C
from lti_tool.launch.model import VisitRow
from lti_tool.launch.token import check_parties, check_times
from lti_tool.people.visit import Role
from tests.corpus.recorded import deep_links, launches, other_messages, recorded
from tests.make.hands import press
from tests.make.lms import Browser, Campus, forms, words

ROLES = {
    "instructor": Role.STAFF,
    "student": Role.MEMBER,
    "admin-without-enrolment": Role.SUPPORT,
    "unknown": Role.GUEST,
}
TARGETS = "accept_presentation_document_targets"
IN_2019 = 1_574_000_000
REFUSED = {
    "ims-launch-invalid-2": ("claims_missing", "Missing: roles."),
    "ims-launch-invalid-3": ("claims_missing", "Missing: resource_link."),
    "ims-launch-invalid-4": ("claims_missing", "Missing: deployment_id."),
    "ims-launch-invalid-5": ("claim_malformed", "The claim sub is not a text of 1 to 255 characters."),
    "ims-launch-invalid-6": ("token_time", "It was issued 1573988889 seconds ago by this tool's clock."),
    "ims-launch-invalid-7": ("version_unsupported", ""),
}


SERVED = {**launches(), **deep_links()}


@pytest.mark.parametrize(("name", "file"), SERVED.items(), ids=SERVED)
def test_a_recorded_launch_says_what_its_platform_meant(name: str, file: dict[str, Any]) -> None:
    launch, expected = read_launch(file["payload"]), file["expect"]

    assert launch.standing.role is ROLES[expected["course_role"]]
    assert launch.standing.preview is expected["test_user"]
    assert (launch.names.name is not None) is expected["has_name"]
    assert (launch.names.email is not None) is expected["has_email"]
    assert (launch.context is not None) is expected["has_context"]
    assert (launch.roster_url is not None) is expected["nrps"]
    assert bool(launch.resource_link) is expected["has_resource_link"]
    grades = launch.grades or GradeService()
    assert (grades.line_item is not None) is expected["lineitem_bound"]
    assert (grades.line_items is not None) is expected["can_create_lineitems"]
    same = launch.context is not None and launch.resource_link == launch.context.id
    assert same is expected["resource_link_equals_context"]


@pytest.mark.parametrize(("name", "file"), SERVED.items(), ids=SERVED)
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


@pytest.mark.parametrize(("name", "file"), deep_links().items(), ids=deep_links())
def test_a_recorded_request_says_what_its_platform_takes(name: str, file: dict[str, Any]) -> None:
    said, taken = file["payload"][DEEP_LINKING_SETTINGS], read_launch(file["payload"]).picking

    assert taken is not None
    assert taken.return_url == said["deep_link_return_url"]
    assert set(taken.types) == set(said["accept_types"])
    assert taken.targets == tuple(one for one in ("iframe", "window", "embed") if one in said[TARGETS])
    assert (taken.multiple, taken.auto_create) == (said["accept_multiple"], said["auto_create"])
    assert (taken.line_items, taken.data) == (False, said.get("data"))


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


def post_again(school: Campus, file: dict[str, Any]) -> tuple[Browser, requests.Response]:
    """Signed anew by a platform of ours, with parties and times of today; everything else is as it was recorded."""
    browser = school.browser()
    asked = school.begin(browser, school.lms.login_request("biology", "helena"))
    today = school.lms.claims("biology", "helena")
    ours = ("iss", "aud", "iat", "exp", C + "deployment_id", C + "target_link_uri")
    claims = {**file["payload"], **{claim: today[claim] for claim in ours}, "nonce": asked["nonce"]}
    for party in ("azp", "nbf"):
        claims.pop(party, None)
    return browser, browser.post("/lti/launch", {"id_token": school.lms.sign(claims), "state": asked["state"]})


def test_every_recorded_launch_comes_through_the_real_door(school: Campus) -> None:
    for name, file in launches().items():
        browser, page = post_again(school, file)

        assert page.status_code == 200, f"{name}: {words(page)}"
        browser.close()
    assert db.session.scalar(select(func.count()).select_from(VisitRow)) == len(launches())


def test_every_recorded_deep_link_reaches_the_picker_and_can_be_answered(school: Campus) -> None:
    """None of the courses has a Space here, so teachers are offered one, and everybody goes back with nothing."""
    for name, file in deep_links().items():
        browser, page = post_again(school, file)
        answer = press(browser, page, "Back without adding anything")
        claims = claims_sent(answer)

        is_teacher = file["expect"]["course_role"] == "instructor"
        assert ("First create the Space" in words(page)) is is_teacher, name
        assert forms(answer)[0].action == file["payload"][DEEP_LINKING_SETTINGS]["deep_link_return_url"]
        assert claims[D + "content_items"] == []
        assert claims.get(D + "data") == file["payload"][DEEP_LINKING_SETTINGS].get("data")
        browser.close()
    assert db.session.scalar(select(func.count()).select_from(DeepLinkRequest)) == len(deep_links())


@pytest.mark.parametrize("name", other_messages())
def test_a_message_that_is_not_served_is_refused_by_its_name_on_a_page(school: Campus, name: str) -> None:
    file = other_messages()[name]

    _, page = post_again(school, file)

    assert page.status_code == 400
    assert f"The LMS sent “{file['expect']['message_type']}”." in words(page)


def claims_sent(answer: requests.Response) -> dict[str, Any]:
    """What the form of an answer page carries; the sandbox LMS checks its signature in other tests."""
    [form] = forms(answer)
    return dict(jwt.decode(form.fields["JWT"], options={"verify_signature": False}))
