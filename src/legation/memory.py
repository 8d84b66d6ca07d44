"""What was made is given again: the entries used last, as many as a bound allows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import RLock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Memory(Generic[Value]):
    """Entries by key, of at most so much `size` together; those not asked for longest go first. Safe among threads.

    >>> kept = Memory(2)
    >>> kept.put("a", 1), kept.put("b", 2), kept.get("a"), kept.put("c", 3)
    (None, None, 1, None)
    >>> kept.get("a"), kept.get("b"), kept.get("c"), len(kept)
    (1, None, 3, 2)
    """

    def __init__(self, most: int, size: Callable[[Value], int] = lambda _: 1) -> None:
        self._most, self._size = most, size
        self._entries: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._held = 0
        self._lock = RLock()

    def get(self, key: Hashable) -> Value | None:
        """The entry, which thereby was asked for last; None where there is none."""
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key][0]

    def put(self, key: Hashable, value: Value) -> None:
        """Keep an entry; one that alone is over the bound is not kept."""
        size = self._size(value)
        with self._lock:
            self._held -= self._entries.pop(key, (value, 0))[1]
            if size > self._most:
                return
            self._entries[key] = (value, size)
            self._held += size
            while self._held > self._most:
                self._held -= self._entries.popitem(last=False)[1][1]

    def __len__(self) -> int:
        return len(self._entries)
