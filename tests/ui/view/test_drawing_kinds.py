"""Points, ellipses, lengths and angles drawn by hand, saved by each vendor and read again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from windows import Person, demo_study, opened_window

from viewer.demo import LABELBOX_FOLDER, REDBRICK_FOLDER, VIDEO_NAME, demo_folder
from viewer.geometry.shapes import Ellipse, Point, Shape
from viewer.geometry.solids import Angle, Cuboid, Landmark, Length, Solid
from viewer.geometry.views import PlaneName
from viewer.media import open_media
from viewer.model.annotation import Annotation
from viewer.review.matching import match
from viewer.review.solids import with_solids

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
SHIFT = Qt.KeyboardModifier.ShiftModifier
Open = Callable[[Path], Person]
DRAWN: dict[str, tuple[Qt.Key, Qt.KeyboardModifier, int, type]] = {
    "point": (Qt.Key.Key_K, Qt.KeyboardModifier.NoModifier, 1, Landmark),
    "ellipse": (Qt.Key.Key_G, Qt.KeyboardModifier.NoModifier, 2, Ellipse),
    "length": (Qt.Key.Key_D, Qt.KeyboardModifier.NoModifier, 2, Length),
    "angle": (Qt.Key.Key_D, SHIFT, 3, Angle),
}
PLACES = ((0.3, 0.3), (0.4, 0.45), (0.55, 0.35))


@pytest.fixture(name="opened")
def opener(qtbot: QtBot) -> Iterator[Open]:
    """Open an export over the demo's series, or its video, in Edit mode."""
    with opened_window(qtbot, demo=False) as person:

        def opening(export: Path) -> Person:
            media = demo_study().media
            if "cine" in export.name:
                media = open_media(str(demo_folder()[1].parent / VIDEO_NAME)).media
            person.edit(export, media)
            return person

        yield opening


@pytest.fixture(name="tasks")
def redbrick_with_measures(tmp_path: Path) -> Path:
    """The demo's RedBrick AI export with classes for lengths and angles."""
    folder = tmp_path / "in"
    shutil.copytree(demo_folder()[1].parent / REDBRICK_FOLDER, folder)
    path = folder / "taxonomy.json"
    tree = json.loads(path.read_bytes())
    for number, kind in enumerate(("LENGTH", "ANGLE", "CUBOID"), start=90):
        tree["objectTypes"].append(
            {"category": f"A {kind.lower()}", "classId": number, "labelType": kind}
        )
    path.write_text(json.dumps(tree), "utf-8")
    return folder / "tasks.json"


@pytest.fixture(name="cine")
def labelbox_with_points(tmp_path: Path) -> Path:
    """The demo's Labelbox export of a video with a point on its first frame."""
    source = demo_folder()[1].parent / LABELBOX_FOLDER / "cine_export_v2.ndjson"
    row = json.loads(source.read_text("utf-8").splitlines()[0])
    (project,) = row["projects"].values()
    said = project["labels"][0]["annotations"]
    id = "c" + 24 * "7"
    said["frames"]["1"]["objects"][id] = {
        "feature_id": id,
        "name": "Apex",
        "value": "apex",
        "annotation_kind": "VideoPoint",
        "classifications": [],
        "point": {"x": 40.0, "y": 50.0},
    }
    said["segments"][id] = [[1, 1]]
    said["key_frame_feature_map"][id] = {"1": True}
    path = tmp_path / "in" / "cine.ndjson"
    path.parent.mkdir()
    path.write_text(json.dumps(row) + "\n", "utf-8")
    return path


def drawn(person: Person, tool: str, plane: PlaneName = "axial") -> Annotation:
    key, modifiers, count, _ = DRAWN[tool]
    person.view(plane).setFocus()
    person.key(key, modifiers)
    for place in PLACES[:count]:
        person.click(person.at_part(plane, *place), plane=plane)
    (id,) = person.session.selection
    return person.session.project.annotations[id]


def read_again(person: Person, folder: Path) -> tuple[Annotation, object]:
    """Save, read again and match; return the new label and the place of it."""
    again, opened = person.saved(folder / "out"), person.session.history.opened
    matches, _ = with_solids(match(again, person.session.media))
    known = {opened.annotations[id].native_id for id in opened.annotations}
    (id,) = [id for id in again.annotations if again.annotations[id].native_id not in known]
    return again.annotations[id], matches.first_of(id)


def numbers(shape: Shape | Solid | None) -> list[float]:
    match shape:
        case Point(x, y):
            return [x, y]
        case Ellipse(cx, cy, rx, ry):
            return [cx, cy, rx, ry]
        case Landmark(point):
            return list(point)
        case Length(first, last):
            return [*first, *last]
        case Angle(first, vertex, last):
            return [*first, *vertex, *last]
        case Cuboid():
            return [number for corner in shape.corners for number in corner]
    raise AssertionError(shape)


@pytest.mark.parametrize("tool", list(DRAWN))
def test_what_redbrick_holds_is_drawn_saved_and_read_again_where_it_was_drawn(
    opened: Open, tasks: Path, tmp_path: Path, tool: str
) -> None:
    person = opened(tasks)
    shape = drawn(person, tool).placements[0].shape
    assert type(shape) is DRAWN[tool][3]
    found, place = read_again(person, tmp_path)
    assert type(found.placements[0].shape) is type(shape)
    assert numbers(found.placements[0].shape) == pytest.approx(numbers(shape), abs=1e-9)
    session = person.session
    if isinstance(shape, Ellipse):
        assert (place.media, place.slice, place.axis) == (0, session.slice, 2)
    else:
        assert place.media == 0
        assert numbers(shape)[2] == session.slice
    picture = person.view().picture
    assert picture is not None
    assert session.selection <= {mark.id for mark in picture.marks}
    person.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.project is session.history.opened


