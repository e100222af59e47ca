"""What a view shows of the labels: outlines on their own slice, cuts on the other planes."""

from __future__ import annotations

import numpy as np
import pytest
from scenes import new_id, phantom, project_of
from stacks import STACKS

from viewer.geometry.mask import Mask
from viewer.geometry.shapes import (
    Box,
    Ellipse,
    Point,
    Polygon,
    Polyline,
    Regions,
    RotatedBox,
    Shape,
    Skeleton,
)
from viewer.media.volume import Volume
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.render.lines import shape_lines
from viewer.render.mark_index import standing_out
from viewer.render.overlay import Mark, marks_on
from viewer.render.planes import Section, planes_of
from viewer.review.matching import match

SPACING = (0.5, 1.25)
BITMAP = np.array([[1, 1, 1, 0], [1, 0, 1, 0], [1, 1, 1, 1]], dtype=bool)
SHAPES: dict[str, Shape] = {
    "point": Point(3.2, 4.5),
    "box": Box(2, 3, 4, 3),
    "ellipse": Ellipse(5, 4, 2, 3),
    "polygon": Polygon([(1, 1), (8, 2), (5, 7)], ([(3, 2.5), (5, 2.5), (4.5, 4)],)),  # type: ignore[arg-type]
    "polyline": Polyline([(1, 1), (8, 2), (5, 7)]),  # type: ignore[arg-type]
    "rotated-box": RotatedBox(3, 3, 5, 3, 0.5),
    "regions": Regions(
        (
            Polygon([(1, 1), (8, 2), (5, 7)], ([(3, 2.5), (5, 2.5), (4.5, 4)],)),  # type: ignore[arg-type]
            Polygon([(4, 2.7), (4.5, 2.7), (4.4, 3.2)]),  # type: ignore[arg-type]
        )
    ),
    "skeleton": Skeleton([(1, 1), (8, 2), (5, 7)], ("visible",) * 3, ((0, 1), (1, 2))),  # type: ignore[arg-type]
    "mask": Mask.from_array(BITMAP, 2, 3),
}


def everything(_id: AnnotationId, _class: str) -> bool:
    return True


def shown(project: Project, volume: Volume, axis: int, index: int) -> tuple[Mark, ...]:
    view = next(view for view in planes_of(volume.stack).values() if view.axis == axis)
    section = Section(0, index, volume.spacing_mm, view)
    return marks_on(project, match(project, (volume,)), section, everything)


def test_outlines_are_pixel_space_times_the_spacing() -> None:
    assert shape_lines(SHAPES["box"], SPACING).rings[0].min(axis=0).tolist() == [1.0, 3.75]
    assert shape_lines(SHAPES["box"], SPACING).rings[0].max(axis=0).tolist() == [3.0, 7.5]
    polygon = shape_lines(SHAPES["polygon"], SPACING)
    assert np.allclose(polygon.rings[0], np.array([(1, 1), (8, 2), (5, 7)]) * SPACING)
    assert len(polygon.rings) == 2
    assert len(shape_lines(SHAPES["polyline"], SPACING).lines[0]) == 3
    point = shape_lines(SHAPES["point"], SPACING).points
    assert point is not None
    assert np.allclose(point, [(1.6, 5.625)])


