"""What an SVG of ours may hold. Everything here only draws; what is not here is dropped or refused."""

import re

from flask_babel import gettext as _

from lti_tool.badges.pictures.refusal import PictureRefused
from lti_tool.words import said, to_say

ELEMENTS = frozenset(
    """svg g defs symbol use path rect circle ellipse line polyline polygon image text tspan textPath style
    linearGradient radialGradient stop pattern clipPath mask marker
    filter feBlend feColorMatrix feComponentTransfer feComposite feDropShadow feFlood
    feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset feTile
    feTurbulence""".split()
)
DROPPED_ELEMENTS = frozenset({"title", "desc", "metadata"})
LINKING_ELEMENTS = frozenset({"use", "textPath", "linearGradient", "radialGradient", "pattern", "filter"})
ATTRIBUTES = frozenset(
    """id class style type transform gradientTransform patternTransform viewBox preserveAspectRatio
    x y x1 y1 x2 y2 cx cy r rx ry fx fy fr dx dy width height d points pathLength offset
    rotate textLength lengthAdjust startOffset method spacing
    fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin
    stroke-miterlimit stroke-dasharray stroke-dashoffset color opacity display visibility overflow
    paint-order vector-effect mix-blend-mode isolation shape-rendering text-rendering image-rendering
    color-interpolation color-interpolation-filters enable-background
    clip-path clip-rule clipPathUnits mask maskUnits maskContentUnits mask-type filter filterUnits primitiveUnits
    gradientUnits spreadMethod stop-color stop-opacity patternUnits patternContentUnits
    marker-start marker-mid marker-end markerWidth markerHeight markerUnits refX refY orient
    font-family font-size font-style font-weight font-stretch font-variant text-anchor text-decoration
    letter-spacing word-spacing dominant-baseline alignment-baseline baseline-shift writing-mode direction
    in in2 result mode operator values k1 k2 k3 k4 stdDeviation edgeMode flood-color flood-opacity radius
    tableValues slope intercept amplitude exponent baseFrequency numOctaves seed stitchTiles""".split()
)

# Possessive: a megabyte of spaces is read once, and not once for each of them.
_OUTWARD = re.compile(r"url\s*+\(\s*+(?!['\"]?\s*+#)", re.IGNORECASE)
# A backslash can spell any other word; an at-sign begins @import and @font-face; the rest reach out or act.
_ACTIVE = re.compile(r"\\|@|image-set|-moz-binding|behavior\s*:|expression\s*\(|javascript:|src\s*\(", re.IGNORECASE)


def check_style(text: str) -> None:
    """Styles and values may point at parts of the picture only: url(#…). Raises PictureRefused."""
    # Comments stay in: a string may hold what looks like one, and a comment never splits a word of CSS.
    if _OUTWARD.search(text) or _ACTIVE.search(text):
        raise forbidden(to_say("a style that reaches outside the picture"))


def forbidden(what: str) -> PictureRefused:
    """The refusal of an SVG that holds what a badge picture must not hold; `what` is a marked word."""
    sentence = _(
        "This SVG holds %(what)s. Save it again as a plain SVG without it, or save it as PNG.", what=said(what)
    )  # fmt: skip
    return PictureRefused("forbidden", sentence)
