"""An immutable, hashable, picklable mapping for frozen classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

__all__ = ["FrozenMap"]

K = TypeVar("K")
V = TypeVar("V", covariant=True)


class FrozenMap(Mapping[K, V], Generic[K, V]):
    """A mapping that keeps its order and never changes.

    Two maps are equal if they hold the same pairs, in any order.

    Examples
    --------
    >>> names = FrozenMap({"vi": "Tiến độ", "en": "Progress"})
    >>> names["en"], names == {"en": "Progress", "vi": "Tiến độ"}
    ('Progress', True)
    >>> names
    {'vi': 'Tiến độ', 'en': 'Progress'}
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[K, V] | None = None) -> None:
        self._items: dict[K, V] = dict(items or {})

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenMap, (self._items,)
