"""Files by the hash of their content: nothing half-written, nothing outside the folder or the bucket.

What every storage keeps to is asked of each; what only a folder can show is asked of the folder.
"""

import errno
import os
import threading
import time
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.object_storage import ObjectStorage
from lti_tool.storage import FolderStorage, Storage, key_of


@pytest.fixture
def folder(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "files")


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest) -> Storage:
    if request.param == "folder":
        found: Storage = request.getfixturevalue("folder")
        return found
    return ObjectStorage(f"s3://{request.getfixturevalue('s3').bucket()}/school", "files")


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_is_put_comes_back_under_the_hash_of_its_content(storage: Storage) -> None:
    key = storage.put(b"\x89PNG picture")

    assert key == sha256(b"\x89PNG picture").hexdigest()
    assert storage.get(key) == b"\x89PNG picture"
    assert storage.exists(key)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2000))
def test_any_bytes_come_back_unchanged(storage: Storage, data: bytes) -> None:
    assert storage.get(storage.put(data)) == data


def test_the_same_bytes_lie_there_once_and_are_not_written_again(folder: FolderStorage, tmp_path: Path) -> None:
    key = folder.put(b"twice")
    (kept,) = files_in(tmp_path)
    before = kept.stat().st_ino

    assert folder.put(b"twice") == key
    assert [path.stat().st_ino for path in files_in(tmp_path)] == [before]


def test_files_are_fanned_out_in_two_levels(folder: FolderStorage, tmp_path: Path) -> None:
    key = folder.put(b"x")

    assert files_in(tmp_path) == [tmp_path / "files" / key[:2] / key[2:4] / key]


def test_another_instance_on_the_same_folder_finds_the_file(folder: FolderStorage, tmp_path: Path) -> None:
    key = folder.put(b"shared")

    assert FolderStorage(tmp_path / "files").get(key) == b"shared"


def test_what_has_lain_there_for_long_is_told(storage: Storage) -> None:
    key = storage.put(b"old by now")
    time.sleep(1.1)  # an S3 tells whole seconds

    assert list(storage.older_than(timedelta(seconds=0))) == [key]
    assert list(storage.older_than(timedelta(minutes=1))) == []


def test_a_missing_file_is_a_key_error(storage: Storage) -> None:
    absent = "0" * 64

    assert not storage.exists(absent)
    with pytest.raises(KeyError):
        storage.get(absent)


def test_a_deleted_file_is_gone_and_deleting_it_again_is_no_harm(storage: Storage) -> None:
    key = storage.put(b"gone")
    storage.put(b"stays")

    storage.delete(key)
    storage.delete(key)

    assert not storage.exists(key)
    assert storage.exists(key_of(b"stays"))


@pytest.mark.parametrize(
    "key",
    ["", "..", "../" * 10 + "etc/passwd", "/etc/passwd", "a" * 63, "a" * 65, "A" * 64, "g" * 64,
     "a" * 64 + "\n", "a" * 32 + "/" + "a" * 31, "a" * 63 + "\0", "..%2f" + "a" * 59],
)  # fmt: skip
def test_a_name_never_becomes_a_path(storage: Storage, key: str) -> None:
    for ask in (storage.get, storage.exists, storage.delete):
        with pytest.raises(KeyError):
            ask(key)


def test_a_full_disk_leaves_nothing_half_written(
    folder: FolderStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            folder.put(b"too much")

    assert files_in(tmp_path) == []
    assert folder.get(folder.put(b"too much")) == b"too much"


def test_many_writers_of_the_same_bytes_never_show_a_part_of_them(folder: FolderStorage, tmp_path: Path) -> None:
    data = os.urandom(1_000_000)
    key = sha256(data).hexdigest()
    lengths: set[int] = set()

    def read() -> None:
        while not lengths:
            try:
                lengths.add(len(folder.get(key)))
            except KeyError:
                continue

    threads = [threading.Thread(target=read) for _ in range(2)]
    threads += [threading.Thread(target=folder.put, args=(data,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert lengths == {1_000_000}
    assert [path.name for path in files_in(tmp_path)] == [key]


def test_a_folder_is_reached_where_a_file_can_be_written_also_before_the_first(tmp_path: Path) -> None:
    new, in_the_way = FolderStorage(tmp_path / "new" / "files"), tmp_path / "a file"
    in_the_way.write_text("")
    before = new.is_reached()
    new.put(b"a file")

    assert (before, new.is_reached()) == (True, True)
    assert not FolderStorage(in_the_way / "files").is_reached()
