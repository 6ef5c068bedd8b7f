"""How spectree meets Flask here: it finds the API's addresses and calls their pages; reading is done strictly by us.

spectree by itself takes a body that is no JSON for an empty one, and answers mistakes with its own list of errors.
"""

import hashlib
import json as jsons
from collections.abc import Iterator
from typing import Any

import flask
from pydantic import BaseModel, ValidationError
from spectree.plugins.base import Context
from spectree.plugins.flask_plugin import FlaskPlugin
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.routing import Rule

from lti_tool.api.reading import Unreadable, check_words, read_object, sentence
from lti_tool.errors import Problem

_WRITING = ("POST", "PUT", "PATCH", "DELETE")
Model = type[BaseModel] | None


class StrictReading(FlaskPlugin):
    """spectree's Flask backend with our reading of requests."""

    def find_routes(self) -> Iterator[Rule]:
        rules = flask.current_app.url_map.iter_rules()
        return (rule for rule in rules if rule.endpoint.startswith("api."))

    def request_validation(
        self, request: flask.Request, query: Model, json: Model, form: Model, headers: Model, cookies: Model
    ) -> None:
        """Check what was said and hand it to the page. Raises `Problem` bad_request or api_media_type."""
        try:
            said = Context(
                query.model_validate(_once_each(request.args)) if query else None,
                *(_body(request, json, form) if request.method in _WRITING else (None, None)),
                headers.model_validate(_known(request, headers)) if headers else None,
                None,
            )
        except Unreadable as unclear:
            raise Problem("bad_request", str(unclear)) from None
        except ValidationError as wrong:
            first = wrong.errors(include_url=False, include_context=False, include_input=False)[0]
            raise Problem("bad_request", sentence(first["loc"], first["type"], first["msg"])) from None
        request.context = said  # type: ignore[attr-defined]

    def validate_response(
        self, resp: Any, resp_model: Any, skip_validation: bool, force_resp_serialize: bool
    ) -> tuple[flask.Response, None]:
        """A page answers with a model, or with a response that is ready (a stream must not be read here)."""
        return (as_json(resp) if isinstance(resp, BaseModel) else resp), None


def as_json(answer: BaseModel, status: int = 200) -> flask.Response:
    return flask.Response(answer.model_dump_json(), status, mimetype="application/json")


def _body(request: flask.Request, json: Model, form: Model) -> tuple[BaseModel | None, BaseModel | None]:
    if form and request.mimetype == "multipart/form-data":
        fields = _once_each(request.form) | _once_each(request.files)
        _remember({name: _content(value) for name, value in fields.items()})
        return None, form.model_validate(fields)
    raw = request.get_data()
    if len(raw) >= (request.max_content_length or 0):  # a body of no stated length is cut off there without a word
        raise Problem("too_large")
    if json is None:
        return None, None
    if not raw and not any(field.is_required() for field in json.model_fields.values()):
        raw = b"{}"
    elif request.mimetype != "application/json":
        raise Problem("api_media_type")
    _remember(read_object(raw))
    return json.model_validate_json(raw), None


def _once_each(said: MultiDict[str, Any]) -> dict[str, Any]:
    for name, values in said.lists():
        if len(values) > 1:
            raise Unreadable(sentence([name], "", "occurs twice"))
    fields = said.to_dict()
    check_words(fields)
    return fields


def _known(request: flask.Request, headers: type[BaseModel]) -> dict[str, str]:
    """Every request has headers that are none of ours."""
    names = {field.alias for field in headers.model_fields.values() if field.alias}
    return {name: request.headers[name] for name in names if name in request.headers}


def _content(value: Any) -> str:
    """What a part of a form says, without the boundary around it, which is another one each time."""
    if not isinstance(value, FileStorage):
        return str(value)
    digest = hashlib.sha256(value.stream.read()).hexdigest()
    value.stream.seek(0)
    return f"file {digest}"


def _remember(said: dict[str, Any]) -> None:
    """For the Idempotency-Key: the same request is one that says the same, however it is written."""
    flask.g.api_said = jsons.dumps(said, sort_keys=True)
