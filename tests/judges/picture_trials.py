"""Pictures: what formats allow and some readers do not know, and pictures that are made to show two things."""

import zlib
from collections.abc import Callable, Iterator

from lti_tool.badges.openbadge.baking import ASSERTION, CREDENTIAL, bake_png, bake_svg, split_png, split_svg
from lti_tool.badges.openbadge.png import SIGNATURE, chunk, chunks
from lti_tool.badges.openbadge.unbaking import read_png, read_svg
from lti_tool.badges.verifying.checking import Given
from tests.judges.our_awards import OurTool
from tests.judges.trials import Home, Kind, Trial, fallen, holding

_KEYWORDS = (ASSERTION.encode(), CREDENTIAL.encode())


def picture_trials(tool: OurTool) -> Iterator[Trial]:
    mine, theirs = tool.hosted(tool.award("hal@example.org")), tool.hosted(tool.award("ida@example.org"))
    (png, svg), (other_png, other_svg) = ([_bytes(ways[at][1]) for at in (2, 3)] for ways in (mine, theirs))
    yield from _by_the_format(png, svg)
    yield from _joined(png, svg, other_png, other_svg)
    yield from _twice(png, svg, other_png, other_svg)
    yield from _named_otherwise(png, svg, _text(mine[0][1]), _text(theirs[0][1]))
    yield from _broken(png, svg)


def _by_the_format(png: bytes, svg: bytes) -> Iterator[Trial]:
    """The same award, written in another way that means the same."""
    ways: dict[str, Callable[[bytes, bytes], bytes]] = {
        "the text in the PNG has a language tag": lambda word, text: word + b"\0\0\0en-GB\0badge\0" + text,
        "the text in the PNG is compressed": lambda word, text: word + b"\0\1\0\0\0" + zlib.compress(text),
    }
    for what, body in ways.items():
        written = Given("image", _rewritten(png, body))
        yield from holding([(Kind.HOSTED_PNG, written), (Kind.PROOF_PNG, written)], what, Home.OURS)
    renamed = Given("image", svg.replace(b"openbadges:", b"ob:").replace(b"xmlns:openbadges", b"xmlns:ob"))
    yield from holding(
        [(Kind.HOSTED_SVG, renamed), (Kind.PROOF_SVG, renamed)], "another prefix for the same namespace", Home.OURS
    )


def _joined(png: bytes, svg: bytes, other_png: bytes, other_svg: bytes) -> Iterator[Trial]:
    """Each of the two is good by itself."""
    texts = {ASSERTION: read_png(png)[ASSERTION], CREDENTIAL: read_png(other_png)[CREDENTIAL]}
    address = svg.partition(b'verify="')[2].partition(b'"')[0].decode()
    both = bake_svg(split_svg(svg), read_svg(svg)[ASSERTION], address, read_svg(other_svg)[CREDENTIAL])
    pictures = Given("image", bake_png(split_png(png), texts)), Given("image", both)
    what = "its two versions are the awards of two people"
    yield from fallen(zip((Kind.HOSTED_PNG, Kind.HOSTED_SVG), pictures, strict=True), what, Home.OURS, "same")
    yield from fallen(zip((Kind.PROOF_PNG, Kind.PROOF_SVG), pictures, strict=True), what, Home.OURS, "same")


def _twice(png: bytes, svg: bytes, other_png: bytes, other_svg: bytes) -> Iterator[Trial]:
    """Readers take the first or the last, so one picture would be two badges."""
    for what, first, second in (
        ("somebody else's metadata stands behind its own", png, other_png),
        ("somebody else's metadata stands before its own", other_png, png),
    ):
        parts = list(chunks(first))
        extra = b"".join(one.whole for one in chunks(second) if _word(one.body) in _KEYWORDS)
        own = [one.whole for one in parts[1:] if _word(one.body) in _KEYWORDS]
        rest = [one.whole for one in parts[1:] if _word(one.body) not in _KEYWORDS]
        twice = Given("image", b"".join((SIGNATURE, parts[0].whole, *own, extra, *rest)))
        yield from fallen([(Kind.HOSTED_PNG, twice), (Kind.PROOF_PNG, twice)], what, Home.OURS, "unreadable")
    for what, first, second in (
        ("somebody else's metadata stands behind its own", svg, other_svg),
        ("somebody else's metadata stands before its own", other_svg, svg),
    ):
        start, end = first.index(b"<openbadges:assertion"), first.index(b"</openbadges:credential>")
        last = second[second.index(b"<openbadges:assertion") : second.index(b"</openbadges:credential>")]
        closing = b"</openbadges:credential>"
        doubled = first[:start] + first[start:end] + closing + last + closing + first[end + len(closing) :]
        twice = Given("image", doubled)
        yield from fallen([(Kind.HOSTED_SVG, twice), (Kind.PROOF_SVG, twice)], what, Home.OURS, "unreadable")


def _named_otherwise(png: bytes, svg: bytes, here: str, there: str) -> Iterator[Trial]:
    """An award may stand in a picture as its address too, which some readers take and others do not."""
    for place, at in (("behind", len(png) - 12), ("before", 33)):
        older = chunk(b"tEXt", b"openbadges\0" + there.encode())
        twice = Given("image", png[:at] + older + png[at:])
        what = f"an older chunk (`tEXt`) {place} its own has somebody else's address"
        yield from fallen([(Kind.HOSTED_PNG, twice)], what, Home.OURS, "unreadable")
    beside = Given("image", png[:33] + chunk(b"tEXt", b"openbadges\0" + here.encode()) + png[33:])
    yield from holding([(Kind.HOSTED_PNG, beside)], "an older chunk (`tEXt`) before its own has its address", Home.OURS)
    other = Given("image", svg.replace(f'verify="{here}"'.encode(), f'verify="{there}"'.encode()))
    what = "the address in the SVG (`verify`) is somebody else's, the JSON its own"
    yield from fallen([(Kind.HOSTED_SVG, other)], what, Home.OURS, "unreadable")


def _broken(png: bytes, svg: bytes) -> Iterator[Trial]:
    at = png.index(b"openbadges") + 60
    changed = png[:at] + bytes([png[at] ^ 1]) + png[at + 1 :]
    yield from fallen(
        [(Kind.HOSTED_PNG, Given("image", changed))], "the checksum of its metadata is wrong", Home.OURS, "unreadable"
    )
    for kind, picture in ((Kind.HOSTED_PNG, png), (Kind.HOSTED_SVG, svg)):
        cut = Given("image", picture[: len(picture) // 2])
        yield from fallen([(kind, cut)], "the picture is cut off", Home.OURS, "unreadable")


def _rewritten(png: bytes, body: Callable[[bytes, bytes], bytes]) -> bytes:
    """The badge's texts in other words of the format, everything else as it stands."""
    parts = []
    for one in chunks(png):
        word, rest = _word(one.body), one.body.partition(b"\0")[2]
        parts.append(chunk(b"iTXt", body(word, rest[4:])) if word in _KEYWORDS else one.whole)
    return SIGNATURE + b"".join(parts)


def _word(body: bytes) -> bytes:
    return body.partition(b"\0")[0]


def _text(given: Given) -> str:
    assert isinstance(given.content, str)
    return given.content


def _bytes(given: Given) -> bytes:
    assert isinstance(given.content, bytes)
    return given.content
