"""A ZIP file is sent while it is made: no file is asked for before its turn, and nothing is kept that was sent."""

import zipfile
from collections.abc import Iterator
from io import BytesIO

from flask import Flask

from lti_tool.zipped import zipped


def test_each_file_is_read_when_its_turn_comes_and_what_was_sent_is_gone(app: Flask) -> None:
    asked = list[str]()

    def files() -> Iterator[tuple[str, list[bytes]]]:
        for path in ("letters.txt", "picture.png", "empty.json"):
            asked.append(path)
            yield path, [] if path == "empty.json" else [b"a" * 100_000, b"b"]

    pieces = zipped(files())
    first = next(pieces)
    then = list(asked)
    whole = first + b"".join(pieces)

    assert then == ["letters.txt"]
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        assert archive.testzip() is None
        sizes = {info.filename: (info.file_size, info.compress_type) for info in archive.infolist()}
    assert sizes == {
        "letters.txt": (100_001, zipfile.ZIP_DEFLATED), "picture.png": (100_001, zipfile.ZIP_STORED),
        "empty.json": (0, zipfile.ZIP_DEFLATED),
    }  # fmt: skip
    assert len(whole) < 103_000
