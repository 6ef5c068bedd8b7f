"""What is no whole backup of this tool changes nothing: no row, no file, and the operator reads why."""

import gzip
import json
import os
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from lti_tool.db import transaction
from lti_tool.processes import python
from lti_tool.safekeeping.backing_up import back_up
from lti_tool.settings import Settings
from lti_tool.spaces.evidence.model import Attachment
from lti_tool.storage import key_of, storage_here
from tests.make.auditor import differences, every_file
from tests.make.every_table import fill_every_table
from tests.make.everything import everything
from tests.make.house import house
from tests.make.organization import make_organization
from tests.make.tampering import Parts, parts_of, tampered, with_link, write
from tests.safekeeping.conftest import Elsewhere, command, copy_of

CUT_OFF, DAMAGED = "it was cut off", "The backup is damaged"
STRANGE, FOREIGN = "This is no backup of this tool", "this tool puts into none"


@pytest.fixture(scope="module")
def taken(migrated: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[Any]]]:
    """A backup of rows in every table, made once, and all that these rows say."""
    folder = tmp_path_factory.mktemp("taken")
    with house(folder, database_url=copy_of(migrated, folder), secret_key="one"):
        fill_every_table()
        back_up(folder / "whole.backup")
        return folder / "whole.backup", everything()


@pytest.fixture
def whole(taken: tuple[Path, dict[str, list[Any]]], tmp_path: Path) -> Path:
    """This test's own copy."""
    return Path(shutil.copy(taken[0], tmp_path))


@pytest.fixture
def refused(fresh: Elsewhere, tmp_path: Path) -> Callable[[Path], str]:
    """Restores into a fresh installation, which must be as fresh afterwards. Answers what the operator reads."""

    def restored(file: Path) -> str:
        with fresh(f"fresh-{file.stem}"):
            result = command("restore", str(file))
            assert not any(everything().values())
            assert every_file(tmp_path / f"fresh-{file.stem}") == {}
        assert result.exit_code == 1, result.output
        assert "Nothing was changed." in result.output
        return result.output

    return restored


@pytest.mark.parametrize("part", [0.01, 0.3, 0.6, 0.8])
def test_one_that_was_cut_off(whole: Path, refused: Callable[[Path], str], part: float) -> None:
    data = whole.read_bytes()
    whole.write_bytes(data[: int(len(data) * part)])

    assert CUT_OFF in refused(whole)


def test_one_that_was_cut_off_in_its_seal(whole: Path, refused: Callable[[Path], str]) -> None:
    data = whole.read_bytes()
    whole.write_bytes(data[: data.rindex(b'"digest"')])

    assert CUT_OFF in refused(whole)


def test_one_without_its_seal(whole: Path, refused: Callable[[Path], str]) -> None:
    assert CUT_OFF in refused(write(whole, parts_of(whole)[:-1]))


