"""Small MD.ai exports as trees, one label of each mode, and what is read of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from viewer.formats import read_export
from viewer.model.annotation import Annotation
from viewer.model.project import Project

Json = Any
DATA = Path(__file__).parent / "data" / "mdai"


def read(tree: Json, folder: Path, name: str = "x.json") -> Project:
    path = folder / name
    path.write_bytes(tree if isinstance(tree, bytes) else json.dumps(tree).encode())
    return read_export(path)


def tree_of(*records: Json, **head: Json) -> Json:
    labels = [
        {"id": f"L_{mode}", "name": mode, "scope": "INSTANCE", "annotationMode": mode}
        for mode in ("bbox", "polygon", "line", "location", "mask", "ellipse", "freeform")
    ]
    filled = [{"id": f"A_{i}", "StudyInstanceUID": "1.2", **r} for i, r in enumerate(records)]
    return {
        "labelGroups": [{"id": "G", "name": "g", "labels": labels}],
        "datasets": [{"id": "D", "name": "d", "studies": [], "annotations": filled}],
        **head,
    }


def only(project: Project) -> Annotation:
    (id,) = project.annotations
    return project.annotations[id]
