"""The picture we draw for a badge that comes without one."""

import re

import pytest

from lti_tool.badges.pictures.cleaning import clean_picture
from lti_tool.badges.pictures.drawing import _PALETTES, _Palette, draw_neutral


def _light(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_light(one), _light(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_same_seed_draws_the_same_picture_and_others_differ() -> None:
    drawn = {draw_neutral(f"badge {number}") for number in range(60)}

    assert draw_neutral("badge 7") == draw_neutral("badge 7")
    assert len(drawn) > 40


def test_a_drawn_picture_passes_our_own_cleaning_unchanged_but_for_spacing() -> None:
    for seed in ("a", "б", "\ud800", ""):
        drawn = draw_neutral(seed)
        clean = clean_picture(drawn)
        assert re.sub(rb"\s*/>", b"/>", drawn) == clean.svg


def test_a_drawn_picture_has_no_letters() -> None:
    assert all(b"<text" not in draw_neutral(str(number)) for number in range(60))


@pytest.mark.parametrize("palette", _PALETTES)
def test_the_inks_stand_out_on_their_ground(palette: _Palette) -> None:
    assert _contrast(palette.ink, palette.ground) >= 4.5
    assert _contrast(palette.accent, palette.ground) >= 3
    assert _contrast(palette.rim, "#ffffff") >= 4.5
