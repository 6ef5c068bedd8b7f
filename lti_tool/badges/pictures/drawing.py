"""A picture for a badge that comes without one: a quiet emblem of shapes, without letters.

The seed decides everything: the same seed gives the same picture at any time, other seeds give others.
"""

import hashlib
from collections.abc import Callable, Iterator
from math import cos, pi, sin
from typing import NamedTuple

_CENTRE = 300.0


class _Palette(NamedTuple):
    """Dark ground, its deeper rim, and two light inks that stand out on the ground (more than 4.5 to 1)."""

    ground: str
    rim: str
    ink: str
    accent: str


_PALETTES = (
    _Palette("#1f5673", "#143a4e", "#f4f1de", "#f2b134"),
    _Palette("#2d5d46", "#1c3f2f", "#f5f0e1", "#f0c05a"),
    _Palette("#5b3a70", "#3e264e", "#f6effa", "#f3b0c3"),
    _Palette("#8a3033", "#611f22", "#fbefe6", "#f7c59f"),
    _Palette("#27406e", "#192b4d", "#eef3fb", "#8ecae6"),
    _Palette("#6b4423", "#4a2e16", "#fbf3e4", "#f2c879"),
    _Palette("#1d5c63", "#123f44", "#edf6f4", "#a8dcc4"),
    _Palette("#4a4e69", "#31344a", "#f2e9e4", "#f2cc8f"),
)


class _Choices:
    """A row of choices that follows from the seed alone."""

    def __init__(self, seed: str) -> None:
        self._bytes: Iterator[int] = iter(hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest())

    def below(self, count: int) -> int:
        return next(self._bytes) % count


def draw_neutral(seed: str) -> bytes:
    """An SVG of 600 by 600 units for this seed."""
    choices = _Choices(seed)
    palette = _PALETTES[choices.below(len(_PALETTES))]
    outline = _OUTLINES[choices.below(len(_OUTLINES))]
    emblem = _EMBLEMS[choices.below(len(_EMBLEMS))]
    ring = _RINGS[choices.below(len(_RINGS))]
    shapes = [
        _shape(outline(278), palette.rim),
        _shape(outline(256), palette.ground),
        _shape(outline(236), "none", f'stroke="{palette.accent}" stroke-width="6" stroke-linejoin="round"'),
        *ring(palette),
        *emblem(palette),
    ]
    body = "".join(shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="600" viewBox="0 0 600 600">{body}</svg>'
    ).encode()


def _point(radius: float, turn: float) -> str:
    """A point on a circle; `turn` is a share of the full circle, from the top, clockwise."""
    angle = 2 * pi * turn - pi / 2
    return f"{_CENTRE + radius * cos(angle):.1f} {_CENTRE + radius * sin(angle):.1f}"


def _polygon(radii: tuple[float, ...], corners: int, turn: float = 0) -> str:
    """A closed path over `corners` corners, whose distances from the centre take turns."""
    points = (_point(radii[corner % len(radii)], corner / corners + turn) for corner in range(corners))
    return "M" + "L".join(points) + "Z"


def _shape(path: str, fill: str, more: str = "") -> str:
    return f'<path d="{path}" fill="{fill}" {more}/>'


def _dot(radius: float, turn: float, size: float, fill: str) -> str:
    x, y = _point(radius, turn).split()
    return f'<circle cx="{x}" cy="{y}" r="{size:.1f}" fill="{fill}"/>'


# Outlines: the badge itself, reaching `radius` from the centre.


def _circle(radius: float) -> str:
    top, bottom = _point(radius, 0), _point(radius, 0.5)
    arc = f"A{radius:.1f} {radius:.1f} 0 0 1 "
    return f"M{top}{arc}{bottom}{arc}{top}Z"


def _hexagon(radius: float) -> str:
    return _polygon((radius,), 6)


def _octagon(radius: float) -> str:
    return _polygon((radius,), 8, 1 / 16)


def _scallop(radius: float) -> str:
    """A rosette: twelve round petals, each an arc between two points of a circle."""
    inner, count = radius * 0.93, 12
    arc = inner * sin(pi / count) * 1.08
    steps = (f"A{arc:.1f} {arc:.1f} 0 0 1 {_point(inner, corner / count)}" for corner in range(1, count + 1))
    return f"M{_point(inner, 0)}" + "".join(steps) + "Z"


def _shield(radius: float) -> str:
    side, top, waist, foot = (radius * share for share in (0.86, 0.88, 0.18, 1.02))
    left, right, y = _CENTRE - side, _CENTRE + side, _CENTRE
    return (
        f"M{left:.1f} {y - top:.1f}H{right:.1f}V{y + waist:.1f}"
        f"C{right:.1f} {y + foot * 0.62:.1f} {_CENTRE + side * 0.45:.1f} {y + foot * 0.86:.1f} "
        f"{_CENTRE:.1f} {y + foot:.1f}"
        f"C{_CENTRE - side * 0.45:.1f} {y + foot * 0.86:.1f} {left:.1f} {y + foot * 0.62:.1f} "
        f"{left:.1f} {y + waist:.1f}Z"
    )


