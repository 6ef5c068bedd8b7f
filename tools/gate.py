"""The gate before a release: secrets, dependencies, and what the parsers make of anything at all. Run: `make gate`.

Every part is run even if an earlier one fails, and one that could not be run has failed. docs/threat-model.md says what
each of them guards.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS: dict[str, tuple[str, ...]] = {
    "secrets": ("tools.secrets_scan",),
    "dependencies": ("tools.dependency_audit",),
    "parsers": ("tests.fuzz", "--seconds", "300"),
}


def main() -> int:
    failed = []
    for name, (module, *words) in PARTS.items():
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", module, *words], cwd=ROOT).returncode:
            failed.append(name)
    print("The gate stays closed: " + ", ".join(failed) + "." if failed else "The gate is open.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
