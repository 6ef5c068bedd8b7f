"""Writers of one SQLite database take turns: threads, processes, and one that is killed in the middle."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lti_tool.turn import WritersTurn

_COUNT = """
import sys
from pathlib import Path
from lti_tool.turn import WritersTurn
place = Path(sys.argv[1])
turn = WritersTurn(place)
for _ in range(200):
    with turn:
        place.write_text(str(int(place.read_text()) + 1))
"""
_HOLD = """
import sys, time
from pathlib import Path
from lti_tool.turn import WritersTurn
with WritersTurn(Path(sys.argv[1])):
    print("mine", flush=True)
    time.sleep(600)
"""


def test_threads_and_processes_never_write_at_once(tmp_path: Path) -> None:
    place = tmp_path / "count"
    place.write_text("0")
    turn = WritersTurn(place)

    def count() -> None:
        for _ in range(200):
            with turn:
                place.write_text(str(int(place.read_text()) + 1))

    threads = [threading.Thread(target=count) for _ in range(3)]
    others = [subprocess.Popen([sys.executable, "-c", _COUNT, str(place)]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [other.wait(60) for other in others] == [0, 0]
    assert place.read_text() == "1000"


def test_a_writer_that_is_killed_gives_its_turn_back(tmp_path: Path) -> None:
    place = tmp_path / "spaces.db"
    with subprocess.Popen([sys.executable, "-c", _HOLD, str(place)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"mine\n"
        holder.kill()

    with WritersTurn(place):
        pass


def test_a_thread_that_would_wait_for_itself_is_told(tmp_path: Path) -> None:
    turn = WritersTurn(tmp_path / "spaces.db")

    with turn, pytest.raises(RuntimeError, match="has its turn already"), turn:
        pass

    with turn:
        pass


def test_a_fault_in_ones_turn_gives_it_back(tmp_path: Path) -> None:
    turn = WritersTurn(tmp_path / "spaces.db")
    try:
        with turn:
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass

    with turn:
        pass


def test_a_thread_that_ends_leaves_no_file_open(tmp_path: Path) -> None:
    turn = WritersTurn(tmp_path / "spaces.db")

    def write() -> None:
        with turn:
            assert len(_open_turns(tmp_path)) == 1

    for _ in range(3):
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()

    assert _open_turns(tmp_path) == []


def _open_turns(folder: Path) -> list[Path]:
    opened = [one.readlink() for one in Path("/proc/self/fd").iterdir() if one.is_symlink()]
    return [one for one in opened if one.parent == folder]
