"""What the tests over all formats need to know of each: one entry per line of FORMATS."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import datagym_trees
import msgspec
from encord_rows import box as encord_box
from encord_rows import flat as encord_flat
from encord_rows import records as encord_records
from encord_rows import row as encord_row
from hypothesis import strategies as st
from listed import new_box
from redbrick_trees import records as redbrick_records
from reshaping import reshaped

from viewer.formats import FORMATS
from viewer.geometry.shapes import Box
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey

DATA = Path(__file__).parent / "data"
Json = Any


@dataclass(frozen=True)
class Layout:
    """How a file is spelled: what `json.dumps` is given, and what it becomes."""

    name: str
    indent: str | None = None
    separators: tuple[str, str] | None = None
    newline: str = "\n"
    bom: bytes = b""
    is_ascii: bool = False

    def dumped(self, tree: Json) -> bytes:
        text = json.dumps(
            tree, indent=self.indent, separators=self.separators, ensure_ascii=self.is_ascii
        )
        return self.bom + text.replace("\n", self.newline).encode()


LAYOUTS = (
    Layout("one line", separators=(",", ":")),
    Layout("spaced", separators=(", ", ": "), is_ascii=True),
    Layout("two spaces", indent="  "),
    Layout("tabs, CRLF, BOM", indent="\t", newline="\r\n", bom=b"\xef\xbb\xbf"),
)


@dataclass(frozen=True)
class FormatCase:
    """Hooks of one format.

    Args:
        name: its Format's name.
        fixture: an export with everything that the format has.
        records: the lists of annotation records of a parsed file, one per container, in order.
        tree: a parsed file with one list of records per container; None leaves the list out.
        record: a record of a tree, by number.
        new: an annotation that can be added to container number n of such a tree.
        id_key: the key of a record's id, "" where records have none.
        telling: the key in a file's head before which a cut leaves nothing to tell the format by.
        has_notes: records can be given notes.
        variant: of one way to spell that its format has besides the first.
        slack: how much coordinates may change by being divided by a picture's size, relatively.
    """

    name: str
    fixture: Path
    records: Callable[[Json], list[list[Json]]]
    tree: Callable[[Sequence[Sequence[Json] | None]], Json]
    record: Callable[[int], Json]
    new: Callable[[Project, int, int], Annotation]
    telling: bytes
    id_key: str = "id"
    has_notes: bool = True
    slack: float = 0.0
    variant: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.variant}".strip()


def _mdai_record(number: int) -> Json:
    return {
        "id": f"A_{number}", "parentId": None, "createdAt": "2024-05-01T09:00:00.000Z",
        "updatedAt": "2024-05-01T09:00:00.000Z", "labelId": "L_1", "height": 9, "width": 9,
        "data": {"x": 1.5, "y": 2, "width": 3, "height": number}, "note": None,
        "StudyInstanceUID": "1.0", "SeriesInstanceUID": "1.0.1", "SOPInstanceUID": "1.0.1.1",
    }  # fmt: skip


def _mdai_tree(lists: Sequence[Sequence[Json] | None]) -> Json:
    def dataset(number: int, records: Sequence[Json] | None) -> Json:
        head = {"id": f"D_{number}", "studies": [{"StudyInstanceUID": f"1.{number}", "number": 1}]}
        return head if records is None else {**head, "annotations": list(records)}

    label = {"id": "L_1", "name": "Box", "scope": "INSTANCE", "annotationMode": "bbox"}
    return {
        "id": "p",
        "labelGroups": [{"id": "G_1", "name": "g", "labels": [label]}],
        "datasets": [dataset(number, records) for number, records in enumerate(lists)],
    }


def _mdai_new(project: Project, container: int, number: int) -> Annotation:
    study = f"1.{container}"
    return new_box(project, number, "L_1", MediaKey(study, f"{study}.1", f"{study}.1.1"))


def _redbrick_record(number: int) -> Json:
    return {
        "pointTopLeft": {"xNorm": 0.5, "yNorm": 0.25},
        "wNorm": 0.125,
        "hNorm": number / 16,
        "id": f"b{number}",
        "category": "box",
        "video": {"trackId": "", "keyFrame": True, "endTrack": True, "frameIndex": number},
    }


def _redbrick_tree(lists: Sequence[Sequence[Json] | None]) -> Json:
    def task(number: int, records: Sequence[Json] | None) -> Json:
        series: Json = {
            "items": ["a.mp4"],
            "imageHeaders": {"dimensions": [16, 16, 1], "totalFrames": 20},
        }
        if records is not None:
            series["boundingBoxes"] = list(records)
        return {"taskId": f"t{number}", "name": f"task {number}", "series": [series]}

    return [task(number, records) for number, records in enumerate(lists)]


def _redbrick_new(project: Project, container: int, number: int) -> Annotation:
    placement = Placement(
        MediaKey(entry=f"t{container}/0"), index=number, shape=Box(1, 2, 3, 4), size=(16, 16)
    )
    return Annotation(
        AnnotationId(next(iter(project.exports)), number, new=True),
        "",
        "boundingBoxes/box",
        "",
        (placement,),
        created="2026-01-02T03:04:05.678Z",
    )


def _labelbox_record(number: int) -> Json:
    return {
        "feature_id": f"cl{number}", "feature_schema_id": "L_1", "name": "Box", "value": "box",
        "annotation_kind": "ImageBoundingBox", "classifications": [],
        "bounding_box": {"top": 1.5, "left": 2, "height": 3, "width": number},
    }  # fmt: skip


def _labelbox_tree(lists: Sequence[Sequence[Json] | None]) -> Json:
    def row(name: str, objects: Sequence[Json] | None) -> Json:
        held = {} if objects is None else {"objects": list(objects)}
        annotations = {**held, "classifications": [], "relationships": []}
        label = {"label_kind": "Default", "id": f"label {name}", "annotations": annotations}
        part = {"name": "Demo", "labels": [label]}
        return {"data_row": {"id": name, "external_id": f"{name}.png"}, "projects": {"p": part}}

    legend = row("legend", [_labelbox_record(99)])
    return [*(row(f"row {n}", objects) for n, objects in enumerate(lists)), legend]


def _labelbox_lists(tree: Json) -> list[list[Json]]:
    rows = [row for row in tree if row["data_row"]["id"] != "legend"]
    return [records for row in rows for records in _labelbox_row(row)]


def _labelbox_row(row: Json) -> list[list[Json]]:
    """Return the records of each label in the order of their annotations, frames of one together.

    A row without projects has none.
    """
    parts = [*row["projects"].values()]
    for model in row.get("experiments", {}).values():
        parts += [{"labels": run["labels"] + run["predictions"]} for run in model["runs"].values()]
    return [_labelbox_label(label["annotations"]) for part in parts for label in part["labels"]]


def _labelbox_label(held: Json) -> list[Json]:
    found = [*held.get("objects", []), *held["classifications"]]
    found += _labelbox_frames(held.get("frames", {}))
    for group in held.get("groups", {}).values():
        found += [*group["classifications"], *_labelbox_frames(group["frames"])]
    return found


def _labelbox_frames(frames: Json) -> list[Json]:
    objects: dict[str, Json] = {}
    answers: dict[str, Json] = {}
    for number, frame in frames.items():
        for id, record in frame["objects"].items():
            objects.setdefault(id, {})[number] = record
        for record in frame["classifications"]:
            answers.setdefault(record["feature_id"], {})[number] = record
    return [*objects.values(), *answers.values()]


def _labelbox_new(project: Project, container: int, number: int) -> Annotation:
    return new_box(project, number, "L_1", MediaKey(entry=f"row {container}"))


def _old_record(number: int) -> Json:
    return {
        "featureId": f"cl{number}", "schemaId": "L_1", "title": "Box", "value": "box",
        "color": "#ff0000", "bbox": {"top": 1.5, "left": 2, "height": 3, "width": number},
        "classifications": [],
    }  # fmt: skip


def _old_tree(lists: Sequence[Sequence[Json] | None]) -> Json:
    def row(name: str, objects: Sequence[Json] | None) -> Json:
        held = {} if objects is None else {"objects": list(objects)}
        label = {**held, "classifications": [], "relationships": []}
        return {"DataRow ID": name, "ID": f"label {name}", "Label": label}

    return [
        *(row(f"row {n}", some) for n, some in enumerate(lists)),
        row("legend", [_old_record(99)]),
    ]


def _old_lists(tree: Json) -> list[list[Json]]:
    rows = [row["Label"] for row in tree if row["DataRow ID"] != "legend"]
    return [[*label.get("objects", []), *label["classifications"]] for label in rows]


def _encord_record(number: int) -> Json:
    return encord_box(f"b{number}", number / 16)


def _encord_tree(lists: Sequence[Sequence[Json] | None]) -> Json:
    def row(name: str, objects: Sequence[Json] | None) -> Json:
        labels = {"classifications": []} if objects is None else encord_flat(*objects)
        return encord_row("image", labels, name)

    legend = row("legend", [_encord_record(99)])
    return [*(row(f"row {n}", objects) for n, objects in enumerate(lists)), legend]


def _encord_new(project: Project, container: int, number: int) -> Annotation:
    key = MediaKey(entry=f"row {container}")
    return new_box(project, number, "f bounding_box", key, (64, 32))


CASES = (
    FormatCase(
        name="encord",
        fixture=DATA / "encord" / "everything.json",
        records=encord_records,
        tree=_encord_tree,
        record=_encord_record,
        new=_encord_new,
        id_key="objectHash",
        telling=b'"label_hash"',
        has_notes=False,
        slack=1e-12,
    ),
    FormatCase(
        name="datagym",
        fixture=DATA / "datagym" / "everything.json",
        records=datagym_trees.records,
        tree=datagym_trees.tree,
        record=datagym_trees.record,
        new=datagym_trees.new,
        id_key="",
        telling=b'"label_classes"',
        has_notes=False,
    ),
    FormatCase(
        name="labelbox",
        fixture=DATA / "labelbox" / "everything.json",
        records=_labelbox_lists,
        tree=_labelbox_tree,
        record=_labelbox_record,
        new=_labelbox_new,
        id_key="feature_id",
        telling=b'"data_row"',
        has_notes=False,
    ),
    FormatCase(
        name="mdai",
        fixture=DATA / "mdai" / "all_modes.json",
        records=lambda tree: [box.get("annotations", []) for box in tree["datasets"]],
        tree=_mdai_tree,
        record=_mdai_record,
        new=_mdai_new,
        telling=b'"datasets"',
    ),
    FormatCase(
        name="redbrick",
        fixture=DATA / "redbrick" / "tasks.json",
        records=redbrick_records,
        tree=_redbrick_tree,
        record=_redbrick_record,
        new=_redbrick_new,
        telling=b'"series"',
        has_notes=False,
        slack=1e-12,
    ),
)
OTHER_CASES = (
    FormatCase(
        name="datagym",
        variant="old",
        fixture=DATA / "datagym" / "old.json",
        records=datagym_trees.records,
        tree=datagym_trees.old_tree,
        record=datagym_trees.old_record,
        new=datagym_trees.new,
        id_key="",
        telling=b'"label_classes"',
        has_notes=False,
    ),
    FormatCase(
        name="labelbox",
        variant="v1",
        fixture=DATA / "labelbox" / "v1.json",
        records=_old_lists,
        tree=_old_tree,
        record=_old_record,
        new=_labelbox_new,
        id_key="featureId",
        telling=b'"DataRow ID"',
        has_notes=False,
    ),
)
CASE_OF = {case.name: case for case in CASES}
# A format without a case fails here.
EVERY_CASE = [*(CASE_OF[known.name] for known in FORMATS), *OTHER_CASES]


def _is_free(annotation: Annotation) -> bool:
    return annotation.locked_reason is None


@st.composite
def edited(draw: st.DrawFn, project: Project) -> Project:
    """Some of a project's annotations changed or deleted."""
    made = "2026-01-02T03:04:05.678Z"
    formats = {export.id: export.format for export in project.exports.values()}
    actions = ["keep", "keep", "shape", "note", "delete"]
    for id in list(project.annotations):
        annotation = project.annotations[id]
        action = draw(st.sampled_from(actions))
        shape = annotation.placements[0].shape
        if action == "delete":
            project = project.without_annotations([id])
        elif action == "note" and CASE_OF[formats[id.export]].has_notes and _is_free(annotation):
            note = draw(st.none() | st.text(max_size=20))
            changed = msgspec.structs.replace(annotation, note=note, updated=made)
            project = project.with_annotation(changed)
        elif action == "shape" and shape is not None and _is_free(annotation):
            moved = annotation.with_shape(0, reshaped(draw, shape))
            project = project.with_annotation(msgspec.structs.replace(moved, updated=made))
    return project
