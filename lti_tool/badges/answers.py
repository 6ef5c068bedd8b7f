"""How public addresses answer: JSON-LD to verifiers, a page to people, 304 to whoever has it already.

Whoever keeps an answer asks each time whether it still holds, because it may be revoked or replaced at any moment.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator

from flask import jsonify, make_response, request
from flask.wrappers import Response

from lti_tool.badges.openbadge.documents import Document, to_json
from lti_tool.errors import Problem
from lti_tool.web import refuse

LINKED, PLAIN, HTML = "application/ld+json", "application/json", "text/html"
_CONTEXT = '<https://w3id.org/openbadges/v2>; rel="http://www.w3.org/ns/json-ld#context"'
_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
_KEPT = {
    "Access-Control-Expose-Headers": "ETag, Link",
    "Cache-Control": "public, max-age=0, must-revalidate",
    "Vary": "Accept",
}
_PICTURES = {"png": "image/png", "svg": "image/svg+xml"}


def wants_page() -> bool:
    """A page only for whoever prefers HTML to JSON: Open Badges' answer without a word about it is JSON-LD."""
    html = max(_quality(HTML), _quality("application/xhtml+xml"))
    return html > max(_quality(LINKED), _quality(PLAIN))


def json_answer(document: Document, status: int = 200) -> Response:
    """A document as `application/ld+json`, or as plain JSON to whoever takes only that."""
    body, kind = to_json(document).encode(), _kind_of_json()
    tag = mark(kind, body)
    known = known_answer(tag) if status == 200 else None
    return known or _kept(_linked(Response(body, status, mimetype=kind)), tag)


def made_answer(kind: str, tag: str, make: Callable[[], str]) -> Response:
    """A text of this media type, made only for whoever has it not yet."""
    return known_answer(tag) or _kept(Response(make(), mimetype=kind), tag)


def list_answer(pieces: Iterator[str], tag: str, *, whole: bool, linked: bool = True) -> Response:
    """A document that may be long: in one piece with its length, or in as many as it takes. `linked`: to the terms
    of 2.0; the other is plain JSON.
    """
    if known := known_answer(tag):
        return known
    kind = _kind_of_json() if linked else PLAIN
    response = Response("".join(pieces) if whole else (one.encode() for one in pieces), mimetype=kind)
    return _kept(_linked(response) if linked else response, tag)


def page_answer(html: str, status: int = 200) -> Response:
    """Without an ETag: each page carries another nonce."""
    return _kept(make_response(html, status), None)


def known_answer(tag: str) -> Response | None:
    """304 for whoever has what `tag` marks; nobody has to make it then."""
    return _kept(Response(status=304), tag) if request.if_none_match.contains_weak(tag) else None


def picture_answer(data: bytes, form: str, name: str, tag: str) -> Response:
    """A picture under a good file name. An SVG may not run or fetch anything even when it is opened by itself."""
    response = Response(data, mimetype=_PICTURES[form])
    save_as(response, f"{name}.{form}")
    response.headers["Content-Security-Policy"] = _PICTURE_POLICY
    return _kept(response, tag)


def save_as(response: Response, name: str) -> None:
    """The file's name; it is saved instead of shown when the address says `?download`."""
    way = "attachment" if "download" in request.args else "inline"
    response.headers["Content-Disposition"] = f'{way}; filename="{name}"'


def file_name(name: str) -> str:
    """A name for a file that every system takes, without its ending."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "badge"


def mark(*facts: object) -> str:
    """An ETag of what an answer is made of."""
    told = b"\0".join(fact if isinstance(fact, bytes) else str(fact).encode() for fact in facts)
    return hashlib.sha256(told).hexdigest()[:32]


def open_to_everybody(response: Response) -> Response:
    """Verifiers that run in a browser may read every answer, refusals included; search engines keep none of them.

    `If-None-Match` makes a browser ask with OPTIONS first, which is therefore answered for it.
    """
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Robots-Tag"] = "noindex"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "*"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response


def refuse_openly(problem: Problem) -> Response:
    """The house's page for people, JSON for everybody else."""
    response = make_response(refuse(problem))
    if not wants_page():
        response.mimetype = PLAIN
        response.data = jsonify({"error": problem.for_programs}).data
    response.vary.add("Accept")
    return response


def _kind_of_json() -> str:
    named = {kind for kind, _ in request.accept_mimetypes}
    return PLAIN if PLAIN in named and not named & {LINKED, "application/*", "*/*"} else LINKED


def _linked(response: Response) -> Response:
    response.headers["Link"] = _CONTEXT
    return response


def _kept(response: Response, tag: str | None) -> Response:
    response.headers.extend(_KEPT)
    if tag is not None:
        response.headers["ETag"] = f'"{tag}"'
    return response


def _quality(kind: str) -> float:
    """What the request says of this very type; `*/*` of a browser does not prefer it to HTML."""
    return max((quality for named, quality in request.accept_mimetypes if named == kind), default=0.0)
