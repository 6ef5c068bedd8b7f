"""What a launch says of notices (lti-rules 1.15): read within bounds, and never worth refusing a launch for."""

from typing import Any

import pytest

from lti_tool.launch.notices.offer import CLAIM, COPY, HELLO, SCOPE, NoticeOffer, read_offer

URL = "https://lms.example/api/lti/notice-handlers/106"
GOOD: dict[str, Any] = {
    "service_versions": ["1.0"], "platform_notification_service_url": URL, "scope": [SCOPE],
    "notice_types_supported": ["LtiAssetProcessorSubmissionNotice", COPY, HELLO],
}  # fmt: skip


def test_the_claim_names_the_service_and_those_of_its_notices_that_we_take() -> None:
    assert read_offer({CLAIM: GOOD}) == NoticeOffer(URL, (HELLO, COPY))


def test_a_platform_may_have_one_of_them() -> None:
    assert read_offer({CLAIM: {**GOOD, "notice_types_supported": [COPY]}}) == NoticeOffer(URL, (COPY,))


@pytest.mark.parametrize(
    "said",
    [
        None, "text", [], 7, {},
        {**GOOD, "platform_notification_service_url": "javascript:alert(1)"},
        {**GOOD, "platform_notification_service_url": "https://" + "x" * 2001},
        {**GOOD, "platform_notification_service_url": ["https://lms.example"]},
        {**GOOD, "platform_notification_service_url": None},
        {**GOOD, "scope": []},
        {**GOOD, "scope": SCOPE},
        {**GOOD, "scope": ["https://purl.imsglobal.org/spec/lti-ags/scope/score"]},
        {**GOOD, "notice_types_supported": ["LtiAssetProcessorSubmissionNotice"]},
        {**GOOD, "notice_types_supported": None},
        {**GOOD, "notice_types_supported": [7, None, {}]},
        {**GOOD, "notice_types_supported": ["x"] * 50 + [COPY]},
    ],
)  # fmt: skip
def test_a_claim_that_cannot_be_used_offers_nothing(said: object) -> None:
    assert read_offer({CLAIM: said}) is None
    assert read_offer({}) is None
