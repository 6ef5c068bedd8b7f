"""`python -m tests.bench.delivery_lms PORT TOOL LEARNERS`: the sandbox LMS in a process of its own."""

import sys

from werkzeug.serving import WSGIRequestHandler, make_server

from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.settings import SandboxSettings


class _Kept(WSGIRequestHandler):
    """Connections stay open, as those of any LMS do."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    port, tool, learners = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    lms = create_sandbox(SandboxSettings(url=f"http://127.0.0.1:{port}", tool_url=tool, learners=learners))
    make_server("127.0.0.1", port, lms, threaded=True, request_handler=_Kept).serve_forever()
