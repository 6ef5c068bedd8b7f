"""The standard documents that we ship are the ones we say they are."""

import hashlib
import json
import re
from pathlib import Path

import lti_tool.badges.openbadge

FOLDER = Path(lti_tool.badges.openbadge.__file__).parent / "contexts"
TABLE = dict(re.findall(r"^\| `(\S+\.json)` .* `([0-9a-f]{64})` \|$", (FOLDER / "README.md").read_text(), re.MULTILINE))


def test_every_standard_document_has_the_hash_that_the_readme_names() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.json")}

    assert found == TABLE
    assert len(found) == 10


def test_every_standard_document_is_a_json_ld_context() -> None:
    for path in FOLDER.glob("*.json"):
        assert "@context" in json.loads(path.read_text())
