"""`lti-tool sandbox`: run the sandbox LMS until it is stopped."""

from collections.abc import Iterator
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import click
from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.settings import SandboxSettings


class _QuietHandler(WSGIRequestHandler):
    """Says nothing of requests that went well."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if str(code).startswith("5"):
            super().log_request(code, size)


def open_server(app: Flask, host: str, port: int) -> BaseWSGIServer:
    """Listen with a thread per request; the caller starts `serve_forever` and ends with `shutdown`."""
    return make_server(host, port, _closing(app), threaded=True, request_handler=_QuietHandler)


def _closing(app: WSGIApplication) -> WSGIApplication:
    """Werkzeug's server forgets to close an answer, and the file that it reads, when the browser goes away before: a
    generator ends by itself.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        body = app(environ, start_response)
        try:
            yield from body
        finally:
            if hasattr(body, "close"):
                body.close()

    return answer


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=9000, show_default=True, help="Port to listen on.")
@click.option("--url", help="Base address as browsers and the tool see it.  [default: http://HOST:PORT]")
@click.option("--tool-url", default="http://localhost:8000", show_default=True, help="The tool's base address.")
@click.option("--client-id", default="spaces-sandbox", show_default=True, help="Client id of the tool.")
@click.option("--learners", default=1200, show_default=True, help="Learners in the large course.")
def sandbox(host: str, port: int, url: str | None, tool_url: str, client_id: str, learners: int) -> None:
    """Run a small LMS to try the tool with."""
    settings = SandboxSettings(
        url=(url or f"http://{host}:{port}").rstrip("/"),
        tool_url=tool_url.rstrip("/"),
        client_id=client_id,
        learners=learners,
    )
    server = open_server(create_sandbox(settings), host, port)
    click.echo(f"Sandbox LMS: {settings.url}/  (opens the tool at {settings.tool_url})")
    try:
        server.serve_forever()
    finally:
        server.server_close()
