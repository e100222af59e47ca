"""Where the middle of a label is."""

from __future__ import annotations

import pytest
from composed import BOX, HEIGHT, WIDTH, cine, project_of_rows, row, volume

from viewer.geometry.views import view_planes
from viewer.model.annotation import AnnotationId
from viewer.review.centres import Centre, centre_of, centre_slices
from viewer.review.matching import match

FIRST = AnnotationId("1", 0)


def test_the_middle_of_a_shape_is_that_of_its_bounds_at_voxel_centres(tmp_path):
    project = project_of_rows(tmp_path, [row(k=5)])
    media = volume()
    matches = match(project, [media])
    i, j = BOX["x"] + BOX["width"] / 2 - 0.5, BOX["y"] + BOX["height"] / 2 - 0.5
    assert centre_of(project, matches, FIRST) == Centre(0, (i, j, 5.0))
    planes = view_planes(media.stack)
    expected = {name: plane.index_of((i, j, 5)) for name, plane in planes.items()}
    assert centre_slices(project, matches, FIRST) == expected


def test_what_is_said_of_an_image_is_in_the_middle_of_its_slice(tmp_path):
    project = project_of_rows(tmp_path, [row("L_said", None, k=3)])
    found = centre_of(project, match(project, [volume()]), FIRST)
    assert found == Centre(0, (float(WIDTH // 2), float(HEIGHT // 2), 3.0))


@pytest.mark.parametrize(("record", "media"), [(row("L_said", None, k=None), 0), (row(k=77), None)])
def test_a_whole_series_has_no_middle_and_a_label_without_pixels_no_media(record, media, tmp_path):
    project = project_of_rows(tmp_path, [record])
    matches = match(project, [volume()])
    expected = None if media is None else Centre(media, None)
    assert centre_of(project, matches, FIRST) == expected
    assert centre_slices(project, matches, FIRST) == {}


def test_frames_without_positions_have_one_number(tmp_path):
    record = row(SeriesInstanceUID="9", SOPInstanceUID="a", frameNumber=2)
    project = project_of_rows(tmp_path, [record])
    matches = match(project, [cine({"a": 1}, 6)])
    assert centre_slices(project, matches, FIRST) == {"frame": 3}
