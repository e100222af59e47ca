"""What can be made of an export besides itself: a file for import, a list of missing masks."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from labelbox_rows import Json, image, only, read, row_of, sides, thing
from PIL import Image

from viewer.errors import CannotWrite
from viewer.formats.products import product_named, product_path, write_product
from viewer.geometry.shapes import Box
from viewer.model.project import Project

API = "https://api.x.example/api/v1"


def made(project: Project, name: str, folder: Path) -> tuple[str, tuple[str, ...]]:
    product = product_named(project.exports["1"], name)
    report = write_product(project, "1", product, folder / "out.txt")
    return (folder / "out.txt").read_text(), report.notes


def masks() -> Json:
    composite = {"url": f"{API}/tasks/t/masks/c/index/1", "color_rgb": [1, 2, 3]}
    return image(
        thing("a", "ImageSegmentationMask", {"mask": {"url": f"{API}/a?x=1,2"}}),
        thing("b", "ImageSegmentationMask", {"composite_mask": composite}),
        thing("c", "ImageSegmentationMask", {"composite_mask": composite}),
        thing("d", "ImageSegmentationMask", {"mask": {"url": f"{API}/d"}}),
        thing("e", "ImageBoundingBox", sides(1)),
    )


def test_missing_masks_are_listed_with_the_names_that_they_are_found_by(tmp_path: Path):
    Image.new("L", (2, 2), 255).save(tmp_path / "d.png")
    text, notes = made(read(masks(), tmp_path), "masks", tmp_path)
    assert list(csv.reader(io.StringIO(text))) == [
        ["url", "file"],
        [f"{API}/a?x=1,2", "masks/a.png"],
        [f"{API}/tasks/t/masks/c/index/1", "masks/tasks/t/masks/c/index/1.png"],
    ]
    assert notes == ("The addresses want the key of the project.",)


def test_what_is_saved_under_the_listed_names_is_found(tmp_path: Path):
    text, _ = made(read(masks(), tmp_path), "masks", tmp_path)
    for row in csv.DictReader(io.StringIO(text)):
        path = tmp_path / row["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (2, 2), (1, 2, 3)).save(path)
    text, _ = made(read(masks(), tmp_path), "masks", tmp_path)
    assert text == "url,file\n"


def test_frames_of_masks_are_in_their_names(tmp_path: Path):
    url = f"{API}/projects/p/annotations/m/index/7/mask"
    held = thing("m", "DICOMSegmentationMask", {"mask": {"url": url}})
    frame = {"objects": {"m": held}, "classifications": []}
    tree = row_of({"groups": {"Axial": {"name": "Axial", "frames": {"7": frame}}}}, "DICOM")
    text, _ = made(read(tree, tmp_path), "masks", tmp_path)
    assert text.splitlines()[1] == f"{url},masks/m_7.png"


def test_the_file_for_import_holds_what_is_edited_and_says_what_is_not_in_it(tmp_path: Path):
    opened = read(masks(), tmp_path)
    box = opened.annotations[max(opened.annotations)]
    text, notes = made(
        opened.with_annotation(box.with_shape(0, Box(5, 6, 7, 8))), "import", tmp_path
    )
    (row,) = map(json.loads, text.splitlines())
    assert row["bbox"] == {"top": 6, "left": 5, "height": 8, "width": 7}
    assert notes[0] == "Not in it: 'Thing' (a): its mask is not downloaded."
    assert len(notes) == 4


def test_no_product_goes_over_what_is_open(tmp_path: Path):
    opened = read(image(thing("a", "ImageBoundingBox", sides(1))), tmp_path)
    export = opened.exports["1"]
    product = product_named(export, "import")
    assert Path(product_path(export, product)) == tmp_path / "x.import.ndjson"
    before = (tmp_path / "x.json").read_bytes()
    with pytest.raises(CannotWrite, match="is open and stays as it was read"):
        write_product(opened, "1", product, tmp_path / "x.json")
    assert (tmp_path / "x.json").read_bytes() == before
    assert only(opened).native_id == "a"


def test_a_product_that_is_not_there_is_said_with_those_that_are(tmp_path: Path):
    opened = read(image(), tmp_path)
    with pytest.raises(CannotWrite, match="there is: import, masks"):
        product_named(opened.exports["1"], "mask")
