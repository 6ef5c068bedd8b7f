"""Where the words and the settings lie: at the top of a checkout, inside the package in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).parent
_CARRIED = PACKAGE / "_wheel"


def _place(name: str) -> Path:
    carried = _CARRIED / name
    return carried if carried.is_dir() else PACKAGE.parent / name


TEMPLATES = _place("templates")
TRANSLATIONS = _place("translations")
CONFIG = _place("config")