def test_any_changed_byte_is_found_or_does_no_harm(
    taken: tuple[Path, dict[str, list[Any]]], whole: Path, fresh: Elsewhere
) -> None:
    """What fills up a block of the tar says nothing; whatever says something is proven."""
    before, data = taken[1], whole.read_bytes()
    places = list(range(700, len(data), len(data) // 30))
    harmless = 0
    while places:
        with fresh(f"installation-{len(places)}"):
            while places:
                changed = bytearray(data)
                changed[places.pop()] ^= 0x55
                whole.write_bytes(changed)
                result = command("restore", str(whole))
                if result.exit_code == 0:
                    harmless += 1
                    assert differences(before, everything()) == []
                    break
                assert "Nothing was changed." in result.output
                assert not any(everything().values())

    assert harmless < 20


def first_file(parts: Parts) -> int:
    return next(number for number, (name, _) in enumerate(parts) if name.startswith("files/"))


def another_file_under_its_key(parts: Parts) -> Parts:
    at = first_file(parts)
    return [*parts[:at], (parts[at][0], b"something else"), *parts[at + 1 :]]


def without_a_file(parts: Parts) -> Parts:
    at = first_file(parts)
    return parts[:at] + parts[at + 1 :]


def a_file_more(parts: Parts) -> Parts:
    data = b"nobody names it"
    files = sorted([*parts[first_file(parts) :], (f"files/{key_of(data)}", data)])
    return [*parts[: first_file(parts)], *files]


def another_row(parts: Parts) -> Parts:
    """As many rows as before, and one says something else: the fingerprint knows."""
    return [(name, _renamed(data) if name.startswith("rows/organization/") else data) for name, data in parts]


def _renamed(data: bytes) -> bytes:
    rows = gzip.decompress(data)
    assert b"line" in rows
    return gzip.compress(rows.replace(b"line", b"Line"))


def without_a_table(parts: Parts) -> Parts:
    return [part for part in parts if not part[0].startswith("rows/audit_entry/")]


def a_short_row(parts: Parts) -> Parts:
    return [(name, gzip.compress(b"[1]\n") if name.startswith("rows/job/") else data) for name, data in parts]


def no_json(parts: Parts) -> Parts:
    return [(name, gzip.compress(b"{nonsense\n") if name.startswith("rows/job/") else data) for name, data in parts]


def no_gzip(parts: Parts) -> Parts:
    return [(name, b"plain" if name.startswith("rows/job/") else data) for name, data in parts]


CHANGES = (
    another_file_under_its_key, without_a_file, a_file_more, another_row, without_a_table, a_short_row, no_json,
    no_gzip,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_one_that_was_changed_with_care(
    whole: Path, refused: Callable[[Path], str], change: Callable[[Parts], Parts]
) -> None:
    assert DAMAGED in refused(tampered(whole, change))


@pytest.mark.parametrize(
    ("table", "column", "value"), [("job", "run_at", "secret, and no instant"), ("member", "on_board", 5)]
)
def test_one_whose_rows_the_tables_do_not_take(
    whole: Path, refused: Callable[[Path], str], table: str, column: str, value: object
) -> None:
    """The operator reads where, and never what stands there."""
    columns = json.loads(parts_of(whole)[0][1])["tables"][table]["columns"]

    def changed(data: bytes) -> bytes:
        rows = [json.loads(line) for line in gzip.decompress(data).splitlines()]
        rows[0][columns.index(column)] = value
        return gzip.compress(b"".join(json.dumps(row).encode() + b"\n" for row in rows))

    file = tampered(whole, lambda parts: [(n, changed(d) if n.startswith(f"rows/{table}/") else d) for n, d in parts])
    told = refused(file)

    assert f"able {table}" in told
    assert "secret" not in told


def about(**changes: object) -> Callable[[Parts], Parts]:
    def change(parts: Parts) -> Parts:
        return [(parts[0][0], json.dumps({**json.loads(parts[0][1]), **changes}).encode()), *parts[1:]]

    return change


def test_one_of_a_newer_release(whole: Path, refused: Callable[[Path], str]) -> None:
    assert "A newer release of this tool made the backup" in refused(tampered(whole, about(revision="9999")))


def test_one_of_a_form_that_is_not_known(whole: Path, refused: Callable[[Path], str]) -> None:
    assert STRANGE in refused(tampered(whole, about(backup="lti-tool 2")))


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil", "files/../../../evil", "files/" + "A" * 64, "rows/x", "x"])  # noqa: S108
def test_a_name_that_leads_elsewhere_is_never_followed(
    whole: Path, refused: Callable[[Path], str], tmp_path: Path, name: str
) -> None:
    file = tampered(whole, lambda parts: [*parts, (name, b"evil")])

    assert FOREIGN in refused(file)
    assert list(tmp_path.rglob("*evil*")) == []


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_never_made(whole: Path, refused: Callable[[Path], str], kind: bytes) -> None:
    assert FOREIGN in refused(with_link(whole, "files/link", "/etc/passwd", kind))


def test_a_small_file_that_unpacks_to_a_very_large_one(whole: Path, refused: Callable[[Path], str]) -> None:
    bomb = gzip.compress(b" " * (65 * 1024 * 1024), 1)
    change = [(name, bomb if name.startswith("rows/job/") else data) for name, data in parts_of(whole)[:-1]]

    assert DAMAGED in refused(tampered(whole, lambda _: change))


def strangers(folder: Path) -> dict[str, Path]:
    """Files that somebody may well take for the backup."""
    named = {name: folder / f"{name}.backup" for name in ("empty", "text", "zip", "tar", "sqlite", "folder")}
    named["empty"].write_bytes(b"")
    named["text"].write_bytes(b"Dear operator\n" * 2000)
    with zipfile.ZipFile(named["zip"], "w") as packed:
        packed.writestr("about.json", "{}")
    write(named["tar"], [("photos/beach.png", b"\x89PNG")])
    write(named["folder"], [("about.json", b'{"name": "something else"}')])
    named["sqlite"].write_bytes(b"SQLite format 3\0" + bytes(5000))
    return named


def test_a_strangers_file(refused: Callable[[Path], str], tmp_path: Path) -> None:
    for name, file in strangers(tmp_path).items():
        assert STRANGE in refused(file), name


def test_a_database_that_is_not_empty_is_left_as_it_is(whole: Path, fresh: Elsewhere, tmp_path: Path) -> None:
    with fresh("used"):
        make_organization()
        before = everything()
        result = command("restore", str(whole))
        after = everything()

    assert result.exit_code == 1
    assert "The database is not empty" in result.output
    assert "organization 1" in result.output
    assert differences(before, after) == []
    assert every_file(tmp_path / "used") == {}


def test_no_backup_is_written_over(app: Flask, whole: Path) -> None:
    before = whole.read_bytes()
    result = command("backup", str(whole))

    assert result.exit_code == 1
    assert "no backup is ever written over" in result.output
    assert whole.read_bytes() == before


def test_a_backup_without_a_folder_for_it_says_so(app: Flask, tmp_path: Path) -> None:
    result = command("backup", str(tmp_path / "nowhere" / "all.backup"))

    assert result.exit_code == 1
    assert "No such file or directory" in result.output


def limited(settings: Settings, *words: str, blocks: int) -> "subprocess.CompletedProcess[str]":
    """A verb in a process of its own, that may write no file of more than so many kilobytes: a disk that is full."""
    said = {"DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings.database, "SECRET_KEY": "one"}
    env = {**os.environ, **{f"LTI_TOOL_{name}": value for name, value in said.items()}}
    env["PYTHONDONTWRITEBYTECODE"] = "1"  # compiled code, too, would be cut off
    shell = ["bash", "-c", f'ulimit -f {blocks}; trap "" XFSZ; exec "$@"', "bash"]
    return subprocess.run([*shell, *python("lti_tool", *words)], env=env, capture_output=True, text=True)


def test_a_disk_that_is_full_leaves_no_half_backup(app: Flask, settings: Settings, tmp_path: Path) -> None:
    fill_every_table()
    done = limited(settings, "backup", str(tmp_path / "all.backup"), blocks=16)

    assert done.returncode == 1
    assert "Nothing was changed." in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "all.backup").exists()
    assert list(tmp_path.glob(".backup-*")) == []


def test_a_disk_that_is_full_leaves_no_half_restored_installation(
    app: Flask, fresh: Elsewhere, tmp_path: Path
) -> None:
    """The rows are in, inside their transaction, and some files lie there, when one finds no room."""
    fill_every_table()
    submission = {"submission_id": "0id", "kind": "file", "name": "film", "size": 1}
    with transaction() as connection:
        key = storage_here().put(b"f" * 8 * 1024 * 1024)
        connection.execute(insert(Attachment).values(file_key=key, **submission))
    back_up(tmp_path / "all.backup")

    with fresh("full") as full:
        done = limited(full.extensions["settings"], "restore", str(tmp_path / "all.backup"), blocks=7 * 1024)
        left = everything()

    assert done.returncode == 1
    assert "File too large. Nothing was changed." in done.stderr, done.stderr
    assert not any(left.values())
    assert every_file(tmp_path / "full") == {}
