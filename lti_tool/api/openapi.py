"""The API's description of itself, served as a file: no page of somebody else's, no script."""

import copy
from typing import Any

from flask import Response, current_app, jsonify
from spectree import Response as Answers

from lti_tool.api.describing import tree
from lti_tool.people.access import Permission, needs

_INTRODUCTION = """\
JSON over the same reads and actions as the tool's pages, for programs of an organization's administrators.

A token belongs to one organization; nothing of another one exists for it. Lists come in parts: follow `next` until it
is null. Whatever changes something takes an `Idempotency-Key`. Instants are in UTC. Refusals share one form; their
`code` is for programs, their `message` for people.
"""
_NO_BODY_NEEDED = {"Nothing", "TakenBack", "Revocation"}


@needs(Permission.PUBLIC)
@tree.validate(resp=Answers(HTTP_200=None), tags=("Description",), security={})
def openapi() -> Response:
    """Read this description"""
    response = jsonify(_document())
    response.headers["Access-Control-Allow-Origin"] = "*"  # it says nothing about anybody
    return response


def _document() -> dict[str, Any]:
    document: dict[str, Any] = copy.deepcopy(tree.spec)
    document["info"]["description"] = _INTRODUCTION
    document["servers"] = [{"url": current_app.extensions["settings"].public_url}]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _complete(path, operation)
    return document


def _complete(path: str, operation: dict[str, Any]) -> None:
    """What spectree has no words for."""
    for parameter in operation["parameters"]:
        parameter["schema"] = _without_null(parameter["schema"])
    answers = operation["responses"]
    if "401" in answers:
        answers["401"]["headers"] = {"WWW-Authenticate": _text("which kind of token is asked for")}
    if "429" in answers:
        answers["429"]["headers"] = {"Retry-After": _text("so many seconds")}
    if path.endswith(".csv"):
        answers["200"]["content"] = {"text/csv": {"schema": {"type": "string"}}}
    if path.endswith("/openapi.json"):
        answers["200"]["content"] = {"application/json": {"schema": {"type": "object"}}}
    body = operation.get("requestBody", {})
    if any(one["schema"]["$ref"].rpartition("/")[2] in _NO_BODY_NEEDED for one in body.get("content", {}).values()):
        body["required"] = False


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that is not there is left out: an address knows no null."""
    schema = {name: value for name, value in schema.items() if (name, value) != ("default", None)}
    kinds = [kind for kind in schema.pop("anyOf", []) if kind != {"type": "null"}]
    return {**schema, **kinds[0]} if kinds else schema


def _text(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}
