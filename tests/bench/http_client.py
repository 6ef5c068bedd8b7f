"""Ready-made requests over a few kept connections, as fast as one process can send them.

Run as a program it is the clock of the launch benchmark: a process of its own, so that sending costs the server
nothing but a share of the machine. `python -m tests.bench.http_client PORT CONNECTIONS FILE` prints the seconds, the
processor time that sending took, and how often each status came.
"""

import json
import selectors
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_END = b"\r\n\r\n"
_PATIENCE = 60.0


class _Line:
    """One connection that sends a request, reads its answer, and goes on to the next."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.socket = self._connect()
        self.number = -1
        self._heard = b""
        self._sent = b""

    def _connect(self) -> socket.socket:
        fresh = socket.create_connection(("127.0.0.1", self._port), timeout=_PATIENCE)
        fresh.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return fresh

    def send(self, number: int, request: bytes) -> None:
        self.number, self._heard, self._sent = number, b"", request
        self.socket.sendall(request)

    def hear(self) -> bytes | None:
        """The whole answer, once it is there."""
        piece = self.socket.recv(65536)
        self._heard += piece
        if not piece and not self._heard:  # a kept connection that the server closed meanwhile
            self.reopen()
            self.send(self.number, self._sent)
            return None
        return self._heard if not piece or _is_whole(self._heard) else None

    def reopen(self) -> None:
        self.socket.close()
        self.socket = self._connect()


def exchange(port: int, requests: Sequence[bytes], connections: int) -> tuple[float, list[bytes]]:
    """Send all of them, at most one under way on each connection. Answers seconds and the answers in order."""
    answers = [b""] * len(requests)
    waiting = iter(enumerate(requests))
    began = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _ in range(min(connections, len(requests))):
            _next(_Line(port), waiting, selector)
        while selector.get_map():
            ready = selector.select(_PATIENCE)
            if not ready:
                raise TimeoutError(f"Nothing came from port {port} for {_PATIENCE:.0f} seconds.")
            for key, _ in ready:
                _serve(key.data, answers, waiting, selector)
    return time.perf_counter() - began, answers


def _serve(
    line: _Line, answers: list[bytes], waiting: Iterator[tuple[int, bytes]], selector: selectors.BaseSelector
) -> None:  # fmt: skip
    before = line.socket
    answer = line.hear()
    if answer is None and line.socket is before:
        return
    selector.unregister(before)
    if answer is None:
        selector.register(line.socket, selectors.EVENT_READ, line)
        return
    answers[line.number] = answer
    if b"connection: close" in answer.partition(_END)[0].lower():
        line.reopen()
    _next(line, waiting, selector)


def _next(line: _Line, waiting: Iterator[tuple[int, bytes]], selector: selectors.BaseSelector) -> None:
    following = next(waiting, None)
    if following is None:
        line.socket.close()
        return
    line.send(*following)
    selector.register(line.socket, selectors.EVENT_READ, line)


def _is_whole(heard: bytes) -> bool:
    head, end, body = heard.partition(_END)
    if not end or status(heard) == 304:  # which has no body and names no length
        return bool(end)
    length = header(head, b"content-length")
    return bool(length) and len(body) >= int(length[0])


def header(head: bytes, name: bytes) -> list[bytes]:
    """Every value of a header, `name` in lower case."""
    lines = (line.partition(b":") for line in head.partition(_END)[0].split(b"\r\n")[1:])
    return [value.strip() for key, _, value in lines if key.strip().lower() == name]


def status(answer: bytes) -> int:
    return int(answer[9:12])


@dataclass(frozen=True)
class Clocked:
    """How long it took, the processor time of the sender in it, and how often each status came."""

    seconds: float
    processor: float
    statuses: dict[str, int]


def clocked(port: int, requests: Sequence[bytes], connections: int, place: Path) -> Clocked:
    """Send them from a process of its own; `place` is a file for what it sends."""
    write_requests(place, requests)
    words = [sys.executable, "-m", "tests.bench.http_client", str(port), str(connections), str(place)]
    said = subprocess.run(words, check=True, capture_output=True, text=True, timeout=300).stdout
    return Clocked(**json.loads(said))


def write_requests(place: Path, requests: Sequence[bytes]) -> None:
    place.write_bytes(b"".join(len(one).to_bytes(4, "big") + one for one in requests))


def _read_requests(place: Path) -> list[bytes]:
    data, position, found = place.read_bytes(), 0, []
    while position < len(data):
        end = position + 4 + int.from_bytes(data[position : position + 4], "big")
        found.append(data[position + 4 : end])
        position = end
    return found


if __name__ == "__main__":
    ready, before = _read_requests(Path(sys.argv[3])), time.process_time()
    took, heard = exchange(int(sys.argv[1]), ready, int(sys.argv[2]))
    sending = time.process_time() - before
    print(json.dumps({"seconds": took, "processor": sending, "statuses": Counter(status(one) for one in heard)}))
