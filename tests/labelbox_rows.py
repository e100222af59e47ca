"""Small Labelbox rows as trees, and what is read of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from listed import all_of

from viewer.formats import read_export, write_export
from viewer.model.annotation import Annotation
from viewer.model.project import Project

Json = Any


def sides(top: float, left: float = 2, height: float = 3, width: float = 4) -> Json:
    return {"bounding_box": {"top": top, "left": left, "height": height, "width": width}}


def thing(id: str, kind: str, geometry: Json, **more: Json) -> Json:
    head = {"feature_id": id, "name": "Thing", "annotation_kind": kind, "classifications": []}
    return {**head, **geometry, **more}


def row_of(annotations: Json, kind: str = "Video", **more: Json) -> Json:
    label = {"label_kind": kind, "id": "l", "annotations": annotations}
    label["label_details"] = {"created_by": "reader@example.com"}
    media = {"mime_type": {"Video": "video/mp4", "Default": "image/png"}.get(kind, "x/dicom")}
    row = {"data_row": {"id": "d"}, "media_attributes": media}
    return {**row, "projects": {"p": {"name": "P", "labels": [label]}}, **more}


def video(
    frames: Mapping[str, Json], segments: Json = None, keys: Json = None, **more: Json
) -> Json:
    """Return a row with objects by frame and id: {"3": {"a": geometry}}."""
    held = {
        number: {
            "objects": {id: thing(id, "VideoBoundingBox", one) for id, one in objects.items()},
            "classifications": [],
        }
        for number, objects in frames.items()
    }
    annotations = {"frames": held, "segments": segments or {}, "classifications": []}
    if keys is not None:
        annotations["key_frame_feature_map"] = keys
    return row_of(annotations, **more)


def image(*objects: Json, **more: Json) -> Json:
    return row_of({"objects": list(objects), "classifications": []}, "Default", **more)


def read(tree: Json, folder: Path) -> Project:
    path = folder / "x.json"
    path.write_bytes(tree if isinstance(tree, bytes) else json.dumps(tree).encode())
    return read_export(path)


def only(project: Project) -> Annotation:
    (annotation,) = all_of(project)
    return annotation


def codes(project: Project) -> list[str]:
    return [issue.code for export in project.exports.values() for issue in export.issues]


def saved(opened: Project, current: Project, folder: Path) -> Json:
    write_export(opened, current, "1", folder / "out.json")
    return json.loads((folder / "out.json").read_bytes())


def annotations_of(row: Json) -> Json:
    return row["projects"]["p"]["labels"][0]["annotations"]


def with_key(key: str, text: str) -> bytes:
    """A track whose label has this text under a key."""
    tree = video({"1": {"good": sides(1)}, "2": {"good": sides(2)}})
    annotations_of(tree)[key] = "@"
    return json.dumps(tree).encode().replace(b'"@"', text.encode())
