"""The demo's exports of all vendors draw the same picture, each as far as it can hold the labels.

What a vendor's export cannot hold is said by `viewer.demo.vendors.HOLDS`; the export that the
others are held against has just that taken away. Which of labels that overlap lies above goes by
the order of records in a file, which is each vendor's own, and is not compared.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter

from tests.telling import matched
from viewer.demo import VENDORS, demo_of
from viewer.demo.cine import BOX_SEGMENTS
from viewer.demo.regions import regions_of
from viewer.demo.vendors import HOLDS, YES, Bitmap, Holds
from viewer.formats import read_export, write_export
from viewer.formats.finding import exports_named
from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Box, Point, Polygon, Polyline, Shape
from viewer.geometry.views import PlaneName
from viewer.media import open_media
from viewer.media.volume import Media, Video, Volume
from viewer.model.annotation import AnnotationId
from viewer.model.ontology import LabelClass
from viewer.model.project import Project
from viewer.paint.framing import framed
from viewer.paint.look import look_of
from viewer.paint.picture import ViewPicture, paint_view
from viewer.render.classified import classified_on
from viewer.render.lines import Lines, Raster
from viewer.render.overlay import Mark, every_label, marks_on
from viewer.render.planes import Section, planes_of
from viewer.review.matching import Matches
from viewer.review.solids import with_solids

TOLERANCE_PX = 0.01  # in pixels of the series and of the video; masks are compared exactly
TOLERANCE_GREY = 0  # of 255 in any channel of any pixel of a painted view
VIEW_PX = (700, 500)
PLANES: tuple[PlaneName, ...] = ("axial", "sagittal", "coronal")
REFORMATS_EVERY = 5  # of the reformats every so-manieth is compared; of the slices every one
EDGES = ("edges", "fills", "raster")  # of masks
OTHERS = tuple(vendor for vendor in VENDORS if vendor != "mdai")
Opened = tuple[Project, Matches]


@dataclass(frozen=True, eq=False)
class Study:
    """The demo's series and its video."""

    media: tuple[Media, ...]

    def opened(self, vendor: str, number: int) -> Opened:
        """Return an export of the demo over its media: 0 has the series, -1 the video."""
        _, paths = demo_of(vendor)
        named = exports_named(map(str, paths))
        return self.shown(read_export(named.known[number], joined=named.joined))

    def shown(self, project: Project) -> Opened:
        """Return a project over the media."""
        matches, issues = with_solids(matched(project, self.media))
        assert not issues
        return project, matches

    @property
    def series(self) -> tuple[int, Volume]:
        """Index and volume of the series."""
        ((number, volume),) = ((n, m) for n, m in enumerate(self.media) if isinstance(m, Volume))
        return number, volume

    @property
    def video(self) -> tuple[int, Video]:
        """Index and frames of the video."""
        ((number, video),) = ((n, m) for n, m in enumerate(self.media) if isinstance(m, Video))
        return number, video


@pytest.fixture(scope="module", name="study")
def demo_study() -> Study:
    return Study(open_media(*map(str, demo_of("mdai")[0])).media)


# --- what a vendor's export holds of another one's labels ---


def held(project: Project, holds: Holds) -> Project:
    """Return a project with shapes as a vendor's export can hold them."""
    added = 0
    for id in list(project.annotations):
        annotation = changed = project.annotations[id]
        for at, placement in enumerate(annotation.placements):
            shape = placement.flat
            if shape is None or not placement.stored:
                continue
            first, *others = shapes_held(shape, holds)
            if first is not shape:
                changed = changed.with_shape(at, first)
            for other in others:
                own = msgspec.structs.replace(
                    annotation, id=AnnotationId(id.export, added, new=True)
                )
                project = project.with_annotation(own.with_shape(at, other))
                added += 1
        if changed is not annotation:
            project = project.with_annotation(changed)
    return project


