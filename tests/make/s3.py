"""A private S3: moto's server in a process of its own on a free loopback port, and buckets in it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import requests

from tests.make.serving import free_port


@dataclass(frozen=True)
class S3:
    """`environment` is what a process reads to find it, and nobody else's."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.url, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests",
        }  # fmt: skip

    def bucket(self) -> str:
        """A new and empty one. Answers its name."""
        name = f"bucket-{uuid4().hex}"
        requests.put(f"{self.url}/{name}", timeout=30).raise_for_status()
        return name

    def names_in(self, bucket: str) -> list[str]:
        """What lies there, by moto's own word."""
        listed = requests.get(f"{self.url}/{bucket}?list-type=2", timeout=30).text
        return [part.partition("</Key>")[0] for part in listed.split("<Key>")[1:]]


@contextmanager
def private_s3() -> Iterator[S3]:
    port = free_port()
    words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/moto-api/")
        yield S3(f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.wait(timeout=30)


def _wait_for(url: str) -> None:
    for _ in range(600):
        try:
            requests.get(url, timeout=5)
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("moto's server did not start.")
