"""What lies between Continue and Replace Badge: a file for an hour."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from lti_tool import clock
from lti_tool.badges.replacing.previews import (
    Material,
    Source,
    discard_material,
    keep_material,
    material_for,
    sweep_previews,
)
from lti_tool.badges.revisions import BadgeWords
from lti_tool.errors import Problem
from lti_tool.settings import Settings

WORDS = BadgeWords(
    "Näme 🧭", "D", "*C*", "https://x.example/c", ("a", "b"), ({"name": "N", "url": "https://x.example/n"},), "Badge"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """No database is needed here."""
    return Settings(data_dir=tmp_path, database_url="sqlite://", log_level="CRITICAL")


def material(minutes: float = 60) -> Material:
    until = clock.now() + timedelta(minutes=minutes)
    source = Source("url", "2.0 hosted", "Scouts", "https://x.example/badge")
    return Material("badge", 3, "person", until, source, WORDS, b"\x89PNG", b"<svg/>", ("A note.",))


def files(settings: Settings) -> list[Path]:
    return [path for path in (settings.data_dir / "previews").rglob("*") if path.is_file()]


def test_material_comes_back_as_it_was_kept(app: Flask) -> None:
    kept = material()

    token = keep_material(kept)

    assert material_for(token, badge="badge", who="person") == kept
    assert len(token) == 64
    assert keep_material(kept) != token  # forgetting one leaves the other


@pytest.mark.parametrize(
    ("badge", "who", "token"),
    [("other", "person", None), ("badge", "other", None), ("badge", "person", "0" * 64), ("badge", "person", "../x")],
)
def test_a_token_serves_one_person_and_one_badge(app: Flask, badge: str, who: str, token: str | None) -> None:
    kept = keep_material(material())

    with pytest.raises(Problem, match="replacement_over"):
        material_for(token or kept, badge=badge, who=who)


def test_a_token_serves_for_its_hour_and_until_it_is_discarded(app: Flask, settings: Settings) -> None:
    late, discarded = keep_material(material(minutes=-1)), keep_material(material())

    discard_material(discarded)
    discard_material(discarded)

    for token in (late, discarded):
        with pytest.raises(Problem, match="replacement_over"):
            material_for(token, badge="badge", who="person")
    assert len(files(settings)) == 1


def test_the_sweep_deletes_what_is_older_than_an_hour(app: Flask, settings: Settings) -> None:
    keep_material(material())
    [old] = files(settings)
    os.utime(old, (time.time() - 3_700,) * 2)
    fresh = keep_material(material())

    sweep_previews()

    assert [path.name for path in files(settings)] == [fresh]
