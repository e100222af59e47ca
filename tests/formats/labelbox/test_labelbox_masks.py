"""Masks of an export that lie beside it under the names that people give them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from bound import scan
from labelbox_rows import Json, image, only, read, row_of, thing
from PIL import Image

from viewer.geometry.mask import Mask
from viewer.model.annotation import Annotation
from viewer.review.binding import Choice, Choices
from viewer.review.matching import match
from viewer.review.turns import Turn

WHERE = "https://api.x.example/api/v1/projects/p/annotations/m/index/7/mask"


def picture(path: Path, pixels: list[list[object]], mode: str = "L") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.array(pixels, dtype=np.uint8), mode).save(path)


def on_dicom() -> Json:
    held = thing("m", "DICOMSegmentationMask", {"mask": {"url": WHERE}})
    frame = {"objects": {"m": held}, "classifications": []}
    group = {"name": "Axial", "classifications": [], "frames": {"7": frame}}
    return row_of({"groups": {"Axial": group}, "segments": {"Axial": {"m": [[7, 7]]}}}, "DICOM")


def mask_of(annotation: Annotation) -> Mask:
    shape = annotation.placements[0].shape
    assert isinstance(shape, Mask)
    return shape


@pytest.mark.parametrize(
    "name",
    ["m_7.png", "m/7.png", "m_007.png", "m_Axial_7.png", "annotations/m/index/7/mask.png",
     "annotations/m/index/7/mask", "masks/m_7.png"],
)  # fmt: skip
def test_a_mask_is_found_by_each_of_its_names(tmp_path: Path, name: str):
    picture(tmp_path / "made.png", [[0, 255, 0], [0, 255, 255]])
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "made.png").rename(tmp_path / name)
    found = only(read(on_dicom(), tmp_path))
    mask = mask_of(found)
    assert (mask.x, mask.y, mask.to_array().tolist()) == (1, 0, [[True, False], [True, True]])
    assert found.locked_reason == "its mask is in a file of its own, which is not changed here"


def test_of_a_composite_a_label_is_what_has_its_colour(tmp_path: Path):
    url = "https://api.x.example/api/v1/tasks/t/masks/c/index/1"
    held = {"composite_mask": {"url": url, "color_rgb": [255, 0, 10]}}
    colours = [[[0, 0, 0], [255, 0, 10]], [[255, 0, 11], [255, 0, 10]]]
    picture(tmp_path / "tasks/t/masks/c/index/1.png", colours, "RGB")
    opened = read(image(thing("m", "ImageSegmentationMask", held)), tmp_path)
    assert mask_of(only(opened)).to_array().tolist() == [[True], [True]]


def test_a_mask_of_another_size_is_said_and_not_stretched(tmp_path: Path):
    tree = image(thing("m", "ImageSegmentationMask", {"mask": {"url": WHERE}}))
    tree["media_attributes"] = {"width": 9, "height": 9}
    picture(tmp_path / "m.png", [[255]])
    (placement,) = only(read(tree, tmp_path)).placements
    assert placement.shape is None
    assert placement.attributes[0].value == "its mask has 1 x 1 pixels, but its picture 9 x 9"


def test_a_file_that_is_no_mask_is_said(tmp_path: Path):
    (tmp_path / "m_7.png").write_bytes(b"no picture")
    found = only(read(on_dicom(), tmp_path))
    assert found.placements[0].shape is None
    assert found.locked_reason == "its mask is not downloaded"


def test_no_name_leads_out_of_the_folder(tmp_path: Path):
    tree = on_dicom()
    text = str(tree).replace("'m'", "'../m'")
    assert "../m" in text
    folder = tmp_path / "in"
    folder.mkdir()
    picture(tmp_path / "m_7.png", [[255]])
    held = thing(
        "../m", "ImageSegmentationMask", {"mask": {"url": "https://x/annotations/../../m"}}
    )
    assert only(read(image(held), folder)).placements[0].shape is None


@pytest.mark.parametrize(
    ("group", "high", "scale", "is_shown"),
    [
        ("Axial", 9, None, True),
        ("Axial", 8, None, False),
        ("Sagittal", 8, None, True),
        ("Sagittal", 30, None, False),
        ("Sagittal", 30, 30 / 8, True),
        ("Sagittal", 8, 30 / 8, False),
    ],
)
def test_a_mask_has_the_size_of_its_plane_or_is_not_shown(
    tmp_path: Path, group: str, high: int, scale: float | None, is_shown: bool
):
    tree = json.loads(json.dumps(on_dicom()).replace("Axial", group))
    tree["data_row"]["external_id"] = "IM0000.dcm"
    wide = 11 if group == "Axial" else 9
    picture(tmp_path / "m_7.png", [[255] * wide] * high)
    project = read(tree, tmp_path)
    plane = group.lower()
    turn = Choice(media="1.2.3.4", planes={plane: Turn(scale_y=scale)} if scale else {})  # pyright: ignore[reportArgumentType]
    media = scan()
    match(project, [media], {"1": Choices(turn)})
    (placement,) = only(project).placements
    assert (placement.shape is not None) == is_shown
    if not is_shown:
        said = str(placement.attributes[0].value)
        assert f"its mask has {wide} x {high} pixels, but its {plane} plane" in said
        assert "row height under Labels and images" in said
