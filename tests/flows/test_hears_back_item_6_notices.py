"""Item 6, notices: handlers are registered and shown, and what the LMS tells is checked, kept and done, once."""

from typing import Any

import pytest
import requests
from sqlalchemy import select

from lti_tool.db import db, transaction
from lti_tool.launch.console.actions import switch_deployment
from lti_tool.launch.model import Deployment, Registration
from lti_tool.launch.notices.model import Notice, NoticeService
from lti_tool.sandbox import vocabulary
from tests.flows.copying import OFFER, known_by, next_term, noted, space_of_last_term
from tests.flows.test_door_item_5_admin_console import platform_page, sign_in
from tests.make.hands import buttons, press
from tests.make.lms import Campus, words

HELLO, COPY = vocabulary.HELLO_NOTICE, vocabulary.COPY_NOTICE


def meet(school: Campus) -> None:
    """A launch offers the notices, and the job registers for them."""
    school.open("biology", "helena")
    school.do_jobs()


def kept() -> list[Notice]:
    db.session.rollback()
    return list(db.session.scalars(select(Notice).order_by(Notice.received_at, Notice.id)))


def service() -> NoticeService:
    db.session.rollback()
    return db.session.scalars(select(NoticeService)).one()


def hello(school: Campus, **told: Any) -> str:
    """The token of a greeting."""
    lms = school.lms
    return lms.sign(lms.notices.claims(lms.tools.first, HELLO, told))


def post(school: Campus, *jwts: str) -> requests.Response:
    """As the platform sends them: no browser, no cookie, no form."""
    return requests.post(f"{school.url}/lti/notices", json={"notices": [{"jwt": jwt} for jwt in jwts]}, timeout=30)


def test_the_first_launch_registers_a_handler_for_each_notice_and_the_greeting_comes(school: Campus) -> None:
    meet(school)

    tool = school.lms.tools.first
    assert [school.lms.notices.handler(tool, kind) for kind in (HELLO, COPY)] == [f"{school.url}/lti/notices"] * 2
    assert set(service().registered) == {HELLO, COPY}
    assert [(one.kind, one.status) for one in school.lms.notices.sent] == [(HELLO, 200)]
    assert [one.kind for one in kept()] == [HELLO]


def test_later_launches_ask_for_nothing_more(school: Campus) -> None:
    meet(school)
    school.lms.traffic.clear()

    meet(school)

    assert school.lms.traffic["notice_handlers"] == 0


def test_the_console_shows_since_when_notices_are_registered_and_the_last_that_came(school: Campus) -> None:
    admin, _ = sign_in(school)
    before = words(platform_page(school, admin))
    meet(school)

    after = words(platform_page(school, admin))

    assert "This LMS has not offered any in a launch." in before
    assert after.count("Registered since") == 2
    assert after.count("Last received") == 1
    assert "None received yet." in after
    assert "Try again" not in buttons(platform_page(school, admin))


def test_an_lms_without_notices_is_asked_for_none(school: Campus) -> None:
    school.lms.faults.notices.without = True

    meet(school)

    assert db.session.scalars(select(NoticeService)).all() == []
    assert school.lms.traffic["notice_handlers"] == 0


def test_a_refused_handler_is_said_in_plain_words_and_tried_again_by_one_click(school: Campus) -> None:
    school.lms.faults.notices.refuses = 403
    admin, _ = sign_in(school)
    meet(school)

    page = platform_page(school, admin)
    school.lms.faults.notices.refuses = 0
    asked = press(admin, page, "Try again 1")
    school.do_jobs()

    assert "The LMS refused" in words(page)
    assert "handlers cannot be registered at the moment" in words(page)
    assert "The LMS is being asked for them." in words(asked)
    assert words(platform_page(school, admin)).count("Registered since") == 2


def test_an_lms_that_forgets_the_handler_is_found_out(school: Campus) -> None:
    school.lms.faults.notices.forgets = True
    admin, _ = sign_in(school)

    meet(school)

    assert "The LMS did not keep our address for notices" in words(platform_page(school, admin))
    assert service().registered == {}


def test_an_lms_that_is_away_is_asked_again_by_itself(school: Campus) -> None:
    school.lms.faults.notices.refuses = 503
    admin, _ = sign_in(school)

    meet(school)

    assert "It is tried again by itself." in words(platform_page(school, admin))
    assert service().troubled_since is not None


def test_a_copy_is_known_before_anybody_opens_the_tool_there(school: Campus) -> None:
    known_by(school, "notice")
    space_of_last_term(school)
    school.do_jobs()
    copy = next_term(school)

    before = noted(copy)
    school.do_jobs()

    assert [(one.kind, one.status) for one in school.lms.notices.sent[-1:]] == [(COPY, 200)]
    assert before == set(), "the answer came first, and the work after it"
    assert noted(copy) == {("notice", school.lms.world.courses["biology"].context_id)}
    assert OFFER in words(school.open(copy.key, "helena")[1])


