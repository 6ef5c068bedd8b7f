"""The operator's own scanner, as a command: it gets one file and says by its exit code what it thinks (decision 61).

0 is a clean file and 1 one that it refuses, as with `clamscan` and `clamdscan`. Anything else, and a command that is
not there or takes too long, is no answer.
"""

import os
import shlex
import signal
import subprocess
import tempfile
from contextlib import suppress

_VERDICTS = {0: True, 1: False}


class NoAnswer(RuntimeError):  # noqa: N818 - it reads as a sentence
    """The scanner said neither yes nor no."""


def is_clean(command: str, data: bytes, *, seconds: float) -> bool:
    """What `command` says of these bytes, within so many seconds. Raises NoAnswer."""
    with tempfile.NamedTemporaryFile(prefix="to-be-checked-") as file:
        file.write(data)
        file.flush()
        said = _run([*shlex.split(command), file.name], seconds)
    if said not in _VERDICTS:
        raise NoAnswer(f"The scanner ended with {said}.")
    return _VERDICTS[said]


def _run(words: list[str], seconds: float) -> int:
    """Its exit code. It is heard no further, and when its time is up, all that it has started ends with it."""
    quiet = subprocess.DEVNULL
    try:
        scanner = subprocess.Popen(words, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    except OSError as fault:
        raise NoAnswer("The scanner cannot be started.") from fault
    try:
        return scanner.wait(seconds)
    except subprocess.TimeoutExpired:
        raise NoAnswer("The scanner took too long.") from None
    finally:
        if scanner.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(scanner.pid, signal.SIGKILL)
            scanner.wait()
