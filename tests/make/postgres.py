"""A private PostgreSQL: started from the installed programs in a folder of its own, stopped by its own process id."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.make.serving import free_port

_USER = "spaces"


class NoPostgreSQL(RuntimeError):  # noqa: N818 - it reads as a sentence
    """The server programs are not installed: apt-get install postgresql."""


class Server:
    """A private server in a folder of its own. `keeps_word`: what was committed outlasts its sudden end; tests that end
    it properly need not wait for that.
    """

    def __init__(self, folder: Path, *, keeps_word: bool = False) -> None:
        self._folder, self._account, self._port = folder, _account(), free_port()
        self._options = {
            "port": self._port, "listen_addresses": "127.0.0.1", "unix_socket_directories": str(folder), "fsync": "off",
            "synchronous_commit": "on" if keeps_word else "off", "full_page_writes": "off", "max_connections": 200,
            "shared_buffers": "64MB", "autovacuum": "off",
        }  # fmt: skip
        if self._account:
            os.chown(folder, self._account.pw_uid, self._account.pw_gid)
        _run(self._account, "initdb", "--pgdata", str(folder / "data"), "--username", _USER, "--auth", "trust",
             "--encoding", "UTF8", "--no-locale", "--no-sync")  # fmt: skip

    @property
    def url(self) -> str:
        """Of its `postgres` database."""
        return f"postgresql://{_USER}@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Answers once it takes connections; after a sudden end it goes through its log first."""
        words = [word for name, value in self._options.items() for word in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [_program("postgres"), "-D", str(self._folder / "data"), *words], stdout=log, stderr=log,
                **_as(self._account), cwd=self._folder,
            )  # fmt: skip
        _wait_for(self.url, self._process, self._folder / "log")

    def stop(self) -> None:
        """A "fast" shutdown: waits for nobody but ends every session cleanly."""
        self._end(signal.SIGINT)

    def stop_at_once(self) -> None:
        """An "immediate" shutdown: nothing is ended cleanly, as when the machine goes."""
        self._end(signal.SIGQUIT)

    def _end(self, how: signal.Signals) -> None:
        self._process.send_signal(how)
        self._process.wait(timeout=30)


@contextmanager
def private_postgres() -> Iterator[str]:
    """Run a server on a free loopback port; answers the URL of its `postgres` database."""
    with private_server() as server:
        yield server.url


@contextmanager
def private_server(*, keeps_word: bool = False) -> Iterator[Server]:
    """The same, to be stopped and started."""
    folder = Path(tempfile.mkdtemp(prefix="spaces-postgres-"))
    server = Server(folder, keeps_word=keeps_word)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def create_database(url: str, *, template: bool = False) -> str:
    """A fresh database on the server of `url`, or a copy of the one that `url` names; answers its URL."""
    server, _, source = url.rpartition("/")
    name = f"test_{uuid4().hex}"
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(source if template else "template1")
    )
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(statement)
    return f"{server}/{name}"


class Copies:
    """Copies of one database, for one test after the other. Making one takes longer than many a test, so a copy that a
    test has left in its shape, and with nobody connected, is emptied for the next.
    """

    _USES = 50  # the pages of deleted rows are not cleaned up here

    def __init__(self, source: str) -> None:
        self._source = source
        self._free: list[_Copy] = []
        self._lent: dict[str, _Copy] = {}

    def lend(self) -> str:
        copy = self._free.pop() if self._free else _Copy(create_database(self._source, template=True))
        self._lent[copy.url] = copy
        return copy.url

    def give_back(self, url: str) -> None:
        copy = self._lent.pop(url)
        if copy.uses < self._USES and copy.is_left_alone() and copy.keeps_its_shape():
            copy.empty()
            self._free.append(copy)
        else:
            copy.connection.close()

    def close(self) -> None:
        for copy in (*self._free, *self._lent.values()):
            copy.connection.close()


class _Copy:
    """A database, and our own connection to it."""

    def __init__(self, url: str) -> None:
        self.url, self.uses = url, 0
        self.connection = psycopg.connect(url, autocommit=True)
        self.connection.execute("SET session_replication_role = replica")  # nothing asks for foreign keys as we delete
        self._shape = self._shape_now()
        named = self.connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        self._tables = [sql.Identifier(name) for (name,) in named if name != "alembic_version"]
        if self._with_rows():
            raise RuntimeError("The migrations leave rows behind: a copy cannot be made anew by emptying it.")

    def is_left_alone(self) -> bool:
        """Is nobody else connected? Who has just hung up takes a moment to go."""
        for _ in range(100):
            if self._ask(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ) == (0,):
                return True
            time.sleep(0.005)
        return False

    def keeps_its_shape(self) -> bool:
        return self._shape_now() == self._shape

    def empty(self) -> None:
        """Delete every row, and count from the start."""
        self.uses += 1
        for table in self._with_rows():
            self.connection.execute(sql.SQL("DELETE FROM {}").format(table))
        self.connection.execute("SELECT setval(sequencename::regclass, start_value, false) FROM pg_sequences")

    def _with_rows(self) -> list[sql.Identifier]:
        asked = sql.SQL(", ").join(sql.SQL("EXISTS (SELECT FROM {})").format(table) for table in self._tables)
        found = self._ask(sql.SQL("SELECT {}").format(asked)) or ()
        return [table for table, there in zip(self._tables, found, strict=True) if there]

    def _shape_now(self) -> object:
        """Another one after any change to the tables."""
        return self._ask(
            "SELECT array_agg((oid, xmin) ORDER BY oid)::text, (SELECT count(*) FROM pg_attribute),"
            " (SELECT version_num FROM alembic_version) FROM pg_class"
        )

    def _ask(self, question: sql.Composed | LiteralString) -> tuple[object, ...] | None:
        return self.connection.execute(question).fetchone()


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; then it runs as its own user, or as nobody."""
    if os.getuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _as(account: pwd.struct_passwd | None) -> dict[str, object]:
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def _program(name: str) -> str:
    newest_first = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = str(newest_first[0]) if newest_first else shutil.which(name)
    if found is None:
        raise NoPostgreSQL(NoPostgreSQL.__doc__)
    return found


def _run(account: pwd.struct_passwd | None, name: str, *words: str) -> None:
    done = subprocess.run([_program(name), *words], capture_output=True, text=True, cwd="/", **_as(account))
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr}")


def _wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(200):
        if server.poll() is not None:
            raise RuntimeError(log.read_text())
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(log.read_text())
