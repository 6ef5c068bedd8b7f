"""What was kept of each release: its database on both kinds, a backup that it took, and what people saw then."""

import gzip
import json
import re
import sqlite3
import subprocess
import tarfile
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from tests.make.tenant import Tenant
from tests.upgrade.furnished import Furnished

FOLDER = Path(__file__).with_name("released")
SECRET = "the secret of the releases"
_OF_PSQL = re.compile(r"^\\(un)?restrict .*$", re.MULTILINE)  # a word to psql, and no SQL


@dataclass(frozen=True)
class Release:
    """A folder of its own in `released/`."""

    name: str

    @property
    def folder(self) -> Path:
        return FOLDER / self.name

    @property
    def backup(self) -> Path:
        return self.folder / "everything.backup"

    def read(self, name: str) -> Any:
        return json.loads(gzip.decompress((self.folder / f"{name}.json.gz").read_bytes()))

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.read("seen")["moment"])

    @property
    def furnished(self) -> Furnished:
        said = self.read("seen")
        return Furnished(Tenant(**said["tenant"]), said["owner"])

    def into(self, url: str) -> None:
        """The database as it was, into an empty one."""
        load(self.folder, url)

    def files_into(self, data_dir: Path) -> None:
        """As `storage.py` of then laid them: by the digits of the key."""
        with tarfile.open(self.backup) as tar:
            for entry in tar:
                if entry.name.startswith("files/") and (lying := tar.extractfile(entry)):
                    key = entry.name.removeprefix("files/")
                    place = data_dir / "files" / key[:2] / key[2:4] / key
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(lying.read())


def releases() -> list[Release]:
    return [Release(path.name) for path in sorted(FOLDER.iterdir()) if (path / "seen.json.gz").exists()]


def write(folder: Path, name: str, said: Any) -> None:
    packed = gzip.compress(json.dumps(said, ensure_ascii=False, sort_keys=True).encode(), mtime=0)
    (folder / f"{name}.json.gz").write_bytes(packed)


def load(folder: Path, url: str) -> None:
    """The SQL of the folder into an empty database."""
    kind = url.partition(":")[0]
    script = gzip.decompress((folder / f"{kind}.sql.gz").read_bytes()).decode()
    if kind == "sqlite":
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.executescript(script)
        return
    with psycopg.connect(url) as connection:
        connection.execute(_OF_PSQL.sub("", script).encode())


def dump(folder: Path, url: str) -> None:
    """Everything of a database as SQL, by its own tool, into the folder."""
    kind = url.partition(":")[0]
    if kind == "sqlite":
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            script = "\n".join(connection.iterdump()).encode()
    else:
        words = ["pg_dump", "--inserts", "--no-owner", "--no-privileges", url]
        script = subprocess.run(words, capture_output=True, check=True).stdout
    (folder / f"{kind}.sql.gz").write_bytes(gzip.compress(script, mtime=0))
