"""What takes the place of a badge class, and what is refused: DM-02, DM-12, DM-18 to DM-22."""

import json

from flask import Flask

from lti_tool.badges.awards import Recipient
from lti_tool.badges.badge_classes import create_badge
from lti_tool.badges.badge_reads import badge_facts
from lti_tool.badges.pictures_kept import drawn_picture
from lti_tool.db import transaction
from lti_tool.people.visit import Role
from tests.make.award import make_award
from tests.make.elsewhere import Elsewhere, make_png
from tests.make.everything import everything
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_badge, make_objective, make_space
from tests.make.visit import make_visit
from tests.requirements.conftest import AnotherServer, Desk

HINT = "The picture of an awarded badge, or its public address or JSON, is needed"


def named_now(desk: Desk) -> str:
    found = badge_facts(desk.badge)
    assert found is not None
    return found.name


def test_dm_02_the_tab_of_a_badge_is_there_for_who_made_or_manages_it(app: Flask, desk: Desk) -> None:
    """A badge class's page has a Data Management tab of its own, for whoever made or manages it."""
    space, teacher = make_space(desk.organization), make_person(desk.organization, "Tess Teacher")
    visitor = make_visit(app, organization=desk.organization, person=teacher, space=space, role=Role.STAFF)
    with transaction():
        badge = create_badge(
            issuer=desk.issuer, name="Their own", description="A badge.", criteria="Do it.", created_by=teacher,
            picture=drawn_picture(),
        ).id  # fmt: skip
    make_objective(space, desk.organization, badge=badge)
    reader = Reader(visitor.client)

    own = reader.open(f"{visitor.path}/badges/{badge}").follow("Data Management").says
    others = reader.open(f"{visitor.path}/badges/{desk.badge}/data").answer.status_code

    assert "Replace this badge" in own
    assert others == 403
    assert "Replace this badge" in desk.at_the_badge().says


def test_dm_12_from_another_issuer_here(desk: Desk) -> None:
    """A badge class is replaced by a badge of another Badgr server, of another issuer here, or of any platform that
    follows Open Badges.
    """
    other = make_badge(make_organization("Other School"), "Pathfinder")
    award = make_award(other, Recipient(email="bo@example.org"))

    page = desk.preview(url=f"http://localhost:8000/public/assertions/{award}")
    assert "comes from Other School" in page.says
    page.press("Replace Badge")

    facts, source = badge_facts(desk.badge), badge_facts(other)
    assert facts is not None
    assert source is not None
    assert (facts.words, facts.pictures) == (source.words, source.pictures)


def test_dm_12_from_another_badgr_server(desk: Desk, another_server: AnotherServer) -> None:
    """A badge class is replaced by a badge of another Badgr server, of another issuer here, or of any platform that
    follows Open Badges.
    """
    for form in ("url", "json", "jwt", "image"):
        page = desk.preview(**another_server.given(form))
        assert "comes from Another School" in page.says, form

    page.press("Replace Badge")

    assert named_now(desk) == "Wayfinder"


def test_dm_12_from_any_other_platform(desk: Desk, foreign: Elsewhere) -> None:
    """A badge class is replaced by a badge of another Badgr server, of another issuer here, or of any platform that
    follows Open Badges.
    """
    first = desk.preview(url=foreign.first_award()).says
    hosted = desk.preview(url=foreign.award()).says
    signed = desk.preview(json=foreign.signed_award())

    assert "Old Scouts (Open Badges 1.x hosted)" in first
    assert "Scouts of Elsewhere (Open Badges 2.0 hosted)" in hosted
    assert "Scouts of Elsewhere (Open Badges 2.0 signed)" in signed.says
    signed.press("Replace Badge")
    assert named_now(desk) == "Navigator"


def test_dm_18_from_a_picture_an_address_or_a_text(desk: Desk, foreign: Elsewhere) -> None:
    """The new badge comes from an award's picture, its public address or its JSON."""
    address = foreign.award()

    by_address = desk.preview(url=f"  {address} ").says
    by_text = desk.preview(json=json.dumps(foreign.read(address))).says
    by_picture = desk.preview(image=foreign.baked(address)).says

    for page in (by_address, by_text, by_picture):
        assert "Found the way without a map." in page
        assert "comes from Scouts of Elsewhere" in page


def test_dm_19_exactly_one_field_counts(desk: Desk, foreign: Elsewhere) -> None:
    """There is one field for each; filling in more than one, or none, asks for exactly one."""
    address = foreign.award()
    assert set(desk.at_the_badge().form_of("Continue").fields) >= {"image", "url", "json"}

    two = desk.preview(url=address, json=json.dumps(foreign.read(address)))
    assert two.answer.status_code == 400
    assert "More than one was given. Give exactly one" in two.says
    none = desk.preview(url="  ")

    assert "None was given. Give exactly one" in none.says
    assert len(foreign.asked) == 0


def test_dm_20_a_picture_of_a_bare_badge_is_refused(desk: Desk) -> None:
    """The picture of a badge that was not awarded is refused, with what is needed instead."""
    page = desk.preview(image=make_png())

    assert page.answer.status_code == 422
    assert "This picture shows a badge, but nobody's award is in it." in page.says
    assert HINT in page.says


def test_dm_21_so_are_the_address_and_the_json_of_a_bare_badge(desk: Desk, foreign: Elsewhere) -> None:
    """The address or JSON of a badge that was not awarded is refused with the same hint."""
    bare = foreign.badge()

    pages = [
        desk.preview(url=bare).says,
        desk.preview(json=json.dumps(foreign.read(bare))).says,
        desk.preview(url=f"http://localhost:8000/public/badges/{desk.badge}").says,
    ]

    assert all(HINT in page for page in pages)


def test_dm_22_continue_changes_nothing(desk: Desk, foreign: Elsewhere) -> None:
    """Continue fetches and checks, and changes nothing."""
    address = foreign.award(picture=make_png("crimson"))
    page = desk.at_the_badge()
    before = everything()

    page.press("Continue", url=address)

    assert "/award" in foreign.asked
    assert "How the badge will appear" in page.says
    assert everything() == before
