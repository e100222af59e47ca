"""A label drawn on any plane of a series is painted on the bright pixel it was drawn around."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from phantoms import ALL_SERIES, SERIES, STUDY, Tags, dark, lit
from PySide6.QtWidgets import QApplication
from truths import NEAR, PLANES, Study, seen, study, voxel_px, zoomed

from viewer.geometry.mask import Mask
from viewer.geometry.plane_frame import PlaneFrame
from viewer.geometry.shapes import Box, Point, Polygon, Shape
from viewer.geometry.views import ViewPlane
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.subject import MediaKey
from viewer.render.overlay import every_label, marks_on
from viewer.render.planes import Section, planes_of

VOXEL = (7, 2, 3)
SHAPES = ("box", "ring", "mask", "point")
SOME = (
    "axial",
    "sagittal, not square",
    "gapped coronal",
    "double oblique",
    "tilted",
    "tilted, uneven, not square",
    "tilted and gapped",
    "axial with the feet up",
    "coronal from behind",
)


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    assert qapp is not None


def around(kind: str, x: int, y: int) -> Shape:
    """One pixel of a plane, as a shape."""
    if kind == "box":
        return Box(x, y, 1, 1)
    if kind == "mask":
        return Mask.from_array(np.ones((1, 1), dtype=bool), x, y)
    if kind == "point":
        return Point(x + 0.5, y + 0.5)
    return Polygon(np.array([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)], dtype=float))


def views_of(made: Study) -> dict[int, ViewPlane]:
    return {view.axis: view for view in planes_of(made.volume.stack).values()}


def drawn_on(made: Study, axis: int, kind: str, frame: PlaneFrame | None = None) -> AnnotationId:
    """Put a label around the bright voxel on the plane of an axis, as an export would hold it."""
    session, view = made.session, views_of(made)[axis]
    voxel = (VOXEL[0], VOXEL[1], made.slice_of_file(VOXEL[2]))
    x, y = (at for number, at in enumerate(voxel) if number != axis)
    shape = around(kind, x, y)
    if frame is not None:
        shape = frame.stored(shape, view.size)
        frames = MappingProxyType({("1", 0, axis): frame})
        session.matches = replace(session.matches, frames=frames)
    placement = Placement(MediaKey(STUDY, SERIES), view.name, voxel[axis], shape)
    id = session.project.annotations.next_new("1")
    project = session.project.with_annotation(Annotation(id, "", "L_box", "", (placement,)))
    matches = session.matches.with_edits(project)
    session.open(project, session.media, (), matches)
    session.viewing.set_look(smooth=False)
    return id


def bright(folder: Path, tags: Tags) -> Study:
    pixels = dark(tags)
    lit(pixels, VOXEL)
    return study(folder, tags, pixels, [])


def assert_on_the_bright_pixel(made: Study, axis: int, id: AnnotationId) -> None:
    session = made.session
    session.display.set_solo(id)
    assert session.go_to(id)
    assert session.viewing.active == views_of(made)[axis].name
    for plane in PLANES:
        shown = seen(session, plane, zoomed(made, plane, VOXEL))
        assert shown.light.any()
        assert shown.label.any(), plane
        near = NEAR * voxel_px(made, plane, shown.view)
        if axis == 2 and not made.tags.is_even:
            continue  # a slab ends before a wide strip does: see assert_together
        assert (np.abs(shown.apart) <= near).all(), (plane, shown.apart, near)


def assert_seen_once(made: Study, id: AnnotationId) -> None:
    """Every plane shows it on the one slice that goes through the voxel, and on no other."""
    session = made.session
    for name, view in planes_of(made.volume.stack).items():
        sections = [Section(0, index, made.volume.spacing_mm, view) for index in range(view.count)]
        marks = [
            marks_on(session.project, session.matches, section, every_label) for section in sections
        ]
        on = [index for index, drawn in enumerate(marks) if any(mark.id == id for mark in drawn)]
        assert on == [made.index(name, VOXEL)]


@pytest.mark.some(30)
@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("name", [name for name in ALL_SERIES if ALL_SERIES[name].count > 1])
def test_a_box_around_a_pixel_of_any_plane_is_painted_on_it(
    name: str, axis: int, tmp_path: Path
) -> None:
    made = bright(tmp_path, ALL_SERIES[name])
    id = drawn_on(made, axis, "box")
    assert_on_the_bright_pixel(made, axis, id)
    assert_seen_once(made, id)


@pytest.mark.some(18)
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("kind", SHAPES[1:])
@pytest.mark.parametrize("name", SOME)
def test_so_is_every_kind_of_shape(name: str, kind: str, axis: int, tmp_path: Path) -> None:
    made = bright(tmp_path, ALL_SERIES[name])
    id = drawn_on(made, axis, kind)
    assert_on_the_bright_pixel(made, axis, id)
    assert_seen_once(made, id)


@pytest.mark.parametrize("frame", [PlaneFrame(True, False), PlaneFrame(False, True, 3.75)])
@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("name", ["axial", "tilted and gapped"])
def test_so_it_is_however_the_export_counts(
    name: str, axis: int, frame: PlaneFrame, tmp_path: Path
) -> None:
    made = bright(tmp_path, ALL_SERIES[name])
    id = drawn_on(made, axis, "box", frame)
    assert_on_the_bright_pixel(made, axis, id)
    assert_seen_once(made, id)
