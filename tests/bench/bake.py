"""Baking one award's PNG from a class picture that is taken apart already, beside the splice alone."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from math import isqrt
from random import Random

from PIL import Image

from lti_tool.badges.awards import Recipient, award_badge
from lti_tool.badges.badge_reads import badge_facts
from lti_tool.badges.hosted import PublicAward, public_award
from lti_tool.badges.openbadge.baking import bake_png, split_png
from lti_tool.badges.openbadge.unbaking import read_png
from lti_tool.badges.pictures_kept import kept_picture
from lti_tool.badges.pictures_shown import baked_picture
from lti_tool.db import transaction
from tests.bench.databases import Kind, house_on, sqlite
from tests.bench.measure import Acts, Finding, Target, in_turn, scaled, seconds
from tests.make.organization import make_organization
from tests.make.space import make_badge

ROUNDS = 9
_TIMES = 3_000
_EMPTY = b"\0\0\0\0\0"


def measure() -> Iterator[Finding]:
    with sqlite() as kind, house_on(kind.fresh()):
        award, picture = _award()
        parts, texts = split_png(picture), read_png(baked_picture(award, "png"))

        def splice() -> bytes:
            """The least that puts both texts into this picture: chunks with length and checksum, and the joint."""
            contents = [b"iTXt" + word.encode() + _EMPTY + text.encode() for word, text in texts.items()]
            chunks = [struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in contents]
            return b"".join((parts.head, *chunks, parts.tail))

        if splice() != baked_picture(award, "png"):
            raise RuntimeError("The splice is not what the award's page answers.")
        acts = {
            "ours": partial(bake_png, parts, texts),
            "with document": partial(baked_picture, award, "png"),
            "floor": splice,
        }
        found = in_turn(ROUNDS, {name: partial(seconds, act, _TIMES) for name, act in acts.items()})
    floor, size = scaled(found["floor"], 1e6), f"{len(splice()) / 1000:.0f} kB"
    floor_is = "the splice alone"
    yield Finding(f"Baking one PNG of {size}", scaled(found["ours"], 1e6), floor_is, floor, "µs", Target(at_most=2.0))
    yield Finding("The same, its JSON written too", scaled(found["with document"], 1e6), floor_is, floor, "µs")


@contextmanager
def at_sizes(kind: Kind, sizes: Sequence[int]) -> Iterator[Acts]:
    """The picture alone, of so many bytes."""
    with house_on(kind.fresh()):
        award, _ = _award()
        texts = read_png(baked_picture(award, "png"))
        yield {size: partial(seconds, partial(bake_png, split_png(_noise(size)), texts), _TIMES) for size in sizes}


def _noise(size: int) -> bytes:
    """A PNG of about so many bytes: noise cannot be packed."""
    side, out = isqrt(size // 3), BytesIO()
    pixels = Random(side).randbytes(3 * side * side)  # noqa: S311
    Image.frombytes("RGB", (side, side), pixels).save(out, "PNG")
    return out.getvalue()


def _award() -> tuple[PublicAward, bytes]:
    badge = make_badge(make_organization())
    with transaction():
        made = award_badge(badge=badge, recipient=Recipient(email="ada@example.org"), narrative="She did it.")
    award, facts = public_award(made.id), badge_facts(badge)
    if award is None or facts is None:
        raise RuntimeError("The award has no public face.")
    return award, kept_picture(facts.png_key)
