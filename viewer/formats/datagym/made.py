"""New records, and records that move: they follow the keys of those that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np

from viewer.errors import CannotWrite
from viewer.formats.datagym.answer_writing import list_of, object_of, same_answers, tree_of
from viewer.formats.datagym.checks import check_attribute, check_placement, class_of
from viewer.formats.datagym.encode import geometry_of
from viewer.formats.datagym.kinds import NESTED
from viewer.formats.datagym.shapes import OLD_KEY, TYPES
from viewer.formats.datagym.video_records import ANSWERS
from viewer.formats.format import HEAD_BYTES, WriteJob, named
from viewer.formats.json_tools import BadJson, is_object, members, value_of
from viewer.formats.style import JsonValue
from viewer.geometry.measure import same_shape
from viewer.model.annotation import Annotation
from viewer.model.placement import Attribute
from viewer.model.table import KINDS

Record = dict[str, JsonValue]
_NONE = KINDS.index("none")


@dataclass(frozen=True, eq=False)
class Maker:
    """Makes the values of records."""

    job: WriteJob

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys of the first geometry of the file; the platform's own where it has none."""
        base, columns = self.job.export.sources[0].base, self.job.base.columns
        firsts = np.searchsorted(columns.owners, np.arange(columns.count))
        is_shape = (columns.kinds[firsts] != _NONE) & (columns.frames[firsts] < 0)
        is_root = is_shape & (columns.parents < 0) & (columns.locked < 0)
        for at in np.flatnonzero(is_root)[:1].tolist():
            try:
                return tuple(one.key for one in members(base, int(columns.starts[at])))
            except BadJson:
                break
        is_old = b'"internal_image_ID"' in bytes(base[:HEAD_BYTES])
        return (OLD_KEY, ANSWERS) if is_old else ("rectangle", ANSWERS, NESTED)

    def record(self, annotation: Annotation, *, is_nested: bool) -> Record:
        """Return the record of a new geometry.

        Raises:
            CannotWrite: its class cannot hold it.
        """
        placement = annotation.placements[0]
        name = check_placement(self.job, annotation, class_of(self.job, annotation), placement)
        shape = placement.flat
        if shape is None:
            raise CannotWrite(f"{named(self.job, annotation)} has no shape.")
        found: Record = {}
        for key in self.keys:
            if key in TYPES or key == OLD_KEY:
                own = OLD_KEY if key == OLD_KEY else name
                found[own] = geometry_of(name, shape)
            elif key == NESTED and not is_nested:
                found[key] = {}
            elif key == ANSWERS:
                found[key] = object_of(annotation.attributes)
        return found

    def moved(self, before: Annotation, after: Annotation, *, is_nested: bool) -> Record:
        """Return the record of a geometry that stands elsewhere from now on, with all it holds.

        Raises:
            CannotWrite: its new class cannot hold it.
        """
        (origin,) = before.placements[0].origins
        base = self.job.export.sources[0].base
        held = value_of(bytes(base[origin.start : origin.end]))
        if not is_object(held):
            raise CannotWrite(f"{named(self.job, before)} is damaged and cannot be moved.")
        label, placement = class_of(self.job, after), after.placements[0]
        name = check_placement(self.job, after, label, placement)
        is_same = same_shape(before.placements[0].flat, placement.flat)
        found: Record = {}
        for key, value in cast("Mapping[str, JsonValue]", held).items():
            if key in TYPES or key == OLD_KEY:
                own = OLD_KEY if key == OLD_KEY else name
                shape = placement.flat
                keeps = is_same and own == key
                found[own] = value if keeps or shape is None else geometry_of(name, shape)
            elif key == NESTED and is_nested:
                if value:
                    raise CannotWrite(
                        f"{named(self.job, after)} has nested geometries, and cannot be nested."
                    )
            elif key == ANSWERS:
                found[key] = self.answers(value, before, after)
            else:
                found[key] = value
        return found

    def answers(self, held: JsonValue, before: Annotation, after: Annotation) -> JsonValue:
        """Return the classifications of a record with other answers."""
        if same_answers(before.attributes, after.attributes):
            return held
        changed = changed_answers(self.job, after, held, before.attributes, after.attributes)
        return {**(held if isinstance(held, Mapping) else {}), **changed}


def changed_answers(
    job: WriteJob,
    annotation: Annotation,
    held: object,
    before: Sequence[Attribute],
    after: Sequence[Attribute],
) -> dict[str, JsonValue]:
    """Return the lists of those classifications whose answers are others now, by key.

    Args:
        annotation: for sentences.
        held: the classifications as the file has them.

    Raises:
        CannotWrite: an answer that cannot be written.
    """
    old = {node.key: node for node in tree_of(before)}
    was = {one.key: one.value for one in before}
    for one in after:
        if one.key and was.get(one.key) != one.value:
            check_attribute(job, annotation, one)
    found: dict[str, JsonValue] = {}
    for node in tree_of(after):
        if old.get(node.key) != node:
            inside = held.get(node.key) if is_object(held) else None
            found[node.key] = list_of(inside, old.get(node.key), node)
    return found
