"""Labels of one name at one place: alike by the pixels they share, of that slice alone."""

from __future__ import annotations

import pytest
from scenes import phantom, project_of

from viewer.geometry.shapes import Box, Point, Polygon, Polyline, Shape
from viewer.model.annotation import AnnotationId
from viewer.review.boxes import box_of
from viewer.review.matching import match
from viewer.review.overlaps import overlaps_of

OWN = AnnotationId("1", 0, new=True)


def found(*shapes: tuple[int, str, Shape]) -> list[tuple[int, float]]:
    on: dict[int, list[tuple[str, Shape | None]]] = {}
    for k, label, shape in shapes:
        on.setdefault(k, []).append((label, shape))
    project = project_of(on)
    matches = match(project, (phantom(),))
    others = overlaps_of(project, matches, OWN, lambda: None)
    return [(one.id.ordinal, round(one.iou, 6)) for one in others]


@pytest.mark.parametrize(
    ("other", "iou"),
    [
        (Box(2, 2, 4, 4), 1.0),
        (Box(4, 2, 4, 4), 8 / 24),  # half of each
        (Box(3, 3, 2, 2), 4 / 16),  # inside
        (Polygon([[2, 2], [6, 2], [6, 6], [2, 6]]), 1.0),  # of another kind
    ],
)
def test_two_labels_share_the_pixels_whose_centres_both_hold(other: Shape, iou: float) -> None:
    assert found((3, "yellow", Box(2, 2, 4, 4)), (3, "yellow", other)) == [(1, round(iou, 6))]


def test_others_names_slices_and_places_do_not_count_and_the_most_alike_comes_first() -> None:
    own = Box(2, 2, 4, 4)
    told = found(
        (3, "yellow", own),
        (3, "plain", own),
        (3, "yellow", Box(4, 2, 4, 4)),
        (3, "yellow", Box(2, 2, 4, 3)),
        (3, "yellow", Box(6, 6, 1, 1)),  # they touch
        (3, "yellow", Polyline([[2, 2], [6, 6]])),  # covers nothing
        (4, "yellow", own),
    )
    assert told == [(3, 0.75), (2, round(8 / 24, 6))]


def test_a_box_of_voxels_is_as_wide_as_the_label_and_one_slice_thick() -> None:
    project = project_of({3: [("yellow", Box(2, 3, 4, 5)), ("yellow", Point(1.5, 2.5))]})
    matches = match(project, (phantom(),))
    for ordinal, low, high in (
        (0, (1.5, 2.5, 2.5), (5.5, 7.5, 3.5)),
        (1, (1.0, 2.0, 2.5), (1.0, 2.0, 3.5)),
    ):
        id = AnnotationId("1", ordinal, new=True)
        box = box_of(project, matches, id, matches.first_of(id))
        assert box is not None
        assert (box.media, box.low, box.high) == (0, low, high)
