"""The payloads of real LMSs that lie beside this file, by kind."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
MESSAGES = ("launch", "deeplink", "eula", "reportreview")


def recorded(*kinds: str) -> dict[str, dict[str, Any]]:
    """Every file of these kinds, by its name."""
    files = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
    return {name: file for name, file in files.items() if file["kind"] in kinds}


def launches() -> dict[str, dict[str, Any]]:
    """The launches that a tool must let in: resource links, whatever kind of file they came in."""
    found = recorded("launch")
    return {name: one for name, one in found.items() if one["expect"]["message_type"] == "LtiResourceLinkRequest"}


def deep_links() -> dict[str, dict[str, Any]]:
    """Requests to pick content."""
    return recorded("deeplink")


def other_messages() -> dict[str, dict[str, Any]]:
    """Messages of other types than the door serves."""
    served = {**launches(), **deep_links()}
    return {name: file for name, file in recorded(*MESSAGES).items() if name not in served}
