"""Header elements kept small: files of one series share their tags and their equal values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

Layout: TypeAlias = dict[int, int]  # position of each tag's value


class Elements(Mapping[int, bytes]):
    """Raw values by tag; the tags stand in a layout that many headers share."""

    __slots__ = ("_layout", "values_in_order")

    def __init__(self, layout: Layout, values: Iterable[bytes]) -> None:
        self._layout = layout
        self.values_in_order = tuple(values)

    def with_values(self, values: Iterable[bytes]) -> Elements:
        """Return elements of the same tags, in one order."""
        return Elements(self._layout, values)

    def __getitem__(self, tag: int) -> bytes:
        return self.values_in_order[self._layout[tag]]

    def get(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, key: int, /, default: bytes | None = None
    ) -> bytes | None:
        """Return the element's value, `default` without it."""
        place = self._layout.get(key)
        return default if place is None else self.values_in_order[place]

    def __contains__(self, tag: object) -> bool:
        return tag in self._layout

    def __iter__(self) -> Iterator[int]:
        return iter(self._layout)

    def __len__(self) -> int:
        return len(self._layout)


class Pool:
    """Layouts and values that occur again and again, each held once."""

    def __init__(self) -> None:
        self._layouts: dict[tuple[int, ...], Layout] = {}
        self._values: dict[bytes, bytes] = {}

    def elements(self, found: Mapping[int, bytes]) -> Elements:
        """Return the same elements, sharing what they have in common with earlier ones."""
        return self.made(tuple(found), found.values())

    def like(self, other: Elements, values: Iterable[bytes]) -> Elements:
        """Return elements with the tags of others."""
        same = self._values.setdefault
        return other.with_values([same(value, value) for value in values])

    def made(self, tags: tuple[int, ...], values: Iterable[bytes]) -> Elements:
        """Return elements of these tags and values, in one order."""
        same = self._values.setdefault
        return self.laid_out(tags, [same(value, value) for value in values])

    def laid_out(self, tags: tuple[int, ...], values: Iterable[bytes]) -> Elements:
        """Return elements of these tags and the very values, which are shared already."""
        layout = self._layouts.get(tags)
        if layout is None:
            layout = self._layouts[tags] = {tag: n for n, tag in enumerate(tags)}
        return Elements(layout, values)
