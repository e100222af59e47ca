"""Label rows of Encord written for tests, and the records of a parsed file in reading order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from viewer.formats import read_export
from viewer.model.project import Project

Json = Any
MADE = "Fri, 01 Dec 2023 10:30:02 GMT"
SQUARE = [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)]


def thing(
    id: str, word: str, geometry: Mapping[str, Json], feature: str = "", **other: Json
) -> Json:
    """Return an object; keys of `other` replace or add, None takes a key away."""
    name = word.replace("_", " ")
    made = {
        "objectHash": id, "featureHash": feature or f"f {word}", "name": name,
        "value": name.replace(" ", "_"), "color": "#D33115", "shape": word, "confidence": 1,
        "createdBy": "a@b", "createdAt": MADE, "manualAnnotation": True, **geometry, **other,
    }  # fmt: skip
    return {key: value for key, value in made.items() if value is not None}


def box(id: str, x: float = 0.25, **other: Json) -> Json:
    """Return a box."""
    held = {"boundingBox": {"x": x, "y": 0.5, "w": 0.125, "h": 0.25}}
    return thing(id, "bounding_box", held, **other)


def corners(pairs: Sequence[tuple[float, float]]) -> Json:
    """Return vertices by number."""
    return {str(at): {"x": x, "y": y} for at, (x, y) in enumerate(pairs)}


def polygon(id: str, regions: Json = None, **other: Json) -> Json:
    """Return a polygon, with `polygons` where regions are given."""
    if regions is None:
        return thing(id, "polygon", {"polygon": corners(SQUARE)}, **other)
    first = regions[0][0]
    pairs = list(zip(first[0::2], first[1::2], strict=True))
    return thing(id, "polygon", {"polygon": corners(pairs), "polygons": regions}, **other)


def listed(id: str, feature: str = "c radio", **other: Json) -> Json:
    """Return a classification in the list of a frame."""
    return {
        "classificationHash": id, "featureHash": feature, "name": "Radio", "value": "radio",
        "confidence": 1, "createdBy": "a@b", "createdAt": MADE, "lastEditedAt": MADE,
        "manualAnnotation": True, **other,
    }  # fmt: skip


def answer(feature: str, value: Json, name: str = "", **other: Json) -> Json:
    """Return an answer; options are given by their hashes."""
    said = value
    if isinstance(value, list):
        said = [{"name": each, "value": each.lower(), "featureHash": f"h {each}"} for each in value]
    title = name or feature
    held = {"name": title, "value": title.lower(), "answers": said, "featureHash": feature}
    return {**held, "manualAnnotation": True, **other}


def row(kind: str, labels: Json, name: str = "media", **other: Json) -> Json:
    """Return a label row of one unit; keys of `other` replace or add, also of its unit."""
    unit = {
        "data_hash": name, "data_title": f"{name}.bin", "data_type": f"{kind}/x",
        "data_sequence": 0, "labels": labels, "data_link": f"bucket/{name}", "width": 64,
        "height": 32, **other.pop("unit", {}),
    }  # fmt: skip
    made = {
        "label_hash": f"label {name}", "branch_name": "main", "created_at": MADE,
        "last_edited_at": MADE, "dataset_hash": "d", "dataset_title": "Set", "data_title":
        f"{name}.bin", "data_hash": name, "data_type": kind, "data_units": {name: unit},
        "object_answers": {}, "classification_answers": {}, "object_actions": {}, "spaces": {},
        "label_status": "LABELLED", "is_valid": True, **other,
    }  # fmt: skip
    return {key: value for key, value in made.items() if value is not None}


def frames(held: Mapping[int, Sequence[Json]]) -> Json:
    """Return the labels of a video: objects by frame."""
    return {
        str(number): {"objects": list(objects), "classifications": []}
        for number, objects in held.items()
    }


def flat(*objects: Json) -> Json:
    """Return the labels of one picture."""
    return {"objects": list(objects), "classifications": []}


def read(tree: Json, folder: Path, ontology: Json = None) -> Project:
    """Write rows, with an ontology beside, and return them as read."""
    path = folder / "export.json"
    path.write_bytes(tree if isinstance(tree, bytes) else json.dumps(tree).encode())
    if ontology is None:
        return read_export(path)
    (folder / "ontology.json").write_text(json.dumps(ontology))
    return read_export(path, folder / "ontology.json")


def records(tree: Json) -> list[list[Json]]:
    """Return the records of each row in the order of their annotations."""
    rows = tree if isinstance(tree, list) else [tree]
    return [_of_row(row) for row in rows if row["data_hash"] != "legend"]


def _of_row(row: Json) -> list[Json]:
    holders = [_blobs(row), *(_frames_of(space["labels"]) for space in row["spaces"].values())]
    found: list[Json] = []
    for kind, key in (("objects", "objectHash"), ("classifications", "classificationHash")):
        met: dict[str, dict[int, Json]] = {}
        for blobs in holders:
            by_id: dict[str, dict[int, Json]] = {}
            for place, blob in blobs:
                for record in blob.get(kind, []):
                    by_id.setdefault(record[key], {})[place] = record
            met.update(by_id)
            found += [of[-1] if list(of) == [-1] else of for of in by_id.values()]
        if kind == "classifications":
            entries = row["classification_answers"].items()
            found += [said for id, said in entries if id not in met and "range" in said]
    return found


def _blobs(row: Json) -> list[tuple[int, Json]]:
    units = sorted(row["data_units"].values(), key=lambda unit: int(unit["data_sequence"]))
    if row["data_type"] == "img_group":
        return [(int(unit["data_sequence"]), unit["labels"]) for unit in units]
    if row["data_type"] == "image":
        return [(-1, units[0]["labels"])]
    return _frames_of(units[0]["labels"]) if units else []


def _frames_of(labels: Json) -> list[tuple[int, Json]]:
    return sorted(((int(key), blob) for key, blob in labels.items()), key=lambda pair: pair[0])
