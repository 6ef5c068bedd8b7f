"""Other ways into the tool than a link of a course: a review, the site's own links, and what is kept of somebody."""

from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
import requests

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.gradebook import LineItem, Score
from tests.sandbox.installation import Installation

C = words.CLAIM


def _column(lms: Installation, **members: Any) -> LineItem:
    item = lms.platform.gradebook.add("biology", {"label": "Cells", "scoreMaximum": 10, **members})
    moment = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    amelie = lms.platform.world.people["amelie"].sub
    lms.platform.gradebook.record(item, Score(amelie, 7.5, 10, None, "Completed", "FullyGraded", moment))
    return item


def _told(lms: Installation, login: dict[str, str]) -> dict[str, Any]:
    """The claims that a login ends with."""
    answer = requests.post(f"{lms.url}/auth", data=lms.tool.authentication(login), timeout=10)
    token = answer.text.partition('name="id_token" value="')[2].partition('"')[0]
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def test_a_score_leads_to_a_review_by_whoever_has_the_gradebook_open(lms: Installation) -> None:
    item = _column(lms)
    page = requests.get(f"{lms.url}/courses/biology/gradebook?as=kwame", timeout=10).text
    assert page.count("Review in the tool") == 1
    assert f"/courses/biology/as/kwame/review/{item.id}/amelie" in page
    began = requests.get(f"{lms.url}/review/biology/as/kwame/{item.id}/amelie", timeout=10)
    assert f'action="{lms.tool.url}/lti/login"' in began.text


def test_a_review_names_the_learner_the_column_and_the_link_where_there_is_one(lms: Installation) -> None:
    link = lms.platform.world.courses["biology"].placements["activity"]
    tied, loose = _column(lms, resourceLinkId=link.link_id), _column(lms)
    told = [
        _told(
            lms,
            lms.platform.login_request(
                "biology", "helena", message="LtiSubmissionReviewRequest", about="amelie", item=item
            ),
        )
        for item in (tied, loose)
    ]
    amelie = lms.platform.world.people["amelie"].sub
    assert [one[f"{C}message_type"] for one in told] == ["LtiSubmissionReviewRequest"] * 2
    assert [one[f"{C}for_user"] for one in told] == [{"user_id": amelie}] * 2
    assert told[0][f"{C}resource_link"]["id"] == link.link_id
    assert f"{C}resource_link" not in told[1]
    assert [one[words.GRADES_CLAIM]["lineitem"].rpartition("/")[2] for one in told] == [tied.id, loose.id]


def test_a_column_says_where_and_with_what_its_review_opens(lms: Installation) -> None:
    address = f"{lms.tool.url}/lti/launch?review"
    item = _column(lms, submissionReview={"url": address, "custom": {"part": "2"}})
    claims = lms.platform.claims("biology", "helena", "LtiSubmissionReviewRequest", about="amelie", item=item)
    assert claims[f"{C}target_link_uri"] == address
    assert claims[f"{C}custom"]["part"] == "2"


@pytest.mark.parametrize(
    ("person", "status"),
    [("helena", 200), ("jun", 200), ("noor", 200), ("amelie", 200), ("ingrid", 200), ("fatima", 403), ("pat", 403)],
)
def test_who_may_see_the_work_of_a_learner(lms: Installation, person: str, status: int) -> None:
    item = _column(lms)
    page = requests.get(f"{lms.url}/courses/biology/as/{person}/review/{item.id}/amelie", timeout=10)
    began = requests.get(f"{lms.url}/review/biology/as/{person}/{item.id}/amelie", timeout=10)
    assert (page.status_code, began.status_code) == (status, status)


@pytest.mark.parametrize(
    ("place", "person", "roles"),
    [
        ("account", "pat", [words.INSTITUTION_ADMINISTRATOR, words.SYSTEM_ADMINISTRATOR]),
        ("profile", "helena", [words.INSTITUTION_FACULTY]),
        ("profile", "amelie", []),
    ],
)
def test_a_launch_from_the_site_has_a_link_and_no_course(
    lms: Installation, place: str, person: str, roles: list[str]
) -> None:
    claims = _told(lms, lms.platform.login_request(None, person, place))
    assert claims[f"{C}roles"] == roles
    assert claims[f"{C}resource_link"]["id"] == lms.platform.world.site_links[place].link_id
    assert claims[f"{C}launch_presentation"]["return_url"].startswith(f"{lms.url}/site/return?")
    assert not claims.keys() & {f"{C}context", words.ROSTER_CLAIM, words.GRADES_CLAIM}


@pytest.mark.parametrize("message", ["LtiDataPrivacyLaunchRequest", "DataPrivacyLaunchRequest"])
def test_data_privacy_is_asked_under_either_name_outside_any_course(lms: Installation, message: str) -> None:
    page = requests.get(f"{lms.url}/site/privacy/as/amelie/launch?message={message}", timeout=10)
    claims = _told(lms, lms.platform.login_request(None, "amelie", message=message, about="amelie"))
    assert page.status_code == 200
    assert claims[f"{C}message_type"] == message
    assert claims[f"{C}for_user"] == {"user_id": claims["sub"]}
    assert not claims.keys() & {f"{C}context", f"{C}resource_link", words.ROSTER_CLAIM, words.GRADES_CLAIM}


def test_the_home_page_offers_the_rarer_people_and_the_ways_outside_the_courses(lms: Installation) -> None:
    home = requests.get(f"{lms.url}/", timeout=10).text
    more = home.partition("More people")[2].partition("</details>")[0]
    assert "Open as <bdi>Noor Haddad</bdi>" in more
    assert "Open as <bdi>Helena Brandt</bdi>" not in more
    assert "Settings of the school as <bdi>Pat Morgan</bdi>" in home
    assert "/site/privacy/as/amelie?message=DataPrivacyLaunchRequest" in home
    assert 'href="/administration"' in home
