"""Labels as rows of an import, one by one."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from viewer.errors import CannotWrite
from viewer.formats.labelbox.checks import NOWHERE, first_frame
from viewer.formats.labelbox.composites import composite, zero_one_png
from viewer.formats.labelbox.import_answers import answer_of, asked_of, classifications_of
from viewer.formats.labelbox.import_frames import (
    Row,
    drawn_runs,
    image_mask,
    import_geometry,
    runs_of,
)
from viewer.formats.labelbox.index import PREDICTED
from viewer.formats.labelbox.labels import WITHOUT_NAME
from viewer.formats.labelbox.layout import data_rows
from viewer.formats.labelbox.mask_sizes import picture_size
from viewer.formats.labelbox.questions import Asked
from viewer.formats.labelbox.records import DataRow
from viewer.geometry.mask import Mask
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.ontology import LabelClass
from viewer.model.placement import Placement
from viewer.model.project import Export
from viewer.model.table import Base

Where = tuple[str, str]  # data row, plane


@dataclass(eq=False)
class Import:
    """Rows as they are made.

    Args:
        base: of the export.
        notes: what a person should know, a sentence each.
    """

    export: Export
    base: Base
    notes: list[str] = field(default_factory=list[str])
    _rows: list[Row] = field(default_factory=list[Row])
    _taken: dict[AnnotationId, Annotation] = field(default_factory=dict[AnnotationId, Annotation])
    _masks: defaultdict[Where, list[Annotation]] = field(
        default_factory=lambda: defaultdict(list[Annotation])
    )

    def __post_init__(self) -> None:
        self._data_rows: Mapping[str, DataRow] = data_rows(self.export.sources[0].base)
        kinds = {entry.id: entry.kind for entry in self.export.entries}
        self._kinds = kinds
        self._first = first_frame(self.export)

    def named(self, annotation: Annotation) -> str:
        """Return a label's name and id, for sentences."""
        title = self.export.ontology.title_of(annotation.class_id)
        return f"{title!r} ({annotation.native_id or 'new'})"

    def take(self, annotation: Annotation) -> None:
        """Take one label; a prediction is no label of a person, and is passed over.

        Raises:
            CannotWrite: an import cannot hold it.
        """
        if annotation.locked_reason == PREDICTED:
            return
        shapes = [one.shape for one in annotation.placements if one.is_key or one.stored]
        if not shapes:
            raise CannotWrite(NOWHERE)
        if any(isinstance(shape, Mask) for shape in shapes):
            self._take_mask(self._without_missing(annotation))
        elif annotation.locked_reason is not None:
            raise CannotWrite(annotation.locked_reason)
        elif shapes[0] is None:
            self._rows.append(self._question(annotation))
        elif annotation.placements[0].index is None:
            placement = annotation.placements[0]
            self._rows.append(self._still(annotation, import_geometry(placement)))
        else:
            self._rows.append(self._track(annotation))
        self._taken[annotation.id] = annotation

    def all_rows(self) -> Iterator[Row]:
        """Yield every row, masks and then relationships behind the rest."""
        yield from self._rows
        for (entry, plane), masks in self._masks.items():
            yield self._composite(entry, plane, masks)
        yield from self._relations()

    def _still(self, annotation: Annotation, geometry: Row) -> Row:
        """Return the row of a label on a picture."""
        return {
            **self._head(annotation),
            **self._class(annotation),
            **geometry,
            "classifications": classifications_of(annotation.attributes),
        }

    def _track(self, annotation: Annotation) -> Row:
        plane = annotation.placements[0].plane
        head = {**self._head(annotation), **self._class(annotation)}
        group: Row = {} if plane == "acquired" else {"groupKey": plane}
        segments = [{"keyframes": run} for run in self.key_frames(annotation)]
        return {**head, **group, "segments": segments}

    def key_frames(self, annotation: Annotation) -> list[list[Row]]:
        """Return the key frames of each segment of a label on frames.

        Raises:
            CannotWrite: an import cannot hold one of them.
        """
        plane = annotation.placements[0].plane
        runs = drawn_runs(annotation.placements)
        return [[self._key_frame(one, plane) for one in run] for run in runs if run]

    def _key_frame(self, placement: Placement, plane: str) -> Row:
        geometry = import_geometry(placement)
        if "polygon" in geometry:
            raise CannotWrite("an import holds no polygons of videos")
        if plane != "acquired" and "line" not in geometry:
            raise CannotWrite("an import holds only lines and masks on DICOM")
        answers = classifications_of(placement.attributes)
        if plane != "acquired" and answers:
            raise CannotWrite("an import holds no answers about labels on DICOM")
        number: Row = {"frame": (placement.index or 0) + self._first}
        return {**number, **geometry, "classifications": answers}

    def _question(self, annotation: Annotation) -> Row:
        asked = [one for one in asked_of(annotation) if one.is_answered]
        if len(asked) != 1:
            raise CannotWrite("it has no answer")
        if self._kinds.get(annotation.placements[0].media.entry or "") == "volume":
            raise CannotWrite("an import holds no classifications of DICOM")
        row = {**self._head(annotation), **_answered(asked[0])}
        frames = [one.index for one in annotation.placements if one.index is not None]
        if frames:
            if len({_said(one) for one in annotation.placements}) > 1:
                raise CannotWrite("its answer differs from frame to frame")
            row["frames"] = [
                {"start": start + self._first, "end": end + self._first}
                for start, end in runs_of(frames)
            ]
        return row

    def _take_mask(self, annotation: Annotation) -> None:
        first = annotation.placements[0]
        if first.media.entry is None:
            raise CannotWrite("it stands on no data row")
        if any(picture_size(self.base, one) is None for one in annotation.placements):
            raise CannotWrite("the size of the picture of its mask is not known")
        self._data_row(first.media.entry)
        if first.index is not None:
            self._name(annotation)
            self._masks[(first.media.entry, first.plane)].append(annotation)
            return
        content = zero_one_png(first.shape, picture_size(self.base, first) or (0, 0))
        self._rows.append(self._still(annotation, {"mask": image_mask(content)}))

    def _without_missing(self, annotation: Annotation) -> Annotation:
        """Return a mask on the frames where it is known, and note how many others there are."""
        known = tuple(one for one in annotation.placements if isinstance(one.shape, Mask))
        missing = len(annotation.placements) - len(known)
        if not missing:
            return annotation
        self.notes.append(
            f"{self.named(annotation)} is in the file for import without {missing:,} of its "
            f"frames: their masks are not downloaded."
        )
        return msgspec.structs.replace(annotation, placements=known)

    def _composite(self, entry: str, plane: str, masks: Sequence[Annotation]) -> Row:
        """Return one row for all masks of a plane."""
        named = [(self._name(one), one.placements) for one in masks]
        head: Row = {"uuid": _uuid(entry, plane, "masks"), "dataRow": self._data_row(entry)}
        group: Row = {} if plane == "acquired" else {"groupKey": plane}
        sizes = {
            (one.index or 0): picture_size(self.base, one) or (0, 0)
            for mask in masks
            for one in mask.placements
        }
        value, covered = composite(named, self._first, sizes)
        if covered:
            where = f"{entry}, {plane}" if plane != "acquired" else entry
            self.notes.append(
                f"Masks overlap on {where}, and an import holds one label per pixel; "
                f"partly below others: {', '.join(covered)}."
            )
        if any(one.is_answered for mask in masks for one in asked_of(mask)):
            self.notes.append(
                f"An import holds no answers about masks of videos and DICOM; those of {entry} "
                "are left out."
            )
        return {**head, **group, "masks": value}

    def _relations(self) -> Iterator[Row]:
        written = {str(row["uuid"]) for row in self._rows}
        for annotation in self._taken.values():
            for relation in annotation.relations:
                if relation.source != annotation.id or relation.target not in self._taken:
                    continue
                target = self._uuid_of(self._taken[relation.target])
                source = self._uuid_of(annotation)
                if {source, target} <= written:
                    kind = "unidirectional" if relation.directed else "bidirectional"
                    ends: Row = {"source": source, "target": target, "type": kind}
                    own = _uuid(source, target, relation.name)
                    head = {**self._head(annotation), "uuid": own}
                    yield {**head, "name": relation.name, "relationship": ends}

    def _head(self, annotation: Annotation) -> Row:
        entry = annotation.placements[0].media.entry or ""
        return {"uuid": self._uuid_of(annotation), "dataRow": self._data_row(entry)}

    def _uuid_of(self, annotation: Annotation) -> str:
        id, entry = annotation.id, annotation.placements[0].media.entry or ""
        own = f"{annotation.native_id}|{annotation.created}|{id.ordinal}|{id.new}"
        return _uuid(entry, own)

    def _data_row(self, entry: str) -> Row:
        row = self._data_rows.get(entry, DataRow())
        if row.id:
            return {"id": row.id}
        if row.global_key:
            return {"globalKey": row.global_key}
        raise CannotWrite("its data row has neither id nor global key")

    def _class(self, annotation: Annotation) -> Row:
        """Return what a row says of its class: its name, else the id of its schema."""
        label = self._label(annotation)
        is_schema = not label.id.startswith(f"{label.mode or 'unknown'} ")
        if label.name == WITHOUT_NAME and is_schema:
            return {"schemaId": label.id}
        return {"name": label.name}

    def _name(self, annotation: Annotation) -> str:
        """Return the name of a class, which the labels of a composite must have."""
        name = self._label(annotation).name
        if name == WITHOUT_NAME:
            raise CannotWrite("its class has no name, which masks of an import need")
        return name

    def _label(self, annotation: Annotation) -> LabelClass:
        label = self.export.ontology.by_id.get(annotation.class_id)
        if label is None:
            raise CannotWrite("its class is not in the export")
        return label


def _answered(asked: Asked) -> Row:
    return {"name": asked.attribute.name, "answer": answer_of(asked)}


def _said(placement: Placement) -> str:
    return str([(one.name, one.value, one.depth) for one in placement.attributes])


def _uuid(*words: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "|".join(words).encode("utf-8", "replace").decode()))
