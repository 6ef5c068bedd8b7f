"""Issue 4, item 6: anybody checks any badge, ours or a stranger's, and is told every reason; programs may too."""

from io import BytesIO

from flask import Flask

from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.db import transaction
from tests.api.program import make_program
from tests.make.award import make_award
from tests.make.foreign_badge import EMAIL, foreign_platform
from tests.make.reader import Reader
from tests.make.space import make_badge

VALID, NOT_VALID = "This badge is valid", "This badge is not valid"


def test_from_an_award_a_stranger_comes_to_the_verdict_until_it_is_taken_back(app: Flask, organization: str) -> None:
    award = make_award(make_badge(organization), Recipient(email=EMAIL))
    stranger = Reader(app.test_client()).open(f"/public/assertions/{award}")
    picture = stranger.open(f"/public/assertions/{award}/image.png").answer.data

    form = stranger.open(f"/public/assertions/{award}").follow("Verify")
    nothing_yet = form.says
    by_address = form.press("Check the badge").says
    by_picture = stranger.open("/verify").press("Check the badge", file=picture, recipient="ADA@example.org").says
    with transaction():
        revoke_award(award, reason="By mistake")
    afterwards = stranger.open("/verify").press("Check the badge", file=picture).says

    assert VALID not in nothing_yet
    assert VALID in by_address
    assert "Explorer Awarded by Example University" in by_address
    assert "The award belongs to the address that you asked about." in by_picture
    assert VALID in by_picture
    assert NOT_VALID in afterwards
    assert "The issuer has revoked this award" in afterwards
    assert "Set-Cookie" not in stranger.answer.headers


def test_a_badge_of_another_platform_is_asked_of_its_issuer_each_time(app: Flask, organization: str) -> None:
    program = make_program(app, organization, read_only=True)
    with foreign_platform() as platform:
        award = platform.issue(name="Welding")
        page = Reader(app.test_client()).open("/verify").press("Check the badge", text=award.url)
        by_program = program.post("/verify", {"url": award.url}).json
        platform.change(award.path, issuedOn="2024-05-02T12:00:00Z", revoked=True)
        taken_back = page.open("/verify").press("Check the badge", text=award.text).says
        image = {"image": (BytesIO(award.png), "welding.png")}
        taken_back_for_programs = program.post("/verify", data=image).json
        platform.change(award.path, revoked=None)
        brought_back = page.press("Check the badge", text=award.text).says

    assert by_program["valid"] is True
    assert (by_program["award"]["name"], by_program["award"]["issuer_name"]) == ("Welding", "Foreign College")
    assert NOT_VALID in taken_back
    assert "The issuer has revoked this award." in taken_back
    assert taken_back_for_programs["valid"] is False
    assert VALID in brought_back
    assert "The copy that you gave differs from the award at its address in: issuedOn." in brought_back


def test_nothing_given_a_bare_badge_and_a_dead_address_are_answered_in_words(app: Flask) -> None:
    page = Reader(app.test_client()).open("/verify")

    nothing = page.press("Check the badge")
    assert nothing.answer.status_code == 422
    assert "Paste an address or a text, or choose a file." in nothing.says
    with foreign_platform() as platform:
        platform.issue()
        bare = page.press("Check the badge", text=f"{platform.url}/badges/1")
        assert bare.answer.status_code == 422
        assert "This is not an awarded badge." in bare.says
        assert "that of a bare badge is not enough" in bare.says
        nobody = page.press("Check the badge", text=f"{platform.url}/nobody")
        assert "The address answers 404." in nobody.says
