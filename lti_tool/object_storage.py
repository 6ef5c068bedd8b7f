"""Files in object storage (S3 and what speaks like it, Google's, Azure's), for many machines without a shared disk.

The names are those of the folder (`files/ab/cd/abcd…`), so any tool that copies a folder into a bucket moves there.
Credentials are those that `obstore` finds in the environment of the process, such as AWS_ACCESS_KEY_ID.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from lti_tool import clock
from lti_tool.logs import log
from lti_tool.settings import BadSetting, Settings
from lti_tool.storage import FolderStorage, Storage, StorageAway, key_of, parts_of

_NOBODYS = "0" * 64  # a name that no file has: to look for it costs no byte


@dataclass(frozen=True)
class _Patience:
    """For how long one try may take, and all of them together."""

    connected: str
    answers: str
    tries_again: int
    at_most: timedelta


_FOR_A_FILE = _Patience("2s", "30s", 1, timedelta(seconds=40))
_FOR_A_LOOK = _Patience("1s", "2s", 0, timedelta(seconds=2))
_WHY = {
    "UnauthenticatedError": "it does not accept the credentials",
    "PermissionDeniedError": "the credentials may not do this",
    "FileNotFoundError": "there is no such bucket",
}
_NO_PACKAGE = "FILES_URL needs a package that is not installed: pip install 'lti-tool[objects]'"


def storage_at(settings: Settings, name: str) -> Storage:
    """One of the places for files: in object storage under this name, or in a folder of this name."""
    if settings.files_url:
        return ObjectStorage(settings.files_url, name)
    return FolderStorage(settings.data_dir / name)


class ObjectStorage:
    """Storage in a bucket. What is put is there whole or not at all: the protocols have no halves."""

    def __init__(self, url: str, name: str) -> None:
        self._name, self._place = name, urlsplit(url).netloc
        self._client, self._store = _opened(url, _FOR_A_FILE)
        _, self._watched = _opened(url, _FOR_A_LOOK)

    def put(self, data: bytes) -> str:
        key = key_of(data)
        if not self.exists(key):
            with self._told():
                self._client.put(self._store, self._path(key), data)
        return key

    def get(self, key: str) -> bytes:
        return self._asked(key, lambda path: bytes(self._client.get(self._store, path).bytes()))

    def exists(self, key: str) -> bool:
        return self._is_there(self._store, key)

    def delete(self, key: str) -> None:
        path = self._path(key)
        with self._told():
            try:
                self._client.delete(self._store, path)
            except FileNotFoundError:
                return

    def is_reached(self) -> bool:
        try:
            self._is_there(self._watched, _NOBODYS)
        except StorageAway:
            return False
        return True

    def older_than(self, age: timedelta) -> Iterator[str]:
        oldest = clock.now() - age
        with self._told():
            for some in self._client.list(self._store, prefix=self._name):
                for one in some:
                    if one["last_modified"] < oldest:
                        yield str(one["path"]).rpartition("/")[2]

    def _is_there(self, store: Any, key: str) -> bool:
        path = self._path(key)
        with self._told():
            try:
                self._client.head(store, path)
            except FileNotFoundError:
                return False
        return True

    def _asked(self, key: str, ask: Callable[[str], bytes]) -> bytes:
        path = self._path(key)
        with self._told():
            try:
                return ask(path)
            except FileNotFoundError:
                raise KeyError(key) from None

    def _path(self, key: str) -> str:
        return "/".join((self._name, *parts_of(key)))

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (self._client.exceptions.BaseError, FileNotFoundError) as fault:
            kind = type(fault).__name__  # its own words are long, and name addresses
            log.warning("storage_away", fault=kind)
            raise StorageAway(f"{self._place}: {_WHY.get(kind, 'nothing answers there')} ({kind})") from None


def _opened(url: str, patience: _Patience) -> tuple[Any, Any]:
    try:
        import obstore  # an extra: who keeps files in a folder does not need it
        import obstore.store
    except ImportError:
        raise BadSetting(_NO_PACKAGE) from None
    plain = os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("true", "1")  # with options of ours it does not look there
    options: Any = {"connect_timeout": patience.connected, "timeout": patience.answers, "allow_http": plain}
    retries: Any = {"max_retries": patience.tries_again, "retry_timeout": patience.at_most}
    try:
        return obstore, obstore.store.from_url(url, client_options=options, retry_config=retries)
    except (obstore.exceptions.BaseError, ValueError) as fault:
        raise BadSetting(f"FILES_URL cannot be used ({type(fault).__name__}): s3://bucket/prefix can.") from None
