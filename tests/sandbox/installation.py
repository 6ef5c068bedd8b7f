"""A sandbox on a loopback port with some tool installed, for the tests of the sandbox alone.

The tool here is the least that counts as one: it publishes a key, sends the browser on to the platform, and
remembers what was posted to it.
"""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import urlencode

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from flask import Flask, redirect, request
from jwt.algorithms import RSAAlgorithm
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Response

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.cli import open_server
from lti_tool.sandbox.platform import Platform
from lti_tool.sandbox.settings import SandboxSettings
from tests.make.serving import free_port

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@cache
def _first_key() -> RSAPrivateKey:
    # Making a key is the slowest part of a test, and no test looks at this one's numbers.
    return generate_private_key(public_exponent=65537, key_size=2048)


@contextmanager
def serving(server: BaseWSGIServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class SomeTool:
    """A relying party: its key set, its login and launch addresses, and what came to them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.kid = "tool-1"
        self.private = _first_key()
        self.logins: list[dict[str, str]] = []
        self.launches: list[dict[str, str]] = []
        self.key_fetches = 0
        self.picks = False
        self.auth_url = ""
        self.published: list[dict[str, Any]] = [self._jwk()]

    def _jwk(self) -> dict[str, Any]:
        jwk: dict[str, Any] = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {**jwk, "kid": self.kid, "alg": "RS256", "use": "sig"}

    def change_key(self, kid: str) -> None:
        self.kid = kid
        self.private = generate_private_key(public_exponent=65537, key_size=2048)
        self.published.append(self._jwk())

    def application(self) -> Flask:
        app = Flask("some_tool")
        app.add_url_rule("/lti/jwks.json", view_func=self._keys)
        app.add_url_rule("/lti/login", view_func=self._login, methods=["GET", "POST"])
        app.add_url_rule("/lti/launch", view_func=self._launch, methods=["POST"])
        app.add_url_rule("/register", view_func=self._register)
        return app

    def _keys(self) -> dict[str, Any]:
        self.key_fetches += 1
        return {"keys": self.published}

    def _login(self) -> Response:
        sent = request.form if request.method == "POST" else request.args
        self.logins.append(sent.to_dict())
        return redirect(f"{self.auth_url}?{urlencode(self.authentication(self.logins[-1]))}")

    def authentication(self, login: dict[str, str]) -> dict[str, str]:
        return {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": login["client_id"],
            "redirect_uri": f"{self.url}/lti/launch",
            "login_hint": login["login_hint"],
            "lti_message_hint": login["lti_message_hint"],
            "state": secrets.token_urlsafe(16),
            "nonce": secrets.token_urlsafe(16),
        }

    def _launch(self) -> str:
        self.launches.append(request.form.to_dict())
        claims = jwt.decode(request.form["id_token"], options={"verify_signature": False})
        if self.picks and words.DEEP_LINKING_CLAIM + "deep_linking_settings" in claims:
            return self._picker(claims)
        return "<!doctype html><title>Some tool</title><h1>The tool is open</h1>"


    def _register(self) -> str:
        return "<!doctype html><title>Some tool</title><h1>Registering</h1>"

    def _picker(self, asked: dict[str, Any]) -> str:
        settings = asked[words.DEEP_LINKING_CLAIM + "deep_linking_settings"]
        now = int(time.time())
        answer = {
            "iss": asked["aud"], "aud": asked["iss"], "iat": now, "exp": now + 60, "nonce": secrets.token_urlsafe(12),
            words.CLAIM + "message_type": "LtiDeepLinkingResponse", words.CLAIM + "version": "1.3.0",
            words.CLAIM + "deployment_id": asked[words.CLAIM + "deployment_id"],
            words.DEEP_LINKING_CLAIM + "data": settings["data"],
            words.DEEP_LINKING_CLAIM + "content_items": [
                {"type": "ltiResourceLink", "url": f"{self.url}/lti/launch", "title": "Week 1"}
            ],
        }  # fmt: skip
        token = jwt.encode(answer, self.private, algorithm="RS256", headers={"kid": self.kid})
        return (
            f'<!doctype html><title>Some tool</title><form method="post" action="{settings["deep_link_return_url"]}">'
            f'<input type="hidden" name="JWT" value="{token}"><button>Pick</button></form>'
        )


class Installation:
    """The sandbox, its address, and the tool installed in it."""

    def __init__(self, platform: Platform, tool: SomeTool) -> None:
        self.platform = platform
        self.tool = tool
        self.url = platform.settings.url

    def assertion(self, headers: dict[str, Any] | None = None, **over: Any) -> str:
        now = int(time.time())
        client_id = self.platform.settings.client_id
        claims: dict[str, Any] = {
            "iss": client_id,
            "sub": client_id,
            "aud": self.platform.faults.behaviour.token_audience or f"{self.url}/token",
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_urlsafe(16),
        }
        claims = {name: value for name, value in (claims | over).items() if value is not None}
        return jwt.encode(
            claims,
            self.tool.private,
            algorithm="RS256",
            headers={"kid": self.tool.kid} if headers is None else headers,
        )

    def ask_token(self, *scopes: str, assertion: str | None = None, **over: str) -> requests.Response:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion or self.assertion(),
            "scope": " ".join(scopes or words.ALL_SCOPES),
        }
        return requests.post(f"{self.url}/token", data=form | over, timeout=10)

    def bearer(self, *scopes: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.ask_token(*scopes).json()['access_token']}"}

    def get(self, address: str, media_type: str, bearer: dict[str, str] | None = None) -> requests.Response:
        headers = {"Accept": media_type, **(bearer or self.bearer())}
        url = address if address.startswith("http") else self.url + address
        return requests.get(url, headers=headers, timeout=10)

    def send(
        self,
        method: str,
        address: str,
        document: object,
        media_type: str,
        bearer: dict[str, str] | None = None,
    ) -> requests.Response:
        headers = {"Content-Type": media_type, **(bearer or self.bearer())}
        url = address if address.startswith("http") else self.url + address
        return requests.request(method, url, json=document, headers=headers, timeout=10)


@contextmanager
def installed_sandbox(learners: int = 130) -> Iterator[Installation]:
    # Two names of one machine are two sites to a browser, so that cookies are truly third-party.
    tool_port, sandbox_port = free_port(), free_port()
    tool = SomeTool(f"http://localhost:{tool_port}")
    settings = SandboxSettings(url=f"http://127.0.0.1:{sandbox_port}", tool_url=tool.url, learners=learners)
    app = create_sandbox(settings)
    platform: Platform = app.extensions["sandbox"]
    tool.auth_url = settings.auth_url
    tool_server = make_server("localhost", tool_port, tool.application(), threaded=True)
    with serving(tool_server), serving(open_server(app, "127.0.0.1", sandbox_port)):
        yield Installation(platform, tool)
