"""The demo's exports of all vendors draw the same marks on the same slices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter

from tests.telling import matched
from viewer.demo import EXPORT_NAME, LABELBOX_FOLDER, REDBRICK_FOLDER, VIDEO_NAME, demo_folder
from viewer.demo.cine import BOX_SEGMENTS
from viewer.formats import read_export
from viewer.geometry.views import PlaneName
from viewer.media import open_media
from viewer.media.volume import Media, Volume
from viewer.model.ontology import LabelClass, ShapeKind
from viewer.model.project import Project
from viewer.paint.framing import framed
from viewer.paint.look import look_of
from viewer.paint.picture import ViewPicture, paint_view
from viewer.render.lines import Lines
from viewer.render.overlay import Mark, every_label, marks_on
from viewer.render.planes import Section, planes_of
from viewer.review.matching import Matches
from viewer.review.solids import with_solids

TOLERANCE_PX = 0.01  # in pixels of the series; masks are compared exactly
TOLERANCE_GREY = 0  # of 255 in any channel of any pixel of a painted view
VIEW_PX = (700, 500)
PLANES: tuple[PlaneName, ...] = ("axial", "sagittal", "coronal")
EDGES = ("edges", "fills")  # of masks
FLAT: frozenset[ShapeKind] = frozenset({"point", "box", "ellipse", "polygon", "polyline"})
Drawn = Mapping[str, list[Lines]]  # by name
Naming = Callable[[LabelClass], str | None]


@dataclass(frozen=True, eq=False)
class Study:
    """The demo's folder, its series and its video."""

    folder: Path
    media: tuple[Media, ...]

    def opened(self, *parts: str) -> tuple[Project, Matches]:
        """Return an export of the demo over its media."""
        project = read_export(str(self.folder.joinpath(*parts)))
        matches, issues = with_solids(matched(project, self.media))
        assert not issues
        return project, matches

    @property
    def series(self) -> tuple[int, Volume]:
        """Index and volume of the series."""
        found = [(n, one) for n, one in enumerate(self.media) if isinstance(one, Volume)]
        assert len(found) == 1
        return found[0]


@pytest.fixture(scope="module", name="study")
def demo_study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    series, export = demo_folder(tmp_path_factory.mktemp("demo"))
    folder = export.parent
    return Study(folder, open_media(str(series), str(folder / VIDEO_NAME)).media)


def named_on(
    study: Study,
    opened: tuple[Project, Matches],
    at: tuple[PlaneName, int],
    named: Naming,
) -> list[tuple[str, Mark]]:
    """Return the marks on a slice with their names; a label without name is left out."""
    number, series = study.series
    (export,) = opened[0].exports.values()
    section = Section(number, at[1], series.spacing_mm, planes_of(series.stack)[at[0]])
    found: list[tuple[str, Mark]] = []
    for mark in marks_on(*opened, section, every_label):
        name = named(export.ontology.by_id[opened[0].annotations[mark.id].class_id])
        if name is not None:
            found.append((name, mark))
    return sorted(found, key=lambda one: (one[0], _place_of(one[1].drawn)))


def drawn_on(
    study: Study, opened: tuple[Project, Matches], at: tuple[PlaneName, int], named: Naming
) -> Drawn:
    """Return what is drawn on a slice by name."""
    found: dict[str, list[Lines]] = defaultdict(list)
    for name, mark in named_on(study, opened, at, named):
        found[name].append(mark.drawn)
    return found


