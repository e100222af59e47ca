"""The vendor's own expected COCO results are met exactly: boxes, areas and run-lengths."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from encord_coco import area_of, box_of, raster
from encord_rows import flat, read, row, thing
from pycocotools import mask as coco

from viewer.formats import read_export
from viewer.formats.encord.bitmask import mask_of, text_of_mask
from viewer.geometry.mask import Mask
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Regions

# pycocotools 2.0.8 is older than the keyword that numpy 2 wants of it.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def golden(shared: Path, name: str) -> object:
    return json.loads((shared / "data" / "exports" / "encord" / name).read_bytes())


def test_boxes_areas_and_masks_of_the_platforms_export_are_the_vendors_own(shared: Path):
    exports = shared / "data" / "exports" / "encord"
    opened = read_export(exports / "export_all_six_types.json", exports / "ontology_export.json")
    expected = golden(shared, "coco_expected_for_export_all.json")
    found = {}
    for id in opened.annotations:
        one = opened.annotations[id]
        for placement in one.placements:
            if placement.shape is not None:
                found.setdefault(one.native_id, []).append(placement.shape)
    checked = 0
    for annotation in expected["annotations"]:
        shapes = found[annotation["attributes"]["encord_track_uuid"]]
        fitting = [s for s in shapes if box_of(s) == pytest.approx(annotation["bbox"], abs=1e-9)]
        assert fitting, annotation["bbox"]
        shape = fitting[0]
        assert area_of(shape) == pytest.approx(annotation["area"], rel=1e-9, abs=1e-9)
        counts = annotation["segmentation"]
        if isinstance(counts, dict):
            assert isinstance(shape, Mask)
            there = coco.decode(counts).astype(bool)
            here = np.zeros_like(there)
            here[shape.y :, shape.x :][: shape.height, : shape.width] = shape.to_array()
            assert (here == there).all()
        checked += 1
    assert checked == 64


def test_a_polygon_of_several_regions_fills_the_vendors_own_pixels(shared: Path, tmp_path: Path):
    regions = golden(shared, "polygons_multipolygon.json")
    expected = golden(shared, "polygons_multipolygon_expected_coco_rle.json")
    height, width = expected["size"]
    labels = flat(thing("p", "polygon", {"polygons": regions}))
    opened = read([row("image", labels, unit={"width": width, "height": height})], tmp_path)
    shape = opened.annotations[next(iter(opened.annotations))].placements[0].shape
    assert isinstance(shape, Regions)
    there = coco.decode(expected)
    assert (raster(shape, width, height) == there).all()
    own = np.zeros((height, width), dtype=bool)
    mask = rasterised(shape, width, height)
    own[mask.y :, mask.x :][: mask.height, : mask.width] = mask.to_array()
    near = np.zeros((height, width), dtype=np.uint8)
    for ring in shape.rings:
        cv2.polylines(near, [ring.astype(np.int32)], isClosed=True, color=1, thickness=5)
    differs = there.astype(bool) != own
    assert differs.any()
    assert near[differs].all()  # pixels of the border alone


@pytest.mark.parametrize("size", [(5, 3), (64, 32), (333, 17)])
def test_the_string_of_a_mask_is_that_of_coco_with_rows_for_columns(size: tuple[int, int]):
    width, height = size
    random = np.random.default_rng(sum(size))
    for share in (0.0, 0.02, 0.5, 0.98, 1.0):
        bitmap = random.random((height, width)) < share
        text = text_of_mask(Mask.from_array(bitmap), width, height)
        held = {"size": [width, height], "counts": text.encode()}
        assert (coco.decode(held).T.astype(bool) == bitmap).all()
        encoded = coco.encode(np.asfortranarray(bitmap.T.astype(np.uint8)))
        assert encoded["counts"].decode() == text
        again = mask_of(text, width, height)
        assert again.area == int(bitmap.sum())
