"""Asks for published weaknesses of every locked package. Run: `python -m tools.dependency_audit`. It needs the network.

pip-audit leaves with success when the database knows none of the packages, as where a mirror stands in its place. So
its report is read: whatever it could not look up, or did not mention, fails the audit too. It has an environment of its
own, for its pins are not ours.
"""

import hashlib
import json
import re
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / ".make" / "pip-audit"
LOCKS = ("requirements/app.txt", "requirements/dev.txt")
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
_MINUTES = 10


def problems(report: Mapping[str, Any], locked: Mapping[str, str]) -> list[str]:
    """What the audit objects to, in sentences. `report` is pip-audit's own, in JSON; `locked` is {name: version}."""
    told, asked = [], set()
    if len(report.get("dependencies", [])) > 1 and all("skip_reason" in one for one in report["dependencies"]):
        return [
            f"none of its {len(report['dependencies'])} packages could be looked up: the database is not PyPI's own"
        ]
    for one in report.get("dependencies", []):
        asked.add(_plain(one["name"]))
        if reason := one.get("skip_reason"):
            told.append(f"{one['name']}: not looked up ({reason})")
        for weakness in one.get("vulns", []):
            mended = ", ".join(weakness.get("fix_versions", [])) or "no release yet"
            told.append(f"{one['name']} {one['version']}: {weakness['id']}; mended in {mended}")
    told += [f"{name}: not looked up (the report does not name it)" for name in sorted(set(locked) - asked)]
    return told


def locked_in(text: str) -> dict[str, str]:
    """{name: version} of a lock file."""
    return {_plain(name): version for name, version in _LOCKED.findall(text)}


def audit(lock: str, program: Sequence[str]) -> list[str]:
    """The same for one lock file, asked of `program`."""
    words = [*program, "-r", lock, "--disable-pip", "--require-hashes", "--progress-spinner", "off", "-f", "json"]
    try:
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=_MINUTES * 60)
        report = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return [f"{lock}: no answer within {_MINUTES} minutes"]
    except ValueError:
        last = (done.stderr.strip().splitlines() or ["no words"])[-1]
        return [f"{lock}: pip-audit could not ask the database ({last[:200]})"]
    here = _for_this_python(lock)
    return problems(report, here)


def _for_this_python(lock: str) -> dict[str, str]:
    """Without what a marker keeps for other systems: pip-audit does not look those up."""
    lines = (ROOT / lock).read_text().splitlines()
    return locked_in("\n".join(line for line in lines if " ; " not in line))


def _program() -> list[str]:
    """pip-audit, installed when its lock has changed."""
    lock = ROOT / "requirements" / "gate.txt"
    stamp, wanted = PLACE / "installed-from", hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(PLACE, with_pip=True, clear=True)
        pip = [str(PLACE / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True)
        stamp.write_text(wanted)
    return [str(PLACE / "bin" / "pip-audit")]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> int:
    program = _program()
    told = [f"{lock}: {line}" for lock in LOCKS for line in audit(lock, program)]
    for line in told:
        print(line)
    print("Dependencies: " + (f"{len(told)} to look at." if told else "no weakness is known of any."))
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
