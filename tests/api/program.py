"""A program of an administrator's: it holds a token and talks JSON to the API."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.api.tokens import create_token
from lti_tool.db import transaction

ROOT = "/api/v1"


def make_token(organization: str, *, read_only: bool = False, days: int = 90) -> str:
    """A token as the command line makes it."""
    with transaction():
        return create_token(organization=organization, read_only=read_only, days=days)[0]


@dataclass
class Program:
    client: FlaskClient
    token: str

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.call("GET", path, **({"query_string": query} if query else {}))

    def post(self, path: str, json: Any = None, *, key: str | None = None, **kwargs: Any) -> TestResponse:
        return self.call("POST", path, json=json, key=key, **kwargs)

    def put(self, path: str, **kwargs: Any) -> TestResponse:
        return self.call("PUT", path, **kwargs)

    def delete(self, path: str, json: Any = None, **kwargs: Any) -> TestResponse:
        return self.call("DELETE", path, json=json, **kwargs)

    def call(self, method: str, path: str, *, key: str | None = None, json: Any = None, **kwargs: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **kwargs.pop("headers", {})}
        if key is not None:
            headers["Idempotency-Key"] = key
        if json is not None:
            kwargs["json"] = json
        path = path.removeprefix("http://localhost:8000")
        where = path if path.startswith(ROOT) else ROOT + path
        return self.client.open(where, method=method, headers=headers, **kwargs)

    def all_of(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Every item of a list, part by part."""
        items: list[dict[str, Any]] = []
        page = self.get(path, **query)
        while True:
            assert page.status_code == 200, page.text
            items += page.json["items"]
            if page.json["next"] is None:
                return items
            page = self.get(page.json["next"])


def make_program(app: Flask, organization: str, *, read_only: bool = False) -> Program:
    return Program(app.test_client(), make_token(organization, read_only=read_only))


def code_of(answer: TestResponse) -> str:
    """The code of a refusal, whose form is always the same."""
    assert set(answer.json) == {"error"}, answer.text
    assert set(answer.json["error"]) == {"code", "message", "reference"}
    return str(answer.json["error"]["code"])
