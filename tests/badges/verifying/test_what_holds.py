"""What is unusual and still holds: other spellings of a picture, old copies, servers that an issuer names itself."""

import json
import struct
import zlib

import pytest
from flask import Flask

from lti_tool.badges.verifying.checking import Given, check_badge
from lti_tool.badges.verifying.given import given_text
from lti_tool.badges.verifying.verdict import Outcome, Standard, Verdict
from lti_tool.errors import Problem
from lti_tool.fetch import Fetcher
from tests.make.foreign_badge import Reply, baked, foreign_platform, picture


def notes(verdict: Verdict, outcome: Outcome = Outcome.WARNING) -> str:
    return " ".join(check.reason for check in verdict.checks if check.outcome is outcome)


def with_chunk(kind: bytes, body: bytes) -> bytes:
    plain, crc = picture(), zlib.crc32(kind + body)
    return plain[:33] + struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc) + plain[33:]


def test_a_picture_is_read_by_the_rules_of_its_format(app: Flask) -> None:
    with foreign_platform() as platform:
        text = platform.issue().text
        raw, packed = text.encode(), zlib.compress(text.encode())
        drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{}</svg>'
        spellings = {
            "a language tag": with_chunk(b"iTXt", b"openbadges\0\0\0en-GB\0Abzeichen\0" + raw),
            "packed": with_chunk(b"iTXt", b"openbadges\0\1\0\0\0" + packed),
            "the older chunk": with_chunk(b"tEXt", b"openbadges\0" + raw),
            "the older chunk, packed": with_chunk(b"zTXt", b"openbadges\0\0" + packed),
            "another prefix": drawing.format(
                f'<n:assertion xmlns:n="http://openbadges.org"><![CDATA[{text}]]></n:assertion>'
            ).encode(),
            "no prefix": drawing.format(
                f'<g><assertion xmlns="http://openbadges.org">{text.replace("&", "&amp;")}</assertion></g>'
            ).encode(),
            "an address alone": with_chunk(b"iTXt", f"openbadges\0\0\0\0\0{platform.url}/awards/1".encode()),
        }
        for spelling, content in spellings.items():
            assert check_badge(Given("image", content)).valid, spelling


def test_a_picture_may_carry_one_award_twice(app: Flask) -> None:
    with foreign_platform() as platform:
        older, newer = platform.issue(), platform.issue(Standard.V3_DATA_INTEGRITY)
        verdict = check_badge(Given("image", baked(openbadges=older.text, openbadgecredential=newer.text)))

    assert verdict.valid
    assert {check.standard for check in verdict.checks} >= {Standard.V2_HOSTED, Standard.V3_DATA_INTEGRITY}
    assert "they say the same" in notes(verdict, Outcome.PASSED)


def test_a_copy_that_differs_is_told_and_the_hosted_award_counts(app: Flask) -> None:
    with foreign_platform() as platform:
        award = platform.issue()
        forged = {**award.document, "issuedOn": "2020-01-01T00:00:00Z", "narrative": "The best of all."}
        verdict = check_badge(Given("image", baked(openbadges=json.dumps(forged))))

    assert verdict.valid
    assert verdict.award is not None
    assert (verdict.award.narrative, verdict.award.issued_on and verdict.award.issued_on.year) == ("Well done.", 2024)
    assert "differs from the award at its address in: issuedOn and narrative." in notes(verdict)


def test_a_list_that_is_away_is_a_note_on_a_hosted_award_and_a_fault_of_a_signed_one(app: Flask) -> None:
    with foreign_platform() as platform:
        hosted, signed = platform.issue(), platform.issue(Standard.V2_SIGNED, number="2")
        platform.replies["/revoked"] = Reply(b"", status=503)
        verdicts = [check_badge(Given("url", hosted.url)), check_badge(given_text(signed.text))]

    assert [verdict.valid for verdict in verdicts] == [True, False]
    assert "it answers 503" in notes(verdicts[0])
    assert all(verdict.silent for verdict in verdicts)


def test_an_issuer_may_name_other_servers_for_its_awards(app: Flask) -> None:
    app.extensions["badge_fetcher"] = Fetcher(frozenset({"127.0.0.1", "localhost"}), user_agent="Spaces")
    with foreign_platform() as platform:
        there = platform.url.replace("127.0.0.1", "localhost")
        award = platform.issue()
        platform.put("/there/1", {**award.document, "id": f"{there}/there/1"})
        for rules, holds in (
            ({"allowedOrigins": "localhost"}, False),  # the port is another one than it means
            ({"allowedOrigins": there.removeprefix("http://")}, True),
            ({"startsWith": [f"{there}/there/", "https://badges.example/"]}, True),
            ({"startsWith": f"{there}/other/"}, False),
            ({"startsWith": there[:-2]}, False),
            ({"allowedOrigins": []}, False),
        ):
            platform.change("/issuer", verification=rules)
            assert check_badge(Given("url", f"{there}/there/1")).valid is holds, rules


def test_what_others_say_of_a_badge_is_not_judged_and_what_is_over_is_told(app: Flask) -> None:
    with foreign_platform() as platform:
        award = platform.issue(Standard.V3_JWT)
        entries = [platform.status_entry(94), {**platform.status_entry(95), "statusPurpose": "refresh"}]
        said = {**award.document, "endorsement": [{"type": ["EndorsementCredential"]}], "credentialStatus": entries}
        verdict = check_badge(Given("jwt", platform.vc_jwt(said)))

    assert verdict.valid
    assert "Endorsements are not judged here." in notes(verdict, Outcome.NOT_ASKED)


def test_a_page_leads_to_its_award(app: Flask) -> None:
    page = b'<!doctype html><head><link rel="alternate" type="application/ld+json" href="/awards/1"></head>'
    with foreign_platform() as platform:
        award = platform.issue()
        platform.put("/share/1", page, kind="text/html")
        platform.put("/nothing", b"<!doctype html><p>Hello", kind="text/html")
        platform.put("/text", b"\xff\xfe\0", kind="text/html")

        verdict = check_badge(Given("url", f"{platform.url}/share/1"))
        for path in ("/nothing", "/text"):
            with pytest.raises(Problem, match="badge_unreadable"):
                check_badge(Given("url", platform.url + path))

    assert verdict.valid
    assert verdict.award is not None
    assert verdict.award.id == award.url


def test_a_badge_that_is_too_old_is_said_to_be(app: Flask) -> None:
    with foreign_platform() as platform:
        place = f"{platform.url}/old"
        verify = {"type": "hosted", "url": place}
        platform.put("/old", {"recipient": "ada@example.org", "badge": {"name": "Old"}, "verify": verify})
        with pytest.raises(Problem) as refused:
            check_badge(Given("url", place))

    assert refused.value.code == "badge_unreadable"
    assert "Open Badges 0.5" in refused.value.message
