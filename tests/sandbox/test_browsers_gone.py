"""A browser that goes away in the middle of an answer leaves nothing open behind it."""

import gc
import socket
import struct

from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.cli import open_server
from lti_tool.sandbox.settings import SandboxSettings
from tests.make.serving import free_port
from tests.sandbox.installation import serving

_AT_ONCE_AND_RUDELY = struct.pack("ii", 1, 0)  # closing sends a reset


def test_a_file_that_nobody_waits_for_any_more_is_closed() -> None:
    port = free_port()
    lms = create_sandbox(SandboxSettings(url=f"http://127.0.0.1:{port}", tool_url="http://localhost:1", learners=3))

    with serving(open_server(lms, "127.0.0.1", port)):
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", port)) as browser:
                browser.sendall(b"GET /static/icon.svg HTTP/1.1\r\nHost: lms\r\n\r\n")
                browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE_AND_RUDELY)
                browser.recv(1)
    gc.collect()
