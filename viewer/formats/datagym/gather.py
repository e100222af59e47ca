"""All labels of the tasks of a file, in file order, without an object per label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec
import numpy as np

from viewer.formats.datagym.answers import Types
from viewer.formats.datagym.kinds import names_of, nested_in, type_of_old
from viewer.formats.datagym.records import Raws, Task
from viewer.formats.datagym.shapes import OLD_KEY, SEGMENTATION, TYPES, of_points
from viewer.formats.datagym.stretches import Video, VideoObject, video_of
from viewer.formats.spans import spans_of
from viewer.formats.values import shown_text
from viewer.model.table import Ints

GLOBAL = "global_classifications"
OBJECT = "object"  # of a video
FRAMES = "frames"
UNKNOWN_CLASS = "unknown class "
Source: TypeAlias = bytes | memoryview


@dataclass(eq=False)
class Rows:
    """One row per label, as lists.

    Args:
        raws: their records; of a global classification its value, of a video's object all of its
            key frames, of a semantic map its address.
        tasks: number of the task of each.
        classes: class id of each.
        names: what the geometry of each is called, else GLOBAL or OBJECT.
        parents: row that each is nested in, -1 for none.
        objects: those of videos, by row.
        nested: of class ids of nested geometries that of the outer one, and what the file calls it.
        nameless: ids of objects that have no key frames.
        odd: names of classes of which something else than a list of labels stands somewhere.
        by_form: names of classes, with how many geometries are of a type by their form alone.
    """

    raws: Raws = field(default_factory=list[msgspec.Raw])
    tasks: list[int] = field(default_factory=list[int])
    classes: list[str] = field(default_factory=list[str])
    names: list[str] = field(default_factory=list[str])
    parents: list[int] = field(default_factory=list[int])
    objects: dict[int, VideoObject] = field(default_factory=dict[int, VideoObject])
    nested: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    nameless: list[str] = field(default_factory=list[str])
    odd: list[str] = field(default_factory=list[str])
    by_form: Counter[str] = field(default_factory=Counter[str])

    def add(self, task: int, class_id: str, name: str, raws: Sequence[msgspec.Raw]) -> None:
        """Add records of one class of one task."""
        count = len(raws)
        self.raws += raws
        self.tasks += [task] * count
        self.classes += [class_id] * count
        self.names += [name] * count


@dataclass(frozen=True, eq=False)
class Ordered:
    """Rows in the order of the file.

    Args:
        rows: in the order in which they were gathered.
        order: (n,) number of the row that comes n-th.
        starts, ends: (n,) byte spans.
        parents: (n,) place of the row that each is nested in, -1 for none.
        is_in_order: rows were gathered in this order.
    """

    rows: Rows
    order: Ints
    starts: Ints
    ends: Ints
    parents: Ints
    is_in_order: bool = False

    def take(self, values: list[str]) -> list[str]:
        """Return one value of each row in the order of the file."""
        if self.is_in_order:
            return values
        return [values[at] for at in self.order.tolist()]


def global_id(key: str) -> str:
    """Return the class id of a classification of a whole picture."""
    return f"{GLOBAL}/{key}"


def object_id(types: Types, name: str) -> str:
    """Return the class id of a video's object, of which files tell the type alone.

    It is the one class of that type where the list of classes has but one.
    """
    known = [key for key, words in types.items() if name in words]
    return known[0] if len(known) == 1 else f"{UNKNOWN_CLASS}({name})"


def rows_of(data: Source, tasks: Sequence[Task], types: Types) -> Ordered:
    """Return the labels of tasks whose raw values are views of `data`.

    Args:
        types: of classes, as the list of classes has them.
    """
    rows = Rows()
    for number, task in enumerate(tasks):
        _add_task(rows, number, task)
    starts, ends = spans_of(data, rows.raws)
    _name(rows, data, range(len(rows.raws)), starts, types)
    geometries = [at for at, place in enumerate(rows.names) if place not in _OTHERS]
    rows.parents = [-1] * len(rows.raws)
    first = len(rows.raws)
    raws = [rows.raws[at] for at in geometries]
    for number, held in nested_in(data, ends[geometries], raws, rows.odd).items():
        _add_nested(rows, geometries[number], held)
    if len(rows.raws) > first:
        more_starts, more_ends = spans_of(data, rows.raws[first:])
        starts, ends = np.append(starts, more_starts), np.append(ends, more_ends)
        _name(rows, data, range(first, len(rows.raws)), starts, types)
        _settle(rows)
    return _ordered(rows, starts, ends)


_OTHERS = frozenset((GLOBAL, OBJECT))


def _add_task(rows: Rows, number: int, task: Task) -> None:
    if task.global_classifications:
        for key, raw in task.global_classifications.items():
            rows.add(number, global_id(_clean(key)), GLOBAL, (raw,))
    labels = task.labels
    if labels is None or OBJECT in labels or FRAMES in labels:
        video = task.video
        if video is not None:
            _add_video(rows, number, video_of(*video))
            return
    for key, held in labels.items() if labels else ():
        if not isinstance(held, list):
            rows.odd.append(_clean(key))
        elif held:
            rows.add(number, _clean(key), "", held)


def _add_video(rows: Rows, number: int, found: Video) -> None:
    rows.nameless += found.nameless
    for one in found.objects:
        rows.objects[len(rows.raws)] = one
        rows.add(number, "", OBJECT, (one.raw,))


def _add_nested(rows: Rows, row: int, held: Mapping[str, Raws]) -> None:
    outer = rows.classes[row]
    for key, raws in held.items():
        class_id = f"{outer}/{_clean(key)}"
        rows.nested[class_id] = outer, _clean(key)
        rows.add(rows.tasks[row], class_id, "", raws)
        rows.parents += [row] * len(raws)


def _settle(rows: Rows) -> None:
    """Call classes of nested geometries by their own name where no other has it."""
    counts = Counter(key for _, key in rows.nested.values())
    rooted = {id for id in rows.classes if id not in rows.nested}
    short = {
        id: key for id, (_, key) in rows.nested.items() if counts[key] == 1 and key not in rooted
    }
    if short:
        rows.classes = [short.get(id, id) for id in rows.classes]
        rows.nested = {short.get(id, id): found for id, found in rows.nested.items()}


def _name(rows: Rows, data: Source, numbers: Iterable[int], starts: Ints, types: Types) -> None:
    """Note what the geometries of rows are called."""
    wanted = [at for at in numbers if not rows.names[at]]
    raws = [rows.raws[at] for at in wanted]
    for at, name in zip(wanted, names_of(data, starts[wanted], raws), strict=True):
        rows.names[at] = name
        if name == OLD_KEY:
            rows.names[at] = _old_name(rows, at, types)


def _old_name(rows: Rows, at: int, types: Types) -> str:
    """Return what a geometry of the old generation is: of its class, else by its form."""
    key = rows.classes[at].rpartition("/")[2]
    known = types.get(key, ())
    if len(known) == 1 and known[0] in TYPES and known[0] != SEGMENTATION:
        return known[0]
    found = type_of_old(rows.raws[at], known)
    if of_points([found]) and len(of_points(known)) != 1:
        rows.by_form[key] += 1
    return found


def _ordered(rows: Rows, starts: Ints, ends: Ints) -> Ordered:
    parents = np.array(rows.parents, dtype=np.int64)
    if not len(starts) or (np.diff(starts) >= 0).all():
        return Ordered(rows, np.arange(len(starts)), starts, ends, parents, is_in_order=True)
    order = np.argsort(starts, kind="stable")
    places = np.append(np.argsort(order, kind="stable"), -1)
    return Ordered(rows, order, starts[order], ends[order], places[parents[order]])


def _clean(key: str) -> str:
    return key if key.isascii() else shown_text(key)
