"""From files to the screen: a label on a bright point is seen on its brightness, in every plane.

Series and exports are written as files; where labels belong is worked out here from the raw tags
(DICOM PS3.3 C.7.6.2.1.1); what is compared are the pixels that were painted.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from composed import row
from phantoms import ALL_SERIES, dark, enhanced_written, lit
from PySide6.QtWidgets import QApplication
from truths import (
    GROUPS,
    PLANES,
    TURNS,
    assert_painted_on_the_point,
    labelled,
    seen,
    study,
    study_of_points,
    zoomed,
)

from viewer.model.annotation import AnnotationId
from viewer.render.planes import planes_of


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    assert qapp is not None


@pytest.mark.some(31)
@pytest.mark.parametrize("group", range(len(GROUPS)))
@pytest.mark.parametrize("name", ALL_SERIES)
def test_a_label_is_painted_on_its_bright_point_in_all_planes(
    name: str, group: int, tmp_path: Path
) -> None:
    made, voxels = study_of_points(tmp_path, ALL_SERIES[name], group)
    for number, voxel in enumerate(voxels):
        assert_painted_on_the_point(made, number, voxel)


@pytest.mark.parametrize("name", ["axial", "oblique, not square", "tilted", "feet first, prone"])
def test_labels_on_frames_of_one_object_are_painted_on_their_bright_points(
    name: str, tmp_path: Path
) -> None:
    tags, points = ALL_SERIES[name], GROUPS[1]
    pixels = dark(tags)
    for _, voxel in points:
        lit(pixels, voxel)
    rows = [
        {**labelled(tags, mode, voxel), "SOPInstanceUID": "1.2.3.0", "frameNumber": voxel[2]}
        for mode, voxel in points
    ]
    made = study(tmp_path, tags, pixels, rows, enhanced_written)
    for number, (_, voxel) in enumerate(points):
        assert_painted_on_the_point(made, number, voxel)


@pytest.mark.some(12)
@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("name", ["axial", "sagittal, not square", "double oblique", "tilted"])
def test_flips_and_rotations_carry_the_label_along(name: str, turn: str, tmp_path: Path) -> None:
    made, voxels = study_of_points(tmp_path, ALL_SERIES[name], 0)
    for plane in PLANES:
        made.session.viewing.turn_by(plane, TURNS[turn])
    for number, voxel in enumerate(voxels):
        assert_painted_on_the_point(made, number, voxel)


@pytest.mark.parametrize("name", ["axial", "coronal", "oblique, not square", "tilted", "uneven"])
def test_a_label_is_seen_on_exactly_the_slices_where_its_pixels_are(
    name: str, tmp_path: Path
) -> None:
    tags, voxel = ALL_SERIES[name], (7, 2, 3)
    pixels = dark(tags)
    lit(pixels, voxel)
    x, y = tags.corner_based(tags.patient_of(voxel), voxel[2])
    box = {"x": x - 0.5, "y": y - 0.5, "width": 1, "height": 1}
    ring = {"foreground": [[[7, 2]]], "background": []}
    rows = (
        row("L_spot", {"x": x, "y": y}, 3),
        row("L_box", box, 3),
        row("L_mask", ring, 3),
    )
    made = study(tmp_path, tags, pixels, rows)
    for plane, number in product(PLANES, range(len(rows))):
        made.session.display.set_solo(AnnotationId("1", number))
        framing = zoomed(made, plane, voxel)
        count = planes_of(made.volume.stack)[plane].count
        views = [seen(made.session, plane, framing, index) for index in range(count)]
        lit_on = [index for index, view in enumerate(views) if view.light.any()]
        labelled_on = [index for index, view in enumerate(views) if view.label.any()]
        assert lit_on == labelled_on == [made.index(plane, voxel)]