def test_the_same_notice_again_is_the_same_notice(school: Campus) -> None:
    meet(school)
    jwt = hello(school)

    answers = [post(school, jwt) for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 200]
    assert len(kept()) == 2, "the greeting of registering, and this one"


def test_the_lms_may_repeat_a_copy_notice(school: Campus) -> None:
    known_by(school, "notice")
    space_of_last_term(school)
    school.do_jobs()
    school.lms.faults.notices.repeated = 2

    copy = next_term(school)
    school.do_jobs()

    assert [one.status for one in school.lms.notices.sent[-3:]] == [200, 200, 200]
    assert len(noted(copy)) == 1
    assert [one.kind for one in kept()] == [HELLO, COPY]


def test_a_nonce_that_was_used_carries_no_second_notice(school: Campus) -> None:
    meet(school)
    school.lms.faults.notices.claims = {"nonce": "only once"}

    first, second = (post(school, hello(school)) for _ in range(2))

    assert first.status_code == 200
    assert (second.status_code, second.json()["refused"][0]["code"]) == (401, "replayed")


def test_one_bad_notice_among_good_ones_loses_nothing(school: Campus) -> None:
    meet(school)
    good = [hello(school) for _ in range(3)]
    forged = hello(school)[:-20] + "A" * 20

    answer = post(school, good[0], forged, good[1], "no token", good[2])

    assert answer.status_code == 200
    assert answer.json()["taken"] == 3
    assert [one["code"] for one in answer.json()["refused"]] == ["signature_wrong", "token_malformed"]
    assert len(kept()) == 4


@pytest.mark.parametrize(
    ("fault", "value", "code"),
    [("forged", True, "signature_wrong"), ("late", 700, "token_time"), ("late", 4000, "token_time")],
)
def test_a_forged_or_late_notice_is_refused_and_does_nothing(
    school: Campus, fault: str, value: object, code: str
) -> None:
    known_by(school, "notice")
    space_of_last_term(school)
    school.do_jobs()
    setattr(school.lms.faults.notices, fault, value)

    copy = next_term(school)
    school.do_jobs()

    sent = school.lms.notices.sent[-1]
    assert (sent.status, code in sent.answer) == (401, True)
    assert noted(copy) == set()
    assert sent.jwt not in sent.answer


def test_a_notice_of_the_last_minutes_is_taken(school: Campus) -> None:
    """Decision 17: `iat` at most ten minutes old, leeway included."""
    meet(school)
    school.lms.faults.notices.late = 590

    assert post(school, hello(school)).status_code == 200


def test_a_broken_body_is_refused(school: Campus) -> None:
    meet(school)
    school.lms.faults.notices.broken = b'{"notices": [{"jwt": '

    next_term(school)

    assert [(one.status, "notice_unreadable" in one.answer) for one in school.lms.notices.sent[-1:]] == [(400, True)]


def test_a_kind_that_nobody_asked_for_is_refused_politely(school: Campus) -> None:
    meet(school)

    answer = post(school, hello(school, notice={"id": "n-1", "timestamp": "2026-11-30T10:00:00Z",
                                                "type": "LtiAssetProcessorSubmissionNotice"}))  # fmt: skip

    [refused] = answer.json()["refused"]
    assert (answer.status_code, refused["code"]) == (400, "notice_unsupported")
    assert refused["message"] == "The LMS sent “LtiAssetProcessorSubmissionNotice”."


def test_a_notice_of_a_deployment_that_is_off_or_unknown_does_nothing(school: Campus) -> None:
    meet(school)
    with transaction():
        registration = db.session.get_one(Registration, school.registration)
        deployment = db.session.scalars(select(Deployment)).one()
        switch_deployment(registration, deployment.id, on=False)

    off, unknown = post(school, hello(school)), post(school, hello(school, deployment_id="another"))

    assert (off.status_code, off.json()["refused"][0]["code"]) == (403, "deployment_off")
    assert (unknown.status_code, unknown.json()["refused"][0]["code"]) == (403, "deployment_pending")
    assert len(kept()) == 1
    assert db.session.query(Deployment).count() == 1, "a notice lets no deployment in, and knocks for none"


def test_a_platform_that_is_switched_off_is_not_heard(school: Campus) -> None:
    meet(school)
    jwt = hello(school)
    admin, _ = sign_in(school)
    press(admin, platform_page(school, admin), "Switch off", to="off")  # of the deployment: the first such button
    admin.submit(platform_page(school, admin), "/switch", to="off")

    assert post(school, jwt).status_code == 403


def test_no_cookie_and_no_form_token_are_asked_for_and_none_is_given(school: Campus) -> None:
    meet(school)

    answer = post(school, hello(school))

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