def shapes_held(shape: Shape, holds: Holds) -> list[Shape]:
    """Return a shape in whole pixels, or the regions of a mask, where a vendor has only these."""
    match shape:
        case Mask() if not holds.masks and shape.area:
            regions = regions_of(bitmap_of(shape))
            return [Polygon(outer, tuple(holes)) for outer, *holes in regions]
        case Box() if not holds.fractions:
            return [Box(*np.trunc((shape.x, shape.y, shape.width, shape.height)).tolist())]
        case Point(x, y) if not holds.fractions:
            return [Point(*np.trunc((x, y)).tolist())]
        case Polygon() | Polyline() if not holds.fractions:
            return [shape.with_rings([np.trunc(ring) for ring in shape.rings])]
        case _:
            return [shape]


def bitmap_of(mask: Mask) -> Bitmap:
    """Return a mask in a picture of the series' size."""
    found = np.zeros((256, 256), dtype=np.bool_)
    found[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    return found


def name_held(label: LabelClass, holds: Holds) -> str | None:
    """Return what an export calls the labels of a class of MD.ai's; None where it holds none."""
    if label.mode is not None and label.mode not in holds.shapes:
        return None
    return f"{label.name} ({label.group})" if holds.readers and label.group else label.name


# --- what is drawn ---


def marks_by_name(
    opened: Opened, section: Section, holds: Holds | None, masks: bool = True
) -> list[tuple[str, Mark]]:
    """Return the marks on a slice with their names, by name and place.

    Args:
        holds: what another vendor holds of an export of MD.ai; None for the other's own export.
        masks: with those of masks.
    """
    (export,) = opened[0].exports.values()
    found: list[tuple[str, Mark]] = []
    for mark in marks_on(*opened, section, every_label):
        label = export.ontology.by_id[opened[0].annotations[mark.id].class_id]
        name = label.name if holds is None else name_held(label, holds)
        if name is not None and (masks or label.kind not in ("mask", "volume")):
            found.append((name, mark))
    return sorted(found, key=lambda one: (one[0], place_of(one[1].drawn)))


def place_of(lines: Lines) -> tuple[float, ...]:
    return tuple(np.round(lines.corners.mean(axis=0), 1).tolist())


def painted(section: Section, media: Media, marks: list[tuple[str, Mark]]) -> NDArray[np.int16]:
    """(h, w, 4) the labels of a slice or frame as a view paints them."""
    view = section.view
    size = (media.columns, media.rows)
    flat = (0.0, 0.0, *(n * mm for n, mm in zip(size, media.spacing_mm, strict=True)))
    bounds, to_screen = (view.bounds_mm, view.to_screen) if view else (flat, np.eye(2))
    affine = framed(bounds, to_screen, VIEW_PX)
    image = QImage(*VIEW_PX, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    drawn = tuple(mark for _, mark in marks)
    paint_view(painter, ViewPicture(VIEW_PX, affine, marks=drawn, bare=True), look_of("dark"))
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(VIEW_PX[1], VIEW_PX[0], 4)
    return pixels.astype(np.int16)


def parts_of(lines: Lines) -> dict[str, list[np.ndarray]]:
    """Return the arrays of a drawing, by the name of its field."""
    found: dict[str, list[np.ndarray]] = {}
    for field in fields(lines):
        value = getattr(lines, field.name)
        if isinstance(value, Raster):
            found[field.name] = [value.edges]
        elif value is not None and not isinstance(value, bool) and len(value):
            found[field.name] = list(value) if isinstance(value, tuple) else [value]
    return found


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


def same_pictures(
    section: Section,
    media: Media,
    ours: list[tuple[str, Mark]],
    theirs: list[tuple[str, Mark]],
    holds: Holds,
) -> int:
    """Check that two exports draw the same labels alike; return how many these are."""
    assert [name for name, _ in ours] == [name for name, _ in theirs]
    for (name, one), (_, other) in zip(ours, theirs, strict=True):
        same_lines(one.drawn, other.drawn, min(media.spacing_mm))
        assert not holds.colors or one.color.lower() == other.color.lower(), name
        assert not holds.between or one.dashed == other.dashed, name
    if ours:
        own = [
            (name, replace(mark, color=like.color, dashed=like.dashed))
            for (name, like), (_, mark) in zip(ours, theirs, strict=True)
        ]
        difference = painted(section, media, ours) - painted(section, media, own)
        assert np.abs(difference).max() <= TOLERANCE_GREY
    return len(ours)


@pytest.mark.some(4)
@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("vendor", OTHERS)
def test_every_slice_is_painted_as_with_mdai(
    study: Study, vendor: str, plane: PlaneName, qapp: object
):
    """But for masks on reformats where they are volumes: MD.ai's are cut slice by slice."""
    number, series = study.series
    view, holds = planes_of(series.stack)[plane], HOLDS[vendor]
    masks = plane == "axial" or vendor != "redbrick"
    mdai = study.shown(held(study.opened("mdai", 0)[0], holds))
    other = study.opened(vendor, 0)
    seen = 0
    for index in range(0, view.count, 1 if plane == "axial" else REFORMATS_EVERY):
        section = Section(number, index, series.spacing_mm, view)
        ours = marks_by_name(mdai, section, holds, masks)
        theirs = marks_by_name(other, section, None, masks)
        seen += same_pictures(section, series, ours, theirs, holds)
    assert seen >= 10


@pytest.mark.parametrize("vendor", [vendor for vendor in VENDORS if vendor != "labelbox"])
def test_every_frame_of_the_video_is_painted_as_with_labelbox(
    study: Study, vendor: str, qapp: object
):
    number, video = study.video
    holds = HOLDS[vendor]
    labelbox = study.shown(held(study.opened("labelbox", -1)[0], holds))
    other, seen = study.opened(vendor, -1), 0
    for frame in range(video.count):
        section = Section.of_frame(number, video, frame)
        ours, theirs = (marks_by_name(one, section, None) for one in (labelbox, other))
        assert {name for name, _ in theirs} <= {"Valve"}
        seen += same_pictures(section, video, ours, theirs, replace(holds, colors=False))
    assert seen == sum(last - first + 1 for first, last in BOX_SEGMENTS)


@pytest.mark.parametrize("vendor", OTHERS)
def test_what_is_said_of_slices_and_the_exam_is_said_as_with_mdai(study: Study, vendor: str):
    number, series = study.series
    mdai, other = study.opened("mdai", 0), study.opened(vendor, 0)
    seen = 0
    for k in range(series.count):
        ours = {one for one in said_on(mdai, number, k) if HOLDS[vendor].scopes}
        held = ours if "SERIES" in HOLDS[vendor].scopes else {one for one in ours if not one[2]}
        assert held == said_on(other, number, k), k
        seen += len(held)
    assert (seen > 0) == bool(HOLDS[vendor].scopes)


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_said_of_a_frame_of_the_video_is_said_there_alone(study: Study, vendor: str):
    (number, _), opened = study.video, study.opened(vendor, -1)
    said = {("Wall motion", "hypokinetic", False)}
    assert said_on(opened, number, 0) == (said if HOLDS[vendor].frames else set())
    assert said_on(opened, number, 1) == set()


def said_on(opened: Opened, media: int, k: int) -> set[tuple[str, str, bool]]:
    """Return (question without reader, answer, whether it is asked of all slices).

    MD.ai's answers are notes. RedBrick AI's classifications have no names, only what they ask.
    """
    project, (export,) = opened[0], opened[0].exports.values()
    found: set[tuple[str, str, bool]] = set()
    for said in classified_on(*opened, media, k, every_label):
        label = export.ontology.by_id[said.class_id]
        if label.parent is None and label.kind is None:
            annotation = project.annotations[said.id]
            asked = [*annotation.attributes, *annotation.placements[0].attributes]
            answers = [(one.name, one.text) for one in asked if one.text]
            if export.format == "mdai":
                answers = [(label.name, annotation.note or YES)]
            for name, text in answers:
                found.add((name.partition(" (")[0], text, said.scope != "image"))
    return found


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_unedited_export_of_the_demo_is_written_byte_for_byte(vendor: str, tmp_path: Path):
    _, paths = demo_of(vendor)
    named = exports_named(map(str, paths))
    for path in map(Path, named.known):
        project = read_export(path, joined=named.joined)
        assert not [issue for issue in project.exports["1"].issues if issue.severity != "note"]
        write_export(project, project, "1", tmp_path / path.name)
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
