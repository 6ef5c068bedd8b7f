"""An installation tests itself: every case is green, the evidence holds no secret, and nothing is left of it."""

import io
import json
import re
import zipfile

import pytest

from lti_tool.db import db
from lti_tool.launch.selftest.cases import SECTIONS, Case
from lti_tool.launch.selftest.evidence import evidence_of
from lti_tool.launch.selftest.model import SelfTest
from lti_tool.launch.selftest.runner import all_cases
from tests.html_guard import page_faults
from tests.launch.selftest.conftest import SelfTested

pytestmark = pytest.mark.xdist_group("self-test")  # a run for each database, not for each process as well


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: f"{case.id} {case.name}")
def test_every_case_of_the_list_is_green(tested: SelfTested, case: Case) -> None:
    found = tested.case(case.id)

    assert found["verdict"] == "passed", found
    assert found["sent"]
    assert found["got"]


def test_the_list_is_as_long_as_the_certification_says() -> None:
    counted = [sum(1 for case in all_cases() if case.section == section) for section in SECTIONS]

    assert counted == [12, 9, 9, 5, 7, 4, 26]
    assert len({case.id for case in all_cases()}) == sum(counted)


def test_whoever_watches_hears_of_every_case_in_its_turn(tested: SelfTested) -> None:
    assert tested.told == [f"{number}/72 {case.id}" for number, case in enumerate(all_cases(), start=1)]


def test_nothing_that_the_run_made_is_left_in_any_table(tested: SelfTested) -> None:
    for table in ("person", "space", "award", "roster_read", "score", "refused_launch", "deep_link_request", "job"):
        assert tested.middle[table] > tested.before[table], table

    assert tested.after == tested.before


def test_its_pictures_are_gone_too(tested: SelfTested) -> None:
    before, after = tested.files

    assert after == before


def test_the_public_pages_of_its_awards_have_vanished(tested: SelfTested) -> None:
    assert tested.awards
    for award in tested.awards:
        assert tested.school.browser().get(f"/public/assertions/{award}").status_code == 404


def test_the_addresses_of_its_platform_answer_no_more(tested: SelfTested) -> None:
    [base] = tested.bases

    for path in ("jwks.json", "course/memberships", "course/lineitems"):
        assert tested.school.browser().get(f"{base}/{path}").status_code == 404
    assert db.session.query(SelfTest).one().world == {}


def test_the_evidence_is_a_zip_of_json_and_a_page_that_can_be_printed(tested: SelfTested) -> None:
    archive = zipfile.ZipFile(io.BytesIO(evidence_of(db.session.query(SelfTest).one())))

    assert set(archive.namelist()) == {
        "report.json", "report.html", *(f"cases/{case.id}.json" for case in all_cases()),
    }  # fmt: skip
    assert json.loads(archive.read("report.json"))["passed"] == 72
    page = archive.read("report.html").decode()
    assert page_faults(page) == []
    assert "Incorrect KID in header" in page
    assert "http" not in page.replace(tested.school.url, "").replace("https://elsewhere.example", "")


def test_the_evidence_holds_no_token_no_cookie_and_no_address_of_the_run(tested: SelfTested) -> None:
    text = json.dumps(tested.report)

    assert "eyJ" not in text
    assert "token_hash" not in text
    assert tested.bases[0].rpartition("/")[2] not in text
    assert not re.search(r"/v/[0-9a-f]{8}", text)


def test_the_calls_of_the_tool_are_part_of_the_evidence(tested: SelfTested) -> None:
    services = {one["service"] for one in tested.report["calls"]}

    assert {"token", "roster", "deep_link", "line_item", "score"} <= services
    assert not [one for one in tested.report["calls"] if "refused" in one]
