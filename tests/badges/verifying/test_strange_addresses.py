"""Addresses and pages that no parser agrees about, and answers of our own that have no end: never a fault of ours."""

import json

from flask import Flask

from lti_tool.badges.awards import Recipient
from lti_tool.badges.verifying.authority import lies_below
from lti_tool.badges.verifying.checking import Given, check_badge
from lti_tool.badges.verifying.verdict import Outcome, Standard
from lti_tool.errors import Problem
from tests.make.award import make_award
from tests.make.foreign_badge import CONTEXT_2, ForeignPlatform, Reply, foreign_platform
from tests.make.space import make_badge

ODD = [
    "https://[#", "https://[x]:y/#a", "https://exa\u2100mple.org/#x", "http://localhost:8000//[x",
    "http://localhost:8000//evil.example/public/issuers/1",
]  # fmt: skip


def test_an_address_that_cannot_be_taken_apart_is_no_address(app: Flask) -> None:
    for address in ODD:
        award = {"@context": CONTEXT_2, "type": "Assertion", "id": address, "badge": address}

        assert not check_badge(Given("json", json.dumps(award))).valid, address
        assert refusal(address) == "badge_unreachable", address


def test_a_page_of_broken_markup_is_a_page_without_a_badge(app: Flask) -> None:
    with foreign_platform() as platform:
        for markup in ("<![!", "<p><![never[heard of]]>"):
            address = platform.put("/page", markup, kind="text/html")

            assert refusal(address) == "badge_unreadable", markup


def test_a_picture_written_in_letters_that_only_look_like_base64_is_none(app: Flask) -> None:
    with foreign_platform() as platform:
        award = platform.issue()
        for look_alike in ("AA\u2003AA", "\u212aAAA"):
            platform.change("/badges/1", image=f"data:image/png;base64,{look_alike}")

            assert not check_badge(Given("url", award.url)).valid


def test_who_hosts_below_an_address_is_read_as_its_server_reads_it() -> None:
    start = "https://school.example/ada/"

    assert lies_below(f"{start}awards/1..2?v=..", start)
    for way_out in ("../eve/1", "x/%2e%2E/../eve/1", "..%2Feve/1", "x/.%2e", "..?a"):
        assert not lies_below(start + way_out, start), way_out


def test_a_key_below_the_address_of_somebody_else_is_not_the_issuers(app: Flask) -> None:
    """Where an issuer lists no keys, one below its address counts; %2e%2e leads out of there."""
    with foreign_platform() as platform:
        award = platform.issue(Standard.V3_JWT)
        platform.change("/profile", assertionMethod=None, verificationMethod=None)
        method = f"{platform.url}/profile/%2e%2e/jwk"
        platform.put("/profile/../jwk", platform.document("/jwk"))
        platform.put("/profile/%2e%2e/jwk", platform.document("/jwk"))
        signed = platform.vc_jwt(award.document, header={"kid": method})

        verdict = check_badge(Given("jwt", signed))

    failed = {check.name for check in verdict.checks if check.outcome is Outcome.FAILED}
    assert "proof" in failed


def signed_by_a_key_at(method: str, platform: ForeignPlatform) -> str:
    """An award whose issuer lists no keys, so that one below its address counts."""
    award = platform.issue(Standard.V3_JWT)
    platform.change("/profile", assertionMethod=None, verificationMethod=None)
    return platform.vc_jwt(award.document, header={"kid": method}, credentialStatus=None)


def test_an_open_redirect_below_an_issuer_makes_nobodys_key_the_issuers(app: Flask) -> None:
    with foreign_platform() as platform, foreign_platform() as eve:
        signed = signed_by_a_key_at(f"{platform.url}/profile/out", platform)
        key = platform.document("/jwk")
        platform.put("/uploads/eve.json", key)
        platform.put("/profile/../uploads/eve.json", key)
        for there in (
            eve.put("/jwk", key), f"{platform.url}/uploads/eve.json", "/uploads/eve.json",
            f"{platform.url}/profile/../uploads/eve.json", f"{platform.url}/profile/%2e%2e/uploads/eve.json",
        ):  # fmt: skip
            platform.replies["/profile/out"] = Reply(b"", status=302, headers={"Location": there})

            verdict = check_badge(Given("jwt", signed))

            assert {check.name for check in verdict.checks if check.outcome is Outcome.FAILED} == {"proof"}, there


def test_a_key_that_has_moved_below_its_issuer_is_still_the_issuers(app: Flask) -> None:
    with foreign_platform() as platform:
        signed = signed_by_a_key_at(f"{platform.url}/profile/%6bey#1", platform)
        platform.replies["/profile/key"] = Reply(b"", status=302, headers={"Location": "/profile/keys/%31"})
        platform.put("/profile/keys/1", platform.document("/jwk"))
        moved = check_badge(Given("jwt", signed))
        platform.put("/profile/key", platform.document("/jwk"))
        at_home = check_badge(Given("jwt", signed))

    assert (moved.valid, at_home.valid) == (True, True)


def test_what_another_issuer_signed_under_the_id_of_our_award_is_not_ours(app: Flask, organization: str) -> None:
    ours = make_award(make_badge(organization), Recipient(email="ada@example.org"))
    with foreign_platform() as platform:
        borrowed = platform.issue(Standard.V3_DATA_INTEGRITY, id=f"http://localhost:8000/public/credentials/{ours}")

        verdict = check_badge(Given("json", borrowed.text))

    assert not verdict.valid
    assert verdict.award is not None
    assert verdict.award.own is None


def refusal(address: str) -> str:
    try:
        return str(check_badge(Given("url", address)).valid)
    except Problem as refused:
        return refused.code
