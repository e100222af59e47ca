"""How sure models were: read from all records at once, and nothing else is taken for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from format_cases import DATA

from viewer.errors import Cancelled
from viewer.formats import read_export
from viewer.model.project import Project

Json = Any


def probabilities(project: Project) -> list[float | None]:
    (base,) = project.annotations.bases.values()
    assert base.probabilities is not None
    found = base.probabilities(lambda: None)
    assert len(found) == base.columns.count
    return [None if np.isnan(one) else round(float(one), 4) for one in found]


def with_outputs(folder: Path, *said: Json) -> Project:
    """The outputs of a model, each saying another probability."""
    tree = json.loads((DATA / "mdai" / "model_outputs.json").read_bytes())
    outputs = tree["datasets"][0]["modelOutputs"]
    tree["datasets"][0]["modelOutputs"] = [{**outputs[0], "id": f"o{n}"} for n in range(len(said))]
    for output, value in zip(tree["datasets"][0]["modelOutputs"], said, strict=True):
        output["probability"] = value
    path = folder / "outputs.json"
    path.write_text(json.dumps(tree))
    return read_export(path)


def test_each_output_says_what_its_record_says_and_odd_values_are_none(tmp_path: Path) -> None:
    odd = (87, -0.1, True, "0.5", [0.5, 0.4], None)
    project = with_outputs(tmp_path, 0.25, 1, 0, *odd)
    (base,) = project.annotations.bases.values()
    found = dict(zip(base.columns.native_ids, probabilities(project), strict=True))
    expected = (0.25, 1.0, 0.0, *(None for _ in odd))
    assert [found[f"o{number}"] for number in range(9)] == list(expected)
    assert all(found[id] is None for id in found if not id.startswith("o")), "labels of readers"


def test_reading_stops_when_the_answer_is_no_longer_wanted(tmp_path: Path) -> None:
    (base,) = with_outputs(tmp_path, 0.5).annotations.bases.values()

    def stop() -> None:
        raise Cancelled("stopped")

    assert base.probabilities is not None
    with pytest.raises(Cancelled):
        base.probabilities(stop)


def test_encord_says_it_of_what_no_person_drew_and_of_a_track_the_highest(tmp_path: Path) -> None:
    tree = json.loads((DATA / "encord" / "everything.json").read_bytes())
    frames = [
        (frame, record)
        for row in tree
        for unit in row["data_units"].values()
        for frame in [unit.get("labels") or {}]
        for each in (frame.values() if "objects" not in frame else [frame])
        for record in each.get("objects", [])
    ]
    by_id: dict[str, list[Json]] = {}
    for _, record in frames:
        by_id.setdefault(record["objectHash"], []).append(record)
    track = max(by_id.values(), key=len)
    for number, record in enumerate(track):
        record.update(manualAnnotation=False, confidence=0.9 if number == 1 else 0.2)
    path = tmp_path / "encord.json"
    path.write_text(json.dumps(tree))
    project = read_export(path)
    (base,) = project.annotations.bases.values()
    found = probabilities(project)
    wanted = track[0]["objectHash"]
    expected = 0.9 if len(track) > 1 else 0.2
    rows = [at for at, id in enumerate(base.columns.native_ids) if id == wanted]
    assert expected in [found[row] for row in rows]
    assert sum(one is not None for one in found) <= len(rows)
