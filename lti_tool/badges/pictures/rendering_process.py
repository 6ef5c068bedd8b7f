"""The process that draws: an SVG on standard input, a PNG on standard output. Only `rendering` starts it.

It imports nothing of ours, so it starts fast and can be run isolated (`python -I`). It limits itself before
it reads the drawing: CPU seconds, memory, no new files. The drawing was cleaned before: it names no file and
no address.
"""

import resource
import sys
from xml.etree import ElementTree

import resvg_py

_TEXT = "{http://www.w3.org/2000/svg}text"
# A drawing names fonts that its maker had. Where one is missing, these stand in; DejaVu comes with most systems.
_SANS, _SERIF, _MONO = "DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono"


def main(side: int, cpu_seconds: int, memory: int) -> int:
    """Draw, and answer 0; or answer 3 when there are letters that do not show."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    svg = sys.stdin.buffer.read().decode()
    letters = _has_letters(svg)
    png = _drawn(svg, side, with_fonts=letters)
    # Without a fitting font the letters are left out and nobody says so. Drawing without any font shows it.
    if letters and png == _drawn(svg, side, with_fonts=False):
        return 3
    sys.stdout.buffer.write(png)
    return 0


def _has_letters(svg: str) -> bool:
    texts = ElementTree.fromstring(svg).iter(_TEXT)  # noqa: S314 - it was cleaned and has no DOCTYPE
    return any("".join(text.itertext()).strip() for text in texts)


def _drawn(svg: str, side: int, *, with_fonts: bool) -> bytes:
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        width=side,
        height=side,
        skip_system_fonts=not with_fonts,
        font_family=_SANS,
        sans_serif_family=_SANS,
        serif_family=_SERIF,
        monospace_family=_MONO,
    )


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
