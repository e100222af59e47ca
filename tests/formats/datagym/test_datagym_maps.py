"""Semantic maps beside an export: shown by class, locked, and kept with it."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from bound import pictures
from PIL import Image
from telling import matched

from viewer.errors import CannotRead, CannotWrite
from viewer.formats import read_export, write_export
from viewer.formats.datagym.maps import mask_of
from viewer.formats.table import format_named
from viewer.geometry.mask import Mask
from viewer.geometry.measure import same_shape
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project

URL = "https://app.datagym.ai/api/v1/export/bitmap/t1/my%20seg"
TREE = [
    {
        "internal_media_ID": "m",
        "external_media_ID": "a.jpg",
        "segmentations": [URL],
        "labels": {"lm": [{"point": [{"x": 1, "y": 2}]}]},
    }
]


def bmp(cells: np.ndarray) -> bytes:
    target = io.BytesIO()
    Image.fromarray(cells.astype(np.uint8) * 255).save(target, "BMP")
    return target.getvalue()


CELLS = np.zeros((6, 9), dtype=bool)
CELLS[2:4, 3:8] = True


def opened(folder: Path, name: str | None, content: bytes = bmp(CELLS)) -> Project:
    path = folder / "export.json"
    path.write_text(json.dumps(TREE))
    if name:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return read_export(path)


@pytest.mark.parametrize(
    "name",
    [
        "t1/my seg.bmp",
        "t1_my seg.bmp",
        "a_my seg.BMP",
        "segmentations/t1/my seg.bmp",
        "masks/A_My Seg.bmp",
    ],
)
def test_a_map_is_found_by_its_task_or_picture_and_class(name: str, tmp_path: Path):
    project = opened(tmp_path, name)
    label = project.annotations[AnnotationId("1", 1)]
    assert (label.class_id, label.placements[0].media.entry) == ("my seg", "m")
    shape = label.placements[0].shape
    assert isinstance(shape, Mask)
    assert same_shape(shape, Mask.from_array(CELLS))
    known = format_named("datagym")
    base = project.annotations.bases["1"]
    assert list(known.companions(project.exports["1"], base, ["x.bmp", name])) == [name]


@pytest.mark.parametrize("name", [None, "my seg.bmp", "other/my seg.bmp", "t1_seg.bmp"])
def test_without_its_file_a_map_is_no_label(name: str | None, tmp_path: Path):
    assert len(opened(tmp_path, name).annotations) == 1


def test_a_map_is_locked_and_its_address_stays(tmp_path: Path):
    project = opened(tmp_path, "t1/my seg.bmp")
    label = project.annotations[AnnotationId("1", 1)]
    assert "semantic map" in (label.locked_reason or "")
    for edited in (
        project.without_annotations([label.id]),
        project.with_annotation(label.with_shape(0, Mask.from_array(~CELLS))),
    ):
        with pytest.raises(CannotWrite, match="semantic map"):
            write_export(project, edited, "1", tmp_path / "out.json")
    edited = project.without_annotations([AnnotationId("1", 0)])
    write_export(project, edited, "1", tmp_path / "out.json")
    (found,) = json.loads((tmp_path / "out.json").read_bytes())
    assert (found["segmentations"], found["labels"]) == ([URL], {})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no BMP"),
        (b"\x89PNG" + bytes(60), "no BMP"),
        (b"BM" + bytes(60), "no size"),
        (bmp(CELLS)[:60], "damaged|truncated"),
        (b"BM" + bytes(16) + struct.pack("<ll", 10**9, 10**9) + bytes(40), "more than"),
    ],
)
def test_a_damaged_map_is_said_and_the_rest_is_there(content: bytes, why: str, tmp_path: Path):
    label = opened(tmp_path, "t1/my seg.bmp", content).annotations[AnnotationId("1", 1)]
    assert label.placements[0].shape is None
    with pytest.raises(CannotRead, match=why):
        mask_of("x.bmp", content)


def test_a_map_of_another_size_than_its_picture_is_said_and_not_shown(tmp_path: Path):
    project = opened(tmp_path, "t1/my seg.bmp")
    shapes: list[bool] = []
    for size in ((9, 6), (64, 32)):
        matched(project, [pictures(["a.jpg"], size=size)])
        label = project.annotations[AnnotationId("1", 1)]
        shapes.append(label.placements[0].shape is not None)
    assert shapes == [True, False]
    assert any(one.name == "damaged" and "9 x 6" in one.text for one in label.attributes)


@pytest.mark.parametrize("url", ["http://[x/bitmap/t1/seg", 7, None, "t1", ""])
def test_an_address_that_is_none_leads_to_no_map(tmp_path: Path, url: object):
    (tmp_path / "t1_seg.bmp").write_bytes(bmp(CELLS))
    (tmp_path / "export.json").write_text(json.dumps([{**TREE[0], "segmentations": [url]}]))
    assert len(read_export(tmp_path / "export.json").annotations) == 1
