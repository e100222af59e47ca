"""Which annotations are children of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.model.table import Base

_Order = tuple[NDArray[np.int64], NDArray[np.int64]]  # ordinals sorted by parent, their parents
_orders: WeakKeyDictionary[Base, _Order] = WeakKeyDictionary()


def children_of(project: Project, ids: Iterable[AnnotationId]) -> tuple[AnnotationId, ...]:
    """Return the direct children of these annotations, themselves left out, in reading order."""
    parents = frozenset(ids)
    table = project.annotations
    found = {id for id in _opened_children(project, parents) if id not in table.edits}
    found.update(
        id
        for id, annotation in table.edits.items()
        if annotation is not None and annotation.parent in parents
    )
    return tuple(sorted(found - parents, key=_reading_order))


def descendants_of(project: Project, ids: Iterable[AnnotationId]) -> tuple[AnnotationId, ...]:
    """Return children, their children and so on; parents that go in circles end it."""
    known = frozenset(ids)
    found: list[AnnotationId] = []
    level = children_of(project, known)
    while level:
        found.extend(level)
        known = known.union(level)
        level = tuple(id for id in children_of(project, level) if id not in known)
    return tuple(sorted(found, key=_reading_order))


def _opened_children(project: Project, parents: Iterable[AnnotationId]) -> Iterator[AnnotationId]:
    """Yield the children as opened, whatever was edited since; found for all parents at once."""
    own: dict[str, list[int]] = {}
    for parent in parents:
        if not parent.new:
            own.setdefault(parent.export, []).append(parent.ordinal)
    for export, numbers in own.items():
        base = project.annotations.bases.get(export)
        if base is None:
            continue
        if base not in _orders:
            _orders[base] = _order_of(base)
        ordinals, above = _orders[base]
        wanted = np.array(numbers, dtype=np.int64)
        firsts, ends = np.searchsorted(above, wanted), np.searchsorted(above, wanted + 1)
        for at in np.flatnonzero(firsts < ends).tolist():
            children: list[int] = ordinals[firsts[at] : ends[at]].tolist()
            yield from (AnnotationId(export, ordinal) for ordinal in children)


def _order_of(base: Base) -> _Order:
    has_parent = np.flatnonzero(base.columns.parents >= 0)
    ordinals = has_parent[np.argsort(base.columns.parents[has_parent], kind="stable")]
    return ordinals, base.columns.parents[ordinals]


def _reading_order(id: AnnotationId) -> tuple[str, bool, int]:
    return id.export, id.new, id.ordinal