@pytest.mark.parametrize("plane", ["sagittal", "coronal"])
@pytest.mark.parametrize("tool", ["point", "length", "angle"])
@pytest.mark.some(3)
def test_solids_are_drawn_on_reformats_too(
    opened: Open, tasks: Path, tmp_path: Path, tool: str, plane: PlaneName
) -> None:
    person = opened(tasks)
    shape = drawn(person, tool, plane).placements[0].shape
    axis = {"sagittal": 0, "coronal": 1}[plane]
    index = person.view(plane).port.index
    assert numbers(shape)[axis::3] == pytest.approx([index] * DRAWN[tool][2])
    found, _ = read_again(person, tmp_path)
    assert numbers(found.placements[0].shape) == pytest.approx(numbers(shape), abs=1e-9)


@pytest.mark.parametrize("plane", ["axial", "sagittal", "coronal"])
def test_a_cuboid_begins_as_a_box_on_a_slice_of_any_plane_and_is_read_again(
    opened: Open, tasks: Path, tmp_path: Path, plane: PlaneName
) -> None:
    person = opened(tasks)
    session = person.session
    person.view(plane).setFocus()
    person.key(Qt.Key.Key_R)
    box = person.window.toolbar.labels
    row = box.findText("A cuboid")
    assert row >= 0
    box.setCurrentIndex(row)
    box.activated.emit(row)
    person.drag(person.at_part(plane, 0.3, 0.3), person.at_part(plane, 0.5, 0.6), plane=plane)
    (id,) = session.selection
    shape = session.project.annotations[id].placements[0].shape
    assert isinstance(shape, Cuboid)
    axis = {"axial": 2, "sagittal": 0, "coronal": 1}[plane]
    index = person.view(plane).port.index
    low, high = shape.corners
    assert (low[axis], high[axis]) == (index, index)
    assert all(low[other] < high[other] for other in range(3) if other != axis)
    picture = person.view(plane).picture
    assert picture is not None
    assert session.selection <= {mark.id for mark in picture.marks}
    found, place = read_again(person, tmp_path)
    assert numbers(found.placements[0].shape) == pytest.approx(numbers(shape), abs=1e-9)
    assert place.media == 0


def test_an_ellipse_on_a_reformat_is_refused_with_the_reason(opened: Open, tasks: Path) -> None:
    person = opened(tasks)
    said: list[str] = []
    person.session.said.connect(said.append)
    person.view("sagittal").setFocus()
    person.key(Qt.Key.Key_G)
    person.drag(
        person.at_part("sagittal", 0.3, 0.3), person.at_part("sagittal", 0.6, 0.6), plane="sagittal"
    )
    assert person.session.project is person.session.history.opened
    assert "tasks.json cannot hold labels on this sagittal plane" in " ".join(said)


def test_a_tool_no_class_is_drawn_with_says_so(opened: Open) -> None:
    person = opened(demo_folder()[1].parent / LABELBOX_FOLDER / "thorax_export_v2.ndjson")
    said: list[str] = []
    person.session.said.connect(said.append)
    person.key(Qt.Key.Key_K)
    person.click(person.at_part("axial", 0.4, 0.4))
    assert person.session.project is person.session.history.opened
    assert said[-1] == "No open export has labels that are drawn as 3-D landmarks or points."


def test_a_point_on_a_frame_of_a_labelbox_video_is_saved_and_read_again(
    opened: Open, cine: Path, tmp_path: Path
) -> None:
    person = opened(cine)
    session = person.session
    person.bot.waitUntil(lambda: session.current.picture(0) is not None, timeout=20_000)
    person.settle()
    made = drawn(person, "point").placements[0]
    assert isinstance(made.shape, Point)
    found, place = read_again(person, tmp_path)
    assert numbers(found.placements[0].shape) == pytest.approx(numbers(made.shape), abs=1e-9)
    assert (place.media, place.slice) == (0, session.slice)


@pytest.mark.parametrize("tool", ["point", "length", "angle"])
def test_a_solid_is_moved_to_other_slices_by_keys_and_read_there_again(
    opened: Open, tasks: Path, tmp_path: Path, tool: str
) -> None:
    person = opened(tasks)
    session = person.session
    before = drawn(person, tool)
    k = session.slice
    first = numbers(before.placements[0].shape)
    i, j, _ = session.viewing.crosshair
    session.viewing.set_crosshair((i, j, k + 9.0))
    person.settle()
    person.key(Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
    picture = person.view().picture
    assert picture is not None
    assert session.selection <= {mark.id for mark in picture.marks}
    person.key(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    found, _ = read_again(person, tmp_path)
    after = numbers(found.placements[0].shape)
    assert after[2::3] == pytest.approx([session.slice] * DRAWN[tool][2])
    assert abs(session.slice - (k + 9)) == 1
    assert after[0::3] == pytest.approx(first[0::3])
    assert after[1::3] == pytest.approx(first[1::3])
    for _ in range(3):
        person.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.project is session.history.opened
