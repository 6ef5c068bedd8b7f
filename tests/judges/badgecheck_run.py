"""Asks badgecheck for its verdict. Runs inside `.judges/badgecheck`, never in our own environment.

badgecheck_run.py CONTEXTS HOST:PORT[,HOST:PORT…] [--url URL | --many] [--recipient JSON]

Without --url the badge (JSON, PNG, SVG or signed text) is read from standard input; with --many a JSON list of
{"url"} and {"badge": base64}. Contexts come from the folder CONTEXTS; the only other things that can be reached are
the HOST:PORTs. Prints {"valid", "errors", "warnings"}, or a list of them.
"""

import argparse
import base64
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
        if urlsplit(url).netloc not in loopback.split(","):
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
    parser.add_argument("--many", action="store_true")
    parser.add_argument("--recipient", type=json.loads)
    asked = parser.parse_args()
    close_the_network(asked.contexts, asked.loopback)
    if asked.many:
        print(json.dumps([said_of_one_of_many(one) for one in json.loads(sys.stdin.buffer.read())]))
        return
    print(json.dumps(said_of(asked.url or given(sys.stdin.buffer.read()), asked.recipient)))


def said_of(badge: str | io.BytesIO, recipient: dict[str, str] | None = None) -> dict[str, object]:
    report = verify(badge, recipient_profile=recipient, use_cache=False, cache_backend=None)["report"]
    by_level: dict[str, list[str]] = {"ERROR": [], "WARNING": []}
    for message in report["messages"]:
        by_level.setdefault(message["messageLevel"], []).append(message["result"])
    return {"valid": report["valid"], "errors": by_level["ERROR"], "warnings": by_level["WARNING"]}


def said_of_one_of_many(one: dict[str, str]) -> dict[str, object]:
    try:
        return said_of(one["url"] if "url" in one else given(base64.b64decode(one["badge"])))
    # One badge over which the judge stumbles does not keep it from the others.
    except Exception as error:
        return {"valid": False, "errors": [f"broke down: {type(error).__name__}: {error}"], "warnings": []}


def given(data: bytes) -> str | io.BytesIO:
    if data.lstrip().startswith((b"{", b"ey")):
        return data.decode()
    picture = io.BytesIO(data)
    picture.name = "badge"
    return picture


if __name__ == "__main__":
    main()