def test_a_masks_rectangles_tile_it_and_its_edges_enclose_it() -> None:
    lines = shape_lines(SHAPES["mask"], SPACING)
    assert lines.inside is not None
    assert lines.outline is not None
    sides = lines.inside[:, 2:] - lines.inside[:, :2]
    assert sides.prod(axis=1).sum() == pytest.approx(BITMAP.sum() * SPACING[0] * SPACING[1])
    bitmap = np.zeros((9, 9), dtype=int)
    for x0, y0, x1, y1 in (lines.inside / (*SPACING, *SPACING)).round().astype(int):
        bitmap[y0:y1, x0:x1] += 1
    assert np.array_equal(bitmap[3:6, 2:6], BITMAP)
    assert bitmap.sum() == BITMAP.sum()
    length = np.abs(lines.outline[:, 2:] - lines.outline[:, :2]).sum()
    padded = np.pad(BITMAP.astype(int), 1)
    upright = np.abs(np.diff(padded, axis=1)).sum() * SPACING[1]
    assert length == pytest.approx(upright + np.abs(np.diff(padded, axis=0)).sum() * SPACING[0])


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("stack", ["axial", "tilted", "uneven", "sagittal, not square"])
def test_a_reformat_shows_a_shape_only_where_its_plane_cuts_it(name: str, stack: str) -> None:
    volume = phantom(STACKS[stack])
    project = project_of({3: [("yellow", SHAPES[name])]})
    spans = {"point": (3, 3, 4, 4), "mask": (2, 5, 3, 5), "box": (2, 5, 3, 5)}
    for axis, cells in ((0, volume.columns), (1, volume.rows)):
        touched = [index for index in range(cells) if shown(project, volume, axis, index)]
        assert touched
        assert touched == list(range(touched[0], touched[-1] + 1))
        if name in spans:
            low, high = spans[name][2 * axis : 2 * axis + 2]
            assert (touched[0], touched[-1]) == (low, high)
        marks = shown(project, volume, axis, touched[len(touched) // 2])
        assert all(mark.drawn.rings == () and not mark.drawn.is_mask for mark in marks)
        assert all(mark.drawn.is_cut for mark in marks)


def test_labels_show_on_their_own_slice_and_on_no_other() -> None:
    volume = phantom()
    project = project_of({3: [("yellow", SHAPES["box"])], 5: [("plain", SHAPES["polygon"])]})
    assert [len(shown(project, volume, 2, k)) for k in range(8)] == [0, 0, 0, 1, 0, 1, 0, 0]
    mark = shown(project, volume, 2, 3)[0]
    assert (mark.text, mark.color, mark.id) == ("Nodule", "#ffff00", new_id(0))


def test_what_is_hidden_is_not_drawn() -> None:
    volume = phantom()
    project = project_of({3: [("yellow", SHAPES["box"]), ("plain", SHAPES["box"])]})
    section = Section(0, 3, volume.spacing_mm, planes_of(volume.stack)["axial"])
    matches = match(project, (volume,))
    marks = marks_on(project, matches, section, lambda _id, class_id: class_id != "yellow")
    assert [mark.text for mark in marks] == ["Vessel"]


def test_a_classification_has_no_outline() -> None:
    volume = phantom()
    project = project_of({3: [("said", None), ("yellow", SHAPES["box"])]})
    assert [mark.text for mark in shown(project, volume, 2, 3)] == ["Nodule"]


def test_a_deleted_label_is_gone_and_a_changed_one_is_where_it_is_now() -> None:
    volume = phantom()
    project = project_of({3: [("yellow", SHAPES["box"])]})
    moved = project.annotations[new_id(0)].with_shape(0, Box(7, 3, 2, 3))
    assert shown(project, volume, 0, 3)
    changed = project.with_annotation(moved)
    assert not shown(changed, volume, 0, 3)
    assert shown(changed, volume, 0, 7)
    assert shown(project.without_annotations([new_id(0)]), volume, 2, 3) == ()


def test_the_hovered_and_the_selected_stand_out_the_selected_last() -> None:
    volume = phantom()
    project = project_of({3: [("yellow", SHAPES["box"])] * 3})
    marks = shown(project, volume, 2, 3)
    states = standing_out(marks, frozenset([new_id(1)]), new_id(2))
    assert [(mark.id, mark.state) for mark in states] == [
        (new_id(2), "hovered"),
        (new_id(1), "selected"),
    ]
    assert [mark.at_rest.id for mark in states] == [marks[2].id, marks[1].id]
    assert standing_out(marks, frozenset([new_id(1)]), new_id(1))[0].state == "selected"
    assert standing_out(marks, frozenset([new_id(9)]), None) == ()


def test_a_class_that_the_ontology_lacks_is_drawn_under_its_id() -> None:
    volume = phantom()
    project = project_of({3: [("unheard", SHAPES["box"])]})
    assert [mark.text for mark in shown(project, volume, 2, 3)] == ["unheard"]
