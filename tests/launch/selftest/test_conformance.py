"""A real tester's launches tick off the cases that they matched, and nothing tells who it was."""

import io
import json
import zipfile
from typing import Any

import pytest

from lti_tool.db import db
from lti_tool.launch.messages import C
from lti_tool.launch.model import Registration
from lti_tool.launch.selftest.cases import BAD, VALID, Bad, Valid
from lti_tool.launch.selftest.conformance import lines_of, matches_report
from lti_tool.launch.selftest.negatives import NEGATIVES
from tests.flows.steps import add_objective, create_space_with_roster, mark_complete
from tests.make.admin import make_admin
from tests.make.lms import Campus

SOME_BAD = [one for one in BAD if one.id in ("B1", "B6", "B7", "B9", "B12")]
SOME_VALID = [one for one in VALID if one.id in ("I1", "I3", "I5", "S2", "S6", "S7", "S8", "S9")]


def ticked(school: Campus) -> set[str]:
    return {line.case.id for _, lines in lines_of(school.registration) for line in lines if line.at}


def send(school: Campus, bad: Bad) -> None:
    browser = school.browser()
    asked = school.begin(browser, school.lms.login_request("biology", "helena"))
    claims: dict[str, Any] = {**school.lms.claims("biology", "helena"), "nonce": asked["nonce"], **bad.claims}
    claims = {name: value for name, value in claims.items() if value is not None}
    browser.post("/lti/launch", {"id_token": school.lms.sign(claims, dict(bad.headers)), "state": asked["state"]})


def test_without_launches_nothing_is_ticked(school: Campus) -> None:
    assert ticked(school) == set()


@pytest.mark.parametrize("bad", SOME_BAD, ids=lambda one: one.id)
def test_a_refused_launch_ticks_its_own_case_alone(school: Campus, bad: Bad) -> None:
    send(school, bad)

    assert {one for one in ticked(school) if one.startswith("B")} == {bad.id}


def test_a_link_without_its_id_is_the_case_of_the_missing_link(school: Campus) -> None:
    send(school, Bad("", "", 400, "claim_malformed", {C + "resource_link": {"title": "No id"}}))

    assert "B11" in ticked(school)


def test_codes_that_answer_several_cases_tick_them_all_and_say_so(school: Campus) -> None:
    send(school, next(one for one in NEGATIVES if one.name == "Wrong nonce"))
    lines = {line.case.name: line for _, lines in lines_of(school.registration) for line in lines}

    assert lines["Wrong nonce"].at
    assert lines["Replayed nonce"].at
    assert "same code" in lines["Replayed nonce"].note
    assert lines["Wrong state"].at is None
    assert "self-test" in lines["Wrong state"].note


@pytest.mark.parametrize("valid", SOME_VALID, ids=lambda one: one.id)
def test_a_valid_launch_ticks_its_own_case(school: Campus, valid: Valid) -> None:
    school.lms.faults.launch_claims = dict(valid.claims)
    school.open("biology", "helena" if valid.section == "instructor" else "dmitri")
    found = {one for one in ticked(school) if one[0] in "IS"}

    assert valid.id in found
    assert found <= {valid.id, f"I{valid.id[1:]}", f"S{valid.id[1:]}"}


def test_services_that_were_used_are_ticked(school: Campus) -> None:
    browser, overview = create_space_with_roster(school)
    add_objective(browser, overview)
    overview = browser.get(overview.url)
    school.open("biology", "dmitri")
    mark_complete(browser, overview, "Дмитрий")
    school.do_jobs()

    assert {"R1", "R2", "R5", "A1", "A2", "A3", "A4"} <= ticked(school)
    assert not {"D1", "D2", "D7"} & ticked(school)


def test_the_page_and_its_zip_show_the_ticks_and_no_person(school: Campus) -> None:
    send(school, BAD[0])
    school.open("biology", "helena")
    report = matches_report(db.session.get_one(Registration, school.registration))
    text = json.dumps(report)

    assert report["matched"] >= 2
    assert next(one for one in report["cases"] if one["id"] == "B1")["matched_at"]
    assert "Helena" not in text
    assert "helena" not in text
    assert "@" not in text


def test_an_administrator_reads_it_and_takes_it_along(school: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.make.admin.ORIGIN", school.url)
    send(school, BAD[0])
    admin = make_admin(school.app)

    page = admin.get(f"/conformance/{school.registration}")
    archive = zipfile.ZipFile(io.BytesIO(admin.get(f"/conformance/{school.registration}/evidence.zip").data))

    assert "What launches of" in page.text
    assert "1 of 12" in page.text
    assert f"/admin/platforms/{school.registration}/keys" in page.text, "the other pages of this platform are beside it"
    assert f"/admin/conformance/{school.registration}" in admin.get("/self-test").text
    assert json.loads(archive.read("cases/B1.json"))["matched_at"]
    assert "Incorrect KID" in archive.read("report.html").decode()
    assert admin.get("/conformance/unknown").status_code == 404
