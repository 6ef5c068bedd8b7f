"""Programs of the house as an operator starts them: real processes, ended by their own id when the test ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lti_tool.places import PACKAGE
from lti_tool.settings import Settings


def environment(settings: Settings) -> dict[str, str]:
    """The environment that gives a program the settings of this test, and nothing else of ours."""
    words = {
        "DATA_DIR": settings.data_dir, "DATABASE_URL": settings.database_url, "PUBLIC_URL": settings.public_url,
        "SECRET_KEY": settings.secret_key, "JOBS_URL": settings.jobs_url, "LOG_LEVEL": settings.log_level,
        "PRIVATE_HOSTS": ",".join(settings.private_hosts), "JOB_LEASE_SECONDS": settings.job_lease_seconds,
        "JOB_SWEEP_SECONDS": settings.job_sweep_seconds, "JOB_THREADS": settings.job_threads,
    }  # fmt: skip
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LTI_TOOL_")}
    return {**inherited, **{f"LTI_TOOL_{name}": str(value) for name, value in words.items()}}


@contextmanager
def program(*words: str, env: Mapping[str, str], cwd: Path = PACKAGE.parent) -> Iterator["subprocess.Popen[str]"]:
    """`python -m …` while the block runs; then it is asked to end, and ended."""
    started = subprocess.Popen(
        [sys.executable, "-m", *words], env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield started
    finally:
        if started.poll() is None:
            started.send_signal(signal.SIGTERM)
        try:
            started.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            started.kill()
            started.communicate()


def run(*words: str, env: Mapping[str, str], cwd: Path = PACKAGE.parent) -> "subprocess.CompletedProcess[str]":
    """`python -m …` to its end."""
    return subprocess.run(
        [sys.executable, "-m", *words], env=env, cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )


def wait_until(true: Callable[[], bool], patience: float = 60.0) -> None:
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"It did not come in {patience} seconds."
        time.sleep(0.05)
