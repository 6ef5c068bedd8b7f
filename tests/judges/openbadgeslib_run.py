"""Asks openbadgeslib for its verdict on a hosted 2.0 award. Runs inside `.judges/openbadgeslib` only.

openbadgeslib_run.py HOST:PORT [--url URL] [--recipient ADDRESS]

Without --url the badge (JSON, PNG or SVG) is read from standard input. Only HOST:PORT can be reached. Prints
{"valid", "errors", "warnings"}.
"""

import argparse
import json
import sys
import urllib.request
from collections.abc import Callable
from urllib.parse import urlsplit

from openbadgeslib.baking import extract_png, extract_svg
from openbadgeslib.ob2.verifier import OB2Verifier


def reaching_only(loopback: str) -> Callable[[str], bytes]:
    # No proxy from the environment may stand between the judge and the loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def download(url: str) -> bytes:
        if urlsplit(url).netloc != loopback:
            raise OSError(f"{url} is outside")
        with opener.open(url, timeout=10) as answer:
            return bytes(answer.read())

    return download


def document(url: str | None, download: Callable[[str], bytes]) -> str:
    data = download(url) if url else sys.stdin.buffer.read()
    if data.lstrip().startswith(b"{"):
        return data.decode()
    baked = extract_png(data) if data.startswith(b"\x89PNG") else extract_svg(data)
    if baked is None:
        raise ValueError("nothing is baked into this picture")
    # From an SVG this judge takes the address in `verify`, not the JSON beside it.
    return download(baked).decode() if baked.startswith("http") else baked


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("loopback")
    parser.add_argument("--url")
    parser.add_argument("--recipient")
    asked = parser.parse_args()
    download = reaching_only(asked.loopback)
    errors = []
    try:
        OB2Verifier(download=download).verify_hosted(
            document(asked.url, download), expected_recipient=asked.recipient, check_revocation=True
        )
    # Whatever a judge stumbles over is its verdict.
    except Exception as error:
        errors.append(f"{type(error).__name__}: {error}")
    print(json.dumps({"valid": not errors, "errors": errors, "warnings": []}))


if __name__ == "__main__":
    main()
