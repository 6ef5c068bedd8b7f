"""The pictures of badges and awards: baked when they are asked for, stored nowhere, harmless when opened alone."""

import io
import json
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from PIL import Image

from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.badge_classes import create_badge
from lti_tool.badges.badge_reads import badge_facts
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.model import BadgeClass, BadgeRevision
from lti_tool.badges.openbadge.unbaking import read_png, read_svg
from lti_tool.badges.pictures.drawing import draw_neutral
from lti_tool.badges.pictures_kept import cleaned_picture, keep_picture
from lti_tool.db import db, transaction
from tests.make.award import make_award
from tests.make.organization import make_organization
from tests.make.space import make_badge

HERE = "http://localhost:8000/public"


@pytest.fixture
def badge(app: Flask) -> str:
    return make_badge(make_organization(), "Über: Grenzen / 2")


@pytest.fixture
def award(badge: str) -> str:
    return make_award(badge, Recipient(email="ada@example.org"), narrative="]]> Ещё & <b>")


def pixels(png: bytes) -> bytes:
    return Image.open(io.BytesIO(png)).convert("RGBA").tobytes()


def replace_picture(badge: str, drawing: bytes) -> None:
    """A second revision of the badge with another picture."""
    with transaction():
        kept = keep_picture(cleaned_picture(drawing))
        first = db.session.get_one(BadgeRevision, (badge, 1))
        db.session.add(
            BadgeRevision(
                badge_id=badge, number=2, png_key=kept.png_key, svg_key=kept.svg_key, name=first.name,
                criteria=first.criteria, description=first.description, tags=[],
            )
        )  # fmt: skip
        db.session.get_one(BadgeClass, badge).revision = 2


def test_the_pictures_of_a_badge_are_served_as_they_are_kept(app: Flask, client: FlaskClient, badge: str) -> None:
    facts = badge_facts(badge)
    assert facts is not None

    png, svg = (client.get(f"/public/badges/{badge}/image.{form}") for form in ("png", "svg"))

    assert (png.mimetype, svg.mimetype) == ("image/png", "image/svg+xml")
    assert png.data == app.extensions["storage"].get(facts.png_key)
    assert svg.data == app.extensions["storage"].get(facts.svg_key)


def test_the_pictures_of_an_award_carry_the_document_that_is_hosted(
    client: FlaskClient, award: str, badge: str
) -> None:
    hosted = client.get(f"/public/assertions/{award}").get_json()

    png, svg = (client.get(f"/public/assertions/{award}/image.{form}") for form in ("png", "svg"))

    assert json.loads(read_png(png.data)["openbadges"]) == hosted
    assert json.loads(read_svg(svg.data)["openbadges"]) == hosted
    assert f'verify="{HERE}/assertions/{award}"' in svg.text
    assert pixels(png.data) == pixels(client.get(f"/public/badges/{badge}/image.png").data)
    assert etree.fromstring(svg.data).tag == "{http://www.w3.org/2000/svg}svg"


def test_nothing_baked_is_stored(client: FlaskClient, award: str, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))

    client.get(f"/public/assertions/{award}/image.png")
    client.get(f"/public/assertions/{award}/image.svg")

    kept = sorted(path for path in tmp_path.rglob("*") if not path.name.startswith("spaces.db"))
    assert kept == [path for path in before if not path.name.startswith("spaces.db")]


def test_a_replaced_picture_shows_on_the_next_request_of_every_award(
    client: FlaskClient, award: str, badge: str
) -> None:
    address = f"/public/assertions/{award}/image.png"
    had = client.get(address)
    replace_picture(badge, draw_neutral("quite another seed"))

    again = client.get(address, headers={"If-None-Match": had.headers["ETag"]})

    assert again.status_code == 200
    assert pixels(again.data) == pixels(client.get(f"/public/badges/{badge}/image.png").data)
    assert pixels(again.data) != pixels(had.data)
    assert read_png(again.data)["openbadges"] == read_png(had.data)["openbadges"]


def test_the_picture_of_a_revoked_award_is_gone_even_for_whoever_has_it(client: FlaskClient, award: str) -> None:
    addresses = [f"/public/assertions/{award}/image.{form}" for form in ("png", "svg")]
    had = [client.get(address).headers["ETag"] for address in addresses]
    with transaction():
        revoke_award(award)

    for address, tag in zip(addresses, had, strict=True):
        gone = client.get(address, headers={"If-None-Match": tag})
        assert gone.status_code == 410
        assert gone.get_json()["error"]["code"] == "award_revoked"


def test_two_awards_of_one_badge_have_pictures_of_their_own(client: FlaskClient, badge: str, award: str) -> None:
    other = make_award(badge, Recipient(email="bob@example.org"))

    first, second = (client.get(f"/public/assertions/{one}/image.png") for one in (award, other))

    assert first.headers["ETag"] != second.headers["ETag"]
    assert json.loads(read_png(first.data)["openbadges"])["id"].endswith(award)
    assert json.loads(read_png(second.data)["openbadges"])["id"].endswith(other)


def test_a_picture_has_a_good_file_name_and_is_saved_when_asked_for(
    client: FlaskClient, badge: str, award: str
) -> None:
    for path, form in product((f"badges/{badge}", f"assertions/{award}"), ("png", "svg")):
        shown = client.get(f"/public/{path}/image.{form}").headers["Content-Disposition"]
        saved = client.get(f"/public/{path}/image.{form}?download=1").headers["Content-Disposition"]
        assert shown == f'inline; filename="uber-grenzen-2.{form}"'
        assert saved == f'attachment; filename="uber-grenzen-2.{form}"'


def test_a_name_that_no_file_system_shares_becomes_a_plain_one(client: FlaskClient, app: Flask) -> None:
    made = make_badge(make_organization(), "溶接 ../../\u202egnp")

    said = client.get(f"/public/badges/{made}/image.png").headers["Content-Disposition"]

    assert said == 'inline; filename="gnp.png"'


def test_an_svg_opened_by_itself_may_neither_run_nor_fetch_anything(
    client: FlaskClient, badge: str, award: str
) -> None:
    for path in (f"badges/{badge}", f"assertions/{award}"):
        headers = client.get(f"/public/{path}/image.svg").headers
        assert headers["Content-Security-Policy"] == (
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
        )
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_other_forms_of_a_picture_are_not_found(client: FlaskClient, badge: str) -> None:
    for form in ("jpg", "PNG", "", "png/"):
        assert client.get(f"/public/badges/{badge}/image.{form}").status_code == 404


def test_an_uploaded_picture_loses_the_badge_that_was_baked_into_it(client: FlaskClient, award: str) -> None:
    baked = client.get(f"/public/assertions/{award}/image.png").data
    issuer = first_issuer_of(make_organization("Other"))
    with transaction():
        made = create_badge(
            issuer=issuer, name="Second", description="D", criteria="C", picture=cleaned_picture(baked)
        ).id

    assert read_png(client.get(f"/public/badges/{made}/image.png").data) == {}
