"""The demo's labels as Encord exports them: label rows, and the ontology that they follow.

Each reader's labels of the series are a branch of its row, the agreed ones the main branch. Labels
of one class are one object on all their slices.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from viewer.demo.cine import ANSWER, FRAMES, HEIGHT, RATE, WIDTH, valve_boxes
from viewer.demo.encord_ontology import (
    VALVES,
    ObjectClass,
    Said,
    classes_of,
    feature,
    structure,
    value_of,
)
from viewer.demo.encord_shapes import bitmask_of, box_of, geometry_of
from viewer.demo.ontology import VALVE, WALL_MOTION, Group
from viewer.demo.phantom import Grid
from viewer.demo.study import SERIES_UID, STUDY_UID, instance_uid
from viewer.demo.vendors import (
    YES,
    Mark,
    answers_in,
    bitmap_of,
    drawn_in,
    made_up_id,
    made_up_uuid,
    said_in,
)

STAMP = "Mon, 06 May 2024 12:30:00 UTC"
BRANCHES: Mapping[Group, str] = {
    "Adjudicated": "main",
    "Reader A": "reader-a",
    "Reader B": "reader-b",
}
_PEOPLE: Mapping[str, str] = {
    "Adjudicated": "zoe.mueller@example.org",
    "Reader A": "reader.a@example.org",
    "Reader B": "reader.b@example.org",
}
_AUTHOR = _PEOPLE["Adjudicated"]
Json = dict[str, Any]


def write_encord(
    labels: Path, ontology: Path, marks: Sequence[Mark], grid: Grid, video: str
) -> None:
    """Write the label rows and the ontology that they follow.

    Args:
        video: name of the video.
    """
    labels.parent.mkdir(parents=True)
    drawn, said = drawn_in("encord", marks, grid), said_in("encord", marks)
    answers = answers_in(marks)
    classes = classes_of(drawn, answers)
    rows = [
        _Branch(
            group,
            [mark for mark in drawn if mark.group == group],
            [mark for mark in said if mark.group == group],
            classes,
            answers,
        ).row(grid)
        for group in BRANCHES
    ]
    _write(labels, [*rows, _video_row(video)])
    _write(ontology, structure([*classes.values(), VALVES], said))


def _write(path: Path, tree: object) -> None:
    path.write_text(json.dumps(tree, ensure_ascii=False), "utf-8")


@dataclass(frozen=True, eq=False)
class _Branch:
    """What one reader says of the series.

    Args:
        drawn, said: the reader's labels with a shape, and classifications.
        classes: by name and reader.
        answers: to what is asked of labels, by their ids.
    """

    group: Group
    drawn: Sequence[Mark]
    said: Sequence[Mark]
    classes: Mapping[str, ObjectClass]
    answers: Said

    def row(self, grid: Grid) -> Json:
        """Return the label row."""
        labels = {"objects": self._objects(grid), "classifications": self._listed(grid)}
        slices = sorted({number for held in labels.values() for number in held})
        frames = {
            str(number): {
                **{key: held.get(number, []) for key, held in labels.items()},
                "metadata": _slice_facts(number, grid),
            }
            for number in slices
        }
        unit = {
            "labels": frames,
            "metadata": {
                "patient_id": "OVERREAD-DEMO",
                "study_uid": STUDY_UID,
                "series_uid": SERIES_UID,
            },
            "data_links": sorted(map(_link, range(grid.slices))),  # not that of the slices
            "width": grid.columns,
            "height": grid.rows,
        }
        row = _row("Thorax phantom", "dicom", "application/dicom", unit, BRANCHES[self.group])
        row["object_answers"] = self._object_answers()
        row["classification_answers"] = {
            _hash(mark.full_name, mark.id): self._answer(mark, grid) for mark in self.said
        }
        return row

    def _objects(self, grid: Grid) -> dict[int, list[Json]]:
        found: dict[int, list[Json]] = {}
        for mark in self.drawn:
            one = self.classes[mark.full_name]
            data = mark.data or {}
            if mark.mode == "mask":
                geometry = bitmask_of(bitmap_of(data, grid))
            else:
                geometry = geometry_of(mark.mode or "", data, (grid.columns, grid.rows))
            held = _object(one, _hash(one.name), _PEOPLE[self.group], geometry)
            found.setdefault(_number(mark, grid), []).append(held)
        return found

    def _listed(self, grid: Grid) -> dict[int, list[Json]]:
        """Return the classifications of slices as their frames list them, without answers."""
        found: dict[int, list[Json]] = {}
        for mark in self.said:
            if mark.k is not None:
                listed = _listed(mark.full_name, _hash(mark.full_name, mark.id))
                found.setdefault(_number(mark, grid), []).append(listed)
        return found

    def _answer(self, mark: Mark, grid: Grid) -> Json:
        name = mark.full_name
        answer = _text(name, mark.note or YES, feature(name, "answer"))
        ranges = [] if mark.k is None else [[_number(mark, grid)] * 2]
        return _classification(name, _hash(name, mark.id), ranges, answer, _PEOPLE[self.group])

    def _object_answers(self) -> Json:
        found: Json = {}
        for mark in self.drawn:
            id = _hash(mark.full_name)
            entry = found.setdefault(id, {"objectHash": id, "classifications": []})
            known = [answer["name"] for answer in entry["classifications"]]
            for name, text in self.answers.get(mark.id, {}).items():
                if name not in known:
                    answer = _text(name, text, feature(mark.full_name, name))
                    entry["classifications"].append(answer)
        return found


def _number(mark: Mark, grid: Grid) -> int:
    """Return the slice as Encord counts: by instance number, here from the head."""
    return grid.slices - 1 - (mark.k or 0)


def _slice_facts(number: int, grid: Grid) -> Json:
    return {
        "dicom_instance_uid": instance_uid(grid.slices - 1 - number),
        "multiframe_frame_number": None,
        "file_uri": _link(number),
        "width": grid.columns,
        "height": grid.rows,
    }


def _link(number: int) -> str:
    return f"example-bucket/thorax/{made_up_uuid('encord slice', number)}"


def _video_row(video: str) -> Json:
    id, wall = _hash(VALVE.name), _hash(WALL_MOTION.name)
    frames: Json = {}
    for seen in valve_boxes():
        valve = _object(VALVES, id, _AUTHOR, box_of(seen.box, (WIDTH, HEIGHT)))
        valve["manualAnnotation"] = seen.is_key
        frames[str(seen.frame - 1)] = {"objects": [valve], "classifications": list[Json]()}
    frames["0"]["classifications"].append(_listed(WALL_MOTION.name, wall))
    link = f"example-bucket/{made_up_uuid('encord video')}"
    unit = {
        "labels": frames,
        "data_fps": RATE,
        "data_duration": FRAMES / RATE,
        "data_link": link,
        "width": WIDTH,
        "height": HEIGHT,
    }
    row = _row(video, "video", "video/x-msvideo", unit, "main")
    row["video_link"] = link
    row["object_answers"] = {id: {"objectHash": id, "classifications": []}}
    option = {"name": ANSWER, "value": value_of(ANSWER), "featureHash": feature(ANSWER)}
    root = feature(WALL_MOTION.name, "answer")
    answer = {**_text(WALL_MOTION.name, "", root), "answers": [option]}
    row["classification_answers"] = {
        wall: _classification(WALL_MOTION.name, wall, [[0, 0]], answer, _AUTHOR)
    }
    return row


def _row(title: str, kind: str, mime: str, unit: Json, branch: str) -> Json:
    """Return a label row of one unit, without answers."""
    id = made_up_uuid("encord data", title)
    head = {"data_hash": id, "data_title": title, "data_type": mime, "data_sequence": 0}
    export = made_up_uuid("encord export")
    said = {"export_hash": export, "exported_at": STAMP}
    return {
        "label_hash": made_up_uuid("encord label", title, branch),
        "branch_name": branch,
        "created_at": STAMP,
        "last_edited_at": STAMP,
        "dataset_hash": made_up_uuid("encord dataset"),
        "dataset_title": "Phantoms",
        "data_title": title,
        "data_hash": id,
        "data_type": kind,
        "is_image_sequence": None,
        "video_link": None,
        "data_units": {id: {**head, **unit}},
        "object_answers": {},
        "classification_answers": {},
        "object_actions": {},
        "label_status": "LABELLED",
        "is_valid": True,
        "export_history": [{**said, "user_email": _AUTHOR}],
        **said,
        "spaces": {},
    }


def _object(one: ObjectClass, id: str, author: str, geometry: Json) -> Json:
    return {
        "featureHash": feature(one.name),
        "objectHash": id,
        "name": one.name,
        "value": value_of(one.name),
        "color": one.color,
        "shape": one.shape,
        "confidence": 1,
        "createdBy": author,
        "createdAt": STAMP,
        "lastEditedBy": author,
        "lastEditedAt": STAMP,
        "manualAnnotation": True,
        **geometry,
    }


def _listed(name: str, id: str) -> Json:
    """Return a classification as a frame lists it."""
    return {
        "featureHash": feature(name),
        "classificationHash": id,
        "name": name,
        "value": value_of(name),
        "confidence": 1,
        "createdBy": _AUTHOR,
        "createdAt": STAMP,
        "lastEditedAt": STAMP,
        "manualAnnotation": True,
    }


def _classification(name: str, id: str, ranges: list[list[int]], answer: Json, author: str) -> Json:
    """Return a classification with its answer and the frames that it holds for."""
    return {
        "classificationHash": id,
        "featureHash": feature(name),
        "range": ranges,
        "spaces": {},
        "createdBy": author,
        "createdAt": STAMP,
        "lastEditedBy": author,
        "lastEditedAt": STAMP,
        "confidence": 1,
        "manualAnnotation": True,
        "classifications": [answer],
    }


def _text(name: str, text: str, hash: str) -> Json:
    said = {"answers": text, "featureHash": hash, "manualAnnotation": True}
    return {"name": name, "value": value_of(name), **said}


def _hash(*parts: str) -> str:
    return made_up_id("encord label", *parts, length=8)
