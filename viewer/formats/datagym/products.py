"""A file for import made of a DATAGYM export, held to what the platform's own schema takes.

The platform refuses a whole file for one value that its schema does not know, and drops in silence
what its reader does not; so such values are left out here, and named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from viewer.formats.datagym.answer_writing import Node, tree_of
from viewer.formats.datagym.answers import values_of
from viewer.formats.datagym.encode import geometry_of, numbers_of, type_for
from viewer.formats.datagym.gather import GLOBAL
from viewer.formats.datagym.head import key_of
from viewer.formats.datagym.kinds import NESTED
from viewer.formats.datagym.shapes import SEGMENTATION, geometry_in, place_of
from viewer.formats.datagym.video_records import ANSWERS
from viewer.formats.format import HEAD_BYTES, Made, Product
from viewer.formats.json_tools import is_list, is_object, value_of
from viewer.formats.problems import few
from viewer.formats.style import JsonValue, Style
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.ontology import LabelClass
from viewer.model.project import Project

Record = dict[str, JsonValue]
Lists = dict[str, list[JsonValue]]
KEEP = "keepData is false: on DATAGYM the labels of each picture in the file are replaced by these."
EMPTY_SEGMENTATION = "DATAGYM's reader makes an empty one of an image segmentation"
NULL_POINTS = "points whose coordinates are null; what else these labels have is in it"
NO_VIDEOS = "labels of videos have no import"
_STYLE = Style(b"\n", b"  ", b",", b": ")


def import_file(project: Project, export_id: str) -> Made:
    """Return the labels of an export, as they are now, as a file for import."""
    made = _Import(project, export_id)
    rows = list(made.rows())
    notes = ((KEEP,) if rows else ()) + tuple(made.notes())
    return Made(_STYLE.dumped(rows) + b"\n", len(rows), notes)


@dataclass(eq=False)
class _Import:
    """A file for import as it is made.

    Args:
        left_out: names of labels by why they, or answers of them, are not in it.
    """

    project: Project
    export_id: str
    left_out: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def rows(self) -> Iterator[Record]:
        """Yield a row for each task that has labels."""
        export, table = self.project.exports[self.export_id], self.project.annotations
        labels: defaultdict[str, list[Annotation]] = defaultdict(list)
        self.nested: defaultdict[AnnotationId, list[Annotation]] = defaultdict(list)
        for id in table:
            if id.export == self.export_id:
                one = table[id]
                if one.parent is not None:
                    self.nested[one.parent].append(one)
                elif one.placements:
                    labels[one.placements[0].media.entry or ""].append(one)
        id_key = _id_key(bytes(export.sources[0].base[:HEAD_BYTES]))
        for entry in export.entries:
            answers, held = self._task(labels.get(entry.id, ()))
            if not entry.keys and (answers or held):
                self.left_out["their task has no id"].append(entry.title)
            elif answers or held:
                yield {id_key: entry.keys[0], "keepData": False, GLOBAL: answers, "labels": held}

    def _task(self, labels: Sequence[Annotation]) -> tuple[Record, Lists]:
        answers: Record = {}
        held: defaultdict[str, list[JsonValue]] = defaultdict(list)
        for one in labels:
            if one.class_id.startswith(f"{GLOBAL}/"):
                answers |= self._answers(one)
                continue
            record = self._record(one)
            if record is not None:
                held[self._key(one)].append(record)
        return answers, dict(held)

    def _record(self, annotation: Annotation) -> Record | None:
        """Return the record of a geometry; None for one that cannot be imported."""
        reason = self._reason(annotation)
        if reason:
            self.left_out[reason].append(self._named(annotation))
            return None
        shape, label = annotation.placements[0].flat, self._classes.get(annotation.class_id)
        name = type_for(shape, label.mode if label else None)
        if name is None or shape is None:
            return None
        if self._has_nulls(annotation):
            self.left_out[NULL_POINTS].append(self._named(annotation))
        record: Record = {name: geometry_of(name, shape), ANSWERS: self._answers(annotation)}
        inside: defaultdict[str, list[JsonValue]] = defaultdict(list)
        for child in self.nested.get(annotation.id, ()):
            found = self._record(child)
            if found is not None:
                inside[self._key(child)].append(found)
        return {**record, NESTED: dict(inside)} if inside else record

    def _reason(self, annotation: Annotation) -> str | None:
        """Return why a geometry cannot be imported; None where it can."""
        placement = annotation.placements[0]
        label, shape = self._classes.get(annotation.class_id), placement.flat
        if placement.index is not None:
            return NO_VIDEOS
        if annotation.locked_reason or shape is None:
            return "they are damaged, or their coordinates are null"
        if label is not None and label.mode == SEGMENTATION:
            return EMPTY_SEGMENTATION
        if any(number < 0 for number in numbers_of(shape)):
            return "they have negative coordinates"
        fits = type_for(shape, label.mode if label else None) is not None
        return None if fits else "their class holds no such shape"

    def _has_nulls(self, annotation: Annotation) -> bool:
        """Whether points of it have no place in the file; its shape has the others alone."""
        base = self.project.exports[self.export_id].sources[0].base
        for origin in annotation.placements[0].origins:
            text = bytes(base[origin.start : origin.end])
            record = value_of(text) if b"null" in text else None
            found = geometry_in(record) if is_object(record) else None
            if found is not None and is_list(found[1]):
                return any(place_of(point) is None for point in found[1])
        return False

    def _answers(self, annotation: Annotation) -> Record:
        return {node.key: self._list(annotation, node) for node in tree_of(annotation.attributes)}

    def _list(self, annotation: Annotation, node: Node) -> JsonValue:
        """Return the list of a classification: behind its first item one nested one at most."""
        values: list[JsonValue] = [*values_of(node.attribute)]
        fitting = node.below[:1] if len(values) == 1 else ()
        if len(fitting) < len(node.below):
            why = "answers nested in one with other answers beside: the schema takes no such list"
            self.left_out[why].append(f"{self._named(annotation)}, {node.key}")
        return [*values, *({one.key: self._list(annotation, one)} for one in fitting)]

    @property
    def _classes(self) -> Mapping[str, LabelClass]:
        return self.project.exports[self.export_id].ontology.by_id

    def _key(self, annotation: Annotation) -> str:
        label = self._classes.get(annotation.class_id)
        return key_of(label) if label else annotation.class_id

    def _named(self, annotation: Annotation) -> str:
        return f"{self._key(annotation)} on {annotation.placements[0].media.entry}"

    def notes(self) -> Iterator[str]:
        """Yield what is not in the file, a sentence for each reason."""
        for why, names in self.left_out.items():
            yield f"Not in it: {len(names):,} ({few(dict.fromkeys(names))}); {why}."


def _id_key(head: bytes) -> str:
    is_old = b'"internal_image_ID"' in head and b'"internal_media_ID"' not in head
    return "internal_image_ID" if is_old else "internal_media_ID"


PRODUCTS = (
    Product(
        "import",
        "Save as import file...",
        ".import.json",
        "The labels as they are now, as DATAGYM imports them; what it would refuse is left out.",
        import_file,
    ),
)
