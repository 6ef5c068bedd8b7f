"""Installs the independent judges, each into a virtual environment of its own under `.judges/`.

Their pins contradict ours and each other's, so they can share no environment. What is installed is hash-
locked; a stamp with the hash of the requirement files makes a second run cost nothing. Run: `python
tests/judges/install.py`.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".judges"
# badgecheck as published asks for versions that do not go together: it comes last, without its dependencies.
STEPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "badgecheck": (
        ("requirements/judge-badgecheck.txt",),
        ("requirements/judge-badgecheck-itself.txt", "--no-deps"),
    ),
    "openbadgeslib": (("requirements/judge-openbadgeslib.txt",),),
    "lti1p3platform": (("requirements/judge-lti1p3platform.txt",),),
    "lti-consumer": (("requirements/judge-lti-consumer.txt",),),
}


def install(judge: str) -> Path:
    """The Python of this judge's environment, which is made anew when its requirements changed."""
    HOME.mkdir(exist_ok=True)
    with (HOME / f"{judge}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may want it at once
        return _installed(judge)


def _installed(judge: str) -> Path:
    place = HOME / judge
    python = place / "bin" / "python"
    stamp = place / "installed-from"
    wanted = _fingerprint(judge)
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    shutil.rmtree(place, ignore_errors=True)
    venv.create(place, with_pip=True)
    pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-hashes"]
    for requirements, *options in STEPS[judge]:
        subprocess.run([*pip, *options, "-r", str(ROOT / requirements)], check=True, cwd=ROOT)
    stamp.write_text(wanted)
    return python


def _fingerprint(judge: str) -> str:
    files = b"".join((ROOT / requirements).read_bytes() for requirements, *_ in STEPS[judge])
    return hashlib.sha256(files + sys.version.encode()).hexdigest()


if __name__ == "__main__":
    for name in STEPS:
        install(name)
