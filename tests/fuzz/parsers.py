"""Every public parser: what it begins with, how that is changed, and the refusals in our words that it may answer."""

import base64
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask_migrate import upgrade

from lti_tool.badges.markdown import as_html
from lti_tool.badges.openbadge.png import PictureError
from lti_tool.badges.openbadge.status_list import StatusListError, decode_bits, encode_bits
from lti_tool.badges.openbadge.unbaking import read_png, read_svg
from lti_tool.badges.openbadge.vc_jwt import JwtError, check_jwt
from lti_tool.badges.pictures.cleaning import clean_picture
from lti_tool.badges.pictures.refusal import PictureRefused
from lti_tool.badges.verifying.checking import check_badge
from lti_tool.badges.verifying.finding import Given
from lti_tool.badges.verifying.given import NotUnderstood, given_file, given_text
from lti_tool.badges.verifying.verdict import Standard
from lti_tool.errors import Problem
from lti_tool.fetch.answer import Answer
from lti_tool.launch.claims import read_launch
from lti_tool.launch.copies.history import read_history
from lti_tool.launch.deep_linking.request import read_settings
from lti_tool.launch.gradebook.rules import column_in, results_in
from lti_tool.launch.link_header import next_link
from lti_tool.launch.messages import read_message
from lti_tool.launch.notices.offer import read_offer
from lti_tool.launch.notices.receiving import read_batch
from lti_tool.launch.registration.answer import read_answer
from lti_tool.launch.registration.configuration import read_configuration
from lti_tool.launch.roster.page import Roster
from lti_tool.launch.token import check_parties, check_times, read_token
from lti_tool.spaces.evidence.kinds import FileRefused, checked_file
from lti_tool.table.headings import guess
from lti_tool.table.reading import Bounds, TableRefused, open_table
from tests.corpus.recorded import MESSAGES, recorded
from tests.fuzz.changing import as_text, changed_bytes, changed_document, changed_jwt, changed_png
from tests.make.evidence import a_package, a_picture
from tests.make.foreign_badge import foreign_platform
from tests.make.house import house

ISSUER, CLIENT = "https://lms.example", "client"
_BOUNDS = Bounds(size=16 * 1024 * 1024, rows=100_000)
_TABLES = (
    b"email,name\nada@example.org,Ada\n",
    b'"email";"name"\n"a@b.example";"x\ny"\n', "name\temail\nÄ\tä@b.example\n".encode(),
    "email,name\na@b.example,Ü\n".encode("utf-16"), b"ada@example.org\nbo@example.org\n",
)  # fmt: skip
_TEXTS = (
    b"# Heading\n\n* a [link](https://a.example) and `code`\n\n> quote\n\n1. one\n",
    b"<script>alert(1)</script> **b** ![x](y)\n",
    b"a | b\n--|--\n1 | 2\n\n[x]: https://a.example 'y'\n[x] ~~z~~ &amp; \\*\n",
)  # fmt: skip


@dataclass(frozen=True)
class Parser:
    """`begins` are real inputs; `change` makes another one of one of them; `read` is ours, and may raise `refusals`."""

    begins: list[Any]
    change: Callable[[Any, random.Random], Any]
    read: Callable[[Any], object]
    refusals: tuple[type[Exception], ...] = ()


@contextmanager
def every_parser() -> Iterator[dict[str, Parser]]:
    """Inside an installation of their own, beside a badge platform on loopback that a badge may send us to."""
    with TemporaryDirectory() as folder, foreign_platform() as platform:
        options = {"private_badge_hosts": frozenset({"localhost", "127.0.0.1"}), "verify_seconds": 3.0}
        with house(Path(folder), **options) as app:
            upgrade()
            with app.test_request_context():
                issued = {standard: platform.issue(standard) for standard in Standard}
                yield _of_the_door() | _of_badges(issued) | _of_files()


def _of_the_door() -> dict[str, Parser]:
    claims = [one["payload"] for one in recorded(*MESSAGES).values()]
    tokens = [_unsigned(one) for one in claims]
    bodies = {kind: [one["payload"]["body"] for one in recorded(kind).values() if "body" in one["payload"]]
              for kind in ("nrps", "results", "lineitems", "openid-config", "registration-response")}  # fmt: skip
    answers = [as_text(one).encode() for one in bodies["registration-response"]]
    batches = [as_text({"notices": [{"jwt": token} for token in tokens[:3]]}).encode()]
    links = [b'<https://a.example/?page=2>; rel="next", <https://a.example/>; rel=differences']
    return {
        "launch": Parser(claims, changed_document, _launch, (Problem,)),
        "token": Parser(tokens, changed_jwt, read_token, (Problem,)),
        "nrps": Parser(bodies["nrps"], changed_document, _roster),
        "ags": Parser([*bodies["results"], *bodies["lineitems"]], changed_document, _gradebook),
        "links": Parser(links, changed_bytes, lambda data: next_link(data.decode("latin-1"), "https://a.example/x")),
        "notices": Parser(batches, changed_bytes, read_batch, (Problem,)),
        "registration": Parser(bodies["openid-config"], changed_document, _configuration, (Problem,)),
        "registered": Parser(answers, changed_bytes, _registered, (Problem,)),
    }


