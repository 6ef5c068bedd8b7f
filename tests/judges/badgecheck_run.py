"""Asks badgecheck for its verdict. Runs inside `.judges/badgecheck`, never in our own environment.

badgecheck_run.py CONTEXTS HOST:PORT [--url URL] [--recipient JSON]

Without --url the badge (JSON, PNG or SVG) is read from standard input. Contexts come from the folder
CONTEXTS; the only other thing that can be reached is HOST:PORT. Prints {"valid", "errors", "warnings"}.
"""

import argparse
import io
import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

import requests
from openbadges.verifier import verify

CONTEXT_FILES = {"https://w3id.org/openbadges/v1": "ob-v1.json", "https://w3id.org/openbadges/v2": "ob-v2.json"}


def close_the_network(contexts: Path, loopback: str) -> None:
    reach = requests.adapters.HTTPAdapter.send

    def send(
        adapter: requests.adapters.HTTPAdapter, request: requests.PreparedRequest, **options: object
    ) -> requests.Response:
        url = str(request.url)
        if url in CONTEXT_FILES:
            return from_disk(request, (contexts / CONTEXT_FILES[url]).read_bytes())
        if urlsplit(url).netloc != loopback:
            raise requests.ConnectionError(f"{url} is outside")
        return reach(adapter, request, **options)  # type: ignore[arg-type]

    requests.adapters.HTTPAdapter.send = send  # type: ignore[method-assign,assignment]


def from_disk(request: requests.PreparedRequest, body: bytes) -> requests.Response:
    response = requests.Response()
    response.status_code, response.url, response.request = 200, str(request.url), request
    response.headers["Content-Type"] = "application/ld+json"
    response.encoding = "utf-8"
    response.raw = io.BytesIO(body)
    return response


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("contexts", type=Path)
    parser.add_argument("loopback")
    parser.add_argument("--url")
    parser.add_argument("--recipient", type=json.loads)
    asked = parser.parse_args()
    close_the_network(asked.contexts, asked.loopback)
    badge = asked.url or given()
    report = verify(badge, recipient_profile=asked.recipient, use_cache=False, cache_backend=None)["report"]
    by_level: dict[str, list[str]] = {"ERROR": [], "WARNING": []}
    for message in report["messages"]:
        by_level.setdefault(message["messageLevel"], []).append(message["result"])
    print(json.dumps({"valid": report["valid"], "errors": by_level["ERROR"], "warnings": by_level["WARNING"]}))


def given() -> str | io.BytesIO:
    data = sys.stdin.buffer.read()
    if data.lstrip().startswith(b"{"):
        return data.decode()
    picture = io.BytesIO(data)
    picture.name = "badge"
    return picture


if __name__ == "__main__":
    main()
