"""The sandbox's notification service: strict with handlers, and what it sends. (Platform Notification Service 1.0.)"""

import jwt
import pytest
import requests
from jwt import PyJWK

from lti_tool.sandbox import vocabulary as words
from tests.sandbox.installation import Installation

CLAIM = words.NOTICES_CLAIM
JSON = "application/json"


def service(lms: Installation) -> str:
    claim = lms.platform.claims("biology", "helena")[CLAIM]
    return str(claim["platform_notification_service_url"])


def register(lms: Installation, kind: str = words.COPY_NOTICE, handler: object = None) -> requests.Response:
    wanted = f"{lms.tool.url}/notices" if handler is None else handler
    return lms.send("PUT", service(lms), {"notice_type": kind, "handler": wanted}, JSON)


def listed(lms: Installation) -> dict[str, str]:
    answer = lms.get(service(lms), JSON).json()
    return {one["notice_type"]: one["handler"] for one in answer["notice_handlers"]}


def test_every_message_names_the_service(lms: Installation) -> None:
    for course in ("biology", None):
        claim = lms.platform.claims(course, "pat")[CLAIM]

        assert claim["service_versions"] == ["1.0"]
        assert claim["scope"] == [words.NOTICES_SCOPE]
        assert {words.HELLO_NOTICE, words.COPY_NOTICE} < set(claim["notice_types_supported"])


def test_a_platform_without_notices_says_nothing_of_them(lms: Installation) -> None:
    address = service(lms)
    lms.platform.faults.notices.without = True

    assert CLAIM not in lms.platform.claims("biology", "helena")
    assert lms.ask_token(words.NOTICES_SCOPE).status_code == 400
    assert lms.get(address, JSON).status_code == 404


def test_one_handler_for_each_kind_and_an_empty_one_removes_it(lms: Installation) -> None:
    assert listed(lms) == {words.HELLO_NOTICE: "", words.COPY_NOTICE: ""}

    answer = register(lms)
    assert answer.json() == {"notice_type": words.COPY_NOTICE, "handler": f"{lms.tool.url}/notices"}
    assert listed(lms)[words.COPY_NOTICE] == f"{lms.tool.url}/notices"

    register(lms, handler="")
    assert listed(lms)[words.COPY_NOTICE] == ""


@pytest.mark.parametrize("handler", ["https://elsewhere.example/notices", "/notices", 7, ["x"]])
def test_a_handler_lies_on_the_tools_own_domain(lms: Installation, handler: object) -> None:
    assert register(lms, handler=handler).status_code == 400


def test_a_kind_that_is_not_sent_is_refused(lms: Installation) -> None:
    assert register(lms, kind="LtiSomethingNotice").status_code == 400


def test_the_service_asks_for_its_scope_and_the_deployment_of_the_tool(lms: Installation) -> None:
    assert requests.get(service(lms), timeout=10).status_code == 401
    assert lms.get(service(lms), JSON, lms.bearer(words.ROSTER_SCOPE)).status_code == 403
    assert lms.get(service(lms) + "7", JSON).status_code == 404


def test_handlers_are_refused_or_forgotten_when_told_so(lms: Installation) -> None:
    lms.platform.faults.notices.refuses = 503
    assert register(lms).status_code == 503
    lms.platform.faults.notices.refuses = 0
    lms.platform.faults.notices.forgets = True
    assert register(lms).status_code == 200
    assert listed(lms)[words.COPY_NOTICE] == ""


def test_a_copied_course_is_told_with_its_origin_signed_and_once(lms: Installation) -> None:
    register(lms)

    copy = lms.platform.copy_course("biology")

    [sent] = lms.platform.notices.sent
    key = PyJWK(lms.platform.keys.jwks()["keys"][0])
    claims = jwt.decode(sent.jwt, key, algorithms=["RS256"], audience=lms.platform.settings.client_id)
    assert (sent.handler, sent.status) == (f"{lms.tool.url}/notices", 404), "this tool has no such page"
    assert claims["iss"] == lms.url
    assert claims["azp"] == claims["aud"]
    assert "sub" not in claims
    assert claims[f"{words.CLAIM}notice"]["type"] == words.COPY_NOTICE
    assert claims[f"{words.CLAIM}context"]["id"] == copy.context_id
    assert claims[f"{words.CLAIM}origin_contexts"] == [lms.platform.world.courses["biology"].context_id]


def test_nobody_is_told_who_did_not_ask(lms: Installation) -> None:
    lms.platform.copy_course("biology")

    assert lms.platform.notices.sent == []


def test_whoever_asks_for_the_greeting_is_greeted(lms: Installation) -> None:
    register(lms, kind=words.HELLO_NOTICE)

    assert [one.kind for one in lms.platform.notices.sent] == [words.HELLO_NOTICE]


def test_a_tool_that_is_away_is_not_told_again(lms: Installation) -> None:
    tool = lms.platform.tools.first
    lms.platform.notices.register(tool, words.COPY_NOTICE, "http://127.0.0.1:9/notices")

    lms.platform.copy_course("biology")

    assert [one.status for one in lms.platform.notices.sent] == [0]


def test_notices_are_forged_late_repeated_or_broken_when_told_so(lms: Installation) -> None:
    register(lms)
    faults = lms.platform.faults.notices
    faults.repeated, faults.forged, faults.late, faults.claims = 1, True, 700, {"deployment_id": "9", "nonce": None}

    lms.platform.copy_course("biology")

    first, second = lms.platform.notices.sent
    said = jwt.decode(first.jwt, options={"verify_signature": False})
    assert first.jwt == second.jwt
    assert (said[f"{words.CLAIM}deployment_id"], "nonce" in said) == ("9", False)
    assert said["exp"] - said["iat"] == 3600
    key = PyJWK(lms.platform.keys.jwks()["keys"][0])
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(first.jwt, key, algorithms=["RS256"], audience=said["aud"])
