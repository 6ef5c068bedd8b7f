"""A platform's token endpoint and roster on a loopback port, whose every answer a test can choose."""

import gzip
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import jwt
from werkzeug import Request, Response

from lti_tool.db import db, transaction
from lti_tool.launch.library import StrictRegistration
from lti_tool.launch.model import CourseKey, Deployment, Registration
from lti_tool.launch.platforms import PlatformWords, add_platform
from lti_tool.launch.services import SafeServiceConnector
from tests.make.serving import free_port, serving

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
LEARNER, INSTRUCTOR, MENTOR = (f"{MEMBERSHIP}#{name}" for name in ("Learner", "Instructor", "Mentor"))
SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
MEDIA_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


def learner(sub: str, name: str | None = None, **more: Any) -> dict[str, Any]:
    """One entry of `members`."""
    said = {"user_id": sub, "roles": [LEARNER], "status": "Active", "name": name or f"Learner {sub}"}
    return said | more


def teacher(sub: str, name: str | None = None, **more: Any) -> dict[str, Any]:
    return learner(sub, name or f"Teacher {sub}", **({"roles": [INSTRUCTOR]} | more))


@dataclass
class RosterServer:
    """`pages` are lists of members; `instead` holds answers to give first, by endpoint: `token` or a page's number.

    `at` holds the answers to a query exactly as it was sent, `groups` those of the groups service at `/groups`, and
    `first_links` are put before the `Link` of the first page.
    """

    url: str = ""
    pages: list[list[Any]] = field(default_factory=lambda: [[]])
    instead: dict[str | int, list[Response]] = field(default_factory=dict)
    at: dict[str, Callable[[], Response]] = field(default_factory=dict)
    groups: list[Response] = field(default_factory=list)
    first_links: str = ""
    token_answer: dict[str, Any] = field(default_factory=dict)
    loops: bool = False
    gzipped: bool = False
    token_delay: float = 0.0
    asked: Counter[str] = field(default_factory=Counter)
    requests: list[Request] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    good: set[str] = field(default_factory=set)
    before: Callable[[str], object] | None = None  # is told the address of each request before it is answered
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def roster_url(self) -> str:
        return f"{self.url}/members"

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        request.get_data(cache=True, parse_form_data=True)
        with self._lock:
            self.requests.append(request)
            self.asked[request.path] += 1
        if self.before:
            self.before(request.full_path)
        served = {"/token": self._token, "/groups": lambda _: self.groups.pop(0)}
        answer = served.get(request.path, self._members)(request)
        return answer(environ, start_response)

    def assertion(self, number: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims of a client assertion that arrived."""
        text = self.forms[number]["client_assertion"]
        return jwt.get_unverified_header(text), jwt.decode(text, options={"verify_signature": False})

    def _token(self, request: Request) -> Response:
        self.forms.append(request.form.to_dict())
        time.sleep(self.token_delay)
        if self.instead.get("token"):
            return self.instead["token"].pop(0)
        token = f"token-{len(self.forms)}"
        self.good.add(token)
        return answer({"access_token": token, "token_type": "Bearer", "expires_in": 3600, **self.token_answer})

    def _members(self, request: Request) -> Response:
        exactly = self.at.get(request.query_string.decode())
        if exactly is not None:
            return exactly()
        number = int(parse_qs(request.query_string.decode()).get("Page", ["P1"])[0][1:])
        if self.instead.get(number):
            return self.instead[number].pop(0)
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.good:
            return answer({"message": "token unknown"}, status=401)
        response = answer({"id": self.roster_url, "context": {"id": "c"}, "members": self.pages[number - 1]})
        if number < len(self.pages) or self.loops:
            following = number + 1 if number < len(self.pages) else 1
            response.headers["Link"] = f'<{self.roster_url}?Page=P{following}>; title="x"; rel="next"'
        if number == 1 and self.first_links:
            response.headers.add("Link", self.first_links)
        if self.gzipped:
            response.set_data(gzip.compress(response.get_data()))
            response.headers["Content-Encoding"] = "gzip"
        return response


def answer(body: Any, status: int | str = 200, **headers: str) -> Response:
    """An answer in JSON, or as it is when `body` is text."""
    text = body if isinstance(body, str) else json.dumps(body)
    kind = "text/html" if isinstance(body, str) else "application/json"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(text, status=status, headers=named, content_type=kind)


@contextmanager
def roster_server() -> Iterator[RosterServer]:
    port = free_port()
    server = RosterServer(f"http://127.0.0.1:{port}")
    with serving(server, port):
        yield server


def make_platform(server: RosterServer, **words: Any) -> str:
    """Register the server as a platform with deployment `d-1`. Answers the registration's id."""
    said = {"issuer": server.url, "client_id": "client-1", "deployments": ("d-1",)} | words
    with transaction():
        return add_platform(
            PlatformWords(
                auth_url=f"{server.url}/auth", token_url=f"{server.url}/token", jwks_url=f"{server.url}/jwks", **said
            )
        ).id


def make_course(
    registration: str, roster_url: str | None, space: str | None = None, context: str = "context-1"
) -> str:  # fmt: skip
    """A course of the platform. Answers its id."""
    with transaction():
        deployment = db.session.query(Deployment).filter_by(registration_id=registration).one()
        course = CourseKey(
            deployment_id=deployment.id, context_id=context, title="Biology 101", roster_url=roster_url,
            space_id=space,
        )  # fmt: skip
        db.session.add(course)
        db.session.flush()
        return course.id


def connect(registration: str, server: RosterServer, deployment: str = "d-1") -> SafeServiceConnector:
    row = StrictRegistration(db.session.get_one(Registration, registration))
    return SafeServiceConnector(row, deployment_id=deployment, service_url=server.roster_url)
