"""Asks openbadgeslib for its verdict on a 2.0 award, hosted or signed. Runs inside `.judges/openbadgeslib` only.

openbadgeslib_run.py HOST:PORT[,HOST:PORT…] [--url URL | --many] [--recipient ADDRESS]

Without --url the badge (JSON, PNG, SVG or signed text) is read from standard input; with --many a JSON list of
{"url"} and {"badge": base64}. Only the HOST:PORTs can be reached. Prints {"valid", "errors", "warnings"}, or a list of
them.
"""

import argparse
import base64
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
        if urlsplit(url).netloc not in loopback.split(","):
            raise OSError(f"{url} is outside")
        with opener.open(url, timeout=10) as answer:
            return bytes(answer.read())

    return download


def document(data: bytes, download: Callable[[str], bytes]) -> str:
    if data.lstrip().startswith((b"{", b"ey")):
        return data.decode()
    baked = extract_png(data) if data.startswith(b"\x89PNG") else extract_svg(data)
    if baked is None:
        raise ValueError("nothing is baked into this picture")
    # From an SVG this judge takes the address in `verify`, not the JSON beside it.
    return download(baked).decode() if baked.startswith("http") else baked


def said_of(
    url: str | None, data: bytes, download: Callable[[str], bytes], recipient: str | None = None
) -> dict[str, object]:
    errors = []
    try:
        text = document(download(url) if url else data, download)
        verifier = OB2Verifier(download=download)
        judge = verifier.verify_hosted if text.lstrip().startswith("{") else verifier.verify
        judge(text.strip(), expected_recipient=recipient, check_revocation=True)
    # Whatever a judge stumbles over is its verdict.
    except Exception as error:
        errors.append(f"{type(error).__name__}: {error}")
    return {"valid": not errors, "errors": errors, "warnings": []}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("loopback")
    parser.add_argument("--url")
    parser.add_argument("--many", action="store_true")
    parser.add_argument("--recipient")
    asked = parser.parse_args()
    download = reaching_only(asked.loopback)
    if asked.many:
        badges = json.loads(sys.stdin.buffer.read())
        said = [said_of(one.get("url"), base64.b64decode(one.get("badge", "")), download) for one in badges]
        print(json.dumps(said))
        return
    data = b"" if asked.url else sys.stdin.buffer.read()
    print(json.dumps(said_of(asked.url, data, download, asked.recipient)))


if __name__ == "__main__":
    main()
