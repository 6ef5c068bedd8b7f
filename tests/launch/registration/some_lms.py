"""A small LMS on a real port that can be registered with, as well or as badly behaved as a test wants."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request, Response

from lti_tool.launch.registration.answer import TOOL
from lti_tool.launch.registration.configuration import PLATFORM
from tests.make.serving import free_port, serving

TOKEN = "one.registration.token"


@dataclass
class SomeLms:
    """Hands out its configuration and takes registrations. `says` and `answers` take the place of either.

    `asked` are the requests in order: path, bearer, and the JSON that was sent.
    """

    url: str
    configuration: dict[str, Any] = field(default_factory=dict)
    says: Callable[[], Response] | None = None
    answers: Callable[[dict[str, Any]], Response] | None = None
    wants_token: bool = True
    asked: list[tuple[str, str | None, Any]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def address(self) -> str:
        return f"{self.url}/openid-configuration"

    @property
    def registrations(self) -> list[dict[str, Any]]:
        return [sent for path, _, sent in self.asked if path == "/registrations"]

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ") or None
        sent = json.loads(request.get_data()) if request.method == "POST" else None
        with self._lock:
            self.asked.append((request.path, bearer, sent))
        return self._answer(request, bearer, sent)(environ, start_response)

    def _answer(self, request: Request, bearer: str | None, sent: Any) -> Response:
        if self.wants_token and bearer != TOKEN:
            return Response("token_already_used", 401, content_type="text/html")
        if request.path == "/openid-configuration":
            return self.says() if self.says else in_json(self.configuration)
        if request.path == "/registrations" and request.content_type == "application/json":
            return self.answers(sent) if self.answers else in_json(registered(sent), 201)
        return Response("<!doctype html><h1>Not found</h1>", 404, content_type="text/html")


def in_json(document: Any, status: int = 200) -> Response:
    return Response(json.dumps(document), status, content_type="application/json")


def registered(sent: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """What was asked for comes back, with a client id and a deployment."""
    return {**sent, TOOL: {**sent[TOOL], "deployment_id": "7"}, "client_id": "client-of-the-tool", **changed}


def configuration(url: str, **changed: Any) -> dict[str, Any]:
    said = {
        "issuer": url,
        "authorization_endpoint": f"{url}/auth",
        "token_endpoint": f"{url}/token",
        "jwks_uri": f"{url}/jwks",
        "registration_endpoint": f"{url}/registrations",
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid"],
        "claims_supported": ["sub", "name"],
        PLATFORM: {
            "product_family_code": "moodle",
            "version": "4.5.6",
            "messages_supported": [
                {"type": "LtiResourceLinkRequest"},
                {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea"]},
            ],
        },
    }
    return {name: value for name, value in {**said, **changed}.items() if value is not None}


@contextmanager
def some_lms() -> Iterator[SomeLms]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    lms = SomeLms(url, configuration(url))
    with serving(lms, port):
        yield lms
