"""Which labels filter and eyes leave in: asked of one, or of all that a view draws at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viewer.model.annotation import AnnotationId
from viewer.review.label_keys import LabelKeys, keys_in
from viewer.review.label_table import LabelRows

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Fitting:
    """Labels that fit, and some that are let through whatever they are.

    Args:
        opened: of each export 1 for every label that fits, by ordinal.
        made: the same of labels that were made here.
        also: returns those that are let through, asked anew each time.
    """

    opened: Mapping[str, bytes]
    made: Mapping[str, bytes]
    also: Callable[[], frozenset[AnnotationId]] = field(default=frozenset)

    def __call__(self, id: AnnotationId, _class_id: str = "") -> bool:
        """Whether one label fits."""
        table = (self.made if id.new else self.opened).get(id.export, b"")
        if id.ordinal < len(table) and table[id.ordinal]:
            return True
        also = self.also()
        return bool(also) and id in also

    def opened_of(self, export: str, count: int) -> Flags:
        """(count,) Which labels of an opened export fit, by ordinal."""
        fits = np.zeros(count, dtype=np.bool_)
        table = np.frombuffer(self.opened.get(export, b""), dtype=np.bool_)[:count]
        fits[: len(table)] = table
        return fits

    def of(self, keys: LabelKeys) -> Flags:
        """(n,) Which of these fit."""
        fits = np.zeros(len(keys), dtype=np.bool_)
        ordinals, codes, made = keys.ordinals, keys.export_codes, keys.are_new
        for is_new, tables in ((False, self.opened), (True, self.made)):
            for code, export in enumerate(keys.exports):
                table = np.frombuffer(tables.get(export, b""), dtype=np.bool_)
                if len(table):
                    asked = (codes == code) & (made == is_new) & (ordinals < len(table))
                    fits[asked] = table[ordinals[asked]]
        also = self.also()
        return fits | np.isin(keys.numbers, keys_in(keys.exports, also).numbers) if also else fits


@dataclass(frozen=True, eq=False)
class Eyes:
    """Labels that fit and are not hidden, one by one or with all of their class.

    Args:
        is_drawn: the same of one label and its class.
        fitting: what a filter leaves in, None without one.
        closed: labels that are hidden.
        is_open: whether the labels of (export, class id) are not.
    """

    is_drawn: Callable[[AnnotationId, str], bool]
    fitting: Fitting | None
    closed: frozenset[AnnotationId]
    is_open: Callable[[tuple[str, str]], bool]

    def __call__(self, id: AnnotationId, class_id: str) -> bool:
        """Whether one label is drawn."""
        return self.is_drawn(id, class_id)

    def of(self, keys: LabelKeys, classes: Classes) -> Flags:
        """(n,) Which of these are drawn."""
        flags = np.array([self.is_open(one) for one in classes.known], np.bool_)[classes.codes]
        if self.fitting is not None:
            flags &= self.fitting.of(keys)
        if self.closed:
            flags &= ~np.isin(keys.numbers, keys_in(keys.exports, self.closed).numbers)
        return flags


@dataclass(frozen=True, eq=False)
class Classes:
    """The class of each of some labels.

    Args:
        known: (export, class id) of those that there are.
        codes: (n,) into `known`.
    """

    known: tuple[tuple[str, str], ...]
    codes: NDArray[np.int64]

    @classmethod
    def of(cls, classes: Iterable[tuple[str, str]]) -> Classes:
        """Return the classes of labels, given (export, class id) of each."""
        known: dict[tuple[str, str], int] = {}
        codes = [known.setdefault(one, len(known)) for one in classes]
        return cls(tuple(known), np.array(codes, dtype=np.int64))


def fitting_labels(
    rows: LabelRows, keep: Flags, also: Callable[[], frozenset[AnnotationId]] = frozenset
) -> Fitting:
    """Return which labels fit, by (rows,) whether each row does, and what else is let through."""
    keys = rows.keys
    found: dict[bool, dict[str, bytes]] = {False: {}, True: {}}
    cuts = np.flatnonzero(np.diff(keys.parts)) + 1  # rows rise by whether new, and export
    for part in np.split(np.arange(rows.count), cuts) if rows.count else ():
        first, ordinals = int(part[0]), keys.ordinals[part]
        table = np.zeros(int(ordinals[-1]) + 1, dtype=np.bool_)
        table[ordinals] = keep[part]
        id = keys.id_at(first)
        found[id.new][id.export] = table.tobytes()
    return Fitting(found[False], found[True], also)
