"""An SVG becomes a PNG of 600 by 600 pixels, in a process of its own.

Even a drawing that holds nothing forbidden can take minutes or gigabytes to draw, or crash its renderer, and
no thread can be stopped. A process can: it has a few seconds, little memory, and takes nothing with it when
it dies.
"""

import subprocess
import sys
from pathlib import Path

from lti_tool.badges.pictures.raster import encoded, opened, visible
from lti_tool.badges.pictures.refusal import PictureRefused

RENDERED_SIDE = 600
CPU_SECONDS = 10
WALL_SECONDS = 30
MEMORY = 1024 * 1024 * 1024
NO_LETTERS = 3

_PROCESS = Path(__file__).with_name("rendering_process.py")


def render(svg: bytes) -> bytes:
    """Draw a cleaned SVG. Raises PictureRefused when it cannot be drawn, takes too long, or lacks its
    letters.
    """
    command = [sys.executable, "-I", str(_PROCESS), str(RENDERED_SIDE), str(CPU_SECONDS), str(MEMORY)]
    try:
        drawn = subprocess.run(command, input=svg, capture_output=True, timeout=WALL_SECONDS, check=False, env={})
    except subprocess.TimeoutExpired as error:
        raise _too_intricate() from error
    if drawn.returncode == NO_LETTERS:
        raise PictureRefused(
            "letters",
            "The letters in this picture cannot be drawn here. Turn the text into paths "
            "(in Inkscape: Path, Object to Path) and save it again.",
        )
    if drawn.returncode < 0:
        raise _too_intricate()
    if drawn.returncode:
        raise PictureRefused("not_drawable", "This SVG picture cannot be drawn. Save it again as a plain SVG.")
    return encoded(visible(opened(drawn.stdout)))


def _too_intricate() -> PictureRefused:
    return PictureRefused(
        "too_intricate", "This picture is too intricate to draw in time. Simplify it, or save it as PNG."
    )
