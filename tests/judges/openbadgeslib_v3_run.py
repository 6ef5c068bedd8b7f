"""Asks openbadgeslib for its verdicts on Open Badges 3.0. Runs inside `.judges/openbadgeslib` only.

openbadgeslib_v3_run.py HOST:PORT[,HOST:PORT…]

Reads a JSON list of badges from standard input, each as base64: JSON with a proof, signed text, PNG or SVG; status
lists too. Only the HOST:PORTs can be reached. Prints a list of {"valid", "errors", "warnings"}.

openbadgeslib takes keys from DIDs alone, so whose key it is is found out here as any verifier would: the key that the
badge names has to stand in the issuer's own document under `assertionMethod`. What is found out here and not by the
judge is a `WrapperError`.
"""

import base64
import json
import sys
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import jwt
from openbadgeslib.ob3.did import _b58btc_decode, _jwk_to_pem, _multicodec_pubkey_to_pem
from openbadgeslib.ob3.ldp import OB3LdpVerifier, verify_data_integrity_proof
from openbadgeslib.ob3.status import decode_encoded_list
from openbadgeslib.ob3.verifier import OB3Verifier

Download = Callable[[str], bytes]


class WrapperError(ValueError):
    """Wrong, but that is no word of the judge's."""


def reaching_only(loopback: str) -> Download:
    # No proxy from the environment may stand between the judge and the loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def download(url: str) -> bytes:
        if urlsplit(url).netloc not in loopback.split(","):
            raise OSError(f"{url} is outside")
        with opener.open(url, timeout=10) as answer:
            return bytes(answer.read())

    return download


def text_in(data: bytes) -> str:
    if data.startswith(b"\x89PNG"):
        return OB3Verifier.extract_token_from_png(data)
    return OB3Verifier.extract_token_from_svg(data) if data.lstrip().startswith(b"<") else data.decode()


def key_of(document: dict[str, Any], name: Callable[[], str], download: Download) -> bytes:
    """The key that the badge names, if its issuer publishes it. `name` looks its name up in the badge."""
    try:
        return published(document["issuer"], name(), download)
    except (LookupError, TypeError, ValueError, OSError) as error:
        raise error if isinstance(error, WrapperError) else WrapperError(f"no key is found: {error!r}") from None


def published(issuer: Any, method: str, download: Download) -> bytes:
    profile = json.loads(download(issuer["id"] if isinstance(issuer, dict) else issuer).decode())
    if method not in profile["assertionMethod"]:
        raise WrapperError("the issuer does not publish this key")
    (found,) = (one for one in profile["verificationMethod"] if one["id"] == method)
    if found["type"] == "Multikey":
        return bytes(_multicodec_pubkey_to_pem(_b58btc_decode(found["publicKeyMultibase"][1:])))
    if json.loads(download(method)) != found["publicKeyJwk"]:
        raise WrapperError("the key is another one at its own address")
    return bytes(_jwk_to_pem(found["publicKeyJwk"]))


def judge_proof(document: dict[str, Any], download: Download) -> None:
    key = key_of(document, lambda: str(document["proof"][0]["verificationMethod"]), download)
    if "BitstringStatusListCredential" in document["type"]:
        verify_data_integrity_proof(document, key)
        if 8 * len(decode_encoded_list(document["credentialSubject"]["encodedList"])) < 131_072:
            raise WrapperError("the list is too short")
        return
    # This judge tries the badge's own key on the list, which another one signs after a rotation: lists are judged
    # for themselves.
    OB3LdpVerifier(pubkey_pem=key).verify(document, check_status=True, download=download, verify_status_list=False)


def judge_text(token: str, download: Download) -> None:
    claims = jwt.decode(token, options={"verify_signature": False})
    verifier = OB3Verifier(key_of(claims, lambda: str(jwt.get_unverified_header(token)["kid"]), download))
    if "BitstringStatusListCredential" in claims["type"]:
        verifier._decode_payload(token)
        return
    verifier.verify(token, check_status=True, download=download, verify_status_list=False)


def main() -> None:
    download = reaching_only(sys.argv[1])
    verdicts = []
    for badge in json.loads(sys.stdin.read()):
        errors = []
        try:
            text = text_in(base64.b64decode(badge))
            if text.startswith("{"):
                judge_proof(json.loads(text), download)
            else:
                judge_text(text, download)
        # Whatever a judge stumbles over is its verdict.
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}")
        verdicts.append({"valid": not errors, "errors": errors, "warnings": []})
    print(json.dumps(verdicts))


if __name__ == "__main__":
    main()
