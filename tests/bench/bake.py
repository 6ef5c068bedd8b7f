"""Baking one award's PNG from a class picture that is taken apart already, beside the splice alone."""

import struct
import zlib
from collections.abc import Iterator
from functools import partial

from lti_tool.badges.awards import Recipient, award_badge
from lti_tool.badges.badge_classes import badge_facts
from lti_tool.badges.hosted import PublicAward, public_award
from lti_tool.badges.openbadge.baking import ASSERTION, bake_png, split_png
from lti_tool.badges.openbadge.documents import to_json
from lti_tool.badges.pictures_shown import baked_picture, class_picture
from lti_tool.db import transaction
from tests.bench.databases import house_on, sqlite
from tests.bench.measure import Finding, Target, in_turn, scaled, seconds
from tests.make.organization import make_organization
from tests.make.space import make_badge

ROUNDS = 9
_TIMES = 3_000
_KEYWORD = b"iTXtopenbadges\0\0\0\0\0"


def measure() -> Iterator[Finding]:
    with sqlite() as kind, house_on(kind.fresh()):
        award, picture = _award()
        parts, document = split_png(picture), to_json(award.document)

        def splice() -> bytes:
            """The least that puts this text into this picture: a chunk with its length and checksum, and the joint."""
            content = _KEYWORD + document.encode()
            length, sum_ = len(content) - 4, zlib.crc32(content)
            return b"".join((parts.head, struct.pack(">I", length), content, struct.pack(">I", sum_), parts.tail))

        if splice() != baked_picture(award, "png"):
            raise RuntimeError("The splice is not what the award's page answers.")
        acts = {
            "ours": partial(bake_png, parts, {ASSERTION: document}),
            "with document": partial(baked_picture, award, "png"),
            "floor": splice,
        }
        found = in_turn(ROUNDS, {name: partial(seconds, act, _TIMES) for name, act in acts.items()})
    floor, size = scaled(found["floor"], 1e6), f"{len(splice()) / 1000:.0f} kB"
    floor_is = "the splice alone"
    yield Finding(f"Baking one PNG of {size}", scaled(found["ours"], 1e6), floor_is, floor, "µs", Target(at_most=2.0))
    yield Finding("The same, its JSON written too", scaled(found["with document"], 1e6), floor_is, floor, "µs")


def _award() -> tuple[PublicAward, bytes]:
    badge = make_badge(make_organization())
    with transaction():
        made = award_badge(badge=badge, recipient=Recipient(email="ada@example.org"), narrative="She did it.")
    award, facts = public_award(made.id), badge_facts(badge)
    if award is None or facts is None:
        raise RuntimeError("The award has no public face.")
    return award, class_picture(facts, "png")