def _seal(radius: float) -> str:
    return _polygon((radius, radius * 0.92), 48)


# Rings: a light pattern between outline and emblem.


def _dots(palette: _Palette) -> list[str]:
    return [_dot(176, step / 24, 5, palette.accent) for step in range(24)]


def _ticks(palette: _Palette) -> list[str]:
    path = "".join(f"M{_point(166, step / 36)}L{_point(184, step / 36)}" for step in range(36))
    return [_stroke(path, palette.accent, 5)]


def _line(palette: _Palette) -> list[str]:
    return [_stroke(_circle(178), palette.accent, 4), _stroke(_circle(166), palette.accent, 2)]


def _laurel(palette: _Palette) -> list[str]:
    """Leaves along both sides, open at the top."""
    leaves = []
    for step in range(7):
        for side in (1, -1):
            turn = 0.5 + side * (0.045 + step * 0.052)
            root, tip = _point(160, turn), _point(182, turn + side * 0.045)
            left, right = _point(186, turn + side * 0.012), _point(158, turn + side * 0.034)
            leaves.append(_shape(f"M{root}Q{left} {tip}Q{right} {root}Z", palette.accent))
    return leaves


def _stroke(path: str, colour: str, width: float) -> str:
    return _shape(path, "none", f'stroke="{colour}" stroke-width="{width}" stroke-linecap="round"')


# Emblems: what stands in the middle, within 140 of the centre.


def _star(palette: _Palette) -> list[str]:
    return [
        _shape(_polygon((132, 56), 10), palette.ink, _ROUND.format(palette.ink)),
        _shape(_polygon((52, 22), 10), palette.ground),
    ]


def _compass(palette: _Palette) -> list[str]:
    return [
        _shape(_polygon((92, 26), 8, 1 / 8), palette.accent),
        _shape(_polygon((136, 30), 8), palette.ink),
        _shape(_circle(17), palette.ground),
    ]


def _flower(palette: _Palette) -> list[str]:
    petals = [
        f'<ellipse cx="300" cy="228" rx="34" ry="66" fill="{palette.ink}" transform="rotate({step * 60} 300 300)"/>'
        for step in range(6)
    ]
    return [*petals, _shape(_circle(40), palette.ground), _shape(_circle(27), palette.accent)]


def _mountain(palette: _Palette) -> list[str]:
    return [
        f'<circle cx="352" cy="222" r="32" fill="{palette.accent}"/>',
        _shape("M182 388L274 236L366 388Z", palette.ink, _ROUND.format(palette.ink)),
        _shape("M296 388L356 294L414 388Z", palette.accent, _ROUND.format(palette.accent)),
        _stroke("M238 300L256 314L274 298L292 314L310 300", palette.ground, 8),
    ]


def _rising(palette: _Palette) -> list[str]:
    """Steps that go up: something is learned bit by bit."""
    steps = ((192, 56), (248, 104), (304, 156), (360, 212))
    return [
        f'<rect x="{x}" y="{396 - height}" width="44" height="{height}" rx="10" '
        f'fill="{palette.accent if place == 3 else palette.ink}"/>'
        for place, (x, height) in enumerate(steps)
    ]


def _book(palette: _Palette) -> list[str]:
    page = "M300 222C268 196 222 192 184 204V380C222 368 268 372 300 398Z"
    mirrored = f'<g transform="matrix(-1 0 0 1 600 0)">{_shape(page, palette.ink)}</g>'
    lines = "".join(
        f"M208 {y}C232 {y - 6} 254 {y - 3} 276 {y + 9}M392 {y}C368 {y - 6} 346 {y - 3} 324 {y + 9}"
        for y in (246, 286, 326)
    )
    spine = _stroke("M300 226V396", palette.ground, 8)
    return [_shape(page, palette.ink), mirrored, _stroke(lines, palette.ground, 7), spine]


def _knot(palette: _Palette) -> list[str]:
    """Three rings that hold one another."""
    return [
        f'<circle cx="{x}" cy="{y}" r="72" fill="none" stroke="{colour}" stroke-width="18"/>'
        for (x, y), colour in zip(
            (tuple(_point(58, turn).split()) for turn in (0, 1 / 3, 2 / 3)),
            (palette.accent, palette.ink, palette.ink),
            strict=True,
        )
    ]


def _check(palette: _Palette) -> list[str]:
    tick = "M236 304L284 352L372 254"
    more = 'stroke-linejoin="round"'
    return [
        _shape(_circle(128), palette.ink),
        _shape(tick, "none", f'stroke="{palette.ground}" stroke-width="34" stroke-linecap="round" {more}'),
    ]


_ROUND = 'stroke="{}" stroke-width="10" stroke-linejoin="round"'
_OUTLINES: tuple[Callable[[float], str], ...] = (_circle, _hexagon, _octagon, _scallop, _shield, _seal)
_RINGS: tuple[Callable[[_Palette], list[str]], ...] = (_dots, _ticks, _line, _laurel)
_EMBLEMS: tuple[Callable[[_Palette], list[str]], ...] = (
    _star, _compass, _flower, _mountain, _rising, _book, _knot, _check,
)  # fmt: skip
