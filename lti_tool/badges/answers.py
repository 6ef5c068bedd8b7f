"""How public addresses answer: JSON-LD to verifiers, a page to people, 304 to whoever has it already."""

import hashlib

from flask import make_response, request
from werkzeug.wrappers import Response

from lti_tool.badges.hosted import Document
from lti_tool.badges.openbadge.documents import to_json

_JSON = ("application/ld+json", "application/json")


def wants_page() -> bool:
    """A page only for whoever prefers HTML to JSON: Open Badges' answer without a word about it is JSON-LD."""
    accepted = request.accept_mimetypes
    html = max(accepted["text/html"], accepted["application/xhtml+xml"])
    named = any(kind in ("text/html", "application/xhtml+xml") for kind, _ in accepted)
    return named and html > max(_quality(kind) for kind in _JSON)


def json_answer(document: Document, status: int = 200) -> Response:
    """A document as `application/ld+json`, or as plain JSON to whoever takes only that."""
    body = to_json(document)
    named = {kind for kind, _ in request.accept_mimetypes}
    plain = "application/json" in named and not named & {"application/ld+json", "application/*", "*/*"}
    response = make_response(body, status)
    response.mimetype = "application/json" if plain else "application/ld+json"
    response.headers["Link"] = '<https://w3id.org/openbadges/v2>; rel="http://www.w3.org/ns/json-ld#context"'
    return _asked_again(response, body.encode())


def page_answer(html: str, status: int = 200) -> Response:
    """Without an ETag: each page carries another nonce."""
    return _asked_again(make_response(html, status), None)


def picture_answer(data: bytes, form: str, name: str) -> Response:
    """A picture under a good file name; an SVG may not run or fetch anything even when opened by itself."""
    response = make_response(data)
    response.mimetype = "image/png" if form == "png" else "image/svg+xml"
    way = "attachment" if "download" in request.args else "inline"
    response.headers["Content-Disposition"] = f'{way}; filename="{name}.{form}"'
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    )
    return _asked_again(response, data)


def _asked_again(response: Response, content: bytes | None) -> Response:
    """Whoever keeps it asks each time whether it still holds: it may be revoked or replaced at any moment."""
    response.headers["Access-Control-Expose-Headers"] = "ETag, Link"
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.vary.add("Accept")
    if content is None:
        return response
    response.set_etag(hashlib.sha256(content).hexdigest()[:32])
    return response.make_conditional(request) if response.status_code == 200 else response


def _quality(kind: str) -> float:
    """What the request says of this very type; `*/*` of a browser does not prefer it to HTML."""
    return max((quality for named, quality in request.accept_mimetypes if named == kind), default=0.0)
