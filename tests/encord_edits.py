"""Edits of Encord exports for tests, and the files that become of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from encord_rows import answer, box, frames, read, row
from format_cases import DATA
from listed import all_of

from viewer.formats import write_export
from viewer.geometry.shapes import Shape
from viewer.model.annotation import Annotation
from viewer.model.project import Project
from viewer.model.subject import MediaKey
from viewer.session.making import Stamp, Target, annotation_made

Json = Any
ONTOLOGY = json.loads((DATA / "encord" / "ontology" / "ontology.json").read_bytes())
STAMP = Stamp("2026-01-02T03:04:05.678Z", "me@here")
TIME = "Fri, 02 Jan 2026 03:04:05 GMT"


def saved(opened: Project, current: Project, folder: Path) -> list[Json]:
    write_export(opened, current, "1", folder / "out.json", overwrite=True)
    return json.loads((folder / "out.json").read_bytes())


def edited(tree: Json, folder: Path, edit: Callable[[Annotation], Annotation]) -> Json:
    """Return the one row of a tree after an edit of its first label."""
    opened = read(tree, folder, ONTOLOGY)
    (held,) = saved(opened, opened.with_annotation(edit(all_of(opened)[0])), folder)
    return held


def added(opened: Project, class_id: str, shape: Shape | None, **where: Json) -> Annotation:
    """Return a new label on the first media of an export."""
    label = opened.exports["1"].ontology.by_id[class_id]
    key = MediaKey(entry=opened.exports["1"].entries[0].id, **where)
    target = Target("1", class_id, label.kind, key, (64, 32), index=where.get("frame"))
    return annotation_made(opened, target, shape, STAMP).annotation


def film(**other: Json) -> Json:
    held = frames({n: [box("t", n / 64), box("u")] for n in range(12)})
    said = {id: {"objectHash": id, "classifications": []} for id in ("t", "u", "gone")}
    actions = {"t": {"objectHash": "t", "actions": [
        answer("q dyn", ["One"], "Dynamic", dynamic=True, range=[[0, 4], [9, 9]])]}}  # fmt: skip
    return [row("video", held, "film", object_answers=said, object_actions=actions, **other)]
