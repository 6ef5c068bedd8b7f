"""What stands in front of several web processes: connections go to each of them in turn, and past one that is dead."""

import itertools
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_PIECE = 64 * 1024


@contextmanager
def balancing(port: int, ports: list[int]) -> Iterator[None]:
    """Listen on 127.0.0.1:`port`. A connection that was made to a process ends with it, as behind a real proxy."""
    turns = itertools.count()
    listener = socket.create_server(("127.0.0.1", port), backlog=128)
    stopped = threading.Event()

    def accept() -> None:
        while not stopped.is_set():
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            if stopped.is_set():
                caller.close()
                return
            first = next(turns)
            order = [ports[(first + step) % len(ports)] for step in range(len(ports))]
            threading.Thread(target=_carry, args=(caller, order), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            pass  # who waits for a caller sees that it is over
        thread.join()
        listener.close()


def _carry(caller: socket.socket, ports: list[int]) -> None:
    with caller:
        called = _first_alive(ports)
        if called is None:
            return
        with called:
            back = threading.Thread(target=_pipe, args=(called, caller), daemon=True)
            back.start()
            _pipe(caller, called)
            back.join()


def _first_alive(ports: list[int]) -> socket.socket | None:
    for port in ports:
        with suppress(OSError):
            return socket.create_connection(("127.0.0.1", port), timeout=60)
    return None


def _pipe(one: socket.socket, other: socket.socket) -> None:
    """To the end of what `one` says, or of either."""
    with suppress(OSError):
        while piece := one.recv(_PIECE):
            other.sendall(piece)
    for ended in (one, other):
        with suppress(OSError):
            ended.shutdown(socket.SHUT_RD if ended is one else socket.SHUT_WR)
