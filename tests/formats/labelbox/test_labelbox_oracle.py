"""The oracle, with the vendor's library where it is there, finds nothing wrong in what is written.

The library is in the environment that the oracle's docstring describes: `.venv-labelbox` in the
project's folder, or its Python named by OVERREAD_LABELBOX_PYTHON.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from format_cases import DATA
from labelbox_rows import read, row_of, thing
from oracles.library import Library, python_of
from PIL import Image

from viewer.formats import read_export, write_export
from viewer.formats.labelbox.write_import import write_import
from viewer.geometry.mask import Mask
from viewer.geometry.measure import translated

OWN = ("everything.json", "everything.ndjson", "two_spaces.json", "exports_tabs_crlf_bom.json")


@pytest.fixture(scope="module")
def library(shared: Path) -> Iterator[Library]:
    if not python_of("labelbox").exists():
        pytest.skip("needs the vendor's library: `make sdks`, or OVERREAD_LABELBOX_PYTHON")
    with closing(Library("labelbox")) as library:
        yield library


def judged(library: Library, *files: Path) -> str:
    return library.asked("-q", "--require-sdk", *files)[1]


def test_the_oracle_accepts_what_is_written_edited_or_not(library, shared, tmp_path):
    vendor = sorted((shared / "data" / "exports" / "labelbox").glob("*export_v2*"))
    written: list[Path] = []
    for number, source in enumerate([*vendor, *(DATA / "labelbox" / name for name in OWN)]):
        opened = read_export(source)
        current = opened
        for id in opened.annotations:
            annotation = opened.annotations[id]
            shape = annotation.placements[0].shape
            if annotation.locked_reason is None and shape is not None:
                moved = annotation.with_shape(0, translated(shape, 0.5, 0.25))
                current = current.with_annotation(moved)
        current = current.without_annotations([next(iter(opened.annotations))])
        for name, project in (("same", opened), ("edited", current)):
            written.append(tmp_path / f"{number}-{name}-{source.name}")
            write_export(opened, project, "1", written[-1])
    assert "ERROR" not in judged(library, *written)


def test_the_library_reads_every_file_for_import(library, shared, tmp_path):
    vendor = sorted((shared / "data" / "exports" / "labelbox").glob("*export*.*json"))
    written: list[Path] = []
    for number, source in enumerate([*vendor, *(DATA / "labelbox" / name for name in OWN)]):
        opened = read_export(source)
        content = write_import(opened, "1", leave_out=True)
        written.append(tmp_path / f"{number}.ndjson")
        written[-1].write_bytes(content)
    assert "ERROR" not in judged(library, *(path for path in written if path.stat().st_size))


def test_composites_are_named_by_the_library_as_they_were_written(library, shared, tmp_path):
    group = {"name": "Axial", "classifications": [], "frames": {}}
    for frame in ("3", "4"):
        url = {"mask": {"url": f"https://x.example/annotations/m/index/{frame}/mask"}}
        held = {"objects": {"m": thing("m", "DICOMSegmentationMask", url)}, "classifications": []}
        group["frames"][frame] = held
        Image.new("L", (4, 3), 255).save(tmp_path / f"m_{frame}.png")
    opened = read(row_of({"groups": {"Axial": group}, "segments": {}}, "DICOM"), tmp_path)
    (tmp_path / "out.ndjson").write_bytes(write_import(opened, "1"))
    said = judged(library, tmp_path / "out.ndjson")
    assert "ERROR" not in said
    assert '"sdk:DICOMMaskAnnotation": 1' in said


def test_composites_that_were_painted_are_read_by_the_library(library, shared, tmp_path):
    picture = Image.new("RGB", (6, 4))
    picture.putpixel((1, 1), (255, 0, 0))
    picture.putpixel((4, 2), (0, 0, 255))
    picture.save(tmp_path / "m.png")
    held = base64.b64encode((tmp_path / "m.png").read_bytes()).decode()
    instances = [{"colorRGB": [255, 0, 0], "name": "A"}, {"colorRGB": [0, 0, 255], "name": "B"}]
    masks = {"frames": [{"index": 3, "imBytes": held}], "instances": instances}
    uuids = ("00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002")
    rows = [
        {"uuid": uuids[0], "dataRow": {"id": "d"}, "groupKey": "axial", "masks": masks},
        {"uuid": uuids[1], "dataRow": {"id": "v"}, "masks": masks},
    ]
    lines = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    opened = read(lines, tmp_path)
    current = opened
    for id in list(opened.annotations)[::2]:
        mask = Mask.from_array(np.ones((1, 2), np.bool_), 0, 0)
        current = current.with_annotation(opened.annotations[id].with_shape(0, mask))
    last = opened.annotations[list(opened.annotations)[-1]]
    current = current.without_annotations([last.id])
    write_export(opened, current, "1", tmp_path / "out.ndjson")
    said = judged(library, tmp_path / "out.ndjson")
    assert "ERROR" not in said
    assert '"sdk:DICOMMaskAnnotation": 1' in said
