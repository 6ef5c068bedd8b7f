"""Fetch the browser's files: Bootstrap's style sheet, htmx, and the few icons that our pages use.

No foreign browser code lies in the repository. The files come out of two PyPI packages that carry them, pinned and
checked by hash in requirements/browser.txt, and go to `lti_tool/static/vendor/`, which git ignores and image and wheel
include.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements" / "browser.txt"
VENDOR = ROOT / "lti_tool" / "static" / "vendor"
STAMP = VENDOR / ".stamp"

FILES = {
    "flask_bootstrap/static/bootstrap5/css/bootstrap.min.css": "bootstrap.min.css",
    "django_htmx/static/django_htmx/htmx-2.min.js": "htmx.min.js",
}
SPRITE = "flask_bootstrap/static/bootstrap5/icons/bootstrap-icons.svg"
ICONS = (
    "archive", "arrow-left", "arrow-right", "arrow-counterclockwise", "arrow-up", "arrow-down", "award",
    "box-arrow-up-right", "check-circle-fill", "circle", "clock", "download", "exclamation-triangle", "eye",
    "hourglass-split", "info-circle", "people", "pencil", "plus-lg", "trophy",
)  # fmt: skip


def main() -> None:
    """Fetch, unless what lies there came from this very lock and this very script."""
    wanted = hashlib.sha256(LOCK.read_bytes() + Path(__file__).read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--require-hashes", "-r", str(LOCK), "-d", folder], check=True)
        for wheel in Path(folder).glob("*.whl"):
            unpack(zipfile.ZipFile(wheel))
    missing = [name for name in (*FILES.values(), "icons.svg") if not (VENDOR / name).exists()]
    if missing:
        sys.exit(f"The carrier packages lack {', '.join(missing)}.")
    STAMP.write_text(wanted)


def unpack(wheel: zipfile.ZipFile) -> None:
    """Take what we use out of one wheel, its licence beside it."""
    with wheel:
        names = wheel.namelist()
        for inside, name in FILES.items():
            if inside in names:
                data = wheel.read(inside)
                (VENDOR / name).write_bytes(re.sub(rb"/\*# sourceMappingURL=.*?\*/\s*$", b"", data))
        if SPRITE in names:
            (VENDOR / "icons.svg").write_text(own_icons(wheel.read(SPRITE).decode()))
        for name in names:
            if name.endswith("/licenses/LICENSE"):
                (VENDOR / f"LICENSE-{name.split('-')[0]}.txt").write_bytes(wheel.read(name))


def own_icons(sprite: str) -> str:
    """The sprite with our icons alone."""
    symbols = {found[1]: found[0] for found in re.finditer(r'<symbol [^>]*id="([^"]+)".*?</symbol>', sprite, re.DOTALL)}
    absent = [icon for icon in ICONS if icon not in symbols]
    if absent:
        sys.exit(f"The icon sprite lacks {', '.join(absent)}.")
    chosen = "".join(re.sub(r' class="[^"]*"', "", symbols[icon]) for icon in ICONS)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{chosen}</svg>\n'


if __name__ == "__main__":
    main()