def _of_badges(issued: dict[Standard, Any]) -> dict[str, Parser]:
    documents = [one.document for one in issued.values()]
    signed = [one.text for one in issued.values() if one.text.count(".") == 2 and not one.text.startswith("{")]
    drawings = [one.svg for one in issued.values()]
    texts = [as_text(one).encode() for one in documents]
    lists = [encode_bits([1, 5]).encode(), encode_bits([]).encode(), b"u", b"uH4sIAAAAAAAA"]
    return {
        "badge": Parser(documents, changed_document, _badge, (Problem, NotUnderstood)),
        "badge-text": Parser(texts, changed_bytes, _badge_file, (Problem, NotUnderstood)),
        "jwt": Parser(signed, changed_jwt, lambda text: check_badge(Given("jwt", text)), (Problem,)),
        "jwt-alone": Parser(signed, changed_jwt, lambda text: check_jwt(text, {"kty": "OKP"}), (JwtError,)),
        "baked-png": Parser([one.png for one in issued.values()], changed_png, _badge_file, (Problem, NotUnderstood)),
        "baked-svg": Parser(drawings, changed_bytes, _badge_file, (Problem, NotUnderstood)),
        "unbaking-png": Parser([one.png for one in issued.values()], changed_png, read_png, (PictureError,)),
        "unbaking-svg": Parser(drawings, changed_bytes, read_svg, (PictureError,)),
        "picture-png": Parser([a_picture(), a_picture(size=(200, 90))], changed_png, clean_picture, (PictureRefused,)),
        "picture-svg": Parser(drawings, changed_bytes, clean_picture, (PictureRefused,)),
        "status-list": Parser(lists, changed_bytes, _status_list, (StatusListError,)),
    }


def _of_files() -> dict[str, Parser]:
    packages = [a_package(), a_package("mimetype", "content.xml"), a_package(content=bytes(100_000)), _two_of_a_name()]
    pictures = [a_picture(form) for form in ("PNG", "JPEG", "GIF", "WEBP")]
    return {
        "table": Parser(list(_TABLES), changed_bytes, _table, (TableRefused,)),
        "zip": Parser(packages, changed_bytes, _evidence, (FileRefused,)),
        "evidence": Parser([*pictures, b"%PDF-1.7\n%%EOF", b"plain words"], changed_bytes, _evidence, (FileRefused,)),
        "markdown": Parser(list(_TEXTS), changed_bytes, lambda data: as_html(data.decode("utf-8", "replace"))),
    }


def _launch(claims: Any) -> None:
    """As the door reads them, in its order; each for itself, so that one refusal hides no other reader."""
    if not isinstance(claims, dict):
        return  # a token without an object is refused before its claims are read
    refused = None
    for read in (
        lambda: check_parties(claims, issuer=ISSUER, client_id=CLIENT), lambda: check_times(claims, now=1.8e9),
        lambda: read_message(claims), lambda: read_launch(claims), lambda: read_settings(claims),
        lambda: read_offer(claims), lambda: read_history(claims.get("history")),
    ):  # fmt: skip
        try:
            read()
        except Problem as problem:
            refused = problem
    if refused is not None:
        raise refused


def _roster(body: Any) -> None:
    members = body.get("members") if isinstance(body, dict) else body
    if isinstance(members, list):
        Roster().add(members)


def _gradebook(body: Any) -> None:
    rows = body if isinstance(body, list) else [body]
    column_in(rows, "space")
    results_in(rows)


def _configuration(body: Any) -> None:
    if isinstance(body, dict):
        read_configuration(body, "https://lms.example/.well-known/openid-configuration")


def _registered(body: bytes) -> None:
    read_answer(Answer(200, {"Content-Type": "application/json"}, body, "https://lms.example/register"))


def _badge(document: Any) -> None:
    check_badge(given_text(as_text(document)))


def _badge_file(data: bytes) -> None:
    check_badge(given_file(data))


def _status_list(data: bytes) -> None:
    decode_bits(data.decode("latin-1"))


def _table(data: bytes) -> None:
    table = open_table(data, _BOUNDS)
    guess(table.header)
    for _ in table.lines():
        pass


def _evidence(data: bytes) -> None:
    checked_file("notes", data, most_bytes=20 * 1024 * 1024)


def _unsigned(claims: Any) -> str:
    head, body = ({"alg": "RS256", "kid": "1"}, claims)
    parts = (base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in (head, body))
    return ".".join((*parts, "c2ln"))


def _two_of_a_name() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", b"<Types/>")
        package.writestr("../word/document.xml", b"<xml/>")
        package.writestr("word/document.xml", b"<xml/>")
    return out.getvalue()
