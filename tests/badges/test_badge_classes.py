"""Badge classes: made with words and a picture, or one drawn for them; both forms of it are kept (decisions 1, 16)."""

import pytest
from flask import Flask

from lti_tool.badges.badge_classes import create_badge
from lti_tool.badges.badge_reads import badge_facts, badges_of_issuer
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.model import BADGE_NAME_LENGTH, TEXT_LENGTH, BadgeClass, BadgeRevision
from lti_tool.badges.pictures.drawing import draw_neutral
from lti_tool.badges.pictures_kept import cleaned_picture, drawn_picture
from lti_tool.clock import now
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.storage import key_of
from tests.make.failing import come_to_nothing
from tests.make.organization import make_organization
from tests.make.space import make_badge


@pytest.fixture
def issuer(app: Flask) -> str:
    return first_issuer_of(make_organization())


def create(issuer: str, **changed: object) -> str:
    words = {"name": "Explorer", "description": "Explored.", "criteria": "Explore.", **changed}
    with transaction():
        return create_badge(issuer=issuer, **{"picture": drawn_picture(), **words}).id  # type: ignore[arg-type]


def test_each_drawn_picture_is_another_one(app: Flask, issuer: str) -> None:
    first, second = badge_facts(create(issuer)), badge_facts(create(issuer))
    storage = app.extensions["storage"]

    assert first is not None
    assert second is not None
    assert (first.revision, first.issuer) == (1, issuer)
    assert storage.get(first.png_key).startswith(b"\x89PNG")
    assert b"<svg" in storage.get(first.svg_key)
    assert (first.png_key != second.png_key, first.svg_key != second.svg_key) == (True, True)


def test_an_uploaded_picture_is_kept_in_both_forms(app: Flask, issuer: str) -> None:
    facts = badge_facts(create(issuer, picture=cleaned_picture(draw_neutral("any seed")), tags=("lab",)))
    storage = app.extensions["storage"]

    assert facts is not None
    assert facts.tags == ("lab",)
    assert storage.get(facts.png_key).startswith(b"\x89PNG")
    assert b"<svg" in storage.get(facts.svg_key)


def test_a_picture_goes_with_a_badge_that_comes_to_nothing_and_stays_with_one_that_does_not(
    app: Flask, issuer: str
) -> None:
    picture, storage = drawn_picture(), app.extensions["storage"]
    keys = [key_of(picture.png), key_of(picture.svg)]
    words = {"issuer": issuer, "name": "Explorer", "description": "Explored.", "criteria": "Explore."}
    come_to_nothing(lambda: create_badge(picture=picture, **words))
    left = [storage.exists(key) for key in keys]
    with transaction():
        create_badge(picture=picture, **words)
        for key in keys:
            storage.delete(key)  # somebody forgets the same picture

    assert (left, [storage.exists(key) for key in keys]) == ([False, False], [True, True])


@pytest.mark.parametrize("picture", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n", b"<svg", b"GIF89a"])
def test_what_is_no_picture_is_refused_and_leaves_no_badge(issuer: str, picture: bytes) -> None:
    with pytest.raises(Problem, match="picture_refused"):
        create(issuer, picture=cleaned_picture(picture))
    db.session.rollback()

    assert db.session.query(BadgeClass).count() == db.session.query(BadgeRevision).count() == 0


@pytest.mark.parametrize(
    "words",
    [
        {"name": " "},
        {"description": " \n"},
        {"criteria": ""},
        {"description": "x" * (TEXT_LENGTH + 1)},
        {"criteria": "x" * (TEXT_LENGTH + 1)},
    ],
)
def test_a_badge_needs_its_words(issuer: str, words: dict[str, str]) -> None:
    with pytest.raises(Problem, match="bad_request"):
        create(issuer, **words)


def test_words_are_kept_clean_and_prose_keeps_its_lines(issuer: str) -> None:
    said = " One.\r\n\r\nT\x1fwo.\x00\ud800 "
    facts = badge_facts(create(issuer, name=" Two \n lines ", description=said, criteria=" Do. "))

    assert facts is not None
    assert (facts.name, facts.description, facts.criteria) == ("Two lines", "One.\n\nTwo.", "Do.")


def test_the_name_is_cut_to_what_fits(issuer: str) -> None:
    facts = badge_facts(create(issuer, name="x" * 500))

    assert facts is not None
    assert len(facts.name) == BADGE_NAME_LENGTH


def test_an_issuers_badges_are_listed_by_name_without_the_archived_ones(issuer: str) -> None:
    names = [create(issuer, name=name) for name in ("Zebra", "Apple", "Gone")]
    make_badge(make_organization("Elsewhere"))
    with transaction():
        db.session.get_one(BadgeClass, names[2]).archived_at = now()

    assert [one.name for one in badges_of_issuer(issuer)] == ["Apple", "Zebra"]


def test_a_badge_that_is_not_there_is_none(app: Flask) -> None:
    assert badge_facts("nothing") is None
