"""The table of features in README is true: every cell of it is tried, or names its tests.

A label is drawn by the program itself on an export and pictures of its vendor, shown, written,
read again, shown again, changed, written and read once more.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path
from shutil import copy
from typing import Any

import msgspec
import numpy as np
import pytest
from bound import film
from composed import cine, export_text, row, volume
from encord_rows import answer, listed
from encord_rows import read as encord_read
from encord_rows import row as encord_row
from features import Place, Step, Vendor, markdown, rows, steps
from format_cases import DATA
from sampled import some_of_each
from stacks import volume_of

from tests.telling import matched
from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.geometry.mask import Mask
from viewer.geometry.measure import translated
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
from viewer.geometry.solids import (
    Angle,
    Cuboid,
    Landmark,
    Length,
    MaskVolume,
    Solid,
    points_of_solid,
)
from viewer.geometry.space import SlicePlane
from viewer.geometry.stack import stack_of
from viewer.media.volume import Media, SeriesFacts, Volume
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.ontology import LabelClass
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey
from viewer.render.overlay import Mark, every_label, marks_on
from viewer.render.planes import Section, planes_of
from viewer.review.binding import NOT_CHOSEN, Choice, Choices
from viewer.review.solids import with_solids
from viewer.session.commands import AddAnnotation, Command, Reshape, ReshapeSlice, Stamp
from viewer.session.editing import target_of
from viewer.session.making import annotation_made
from viewer.session.session import Session

Json = Any
Files = Callable[[Path], list[Path]]
MADE = Stamp("2026-01-02T03:04:05.678Z")
RING = np.array([(2.0, 1.0), (7.0, 1.5), (6.0, 6.0)])
HOLE = np.array([(4.0, 2.0), (5.0, 2.0), (5.0, 3.0)])
APART = np.array([(0.0, 5.0), (1.0, 5.0), (1.0, 6.5)])
BITS = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1]], dtype=bool)
# By row of the table: what a class is drawn with, and what is drawn.
DRAWN: Mapping[str, tuple[str, Shape]] = {
    "box": ("box", Box(2, 3, 4.5, 3)),
    "rotated box": ("rotated-box", RotatedBox(3, 3, 4, 2, 0.5)),
    "ellipse, circle": ("ellipse", Ellipse(4, 4, 2, 1.5)),
    "ellipse at an angle": ("ellipse", Ellipse(4, 4, 2, 1.5, 0.5)),
    "polygon, freehand": ("polygon", Polygon(RING)),
    "polygon with holes": ("polygon", Polygon(RING, (HOLE,))),
    "several regions": ("polygon", Regions((Polygon(RING), Polygon(APART)))),
    "line": ("polyline", Polyline(RING)),
    "point": ("point", Point(4.5, 3.5)),
    "skeleton": ("skeleton", Box(2, 1, 4, 5)),
    "mask": ("mask", Mask.from_array(BITS, 2, 3)),
    "landmark in 3-D": ("landmark", Point(4.5, 3.5)),
    "length": ("length", Polyline(RING[:2])),
    "angle": ("angle", Polyline(RING)),
    "cuboid": ("cuboid", Box(2, 3, 4, 3)),
}

SOLIDS: Mapping[str, Solid] = {
    "landmark": Landmark((4, 3, 1)),
    "length": Length((2, 1, 1), (7, 2, 1)),
    "angle": Angle((2, 1, 1), (7, 2, 1), (6, 6, 1)),
    "cuboid": Cuboid((2, 3, 1), (5, 5, 2)),
}
SKELETON = Skeleton(RING, ("visible",) * 3)
ROOT = Path(__file__).resolve().parents[1]


def copied(*names: str) -> Files:
    return lambda folder: [Path(copy(DATA / name, folder)) for name in names]


def composed(folder: Path) -> list[Path]:
    """Write an export of MD.ai with an object of many frames and a video."""
    of_object: Json = {"SeriesInstanceUID": "1.2.5", "SOPInstanceUID": "1.2.5.1", "frameNumber": 2}
    of_video: Json = {"SeriesInstanceUID": "1.2.9", "frameNumber": 3}
    made = [row(), row(k=None, **of_object), row(k=None, **of_video)]
    (folder / "labels.json").write_text(export_text(made))
    return [folder / "labels.json"]


def datagym_film(folder: Path) -> list[Path]:
    """Write a task of a video, which has the classes of its objects."""
    geometries: Mapping[str, Json] = {
        "rectangle": [{"x": 1, "y": 2, "w": 3, "h": 4}],
        "point": [{"x": 1, "Y": 2}],
    }
    objects = {f"u{n}": {"1": {kind: data}} for n, (kind, data) in enumerate(geometries.items())}
    seen = [{"visibleObjectId": id} for id in objects]
    (folder / "film.json").write_text(json.dumps({"frames": {"1": seen}, "object": objects}))
    return [folder / "film.json"]


@cache
def series(columns: int, rows: int, count: int) -> Volume:
    """Return an axial series without UIDs."""
    places = [np.array([0, 0, 3.0 * k]) for k in range(count)]
    along, down = np.eye(3)[:2]
    stack = stack_of([SlicePlane(at, along, down, (0.8, 0.8), columns, rows) for at in places])
    made = volume_of(stack, np.zeros((count, rows, columns), np.int16))
    return replace(made, id="series", facts=SeriesFacts("", ""))


@dataclass(frozen=True)
class Spot:
    """An export, what of it is open, and the slice or frame that is drawn on.

    Args:
        entry: that is shown on the media; None where UIDs or its name say so.
        plane: that is looked at; None for frames.
        mode: how the classes for it begin, where a vendor has some of their own.
    """

    files: Files
    media: Callable[[], Media]
    slice: int = 0
    entry: str | None = None
    plane: str | None = None
    mode: str = ""


LABELBOX = copied("labelbox/everything.json")
ENCORD = copied("encord/everything.json", "encord/ontology/ontology.json")
REDBRICK = copied("redbrick/tasks.json")
DATAGYM = copied("datagym/everything.json")
PICTURE, CLIP, SCAN = (f"clr00000000000000000000{number}" for number in (25, 43, 57))
SPOTS: Mapping[Vendor, Mapping[Place, Spot]] = {
    "mdai": {
        "image": Spot(composed, lambda: cine({"1.2.6.1": 0}, 1, "1.2.6")),
        "slice": Spot(composed, volume, 3, plane="axial"),
        "frame": Spot(composed, lambda: cine({"1.2.5.1": 0}, 6, "1.2.5"), 4),
        "video": Spot(composed, lambda: film("1.2.9.mp4", 20), 6),
        "plane": Spot(composed, volume, 3, plane="sagittal"),
    },
    "labelbox": {
        "image": Spot(LABELBOX, lambda: film("a b.png", 1, size=(2000, 1500)), mode="Image"),
        "slice": Spot(LABELBOX, lambda: series(11, 9, 8), 3, SCAN, "axial", "DICOM"),
        "plane": Spot(LABELBOX, lambda: series(11, 9, 8), 4, SCAN, "sagittal", "DICOM"),
        "frame": Spot(LABELBOX, lambda: film("many.dcm", 8), 3, SCAN, mode="DICOM"),
        "video": Spot(LABELBOX, lambda: film("op.mp4", 40, size=(640, 480)), 4, mode="Video"),
    },
    "redbrick": {
        "image": Spot(REDBRICK, lambda: film("photo.png", 1, size=(64, 48)), 0, "t-1/1"),
        "slice": Spot(REDBRICK, lambda: series(64, 48, 6), 3, "t-1/0", "axial"),
        "plane": Spot(REDBRICK, lambda: series(64, 48, 6), 9, "t-1/0", "sagittal"),
        "frame": Spot(REDBRICK, lambda: film("many.dcm", 6, size=(64, 48)), 3, "t-1/0"),
        "video": Spot(REDBRICK, lambda: film("clip.mp4", 12, size=(64, 48)), 7, "t-2/0"),
    },
    "encord": {
        "image": Spot(ENCORD, lambda: film("picture.bin", 1, size=(64, 32))),
        "slice": Spot(ENCORD, lambda: series(64, 32, 3), 2, "series", "axial"),
        "plane": Spot(ENCORD, lambda: series(64, 32, 3), 9, "series", "sagittal"),
        "frame": Spot(ENCORD, lambda: film("many.dcm", 3, size=(64, 32)), 2, "series"),
        "video": Spot(ENCORD, lambda: film("film.bin", 12, size=(64, 32)), 9),
    },
    "datagym": {
        "image": Spot(DATAGYM, lambda: film("a b.jpg", 1, size=(640, 480))),
        "video": Spot(datagym_film, lambda: film("film.mp4", 20, size=(64, 48)), 4, "film.json"),
    },
}


@dataclass(frozen=True, eq=False)
class Opened:
    """An export as a window shows it."""

    spot: Spot
    media: Media
    session: Session

    @classmethod
    def of(cls, spot: Spot, files: list[Path]) -> Opened:
        """Open an export over its media."""
        project, media = read_export(*files), spot.media()
        chosen = NOT_CHOSEN
        if spot.entry is not None:
            chosen = {"1": Choices(entries={spot.entry: Choice(media=media.id)})}
        matches, _ = with_solids(matched(project, [media], chosen))
        session = Session()
        session.open(project, [media], (), matches)
        made = cls(spot, media, session)
        session.viewing.set_crosshair(made.crosshair)
        return made

    @property
    def crosshair(self) -> tuple[float, float, float]:
        at = [2.0, 2.0, 0.0]
        at[self.section(self.spot.slice).axis] = float(self.spot.slice)
        return at[0], at[1], at[2]

    def section(self, index: int) -> Section:
        if self.spot.plane is None or not isinstance(self.media, Volume):
            return Section.of_frame(0, self.media, index)
        plane = planes_of(self.media.stack)[self.spot.plane]  # pyright: ignore[reportArgumentType]
        return Section(0, index, self.media.spacing_mm, plane)

    def seen(self, id: AnnotationId, index: int | None = None) -> list[Mark]:
        """Return how a label is drawn on a slice, by default the one that is looked at."""
        at = self.section(self.spot.slice if index is None else index)
        project, matches = self.session.project, self.session.matches
        return [mark for mark in marks_on(project, matches, at, every_label) if mark.id == id]

    def classes(self, kind: str) -> list[LabelClass]:
        """Return the classes that are drawn with a shape, those for such media before others."""
        every = self.session.project.exports["1"].ontology.classes
        found = [one for one in every if one.kind == kind]
        return sorted(found, key=lambda one: not (one.mode or "").startswith(self.spot.mode))

    def drawings(self, shape: str) -> Iterator[AddAnnotation]:
        """Yield the commands that draw a shape here, for each class that says it can be."""
        kind, drawn = DRAWN[shape]
        kinds = (kind, "volume") if kind == "mask" else (kind,)
        view = self.section(0).view
        is_own = view is None or view.is_acquired
        for one in chain.from_iterable(map(self.classes, kinds)):
            target = target_of(self.session, ("1", one.id), None if is_own else view)
            if target is not None and not target.refused:
                template = target.template
                within = template.within(drawn) if template and isinstance(drawn, Box) else drawn
                yield annotation_made(self.session.project, target, within, MADE)

    def new(self, shape: str, folder: Path) -> tuple[AnnotationId, Opened] | None:
        """Draw a shape and save; return its id and what was read again, None if it cannot be."""
        for number, command in enumerate(self.drawings(shape)):
            self.session.do(command)
            try:
                return command.annotation.id, self.saved(folder / f"new {number}")[0]
            except CannotWrite:
                self.session.undo()
        return None

    def saved(self, folder: Path) -> tuple[Opened, tuple[str, ...]]:
        """Return the export as written and read again, and the names of what changed."""
        folder.mkdir()
        before, project = self.session.history.opened, self.session.project
        report = write_export(before, project, "1", folder)
        files = [path for path in sorted(folder.iterdir()) if path.suffix == ".json"]
        return Opened.of(self.spot, files), tuple(label.native_id for label in report.changed)


def drawn_so(opened: Opened, class_id: str, drawing: list[Mark]) -> AnnotationId:
    """Return the only label of a class that is drawn in this way."""
    annotations = opened.session.project.annotations
    alike = [id for id in annotations if annotations[id].class_id == class_id]
    (found,) = [id for id in alike if same_drawing(opened.seen(id), drawing)]
    return found


def changed(project: Project, id: AnnotationId, index: int) -> Command:
    """Return the command that moves a label by one pixel."""
    placements = project.annotations[id].placements
    number = next(n for n, placement in enumerate(placements) if placement.is_key)
    match placements[number].shape:
        case MaskVolume() as volume:
            mask = volume.masks.mask(index)
            assert mask is not None
            return ReshapeSlice(
                id, number, index, msgspec.structs.replace(mask, x=mask.x + 1), MADE
            )
        case Landmark() | Length() | Angle() | Cuboid() as solid:
            points = [(i, j + 1, k) for i, j, k in points_of_solid(solid)]
            return Reshape(id, number, type(solid)(*points), MADE)
        case None:
            raise AssertionError("nothing was read")
        case flat:
            return Reshape(id, number, translated(flat, 1, 0), MADE)


def same_drawing(one: list[Mark], other: list[Mark]) -> bool:
    """Whether two drawings are the same, but for how numbers are rounded in a file."""
    mine, theirs = ([mark.drawn.corners for mark in marks] for marks in (one, other))
    return len(mine) == len(theirs) > 0 and all(
        a.shape == b.shape and np.allclose(a, b, atol=1e-6)
        for a, b in zip(mine, theirs, strict=True)
    )


def tried() -> list[Step]:
    """Return each shape of each vendor at one of its places; all places in a long run."""
    return some_of_each(steps(), lambda step: (step.vendor, step.shape), 1)


@pytest.mark.parametrize("step", tried(), ids="-".join)
def test_a_label_is_drawn_shown_changed_and_written(step: Step, tmp_path: Path):
    spot = SPOTS[step.vendor][step.place]
    before = Opened.of(spot, spot.files(tmp_path))
    made = before.new(step.shape, tmp_path)
    assert made is not None, "it cannot be drawn"
    own, after = made
    shown, annotations = before.seen(own), before.session.project.annotations
    assert len(after.session.project.annotations) == len(annotations)
    id = drawn_so(after, annotations[own].class_id, shown)
    if after.media.count > 1:
        assert not after.seen(id, spot.slice - 2)
    after.session.do(changed(after.session.project, id, spot.slice))
    moved = after.seen(id)
    assert not same_drawing(moved, shown)
    last, names = after.saved(tmp_path / "changed")
    assert len(names) == 1
    assert same_drawing(last.seen(id), moved)


def refused() -> list[Step]:
    """Return what of the drawn shapes is in no cell, by the places that a vendor has."""
    held = {
        Step(vendor, shape, place)
        for shape, cells in rows()
        for vendor, cell in cells.items()
        for place in cell.places
    }
    every = (
        Step(vendor, shape, place)
        for vendor, spots in SPOTS.items()
        for shape in DRAWN
        for place in spots
    )
    return [step for step in every if step not in held]


@pytest.mark.some(60)
@pytest.mark.parametrize("step", refused(), ids="-".join)
def test_what_the_table_does_not_hold_cannot_be_drawn(step: Step, tmp_path: Path):
    spot = SPOTS[step.vendor][step.place]
    assert Opened.of(spot, spot.files(tmp_path)).new(step.shape, tmp_path) is None


def missing() -> list[tuple[Vendor, str]]:
    """Return the shapes that a vendor has at no place."""
    return [
        (vendor, shape)
        for shape, cells in rows()
        for vendor, cell in cells.items()
        if shape in DRAWN and not cell.places
    ]


@pytest.mark.parametrize(("vendor", "shape"), missing())
def test_no_class_takes_a_shape_that_its_vendor_does_not_have(
    vendor: Vendor, shape: str, tmp_path: Path
):
    spot = next(iter(SPOTS[vendor].values()))
    before = Opened.of(spot, spot.files(tmp_path)).session.project
    kind, flat = DRAWN[shape]
    drawn = SKELETON if kind == "skeleton" else SOLIDS.get(kind, flat)
    target = tmp_path / "refused.json"
    for label in before.exports["1"].ontology.classes:
        size = (64, 48)
        key = MediaKey(entry=next((e.id for e in before.exports["1"].entries), None))
        placed = Placement(key, shape=drawn, size=size)
        id = before.annotations.next_new("1")
        made = Annotation(id, "", label.id, "", (placed,), created=MADE.time)
        with pytest.raises(CannotWrite):
            write_export(before, before.with_annotation(made), "1", target)
        assert not target.exists()


def test_what_encord_says_of_a_whole_video_is_answered(tmp_path: Path):
    options = [{"id": one, "label": one, "featureNodeHash": f"h {one}"} for one in ("Yes", "No")]
    asked = {"id": "1.1", "name": "Quality", "type": "radio", "featureNodeHash": "q"}
    asked |= {"required": False, "options": options}
    node = {"id": "1", "featureNodeHash": "c", "level": "global", "attributes": [asked]}
    said = listed("s", "c", range=[], spaces={}, classifications=[answer("q", ["Yes"])])
    ontology = {"objects": [], "classifications": [node]}
    tree = encord_row("video", {}, classification_answers={"s": said})
    before = encord_read(tree, tmp_path, ontology)
    id = AnnotationId("1", 0)
    whole = before.annotations[id]
    assert [(one.value, one.options) for one in whole.attributes] == [("Yes", ("Yes", "No"))]
    assert [placement.media.scope for placement in whole.placements] == ["series"]
    changed = before.with_annotation(whole.with_attribute(None, "q", "No"))
    (tmp_path / "saved").mkdir()
    write_export(before, changed, "1", tmp_path / "saved")
    again = read_export(tmp_path / "saved")
    assert [one.value for one in again.annotations[id].attributes] == ["No"]


def test_every_test_that_a_cell_names_is_there():
    for _, cells in rows():
        for cell in cells.values():
            for name in cell.tests:
                path, _, test = name.partition("::")
                parsed = ast.parse((ROOT / path).read_text(encoding="utf-8"))
                assert test in {one.name for one in parsed.body if isinstance(one, ast.FunctionDef)}


def test_readme_shows_this_table():
    assert markdown() in (ROOT / "README.md").read_text(encoding="utf-8")