def painted(
    study: Study,
    opened: tuple[Project, Matches],
    at: tuple[PlaneName, int],
    named: Naming,
    colors: Mapping[str, str],
) -> NDArray[np.int16]:
    """(h, w, 4) the labels of a slice as a view paints them, each name in one color."""
    plane = planes_of(study.series[1].stack)[at[0]]
    marks = [replace(mark, color=colors[name]) for name, mark in named_on(study, opened, at, named)]
    affine = framed(plane.bounds_mm, plane.to_screen, VIEW_PX)
    image = QImage(*VIEW_PX, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint_view(
        painter, ViewPicture(VIEW_PX, affine, marks=tuple(marks), bare=True), look_of("dark")
    )
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(VIEW_PX[1], VIEW_PX[0], 4)
    return pixels.astype(np.int16)


def _place_of(lines: Lines) -> tuple[float, ...]:
    return tuple(np.round(lines.corners.mean(axis=0), 1).tolist())


def parts_of(lines: Lines) -> dict[str, list[np.ndarray]]:
    """Return the arrays of a drawing, by the name of its field."""
    found: dict[str, list[np.ndarray]] = {}
    for field in fields(lines):
        value = getattr(lines, field.name)
        if value is not None and len(value):
            found[field.name] = list(value) if isinstance(value, tuple) else [value]
    return found


def same_drawings(ours: Drawn, others: Drawn, spacing_mm: float) -> int:
    """Check that two exports draw the same; return how many labels that is."""
    assert ours.keys() == others.keys()
    for name, lines in ours.items():
        assert len(lines) == len(others[name]), name
        for one, other in zip(lines, others[name], strict=True):
            same_lines(one, other, spacing_mm)
    return sum(map(len, ours.values()))


def same_lines(one: Lines, other: Lines, spacing_mm: float) -> None:
    """Check that two drawings differ by no more than the tolerance; those of masks by nothing."""
    mine, theirs = parts_of(one), parts_of(other)
    assert mine.keys() == theirs.keys()
    is_mask = any(key in mine for key in EDGES)
    for key, arrays in mine.items():
        for left, right in zip(arrays, theirs[key], strict=True):
            assert left.shape == right.shape
            limit = 0.0 if is_mask else TOLERANCE_PX * spacing_mm
            assert np.abs(left - right).max(initial=0.0) <= limit


def name_in_labelbox(label: LabelClass) -> str | None:
    """Labelbox's export holds the lines and masks."""
    return label.name if label.kind in ("polyline", "mask") else None


def name_in_redbrick(label: LabelClass) -> str | None:
    """Name and reader of a flat label; masks are voxels there, and not compared here."""
    if label.kind not in FLAT:
        return None
    return f"{label.name} ({label.group})" if label.group else label.name


@pytest.mark.parametrize("plane", PLANES)
def test_labelbox_lines_and_masks_are_drawn_as_those_of_mdai(study: Study, plane: PlaneName):
    mdai = study.opened(EXPORT_NAME)
    labelbox = study.opened(LABELBOX_FOLDER, "thorax_export_v2.ndjson")
    _, series = study.series
    count = planes_of(series.stack)[plane].count
    named = name_in_labelbox
    seen = [
        same_drawings(
            drawn_on(study, mdai, (plane, index), named),
            drawn_on(study, labelbox, (plane, index), named),
            min(series.spacing_mm),
        )
        for index in range(count)
    ]
    assert sum(seen) >= (11 if plane == "axial" else 1)


@pytest.mark.parametrize("plane", PLANES)
def test_redbricks_flat_labels_are_drawn_as_those_of_mdai(study: Study, plane: PlaneName):
    mdai = study.opened(EXPORT_NAME)
    redbrick = study.opened(REDBRICK_FOLDER, "tasks.json")
    _, series = study.series
    named = name_in_redbrick
    seen = [
        same_drawings(
            drawn_on(study, mdai, (plane, index), named),
            drawn_on(study, redbrick, (plane, index), named),
            min(series.spacing_mm),
        )
        for index in range(planes_of(series.stack)[plane].count)
    ]
    assert sum(seen) >= (70 if plane == "axial" else 1)


def test_labelbox_and_redbrick_draw_the_video_alike(study: Study):
    labelbox = study.opened(LABELBOX_FOLDER, "cine_export_v2.ndjson")
    redbrick = study.opened(REDBRICK_FOLDER, "tasks.json")
    number = next(n for n, one in enumerate(study.media) if not isinstance(one, Volume))
    video = study.media[number]
    seen = 0
    for frame in range(video.count):
        section = Section.of_frame(number, video, frame)
        ours, theirs = (marks_on(*one, section, every_label) for one in (labelbox, redbrick))
        assert [mark.text for mark in ours] == [mark.text for mark in theirs]
        for one, other in zip(ours, theirs, strict=True):
            same_lines(one.drawn, other.drawn, min(video.spacing_mm))
            seen += 1
    assert seen == sum(last - first + 1 for first, last in BOX_SEGMENTS)


def name_of_any(label: LabelClass) -> str | None:
    """Name and reader of a label that is drawn, as RedBrick AI's export names its categories."""
    if label.kind not in FLAT | {"mask", "volume"}:
        return None
    return f"{label.name} ({label.group})" if label.group else label.name


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize(
    ("parts", "acquired", "reformatted"),
    [
        ((LABELBOX_FOLDER, "thorax_export_v2.ndjson"), name_in_labelbox, name_in_labelbox),
        ((REDBRICK_FOLDER, "tasks.json"), name_of_any, name_in_redbrick),
    ],
    ids=["labelbox", "redbrick"],
)
def test_every_slice_is_painted_as_with_mdai(
    study: Study,
    parts: tuple[str, ...],
    acquired: Naming,
    reformatted: Naming,
    plane: PlaneName,
    qapp: object,
):
    """But for masks on reformats: RedBrick AI's are volumes, MD.ai's are cut slice by slice."""
    named = acquired if plane == "axial" else reformatted
    mdai, other = study.opened(EXPORT_NAME), study.opened(*parts)
    colors = {
        name: label.color or "#ffffff"
        for export in mdai[0].exports.values()
        for label in export.ontology.classes
        if (name := named(label)) is not None
    }
    nothing, drawn = painted(study, mdai, (plane, 0), lambda _: None, colors), 0
    for index in range(planes_of(study.series[1].stack)[plane].count):
        ours = painted(study, mdai, (plane, index), named, colors)
        theirs = painted(study, other, (plane, index), named, colors)
        assert np.abs(ours - theirs).max() <= TOLERANCE_GREY, index
        drawn += bool((ours != nothing).any())
    assert drawn >= 5
