"""Recorded rosters, key sets and token answers of real LMSs."""

from typing import Any

import pytest
from flask import Flask

from lti_tool.launch.link_header import next_link
from lti_tool.launch.platform_keys import usable_keys
from lti_tool.launch.roster.page import Roster
from lti_tool.launch.service_refusals import ServiceRefused
from tests.corpus.recorded import recorded
from tests.launch.roster.roster_server import answer, connect, make_platform, roster_server


def pages(file: dict[str, Any]) -> list[dict[str, Any]]:
    payload = file["payload"]
    return list(payload.get("pages", [payload]))


def read(file: dict[str, Any]) -> Roster:
    roster = Roster()
    for page in pages(file):
        roster.add(page["body"]["members"])
    return roster


@pytest.mark.parametrize(("name", "file"), recorded("nrps").items(), ids=recorded("nrps"))
def test_everybody_on_a_recorded_roster_is_read(name: str, file: dict[str, Any]) -> None:
    members = [member for page in pages(file) for member in page["body"]["members"]]
    tested = [one for one in members if one["roles"] == ["http://purl.imsglobal.org/vocab/lti/system/person#TestUser"]]

    roster = read(file)

    assert (roster.skipped, roster.unclear) == (0, set())
    assert set(roster.people) == {one["user_id"] for one in members} - {one["user_id"] for one in tested}
    for one in members:
        if one["user_id"] in roster.people:
            person = roster.people[one["user_id"]]
            assert person.names.name == one.get("name")
            assert person.names.email == one.get("email")
            assert person.active is (one.get("status", "Active") == "Active")
            assert person.role == ("staff" if any(role.endswith("#Instructor") for role in one["roles"]) else "member")


def test_blackboards_preview_user_does_not_count_and_a_former_student_is_gone() -> None:
    roster = read(recorded("nrps")["blackboard-nrps-2"])

    assert [(one.names.name, one.active) for one in roster.people.values()] == [("Former Student", False)]


@pytest.mark.parametrize(("name", "file"), recorded("nrps").items(), ids=recorded("nrps"))
def test_a_recorded_next_link_is_followed_to_the_letter(name: str, file: dict[str, Any]) -> None:
    *before, last = pages(file)

    for page, following in zip(before, pages(file)[1:], strict=True):
        assert next_link(page["headers"]["Link"], page["request"]["url"]) == following["request"]["url"]
    assert next_link(last.get("headers", {}).get("Link", ""), "https://lms.example/") is None


def test_canvas_key_sets_are_read_by_kid() -> None:
    keys = usable_keys(recorded("jwks")["canvas-jwks-2"]["payload"]["body"]["keys"])

    assert sorted(keys) == ["2020-03-01T00:00:01Z", "2020-04-01T00:00:04Z", "2020-05-01T00:00:01Z"]


def test_canvas_keys_of_2018_are_too_short_to_trust() -> None:
    assert usable_keys(recorded("jwks")["canvas-jwks-1"]["payload"]["body"]["keys"]) == {}


@pytest.mark.parametrize(("name", "file"), recorded("token").items(), ids=recorded("token"))
def test_a_recorded_token_answer_gives_a_token(app: Flask, name: str, file: dict[str, Any]) -> None:
    said = file["payload"]
    with roster_server() as lms:
        lms.instead["token"] = [answer(said["body"], said["status"])]

        token = connect(make_platform(lms), lms).get_access_token(said["body"]["scope"].split()[:1])

    assert token == said["body"]["access_token"]


@pytest.mark.parametrize(("number", "said"), [(0, "Missing client"), (1, "Invalid Signature"), (2, "Invalid tenant")])
def test_a_token_endpoint_says_no_in_three_shapes(app: Flask, number: int, said: str) -> None:
    refusal = recorded("token-error")["ims-token-error-1"]["payload"]["responses"][number]
    with roster_server() as lms:
        lms.instead["token"] = [answer(refusal["body"], refusal["status"])]
        connector = connect(make_platform(lms), lms)
        with pytest.raises(ServiceRefused) as refused:
            connector.get_access_token(["scope"])

    assert (refused.value.code, refused.value.said) == ("token_refused", said)
