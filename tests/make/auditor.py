"""An auditor: compares two installations fact by fact, by the models and the disk, and not by the code that copied."""

from pathlib import Path
from typing import Any

from lti_tool.storage import key_of


def every_file(data_dir: Path) -> dict[str, bytes]:
    """What lies there, by its key; each file is what its key says."""
    found = {path.name: path.read_bytes() for path in (data_dir / "files").rglob("*") if path.is_file()}
    assert all(key_of(data) == key for key, data in found.items())
    return found


def differences(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> list[str]:
    """The tables that do not hold the same rows, and where they part."""
    return [
        f"{table}: {len(rows)} rows, {len(other[table])} there: {sorted(set(rows) ^ set(other[table]))[:2]}"
        for table, rows in one.items()
        if rows != other[table]
    ]
