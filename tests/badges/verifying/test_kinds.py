"""A badge of any version, however it is brought, is read and found valid."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from lti_tool.badges.awards import Recipient
from lti_tool.badges.verifying.checking import Given, check_badge
from lti_tool.badges.verifying.given import given_text
from lti_tool.badges.verifying.verdict import Outcome, Standard, Verdict
from lti_tool.db import Row, db
from lti_tool.errors import Problem
from tests.make.award import make_award
from tests.make.foreign_badge import EMAIL, ForeignPlatform, as_json, foreign_platform, picture
from tests.make.organization import make_organization
from tests.make.space import make_badge


def failed(verdict: Verdict) -> list[str]:
    return [f"{check.name}: {check.reason}" for check in verdict.checks if check.outcome is Outcome.FAILED]


def rows() -> int:
    db.session.rollback()
    return sum(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in Row.metadata.sorted_tables)


@pytest.mark.parametrize("standard", list(Standard))
def test_a_badge_of_any_kind_is_valid_by_address_text_and_picture(app: Flask, standard: Standard) -> None:
    before = rows()
    with foreign_platform() as platform:
        award = platform.issue(standard)
        ways = [Given("url", award.url), given_text(award.text), Given("image", award.png), Given("image", award.svg)]
        verdicts = [check_badge(way, recipient=EMAIL.upper()) for way in ways]

    for verdict in verdicts:
        assert failed(verdict) == []
        assert verdict.valid
        assert verdict.award is not None
        assert verdict.award.standard is standard
        badge = verdict.award.badge
        assert (badge.name, badge.issuer.name) == ("Foreign badge", "Foreign College")
        assert badge.description == "Given elsewhere."
        assert badge.criteria or badge.criteria_url
        assert badge.picture == picture()
        assert badge.alignments[0]["name"] == "Goal"
    assert rows() == before


@pytest.mark.parametrize("did", ["did:key", "did:web"])
@pytest.mark.parametrize("standard", [Standard.V3_DATA_INTEGRITY])
def test_an_issuer_may_be_named_by_a_did(app: Flask, standard: Standard, did: str) -> None:
    with foreign_platform() as platform:
        award = platform.issue(standard, did=did)
        platform.put_status_list(issuer=platform.did_key if did == "did:key" else platform.did_web)
        verdict = check_badge(Given("json", award.text))

    assert failed(verdict) == []


def test_our_own_award_is_answered_without_asking_anybody(app: Flask) -> None:
    award = make_award(make_badge(make_organization()), Recipient(email=EMAIL))

    verdict = check_badge(Given("url", f"http://localhost:8000/public/assertions/{award}"))  # where nobody listens

    assert failed(verdict) == []
    assert verdict.award is not None
    assert verdict.award.own == award


def test_our_own_picture_carries_two_versions_that_agree(app: Flask) -> None:
    award = make_award(make_badge(make_organization()), Recipient(email=EMAIL))
    client = app.test_client()

    for form in ("png", "svg"):
        picture_of_it = client.get(f"/public/assertions/{award}/image.{form}").data
        verdict = check_badge(Given("image", picture_of_it), recipient=EMAIL)

        assert failed(verdict) == []
        assert verdict.valid


def test_a_badge_for_somebody_else_does_not_belong_to_whoever_asks(app: Flask) -> None:
    with foreign_platform() as platform:
        verdict = check_badge(given_text(platform.issue().text), recipient="bob@example.org")

    assert not verdict.valid
    assert failed(verdict) == ["recipient: The award does not belong to the address that you asked about."]


def bare(platform: ForeignPlatform) -> list[Given]:
    platform.issue()
    return [
        Given("image", picture()), Given("url", f"{platform.url}/badges/1"),
        Given("url", f"{platform.url}/badges/1/image"),
        Given("json", as_json(platform.document("/badges/1")).decode()),
    ]  # fmt: skip


def test_a_badge_that_nobody_was_given_is_refused_with_a_hint(app: Flask) -> None:
    with foreign_platform() as platform:
        for way in bare(platform):
            with pytest.raises(Problem) as refused:
                check_badge(way)

            assert refused.value.code == "badge_not_award", way.kind
            assert "picture of an awarded badge, or its public address or JSON" in refused.value.entry.advice
