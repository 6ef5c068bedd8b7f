"""The HTTP around a platform that a library makes. Standard library only: it runs inside the environment of each peer.

Everything that LTI decides is asked of the library (`Peer`); here are addresses, forms and two people alone.
"""

import argparse
import html
import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

CLIENT, DEPLOYMENT, COURSE = "spaces-at-the-peer", "peer-1", "course-7"
TEACHER = ("u-1", "Ada Lovelace", "ada@peer.example")
_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
MEMBERS = [
    {"user_id": TEACHER[0], "name": TEACHER[1], "email": TEACHER[2], "roles": [f"{_MEMBERSHIP}#Instructor"]},
    {"user_id": "u-2", "name": "Bo Diddley", "email": "bo@peer.example", "roles": [f"{_MEMBERSHIP}#Learner"]},
]
ROSTER_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
ROSTER_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
LINK, PICKER = "link", "picker"


class Peer(ABC):
    """A platform at `url` with our tool at `tool`. `items` are what was picked last."""

    def __init__(self, url: str, tool: str) -> None:
        self.url, self.tool = url, tool
        self.items: list[dict[str, Any]] = []

    @abstractmethod
    def keys(self) -> dict[str, Any]:
        """The platform's key set."""

    @abstractmethod
    def login_address(self, what: str) -> str:
        """Where the browser begins: for the link of the course, the picker, or the picked item with this number."""

    @abstractmethod
    def launch(self, asked: dict[str, str]) -> dict[str, str]:
        """`id_token` and `state` for an authentication request; raises when the library refuses it."""

    @abstractmethod
    def access_token(self, form: dict[str, str]) -> dict[str, Any]:
        """The answer of the token endpoint; raises when the library refuses the assertion."""

    @abstractmethod
    def check(self, token: str) -> bool:
        """Whether an access token is good for the roster."""

    @abstractmethod
    def read(self, form: dict[str, str]) -> list[dict[str, Any]]:
        """The items of a deep linking response; raises when the library refuses it."""

    def picked(self, what: str) -> dict[str, Any] | None:
        """The picked item that is launched, None for the link of the course and for the picker."""
        return self.items[int(what)] if what.isdigit() else None


def serve(make: Callable[[str, str], Peer]) -> None:
    """Run the platform that `make` makes, on the port and for the tool that the command line names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("tool")
    asked = parser.parse_args()
    peer = make(f"http://127.0.0.1:{asked.port}", asked.tool)
    handler = type("Handler", (_Handler,), {"peer": peer})
    ThreadingHTTPServer(("127.0.0.1", asked.port), handler).serve_forever()


class _Handler(BaseHTTPRequestHandler):
    peer: Peer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.path == "/jwks":
            self._json(self.peer.keys())
        elif parts.path.startswith("/begin/"):
            self._answer(302, b"", Location=self.peer.login_address(parts.path.removeprefix("/begin/")))
        elif parts.path == "/auth":
            self._form(query)
        elif parts.path == "/memberships":
            self._roster()
        else:
            self._answer(404, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(parse_qsl(body, keep_blank_values=True))
        {"/token": self._token, "/auth": self._form, "/deep-link/return": self._picked}[urlsplit(self.path).path](form)

    def _form(self, asked: dict[str, str]) -> None:
        fields = self.peer.launch(asked)
        inputs = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in fields.items()
        )
        action = html.escape(asked["redirect_uri"])
        page = f'<!doctype html><title>Peer</title><form method="post" action="{action}">{inputs}</form>'
        self._answer(200, page.encode(), **{"Content-Type": "text/html; charset=utf-8"})

    def _token(self, form: dict[str, str]) -> None:
        try:
            self._json(self.peer.access_token(form))
        except Exception as refusal:  # whatever a library raises is its refusal
            self._json({"error": "invalid_client", "error_description": repr(refusal)}, 400)

    def _roster(self) -> None:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            good = self.peer.check(token)
        except Exception:  # whatever a library raises is its refusal
            good = False
        if not good:
            self._answer(401, b"")
            return
        container = {"id": self.peer.url + self.path, "context": {"id": COURSE}, "members": MEMBERS}
        self._json(container, kind=ROSTER_TYPE)

    def _picked(self, form: dict[str, str]) -> None:
        try:
            self.peer.items = self.peer.read(form)
        except Exception as refusal:  # whatever a library raises is its refusal
            self._json({"refused": repr(refusal)}, 400)
        else:
            self._json({"items": self.peer.items})

    def _json(self, document: object, status: int = 200, kind: str = "application/json") -> None:
        self._answer(status, json.dumps(document).encode(), **{"Content-Type": kind})

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the test shows what matters."""
