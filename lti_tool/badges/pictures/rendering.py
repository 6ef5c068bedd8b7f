"""An SVG becomes a PNG of 600 by 600 pixels; one that somebody brought, in a process of its own.

Even a drawing that holds nothing forbidden can take minutes or gigabytes to draw, or crash its renderer, and
no thread can be stopped. A process can: it has a few seconds, little memory, and takes nothing with it when
it dies. Not many of them run at once.
"""

import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

import resvg_py
from flask_babel import gettext as _

from lti_tool.badges.pictures.raster import encoded, opened, visible
from lti_tool.badges.pictures.refusal import PictureRefused

RENDERED_SIDE = 600
CPU_SECONDS = 5
WALL_SECONDS = 30
MEMORY = 1024 * 1024 * 1024
AT_ONCE = 2
NO_LETTERS = 3

_places = BoundedSemaphore(AT_ONCE)
_PROCESS = Path(__file__).with_name("rendering_process.py")


def render(svg: bytes) -> bytes:
    """Draw a cleaned SVG. Raises PictureRefused when it cannot be drawn, takes too long, or lacks its
    letters.
    """
    command = [sys.executable, "-I", str(_PROCESS), str(RENDERED_SIDE), str(CPU_SECONDS), str(MEMORY)]
    if not _places.acquire(timeout=WALL_SECONDS):
        raise PictureRefused("busy", _("Many pictures are being drawn right now. Try again in a moment."))
    try:
        drawn = subprocess.run(command, input=svg, capture_output=True, timeout=WALL_SECONDS, check=False, env={})
    except subprocess.TimeoutExpired as error:
        raise _too_intricate() from error
    finally:
        _places.release()
    if drawn.returncode == NO_LETTERS:
        sentence = _(
            "The letters in this picture cannot be drawn here. Turn the text into paths "
            "(in Inkscape: Path, Object to Path) and save it again."
        )
        raise PictureRefused("letters", sentence)
    if drawn.returncode < 0:
        raise _too_intricate()
    if drawn.returncode:
        raise PictureRefused("not_drawable", _("This SVG picture cannot be drawn. Save it again as a plain SVG."))
    return encoded(visible(opened(drawn.stdout)))


def render_own(svg: bytes) -> bytes:
    """Draw what `drawing` made, which is simple and has no letters: it needs no process of its own."""
    side = RENDERED_SIDE
    drawn = resvg_py.svg_to_bytes(svg_string=svg.decode(), width=side, height=side, skip_system_fonts=True)
    return encoded(visible(opened(bytes(drawn))))


def _too_intricate() -> PictureRefused:
    return PictureRefused(
        "too_intricate", _("This picture is too intricate to draw in time. Simplify it, or save it as PNG.")
    )
