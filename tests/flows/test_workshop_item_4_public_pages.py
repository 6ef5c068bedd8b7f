"""Issue 4, item 4: public pages. Whoever has the address of an award reads it, takes it along, and learns no more."""

import json

from flask import Flask

from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.openbadge.unbaking import read_png, read_svg
from lti_tool.db import transaction
from tests.make.award import make_award
from tests.make.home import make_home
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_badge

HERE = "http://localhost:8000/public"
_FILES = ("Download PNG", "Download SVG", "JSON, Open Badges 2.0", "JSON, Open Badges 3.0", "JWT, Open Badges 3.0")


def test_a_stranger_reads_an_award_and_takes_every_form_of_it(app: Flask, organization: str) -> None:
    award = make_award(make_badge(organization), Recipient(email="ada@example.org"), narrative="She *did* it.")
    stranger = Reader(app.test_client()).open(f"/public/assertions/{award}")
    assert "Explorer Issued by Example University Awarded on" in stranger.says
    assert "She did it." in stranger.says

    files = {name: stranger.open(f"/public/assertions/{award}").follow(name).answer for name in _FILES}

    png, svg = read_png(files["Download PNG"].data), read_svg(files["Download SVG"].data)
    hosted, credential = (files[f"JSON, Open Badges {version}"].get_json() for version in ("2.0", "3.0"))
    assert json.loads(png["openbadges"]) == json.loads(svg["openbadges"]) == hosted
    assert json.loads(png["openbadgecredential"]) == json.loads(svg["openbadgecredential"]) == credential
    assert (hosted["id"], credential["id"]) == (f"{HERE}/assertions/{award}", f"{HERE}/credentials/{award}")
    assert files["JWT, Open Badges 3.0"].text.count(".") == 2
    for answer in files.values():
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert b"ada@example.org" not in answer.data


def test_from_an_award_a_stranger_comes_to_its_badge_its_issuer_and_all_that_it_awards(
    app: Flask, organization: str
) -> None:
    award = make_award(make_badge(organization), Recipient(email="ada@example.org"))
    make_badge(organization, "Another badge")
    stranger = Reader(app.test_client()).open(f"/public/assertions/{award}")

    badge = stranger.follow("More about this badge").says
    issuer = stranger.follow("Example University").says

    assert "Explorer did it. How it is earned Do it." in badge
    assert "Another badge Explorer" in issuer
    assert "badges@example.org" in issuer
    assert "Check a badge" in issuer
    assert "Set-Cookie" not in stranger.answer.headers


def test_a_learner_shows_the_name_and_hides_it_again(app: Flask, organization: str) -> None:
    person = make_person(organization, "Ada Lovelace", "ada@example.org")
    award = make_award(make_badge(organization), Recipient(person=person, email="ada@example.org"))
    learner = Reader(make_home(app, person).client).open(f"/home/backpack/awards/{award}")
    stranger = Reader(app.test_client())

    before = stranger.open(f"/public/assertions/{award}").says
    learner.press("Show my name on its public page")
    shown = stranger.open(f"/public/assertions/{award}").says
    learner.press("Do not show my name")
    after = stranger.open(f"/public/assertions/{award}").says

    assert "Awarded to Ada Lovelace" in shown
    assert "Ada" not in before + after


def test_where_there_is_nothing_yet_the_page_says_so(app: Flask) -> None:
    issuer = first_issuer_of(make_organization("New School"))
    stranger = Reader(app.test_client())

    assert "This issuer has no badges yet." in stranger.open(f"/public/issuers/{issuer}").says
    unknown = stranger.open("/public/assertions/never-made")
    assert unknown.answer.status_code == 404
    assert "There is nothing at this address" in unknown.says
    assert "Check the address, or ask whoever gave it to you." in unknown.says


def test_an_award_that_was_taken_back_is_gone_for_everybody_and_another_one_has_another_address(
    app: Flask, organization: str
) -> None:
    badge, stranger = make_badge(organization), Reader(app.test_client())
    first = make_award(badge, Recipient(email="ada@example.org"), narrative="By mistake.")
    with transaction():
        revoke_award(first, reason="It was somebody else.")
    second = make_award(badge, Recipient(email="ada@example.org"))

    gone = stranger.open(f"/public/assertions/{first}")
    assert (gone.answer.status_code, "This badge was taken back" in gone.says) == (410, True)
    for hidden in ("By mistake", "somebody else", "Explorer", second):
        assert hidden not in gone.answer.text
    ends = [f"assertions/{first}{end}" for end in (".json", "/image.png", "/image.svg")]
    ends += [f"credentials/{first}{end}" for end in ("", ".json", ".jwt")]
    assert {app.test_client().get(f"/public/{end}").status_code for end in ends} == {410}
    assert "Explorer" in stranger.open(f"/public/assertions/{second}").says


def test_nobody_writes_to_a_public_address(app: Flask, organization: str) -> None:
    award, client = make_award(make_badge(organization), Recipient(email="ada@example.org")), app.test_client()

    for way in (client.post, client.put, client.patch, client.delete):
        assert way(f"/public/assertions/{award}", data={"revoked": "yes"}).status_code == 405
    assert "Explorer" in Reader(client).open(f"/public/assertions/{award}").says
