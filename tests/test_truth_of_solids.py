"""A solid at a lit voxel is painted on that voxel on all three planes, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from phantoms import ALL_SERIES, SERIES, STUDY, dark, lit
from PySide6.QtWidgets import QApplication
from solid_exports import project_of
from truths import Study, assert_painted_on_every_plane, study

from viewer.geometry.mask import Mask
from viewer.geometry.solids import Angle, Cuboid, Landmark, Length, MaskVolume, Solid, masks_of
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.subject import MediaKey
from viewer.render.overlay import every_label, marks_on
from viewer.render.planes import Section, planes_of
from viewer.review.matching import match
from viewer.review.solids import with_solids

VOXEL = (7, 2, 3)
KINDS = ("landmark", "length", "angle", "cuboid", "volume")
SOME = ("axial", "sagittal, not square", "gapped coronal", "tilted", "tilted, uneven, not square")


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    assert qapp is not None


def at_voxel(kind: str, i: int, j: int, k: int) -> Solid:
    """A solid that lies within one voxel, its middle on the voxel's."""
    a, b = (i - 0.25, j - 0.25, k), (i + 0.25, j + 0.25, k)
    pixel = Mask.from_array(np.ones((1, 1), dtype=bool), i, j)
    return {
        "landmark": Landmark((i, j, k)),
        "length": Length(a, b),
        "angle": Angle(a, (i, j, k), b),
        "cuboid": Cuboid((i, j, k), (i, j, k)),
        "volume": MaskVolume(masks_of({k: pixel})),
    }[kind]


def placed(made: Study, kind: str, *, is_new: bool) -> AnnotationId:
    """Put a solid around the bright voxel: as an export holds it, or made now."""
    voxel = (VOXEL[0], VOXEL[1], made.slice_of_file(VOXEL[2]))
    placement = Placement(MediaKey(STUDY, SERIES), shape=at_voxel(kind, *voxel))
    session = made.session
    if is_new:
        id = session.project.annotations.next_new("1")
        project = session.project.with_annotation(Annotation(id, "", "L_box", "", (placement,)))
        matches = session.matches.with_edits(project)
    else:
        id = AnnotationId("1", 0)
        project = project_of([Annotation(id, "", "L_box", "", (placement,))])
        matches, issues = with_solids(match(project, session.media))
        assert not issues
    assert matches.counts()[""] == 1
    session.open(project, session.media, (), matches)
    session.viewing.set_look(smooth=False)
    return id


def bright(folder: Path, name: str) -> Study:
    tags = ALL_SERIES[name]
    pixels = dark(tags)
    lit(pixels, VOXEL)
    return study(folder, tags, pixels, [])


@pytest.mark.some(20)
@pytest.mark.parametrize("is_new", [True, False])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SOME)
def test_a_solid_is_painted_on_its_voxel_on_every_plane(
    name: str, kind: str, is_new: bool, tmp_path: Path
) -> None:
    made = bright(tmp_path, name)
    assert_painted_on_every_plane(made, placed(made, kind, is_new=is_new), VOXEL)


@pytest.mark.some(40)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [name for name in ALL_SERIES if ALL_SERIES[name].count > 1])
def test_no_other_slice_shows_it(name: str, kind: str, tmp_path: Path) -> None:
    made = bright(tmp_path, name)
    id = placed(made, kind, is_new=False)
    session = made.session
    for plane, view in planes_of(made.volume.stack).items():
        sections = [Section(0, index, made.volume.spacing_mm, view) for index in range(view.count)]
        drawn = [marks_on(session.project, session.matches, one, every_label) for one in sections]
        on = [index for index, marks in enumerate(drawn) if any(mark.id == id for mark in marks)]
        assert on == [made.index(plane, VOXEL)]
        assert list(session.matches.marks(0, view.axis)) == on
