"""Picking content: what the platform asks for, and what it takes of the answer."""

from typing import Any

import jwt
import pytest
import requests

from lti_tool.sandbox import vocabulary as words
from tests.sandbox.installation import Installation
from tests.sandbox.picking import D, pick

COLUMN = {"label": "Week 1", "scoreMaximum": 10, "resourceId": "w1", "tag": "objective"}


def _courses_links(lms: Installation) -> list[str]:
    return [place.title for place in lms.platform.world.courses["biology"].placements.values()]


def test_a_picking_begins_at_the_tools_login_and_ends_with_a_request_for_content(lms: Installation) -> None:
    page = requests.get(f"{lms.url}/deep-link/biology/as/helena", timeout=10)
    assert f'action="{lms.tool.url}/lti/login"' in page.text
    login = lms.platform.login_request("biology", "helena", message="LtiDeepLinkingRequest")
    answer = requests.post(f"{lms.url}/auth", data=lms.tool.authentication(login), timeout=10)
    token = answer.text.partition('name="id_token" value="')[2].partition('"')[0]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims[f"{words.CLAIM}message_type"] == "LtiDeepLinkingRequest"
    assert f"{words.CLAIM}resource_link" not in claims
    assert claims[f"{D}deep_linking_settings"]["deep_link_return_url"].startswith(f"{lms.url}/deep-link/return?")


def test_a_picked_link_opens_from_the_course_with_its_own_parameters_and_its_own_column(lms: Installation) -> None:
    asked = pick(lms)
    link = asked.link(custom={"view": "objective-1", "context_history": "$Context.id.history"}, lineItem=COLUMN)
    page = asked.answer(link)
    [answer] = lms.platform.deep_links.answers
    [placement] = answer.placements
    claims = lms.platform.claims("biology", "amelie", link=placement.key)
    assert page.status_code == 200
    assert "Added to Biology 101" in page.text
    assert f"/courses/biology/as/helena/{placement.key}" in page.text
    assert claims[f"{words.CLAIM}resource_link"]["title"] == "Week 1"
    assert claims[f"{words.CLAIM}custom"]["view"] == "objective-1"
    assert claims[f"{words.CLAIM}custom"]["context_history"] == "$Context.id.history"
    assert claims[f"{words.CLAIM}custom"]["course_end"].endswith("Z")
    [column] = lms.platform.gradebook.items("biology", resource_id="w1", tag="objective")
    assert column.members["resourceLinkId"] == placement.link_id
    assert claims[words.GRADES_CLAIM]["lineitem"].endswith(column.id)


def test_a_copied_course_keeps_the_picked_links_and_says_what_it_was_copied_from(lms: Installation) -> None:
    asked = pick(lms)
    asked.answer(asked.link(custom={"context_history": "$Context.id.history"}))
    old = lms.platform.world.courses["biology"]
    lms.platform.world.copy_course("biology", "biology-2", "Biology 101, next term")
    key = lms.platform.deep_links.answers[0].placements[0].key
    claims = lms.platform.claims("biology-2", "helena", link=key)
    assert claims[f"{words.CLAIM}custom"]["context_history"] == old.context_id
    assert claims[f"{words.CLAIM}context"]["id"] != old.context_id
    assert claims[f"{words.CLAIM}resource_link"]["id"] != old.placements[key].link_id


def test_an_empty_answer_adds_nothing_and_says_so(lms: Installation) -> None:
    page = pick(lms).answer(msg="You picked <nothing>.")
    assert page.status_code == 200
    assert "Nothing was added" in page.text
    assert "You picked &lt;nothing&gt;." in page.text
    assert _courses_links(lms) == ["Spaces", "Cells & membranes"]


def test_content_of_other_kinds_is_named_but_not_kept(lms: Installation) -> None:
    asked = pick(lms, accept_types=["html", "link"])
    page = asked.answer({"type": "html", "title": "A note", "html": "<p>Hello</p>"})
    assert "A note" in page.text
    assert _courses_links(lms) == ["Spaces", "Cells & membranes"]


