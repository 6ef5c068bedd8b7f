"""Looks for secrets in every file that git knows. What is found and none has its reason in `known_secrets.toml`.

Run: `python -m tools.secrets_scan`. It needs no network. A finding is told by its place and kind, never by its words.
"""

import fnmatch
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import default_settings

ROOT = Path(__file__).resolve().parents[1]
KNOWN = Path(__file__).with_name("known_secrets.toml")
_FULL_OF_HASHES = ("requirements/*.txt", "tools/known_secrets.toml")


@dataclass(frozen=True)
class Found:
    """Something that looks like a secret."""

    where: str
    line: int
    kind: str
    hash: str


@dataclass(frozen=True)
class Known:
    """One that is none, and why."""

    where: str
    kinds: tuple[str, ...]
    hashes: tuple[str, ...]
    why: str

    def explains(self, found: Found) -> bool:
        if found.kind not in self.kinds or not fnmatch.fnmatch(found.where, self.where):
            return False
        return found.hash in self.hashes if self.hashes else "*" in self.where


def problems(root: Path, files: Iterable[str], known: Sequence[Known]) -> list[str]:
    """What the scan objects to, in sentences."""
    found = [one for name in files for one in _found_in(root, name)]
    told = [f"{one.where}:{one.line}: {one.kind}" for one in found if not any(k.explains(one) for k in known)]
    idle = [one.where for one in known if not any(one.explains(what) for what in found)]
    nameless = [one.where for one in known if not one.why.strip() or not (one.hashes or "*" in one.where)]
    return [
        *told,
        *(f"{where}: its entry in known_secrets.toml explains nothing any more" for where in idle),
        *(f"{where}: its entry in known_secrets.toml lacks a reason, or the hashes" for where in nameless),
    ]


def known_here(file: Path = KNOWN) -> list[Known]:
    entries = tomllib.loads(file.read_text())["known"]
    return [Known(one["where"], tuple(one["kinds"]), tuple(one.get("hashes", ())), one["why"]) for one in entries]


def files_of_git(root: Path) -> list[str]:
    told = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True).stdout
    named = [name for name in told.split("\0") if name and (root / name).is_file()]
    return [name for name in named if not any(fnmatch.fnmatch(name, pattern) for pattern in _FULL_OF_HASHES)]


def _found_in(root: Path, name: str) -> list[Found]:
    with default_settings():
        return [Found(name, one.line_number, one.type, one.secret_hash) for one in scan_file(str(root / name))]


def main() -> int:
    told = problems(ROOT, files_of_git(ROOT), known_here())
    for line in told:
        print(line)
    print("Secrets: " + (f"{len(told)} to look at." if told else "none."))
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
