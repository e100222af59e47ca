"""Walks over parsed RedBrick AI files for tests."""

from __future__ import annotations

from typing import Any

LISTS = (
    "landmarks", "landmarks3d", "measurements", "ellipses", "boundingBoxes", "cuboids",
    "polygons", "polylines", "classifications", "instanceClassifications",
)  # fmt: skip

Json = Any


def records(tree: Json) -> list[list[Json]]:
    """Return the labels of a file by task, those of one track together as a list."""
    return [_of_task(task) for task in tree]


def _of_task(task: Json) -> list[Json]:
    found: dict[object, Json] = {}
    _collect(task, found)
    return [each[0] if len(each) == 1 else each for each in found.values()]


def _collect(holder: Json, found: dict[object, list[Json]]) -> None:
    """Add labels in file order, by track or by themselves."""
    for name, value in holder.items():
        if name in LISTS:
            _collect_list(value, found)
        elif name == "segmentMap":
            found.update({(id(value), key): [label] for key, label in value.items()})
        elif name in ("classification", "datapointClassification"):
            found[id(value)] = [value]
        elif name in ("series", "consensusTasks", "superTruth"):
            for each in value if isinstance(value, list) else [value]:
                _collect(each, found)


def _collect_list(labels: list[Json], found: dict[object, list[Json]]) -> None:
    for at, label in enumerate(labels):
        track = label.get("video", {}).get("trackId") or at
        found.setdefault((id(labels), track), []).append(label)
