"""A file for import: what a project's labels need to be uploaded anew.

A row for each label; of tracks only the frames that were drawn, with a new segment after each gap;
masks of a plane in composite pictures, each label in a colour of its own.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from viewer.errors import CannotWrite
from viewer.formats.labelbox.composites import composite
from viewer.formats.labelbox.encode import geometry_of
from viewer.formats.labelbox.layout import data_rows
from viewer.formats.labelbox.records import DataRow
from viewer.formats.style import JsonValue, number_text
from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Polygon
from viewer.model.annotation import Annotation
from viewer.model.placement import Attribute, Placement
from viewer.model.project import Project

Row = dict[str, JsonValue]
_Where = tuple[str, str]  # data row, plane
_KINDS = ("choice", "choices", "text")


def write_import(project: Project, export_id: str, *, leave_out: bool = False) -> bytes:
    """Return the labels of an export as rows for import, one a line.

    Args:
        leave_out: write what can be held, and leave the rest out without a word.

    Raises:
        CannotWrite: an import cannot hold some of the labels; names them.
    """
    export = project.exports[export_id]
    found = _Import(project, export_id, data_rows(export.sources[0].base))
    refused: list[str] = []
    for id in project.annotations:
        if id.export != export_id:
            continue
        annotation = project.annotations[id]
        try:
            found.take(annotation)
        except CannotWrite as error:
            label = export.ontology.by_id.get(annotation.class_id)
            name = label.title if label else annotation.class_id
            refused.append(f"{name!r} ({annotation.native_id or 'new'}): {error}.")
    if refused and not leave_out:
        raise CannotWrite(" ".join(refused))
    return b"".join(_line(row) for row in found.all_rows())


@dataclass(eq=False)
class _Import:
    project: Project
    export: str
    data_rows: Mapping[str, DataRow]
    rows: list[Row] = field(default_factory=list[Row])
    masks: defaultdict[_Where, list[Annotation]] = field(
        default_factory=lambda: defaultdict(list[Annotation])
    )

    def __post_init__(self) -> None:
        entries = self.project.exports[self.export].entries
        self.volumes = frozenset(entry.id for entry in entries if entry.kind == "volume")
        issues = self.project.exports[self.export].issues
        self.first = 0 if any(issue.code == "frames-from-0" for issue in issues) else 1

    def take(self, annotation: Annotation) -> None:
        """Take one label.

        Raises:
            CannotWrite: an import cannot hold it.
        """
        if annotation.author.startswith("model ") and annotation.locked_reason:
            return  # a prediction is no label of a person
        shapes = [one.shape for one in annotation.placements if one.is_key]
        if all(isinstance(shape, Mask) for shape in shapes) and shapes:
            self._take_mask(annotation)
            return
        if annotation.locked_reason is not None:
            raise CannotWrite(annotation.locked_reason)
        asked = [one for one in _answers(annotation) if one.depth == 0]
        if shapes[0] is None:
            if len(asked) != 1:
                raise CannotWrite("it has no answer")
            if annotation.placements[0].media.entry in self.volumes:
                raise CannotWrite("an import holds no classifications of DICOM")
            self.rows.append({**self._head(annotation), **self._question(annotation, asked[0])})
        elif annotation.placements[0].index is None:
            self.rows.append(
                {
                    **self._head(annotation),
                    "name": self._name(annotation),
                    **_geometry(annotation.placements[0]),
                    "classifications": _classifications(annotation.attributes),
                }
            )
        else:
            self.rows.append(self._track(annotation))

    def all_rows(self) -> Iterator[Row]:
        """Yield every row, masks and then relationships behind the rest."""
        yield from self.rows
        for (entry, plane), masks in self.masks.items():
            yield self._composite(entry, plane, masks)
        yield from self._relations()

    def _track(self, annotation: Annotation) -> Row:
        plane = annotation.placements[0].plane
        segments: list[list[Placement]] = []
        reached: int | None = None
        for placement in annotation.placements:
            if reached is None or placement.index != reached + 1:
                segments.append([])
            segments[-1].append(placement)
            reached = placement.index
        frames = [[self._key_frame(one, plane) for one in some if one.is_key] for some in segments]
        head = {**self._head(annotation), "name": self._name(annotation)}
        group: Row = {} if plane == "acquired" else {"groupKey": plane}
        return {**head, **group, "segments": [{"keyframes": some} for some in frames if some]}

    def _key_frame(self, placement: Placement, plane: str) -> Row:
        geometry = _geometry(placement)
        if "polygon" in geometry:
            raise CannotWrite("an import holds no polygons of videos")
        if plane != "acquired" and "line" not in geometry:
            raise CannotWrite("an import holds only lines and masks on DICOM")
        number: Row = {"frame": (placement.index or 0) + self.first}
        return {**number, **geometry, "classifications": _classifications(placement.attributes)}

    def _question(self, annotation: Annotation, answer: Attribute) -> Row:
        attributes = annotation.attributes or annotation.placements[0].attributes
        row: Row = {"name": answer.name, "answer": _answer(answer, attributes)}
        frames = [one.index for one in annotation.placements if one.index is not None]
        if frames:
            if len({str(one.attributes) for one in annotation.placements}) > 1:
                raise CannotWrite("its answer differs from frame to frame")
            row["frames"] = [
                {"start": start + self.first, "end": end + self.first}
                for start, end in _runs(frames)
            ]
        return row

    def _take_mask(self, annotation: Annotation) -> None:
        first = annotation.placements[0]
        if first.media.entry is None or any(one.size is None for one in annotation.placements):
            raise CannotWrite("the size of the picture of its mask is not known")
        self.masks[(first.media.entry, first.plane)].append(annotation)

    def _composite(self, entry: str, plane: str, masks: Sequence[Annotation]) -> Row:
        """Return one row for all masks of a plane."""
        named = [(self._name(one), one.placements) for one in masks]
        head: Row = {"uuid": _uuid(entry, plane, "masks"), "dataRow": self._data_row(entry)}
        group: Row = {} if plane == "acquired" else {"groupKey": plane}
        return {**head, **group, "masks": composite(named, self.first)}

    def _relations(self) -> Iterator[Row]:
        written = {str(row["uuid"]) for row in self.rows}
        for id in self.project.annotations:
            annotation = self.project.annotations[id]
            for relation in annotation.relations if id.export == self.export else ():
                if relation.source != id or relation.target not in self.project.annotations:
                    continue
                target = self._uuid_of(self.project.annotations[relation.target])
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
        row = self.data_rows.get(entry, DataRow())
        if row.id:
            return {"id": row.id}
        if row.global_key:
            return {"globalKey": row.global_key}
        raise CannotWrite("its data row has neither id nor global key")

    def _name(self, annotation: Annotation) -> str:
        label = self.project.exports[self.export].ontology.by_id.get(annotation.class_id)
        if label is None:
            raise CannotWrite("its class is not in the export")
        return label.name


def _answers(annotation: Annotation) -> Sequence[Attribute]:
    attributes = annotation.attributes or annotation.placements[0].attributes
    return [one for one in attributes if one.kind in _KINDS]


def _geometry(placement: Placement) -> Row:
    shape = placement.flat
    if shape is None:
        raise CannotWrite("it has no shape")
    if isinstance(shape, Polygon) and shape.holes:
        raise CannotWrite("an import holds no polygons with holes")
    key, value = geometry_of(shape)
    return {"bbox" if key == "bounding_box" else key: value}


def _classifications(attributes: Sequence[Attribute], above: str = "") -> list[JsonValue]:
    """Return the answers right below the answer `above`, those nested in them inside."""
    depth = above.count("/") // 2
    return [
        {"name": one.name, "answer": _answer(one, attributes)}
        for one in attributes
        if one.kind in _KINDS and one.depth == depth and one.key.startswith(f"{above}/")
    ]


def _answer(attribute: Attribute, attributes: Sequence[Attribute]) -> JsonValue:
    if attribute.kind == "text":
        return attribute.text
    names = attribute.value if isinstance(attribute.value, tuple) else (attribute.text,)
    answers: list[JsonValue] = []
    for number, name in enumerate(names):
        nested = _classifications(attributes, f"{attribute.key}/{number}")
        answers.append({"name": name, **({"classifications": nested} if nested else {})})
    return answers if attribute.kind == "choices" else answers[0]


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _uuid(*words: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "|".join(words).encode("utf-8", "replace").decode()))


def _line(row: Row) -> bytes:
    return json.dumps(_plain(row)).encode() + b"\n"


def _plain(value: JsonValue) -> JsonValue:
    """Return a value whose whole numbers are spelled without a point."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    is_whole = isinstance(value, float) and b"." not in number_text(value)
    return int(value) if is_whole and isinstance(value, float) else value