@pytest.mark.parametrize(
    ("over", "why"),
    [
        ({"iss": "somebody"}, "iss"),
        ({"aud": "https://elsewhere.example"}, "Audience"),
        ({"aud": ...}, "aud"),
        ({"azp": "somebody"}, "azp"),
        ({"nonce": ...}, "nonce"),
        ({"nonce": ""}, "nonce"),
        ({"nonce": 5}, "nonce"),
        ({"iat": ...}, "iat"),
        ({"exp": ...}, "exp"),
        ({"exp": 1_000_000_000}, "expired"),
        ({"exp": 9_000_000_000}, "good for more than"),
        ({"message_type": "LtiDeepLinkingRequest"}, "message_type"),
        ({"version": ...}, "version"),
        ({"deployment_id": "2"}, "deployment_id"),
        ({"data": "something else"}, "data"),
        ({"data": ...}, "data"),
        ({"content_items": ...}, "content_items"),
        ({"content_items": {}}, "content_items"),
        ({"msg": 5}, "msg"),
        ({"msg": None}, "msg is null"),
        ({"https://example.org/more": {"deep": [None]}}, "deep is null"),
    ],
)
def test_a_response_that_breaks_a_rule_is_refused_and_says_which(
    lms: Installation, over: dict[str, Any], why: str
) -> None:
    asked = pick(lms)
    page = asked.answer(asked.link(), **over)
    [refusal] = lms.platform.deep_links.refusals
    assert page.status_code == 400
    assert why in refusal
    assert _courses_links(lms) == ["Spaces", "Cells & membranes"]


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"type": "file"}, "accept_types"),
        ({"type": "window"}, "type is none"),
        ({"url": ...}, "url"),
        ({"url": None}, "null"),
        ({"url": "/lti/launch"}, "whole address"),
        ({"url": "https://elsewhere.example/"}, "not the tool"),
        ({"url": "https://elsewhere.example/" + "x" * 2000}, "url must be text of 1 to 2000"),
        ({"title": ...}, "title"),
        ({"title": " "}, "title"),
        ({"title": "x" * 256}, "title must be text of 1 to 255"),
        ({"text": 5}, "text"),
        ({"colour": "red"}, "colour is not a member"),
        ({"custom": {"view": 5}}, "custom"),
        ({"custom": ["view"]}, "custom"),
        ({"icon": {"url": "icon.png"}}, "url must be a whole address"),
        ({"icon": {"url": "https://example.org/i.png", "width": "50"}}, "icon.width"),
        ({"iframe": {"width": 0}}, "iframe.width"),
        ({"embed": {}}, "embed is not a member"),
        ({"lineItem": {"label": "x"}}, "scoreMaximum"),
        ({"lineItem": COLUMN | {"scoreMaximum": 0}}, "scoreMaximum"),
        ({"lineItem": COLUMN | {"scoreMaximum": True}}, "scoreMaximum"),
        ({"lineItem": COLUMN | {"tag": 3}}, "tag"),
        ({"lineItem": COLUMN | {"points": 3}}, "points is not a member"),
        ({"available": {"startDateTime": "tomorrow"}}, "startDateTime"),
        (
            {"submission": {"startDateTime": "2026-05-01T00:00:00Z", "endDateTime": "2026-04-01T00:00:00Z"}},
            "ends before",
        ),
    ],
)
def test_an_item_that_breaks_a_rule_is_refused_and_says_which(
    lms: Installation, members: dict[str, Any], why: str
) -> None:
    asked = pick(lms)
    page = asked.answer(asked.link(**members))
    [refusal] = lms.platform.deep_links.refusals
    assert page.status_code == 400
    assert why in refusal


def test_an_item_of_everything_that_the_specification_knows_is_taken(lms: Installation) -> None:
    asked = pick(lms)
    icon = {"url": "https://example.org/i.png", "width": 50, "height": 50}
    page = asked.answer(
        asked.link(
            text="About the week", icon=icon, thumbnail=icon, iframe={"width": 800, "height": 600},
            window={"targetName": "_blank", "windowFeatures": "popup"}, custom={"empty": ""},
            lineItem=COLUMN | {"gradesReleased": True, "submissionReview": {"reviewableStatus": ["Submitted"]}},
            available={"startDateTime": "2026-04-01T00:00:00Z"},
            submission={"endDateTime": "2026-05-01T00:00:00+02:00"},
            **{"https://example.org/extension": {"any": 1}},
        )
    )  # fmt: skip
    assert (page.status_code, lms.platform.deep_links.refusals) == (200, [])


def test_what_was_not_accepted_is_refused(lms: Installation) -> None:
    several = pick(lms, accept_multiple=False)
    columns = pick(lms, accept_lineitem=None)
    frames = pick(lms, accept_presentation_document_targets=["window"])
    data = pick(lms, data=None)
    answers = [
        several.answer(several.link(), several.link(title="Week 2")),
        columns.answer(columns.link(lineItem=COLUMN)),
        frames.answer(frames.link(iframe={"width": 800})),
        data.answer(data.link(), data="made up"),
        data.answer(data.link()),
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 400, 200]


def test_a_response_is_taken_once_and_its_nonce_too(lms: Installation) -> None:
    asked = pick(lms)
    claims = asked.claims(asked.link())
    other = pick(lms)
    first, again = asked.send(asked.sign(claims)), asked.send(asked.sign(claims))
    another = asked.answer(asked.link())
    elsewhere = other.answer(other.link(), nonce=claims["nonce"])
    assert [one.status_code for one in (first, again, another, elsewhere)] == [200, 400, 400, 400]
    assert len(_courses_links(lms)) == 3


def test_a_response_is_signed_by_a_published_key_of_the_tool(lms: Installation) -> None:
    asked = pick(lms)
    claims = asked.claims(asked.link())
    secret = jwt.encode(claims, "x" * 40, algorithm="HS256", headers={"kid": lms.tool.kid})
    unknown = asked.sign(claims, {"kid": "unknown"})
    nameless = jwt.encode(claims, lms.tool.private, algorithm="RS256")
    by_the_platform = lms.platform.sign(claims)
    answers = [asked.send(token) for token in (secret, unknown, nameless, by_the_platform, "a.b.c")]
    assert [answer.status_code for answer in answers] == [400] * 5


def test_an_answer_comes_as_one_parameter_to_an_address_that_was_handed_out(lms: Installation) -> None:
    asked = pick(lms)
    token = asked.sign(asked.claims(asked.link()))
    address = asked.settings["deep_link_return_url"]
    twice = requests.post(address, data=[("JWT", token), ("JWT", token)], timeout=10)
    none = requests.post(address, data={"jwt": token}, timeout=10)
    nowhere = requests.post(f"{lms.url}/deep-link/return", data={"JWT": token}, timeout=10)
    read = requests.get(address, timeout=10)
    assert [one.status_code for one in (twice, none, nowhere, read)] == [400, 400, 400, 405]


@pytest.mark.parametrize("person", ["amelie", "ingrid", "pat", "test-student-biology"])
def test_only_those_who_teach_add_content(lms: Installation, person: str) -> None:
    course = requests.get(f"{lms.url}/courses/biology/as/{person}/menu", timeout=10)
    page = requests.get(f"{lms.url}/courses/biology/as/{person}/add", timeout=10)
    began = requests.get(f"{lms.url}/deep-link/biology/as/{person}", timeout=10)
    assert "Add content" not in course.text
    assert (page.status_code, began.status_code) == (403, 403)
