"""What RedBrick AI's format leaves open is a question of the series that it matters to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from viewer.formats import read_export

Json = Any
BOX = {"pointTopLeft": {"xNorm": 0.5, "yNorm": 0.25}, "wNorm": 0.25, "hNorm": 0.5, "category": "c"}
ELLIPSE = {"pointCenter": {"xNorm": 0.5, "yNorm": 0.5}, "xRadiusNorm": 0.1, "yRadiusNorm": 0.2,
           "rotationRad": 0.0, "category": "e"}  # fmt: skip


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"boundingBoxes": [BOX]}, {"pixel-centres"}),
        ({"classifications": [{"attributes": {"a": 1}}]}, set()),
        ({"cuboids": [{"point1": {"i": 1, "j": 1, "k": 1}, "point2": {"i": 2, "j": 2, "k": 2}}]},
         {"cuboid-edges"}),
        ({"ellipses": [ELLIPSE]}, {"pixel-centres", "radius-by-width"}),
        ({"ellipses": [ELLIPSE | {"rotationRad": 0.5}]},
         {"pixel-centres", "radius-by-width", "counterclockwise"}),
        ({"ellipses": [ELLIPSE], "imageHeaders": {"dimensions": [9, 9]}}, {"pixel-centres"}),
    ],
)  # fmt: skip
def test_what_the_format_leaves_open_is_a_question_of_the_series_that_it_matters_to(
    tmp_path: Path, labels, expected
):
    series = [{"items": ["a.dcm"], **labels}, {"items": ["b.dcm"]}]
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([{"taskId": "t", "name": "n", "series": series}]))
    first, second = read_export(path).exports["1"].entries
    assert set(first.left_open) == expected
    assert second.left_open == ()
