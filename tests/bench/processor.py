"""How much processor time programs take, as the system counts it."""

import os
from contextlib import suppress
from pathlib import Path

import psycopg

_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT, _OWN_AND_ENDED, _OWN = 1, slice(11, 15), slice(11, 13)  # proc(5), /proc/[pid]/stat, counted behind the name


def seconds_of_family(pid: int) -> float:
    """Of a process and its children; of those that have ended too, once it has taken notice."""
    family = sum(map(int, _stat(pid)[_OWN_AND_ENDED]))
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # gone meanwhile
            stat = _stat(int(entry.name))
            if int(stat[_PARENT]) == pid:
                family += sum(map(int, stat[_OWN]))
    return family / _TICKS


def server_behind(url: str) -> int:
    """The process of a PostgreSQL server on this machine whose children serve its sessions."""
    with psycopg.connect(url) as connection:
        return int(_stat(connection.info.backend_pid)[_PARENT])


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
