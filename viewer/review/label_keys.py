"""Ids of many labels as numbers, without an object each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from viewer.model.annotation import AnnotationId
from viewer.model.project import Project

Numbers = NDArray[np.int64]
_NEW, _EXPORT = 60, 44  # bits above which it stands whether it is new, and in which export


@dataclass(frozen=True, eq=False)
class LabelKeys:
    """Labels in some order, each once.

    Args:
        exports: ids of exports.
        numbers: (n,) of each label: 2^60 if it is new, 2^44 times its export in `exports`, ordinal.
    """

    exports: tuple[str, ...]
    numbers: Numbers

    def __len__(self) -> int:
        return len(self.numbers)

    def id_at(self, place: int) -> AnnotationId:
        """Return the label at a place."""
        number = int(self.numbers[place])
        export = (number & ((1 << _NEW) - 1)) >> _EXPORT
        ordinal = number & ((1 << _EXPORT) - 1)
        return AnnotationId(self.exports[export], ordinal, new=bool(number >> _NEW))

    def place_of(self, id: AnnotationId) -> int | None:
        """Return the place of a label, None where it is not among them."""
        code = self._codes.get(id.export)
        if code is None:
            return None
        wanted = _number(id, code)
        near = self._starts.get(wanted >> _EXPORT, 0) + id.ordinal  # where none is left out
        if near < len(self.numbers) and self._quick[near] == wanted:
            return near
        order, rising = self._rising
        at = int(np.searchsorted(rising, wanted))
        return int(order[at]) if at < len(rising) and int(rising[at]) == wanted else None

    def at(self, places: Numbers | NDArray[np.bool_]) -> LabelKeys:
        """Return those at some places, in that order; or those that a mask keeps."""
        return LabelKeys(self.exports, self.numbers[places])

    @property
    def new(self) -> Numbers:
        """Places of labels that were made here."""
        return np.flatnonzero(self.numbers >> _NEW)

    def places_of(self, others: LabelKeys) -> Numbers:
        """(others,) place of each of some other labels, -1 for those that are not among them.

        Both count exports in the same order.
        """
        order, rising = self._rising
        if not len(rising):
            return np.full(len(others), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(rising, others.numbers), len(rising) - 1)
        return np.where(rising[at] == others.numbers, order[at], -1)

    def prepare(self) -> None:
        """Work out what places are found by; in a background job, before it is asked for."""
        _ = self._codes, self._rising, self._starts, self._quick

    @property
    def are_new(self) -> NDArray[np.bool_]:
        """(n,) whether each was made here."""
        return (self.numbers >> _NEW).astype(np.bool_)

    @property
    def parts(self) -> Numbers:
        """(n,) the same for all of one export that were made here, and for all that were not."""
        return self.numbers >> _EXPORT

    @property
    def ordinals(self) -> Numbers:
        """(n,) ordinal of each."""
        return self.numbers & ((1 << _EXPORT) - 1)

    @property
    def export_codes(self) -> Numbers:
        """(n,) index into `exports` of each."""
        return (self.numbers & ((1 << _NEW) - 1)) >> _EXPORT

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {export: code for code, export in enumerate(self.exports)}

    @cached_property
    def _starts(self) -> dict[int, int]:
        """Where each of `parts` begins, if all rise."""
        if self._rising[1] is not self.numbers:
            return {}
        parts = self.parts
        firsts = np.flatnonzero(np.diff(parts, prepend=-1))
        return dict(zip(parts[firsts].tolist(), firsts.tolist(), strict=True))

    @cached_property
    def _quick(self) -> memoryview[int]:
        """The numbers, for one at a time."""
        return memoryview(self.numbers)  # pyright: ignore[reportArgumentType]

    @cached_property
    def _rising(self) -> tuple[Numbers, Numbers]:
        """Places in the order of their numbers, and these."""
        if bool((np.diff(self.numbers) > 0).all()):
            return np.arange(len(self.numbers)), self.numbers
        order = np.argsort(self.numbers, kind="stable")
        return order, self.numbers[order]


def keys_of(project: Project, ids: Iterable[AnnotationId]) -> LabelKeys:
    """Return the keys of labels of a project, in this order."""
    return keys_in(tuple(project.exports), ids)


def keys_in(exports: tuple[str, ...], ids: Iterable[AnnotationId]) -> LabelKeys:
    """Return the keys of labels of some exports, in this order; others are left out."""
    codes = {export: code for code, export in enumerate(exports)}
    numbers = [_number(id, codes[id.export]) for id in ids if id.export in codes]
    return LabelKeys(exports, np.array(numbers, dtype=np.int64))


def all_labels(project: Project) -> LabelKeys:
    """Return all labels that are there, in reading order, those made here last."""
    exports, table = tuple(project.exports), project.annotations
    blocks = [np.empty(0, dtype=np.int64)]
    for code, export in enumerate(exports):
        base = table.bases.get(export)
        count = 0 if base is None else base.columns.count
        blocks.append(np.arange(count, dtype=np.int64) + (code << _EXPORT))
    opened = LabelKeys(exports, np.concatenate(blocks))
    gone, made = list[int](), list[AnnotationId]()
    for id, annotation in table.edits.items():
        if annotation is None:
            place = opened.place_of(id)
            gone += [] if place is None else [place]
        elif id.new:
            made.append(id)
    numbers = np.delete(opened.numbers, gone)
    return LabelKeys(exports, np.concatenate([numbers, np.sort(keys_of(project, made).numbers)]))


def numbered(new: Numbers, exports: Numbers, ordinals: NDArray[np.signedinteger]) -> Numbers:
    """(n,) number of each label, of 1 for new ones, codes of exports and ordinals."""
    return (new << _NEW) + (exports << _EXPORT) + ordinals


def _number(id: AnnotationId, export: int) -> int:
    return (int(id.new) << _NEW) + (export << _EXPORT) + id.ordinal
