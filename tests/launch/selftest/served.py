"""A run under way whose platform is asked by hand, as the tool would ask it or as somebody else might."""

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.db import db
from lti_tool.launch.keys import signing_key
from lti_tool.launch.model import Registration
from lti_tool.launch.selftest.lms import Lms
from lti_tool.launch.selftest.service import calls_of
from lti_tool.launch.selftest.world import make_world
from tests.launch.selftest.test_runs import make_run

FORM = "application/x-www-form-urlencoded"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass
class Served:
    """The platform of a run that nobody plays."""

    client: FlaskClient
    run: str
    lms: Lms

    @property
    def path(self) -> str:
        return urlsplit(self.lms.base).path

    def assertion(self, **changes: Any) -> str:
        claims = {
            "iss": "self-test", "sub": "self-test", "aud": f"{self.lms.base}/token", "iat": int(time.time()),
            "exp": int(time.time()) + 300, "jti": secrets.token_urlsafe(8), **changes,
        }  # fmt: skip
        [registration] = db.session.scalars(
            select(Registration.id).where(
                Registration.issuer == self.lms.issuer, Registration.client_id == self.lms.client_id
            )
        )
        key = signing_key(registration)
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, key.private_pem, algorithm="RS256", headers={"kid": key.kid})

    def ask_for_token(self, scope: str, content_type: str = FORM, **changes: Any) -> TestResponse:
        said = {
            "grant_type": "client_credentials", "client_assertion_type": ASSERTION,
            "client_assertion": self.assertion(), "scope": scope, **changes,
        }  # fmt: skip
        return self.client.post(f"{self.path}/token", data=said, content_type=content_type)

    def token(self, scope: str) -> str:
        return str(self.ask_for_token(scope).get_json()["access_token"])

    def ask(
        self, method: str, address: str, token: str = "", document: object = None, **headers: str
    ) -> TestResponse:  # fmt: skip
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            said["Authorization"] = f"Bearer {token}"
        data = None if document is None else document if isinstance(document, bytes) else json.dumps(document)
        return self.client.open(f"{self.path}/{address}", method=method, headers=said, data=data)

    def calls(self, service: str) -> list[dict[str, Any]]:
        return calls_of(self.run, service)


def serve_run(client: FlaskClient) -> Served:
    run = make_run()
    return Served(client, run, make_world(run))
