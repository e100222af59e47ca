"""What was measured on the open media, with an undo of its own; in no export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from types import MappingProxyType

from psygnal import Signal

from viewer.geometry.shapes import Points
from viewer.media.volume import Media
from viewer.review.measured import MeasureKind, Measurement, Spot

Kept = Mapping[int, Measurement]  # by number, in the order of measuring
NOTHING: Kept = MappingProxyType({})
MOST_STEPS = 1_000


class Measurements:
    """Measurements by number; a step is the whole of what there was before it."""

    changed = Signal()  # others, or another one is selected

    def __init__(self) -> None:
        self.by_number: Kept = NOTHING
        self.selected: int | None = None
        self._before: list[Kept] = []
        self._undone: list[Kept] = []
        self._numbers = count(1)

    def on(self, spot: Spot) -> tuple[Measurement, ...]:
        """Return what was measured on a slice of a plane, or a frame."""
        return tuple(one for one in self.by_number.values() if one.spot == spot)

    def add(self, kind: MeasureKind, spot: Spot, points: Points) -> Measurement:
        """Keep a new measurement and select it."""
        made = Measurement(next(self._numbers), kind, spot, points)
        self.selected = made.number
        self._take({**self.by_number, made.number: made})
        return made

    def change(self, number: int, points: Points) -> None:
        """Move the places of a measurement."""
        changed = replace(self.by_number[number], points=points)
        self.selected = number
        self._take({**self.by_number, number: changed})

    def delete(self, number: int) -> None:
        """Take one away."""
        self._take({key: one for key, one in self.by_number.items() if key != number})

    def clear(self) -> None:
        """Take all away."""
        if self.by_number:
            self._take({})

    def select(self, number: int | None) -> None:
        """Select one, or none."""
        if number != self.selected:
            self.selected = number
            self.changed.emit()

    @property
    def can_undo(self) -> bool:
        """Something was changed."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Something was undone."""
        return bool(self._undone)

    def undo(self) -> None:
        """Go back to what there was before the last change."""
        if self._before:
            self._undone.append(self.by_number)
            self._show(self._before.pop())

    def redo(self) -> None:
        """Make the change again."""
        if self._undone:
            self._before.append(self.by_number)
            self._show(self._undone.pop())

    def over(self, before: Sequence[Media], media: Sequence[Media]) -> None:
        """Keep those of media that stay open, under their new numbers; undo begins anew."""
        numbers = {id(one): number for number, one in enumerate(media)}
        kept: dict[int, Measurement] = {}
        for one in self.by_number.values():
            old, axis, index = one.spot
            now = numbers.get(id(before[old]))
            if now is not None:
                kept[one.number] = replace(one, spot=(now, axis, index))
        self._before.clear()
        self._undone.clear()
        self._show(kept)

    def bring(self, found: Iterable[tuple[MeasureKind, Spot, Points]]) -> None:
        """Show what was measured before, under new numbers; no step of undo."""
        made = [Measurement(next(self._numbers), *one) for one in found]
        if made:
            self._show({**self.by_number, **{one.number: one for one in made}})

    def _take(self, now: Kept) -> None:
        self._before.append(self.by_number)
        del self._before[:-MOST_STEPS]
        self._undone.clear()
        self._show(now)

    def _show(self, now: Kept) -> None:
        self.by_number = MappingProxyType(dict(now))
        if self.selected not in self.by_number:
            self.selected = None
        self.changed.emit()
