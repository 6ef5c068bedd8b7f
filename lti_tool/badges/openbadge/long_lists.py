"""A JSON document whose list may be longer than memory: written piece by piece, one for each slice of it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_SEPARATORS = (",", ":")


def in_pieces(head: Mapping[str, str], member: str, slices: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The members of `head`, and behind them the list `member` with the entries of all slices."""
    yield json.dumps(head, separators=_SEPARATORS)[:-1] + f',"{member}":['
    between = ""
    for one_slice in slices:
        entries = ",".join(json.dumps(entry, separators=_SEPARATORS) for entry in one_slice)
        if entries:
            yield between + entries
            between = ","
    yield "]}"
