"""What was made lately and would be made again, kept as long as it fits into so many bytes.

`functools.lru_cache` counts entries; a picture may have four megabytes, so entries say nothing about memory.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """The values used last, up to `most` bytes in all. `size` tells the bytes of one value.

    Two threads may make the same value at once; what is asked of a value is that it is always the same for its key.
    """

    def __init__(self, most: int, size: Callable[[T], int]) -> None:
        self._most, self._size, self._bytes = most, size, 0
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        value = make()
        self._keep(key, value)
        return value

    def _keep(self, key: Hashable, value: T) -> None:
        size = self._size(value)
        if size > self._most:
            return
        with self._lock:
            if key not in self._kept:
                self._kept[key] = value
                self._bytes += size
            while self._bytes > self._most:
                self._bytes -= self._size(self._kept.popitem(last=False)[1])
