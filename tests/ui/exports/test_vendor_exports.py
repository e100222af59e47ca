"""Labels drawn over the demo with exports that list their media as entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from windows import Person, demo_study, opened_window

from tests.telling import matched
from viewer.demo import LABELBOX_FOLDER, REDBRICK_FOLDER, VIDEO_NAME, demo_folder
from viewer.formats import read_export
from viewer.geometry.shapes import Box, Polyline, Shape
from viewer.geometry.views import PlaneName
from viewer.media import open_media
from viewer.media.volume import Media
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.review.label_rows import rows_of
from viewer.session.classifying import addable, classification_made
from viewer.session.commands import AddAnnotation
from viewer.session.moving import moved_by
from viewer.session.session import Session
from viewer.ui.labels.cells import slice_text
from viewer.ui.labels.facts import meta_line, provenance_rows, subject_of

SERIES_EXPORT, VIDEO_EXPORT = (
    (LABELBOX_FOLDER, "thorax_export_v2.ndjson"),
    (LABELBOX_FOLDER, "cine_export_v2.ndjson"),
)
TASKS = (REDBRICK_FOLDER, "tasks.json")
AXES: dict[PlaneName, int] = {"axial": 2, "sagittal": 0, "coronal": 1}
Open = Callable[..., Person]


@pytest.fixture(name="opened")
def opener(qtbot: QtBot) -> Iterator[Open]:
    """Open exports of the demo over its series, or over its video, in a window in Edit mode."""
    with opened_window(qtbot, demo=False) as someone:
        yield partial(_open, someone)


def _open(person: Person, *exports: tuple[str, str], video: bool = False) -> Person:
    media: tuple[Media, ...] = demo_study().media
    folder = demo_folder()[1].parent
    if video:
        media = open_media(str(folder / VIDEO_NAME)).media
    project = read_export(*(str(folder.joinpath(*parts)) for parts in exports))
    person.session.open(project, media, (), matched(project, media))
    person.settle()
    person.window.views.active.setFocus()
    person.key(Qt.Key.Key_F3)
    return person


def shown_frame(person: Person, frame: int) -> None:
    """Go to a frame, and wait for its picture."""
    session = person.session
    session.go_to_step(frame)
    person.bot.waitUntil(lambda: session.has_step(frame), timeout=20_000)
    person.settle()


def box_drawn(person: Person) -> tuple[AnnotationId, Placement]:
    """Draw a box on what the axial view shows."""
    person.key(Qt.Key.Key_R)
    person.drag(person.at_part("axial", 0.2, 0.2), person.at_part("axial", 0.3, 0.25))
    return selected(person)


def line_drawn(person: Person, plane: PlaneName = "axial") -> tuple[AnnotationId, Placement]:
    """Draw a line of three vertices on what a view shows."""
    person.view(plane).setFocus()
    person.key(Qt.Key.Key_L)
    for place in ((0.4, 0.4), (0.5, 0.55), (0.6, 0.4)):
        person.click(person.at_part(plane, *place), plane=plane)
    person.key(Qt.Key.Key_Return)
    return selected(person)


def selected(person: Person) -> tuple[AnnotationId, Placement]:
    """Return the one label that is selected, and its one placement."""
    (id,) = person.session.selection
    (placement,) = person.session.project.annotations[id].placements
    return id, placement


def new_one(project: Project, opened: Project) -> Annotation:
    """Return the one annotation of a saved export that was not there before."""
    known = {opened.annotations[id].native_id for id in opened.annotations}
    (found,) = [
        project.annotations[id]
        for id in project.annotations
        if project.annotations[id].native_id not in known
    ]
    return found


def as_drawn(person: Person, again: Project, place: tuple[int, int], shape: Shape) -> None:
    """Check that a saved label is read back on the slice and with the shape that it was drawn."""
    matches = matched(again, person.session.media)  # tells sizes that the file does not
    found = new_one(again, person.session.history.opened)
    (where,) = matches.of(found.id)
    assert (where.axis, where.slice) == place
    other = found.placements[0].shape
    assert type(other) is type(shape)
    if isinstance(shape, Polyline) and isinstance(other, Polyline):
        assert other.vertices == pytest.approx(shape.vertices, abs=1e-9)
    if isinstance(shape, Box) and isinstance(other, Box):
        assert (other.x, other.width) == pytest.approx((shape.x, shape.width), abs=1e-9)


def test_a_line_drawn_on_any_plane_goes_to_that_plane_of_a_labelbox_export(
    opened: Open, tmp_path: Path
) -> None:
    short = {"axial": "", "sagittal": "sag ", "coronal": "cor "}
    for plane in AXES:
        person = opened(SERIES_EXPORT)
        index = person.view(plane).port.index
        id, placement = line_drawn(person, plane)
        assert (placement.plane, placement.index) == (plane, index)
        assert placement.media.entry is not None
        assert isinstance(placement.shape, Polyline)
        rows = rows_of(person.session.project, person.session.matches)
        row = rows.row_of(id)
        assert row is not None
        assert slice_text(rows.line(row)) == f"{short[plane]}{index + 1}"
        again = person.saved(tmp_path / plane)
        as_drawn(person, again, (AXES[plane], index), placement.shape)


def test_a_box_drawn_over_a_redbrick_export_names_the_file_of_its_slice(
    opened: Open, tmp_path: Path
) -> None:
    person = opened(TASKS)
    session = person.session
    _, placement = box_drawn(person)
    (entry,) = [
        one for one in session.project.exports["1"].entries if one.id == placement.media.entry
    ]
    shown = session.current
    assert shown is not None
    assert placement.media.item is not None
    assert entry.items[placement.media.item] in str(shown.reader.file_of(session.slice).path)
    assert placement.shape is not None
    as_drawn(person, person.saved(tmp_path), (2, session.slice), placement.shape)


def test_a_moved_label_of_a_series_of_files_names_the_file_of_its_new_slice(
    opened: Open, tmp_path: Path
) -> None:
    person = opened(TASKS)
    session = person.session
    id, _ = box_drawn(person)
    before = session.slice
    command = moved_by(session, id, 3)
    assert not isinstance(command, str)
    session.do(command)
    (place,) = session.matches.of(id)
    assert place.slice == before + 3
    assert session.project.annotations[id].placements[0].index == before + 3
    found = new_one(person.saved(tmp_path), session.history.opened)
    assert (
        found.placements[0].media.item == session.project.annotations[id].placements[0].media.item
    )


def test_a_box_drawn_on_a_video_stays_on_its_frame(opened: Open, tmp_path: Path) -> None:
    for export in (VIDEO_EXPORT, TASKS):
        person = opened(export, video=True)
        shown_frame(person, 69)
        _, placement = box_drawn(person)
        assert (placement.media.frame, placement.index) == (69, 69)
        assert placement.shape is not None
        as_drawn(person, person.saved(tmp_path / export[0]), (2, 69), placement.shape)


def moved_by_key(person: Person, to: int, folder: Path) -> tuple[int, int | None]:
    """Draw or take the selected label to another step with Alt+M; return where it is read again."""
    session = person.session
    (id,) = session.selection
    shown_frame(person, to)
    person.key(Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
    (place,) = session.matches.of(id)
    again = person.saved(folder)
    matches = matched(again, session.media)
    (found,) = matches.of(new_one(again, session.history.opened).id)
    assert (found.media, found.slice, found.axis) == (place.media, place.slice, place.axis)
    person.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    (before,) = session.matches.of(id)
    assert before.slice != place.slice
    return to, place.slice


def test_a_label_of_a_frame_is_moved_to_the_frame_shown_by_a_key(
    opened: Open, tmp_path: Path
) -> None:
    for export in (VIDEO_EXPORT, TASKS):
        person = opened(export, video=True)
        shown_frame(person, 69)
        box_drawn(person)
        wanted, found = moved_by_key(person, 90, tmp_path / export[0])
        assert wanted == found


def test_a_label_of_a_slice_is_moved_to_the_slice_shown_by_a_key(
    opened: Open, tmp_path: Path
) -> None:
    for export in (SERIES_EXPORT, TASKS):
        person = opened(export)
        session = person.session
        id, _ = line_drawn(person)
        i, j, k = session.viewing.crosshair
        session.viewing.set_crosshair((i, j, k + 7))
        person.settle()
        person.key(Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
        (place,) = session.matches.of(id)
        assert place.slice == k + 7
        again = person.saved(tmp_path / export[0])
        (found,) = matched(again, session.media).of(new_one(again, session.history.opened).id)
        assert (found.slice, found.axis) == (k + 7, 2)


def test_a_stored_label_is_moved_to_the_slice_shown_and_read_there_again(
    opened: Open, tmp_path: Path
) -> None:
    for number, export in enumerate((SERIES_EXPORT, TASKS)):
        person = opened(export)
        session = person.session
        annotations = session.project.annotations
        id = next(
            id
            for id in annotations
            if len(annotations[id].placements) == 1
            and isinstance(annotations[id].placements[0].shape, Polyline)
        )
        session.select([id])
        first = session.matches.first_of(id)
        i, j, _ = session.viewing.crosshair
        session.viewing.set_crosshair((i, j, float(first.slice - 3)))
        person.settle()
        person.key(Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
        folder = tmp_path / str(number)
        folder.mkdir()
        again = person.saved(folder)
        (found,) = [
            one
            for one in again.annotations
            if again.annotations[one].native_id == annotations[id].native_id
        ]
        assert matched(again, session.media).first_of(found).slice == first.slice - 3


def added(session: Session, name: str) -> Annotation:
    """Add the classification of this name to what is shown."""
    key = next(key for key, label in addable(session) if label.name == name)
    command = classification_made(session, key)
    assert isinstance(command, AddAnnotation)
    session.do(command)
    return command.annotation


def test_a_new_classification_asks_what_others_of_its_class_do(opened: Open) -> None:
    session = opened(VIDEO_EXPORT, video=True).session
    session.go_to_step(9)
    made = added(session, "Wall motion")
    (placement,) = made.placements
    assert (placement.media.frame, placement.index) == (9, 9)
    assert [(one.name, one.value) for one in placement.attributes] == [("Wall motion", None)]


def test_classifications_of_entries_say_whether_series_or_exam_is_meant(opened: Open) -> None:
    session = opened(TASKS).session
    for name, level in (("Series classification", "series"), ("Study classification", "exam")):
        made = added(session, name)
        assert made.placements[0].media.entry is not None
        assert f"whole {level}" in meta_line(subject_of(session, made.id))


def test_by_what_an_entry_was_found_is_told(opened: Open) -> None:
    session = opened(SERIES_EXPORT).session
    id = next(iter(session.project.annotations))
    rows = dict(provenance_rows(session, subject_of(session, id)))
    assert rows["Placed by"] == "Series Instance UID"


def test_classes_of_one_name_are_told_apart_by_their_exports(opened: Open) -> None:
    person = opened(VIDEO_EXPORT, TASKS, video=True)
    person.key(Qt.Key.Key_R)
    box = person.window.toolbar.labels
    texts = [box.itemText(row) for row in range(box.count())]
    assert len(set(texts)) == len(texts)
    assert sum(text.startswith("Valve · ") for text in texts) == 2


def test_the_label_to_draw_is_one_of_an_export_that_lists_what_is_shown(opened: Open) -> None:
    person = opened(VIDEO_EXPORT, TASKS)
    person.key(Qt.Key.Key_R)
    box = person.window.toolbar.labels
    assert [box.itemData(row)[0] for row in range(box.count())][-1] == "1"
    assert box.currentData()[0] == "2"
    id, _ = box_drawn(person)
    assert id.export == "2"


def test_a_note_is_asked_for_only_where_the_export_can_hold_it(opened: Open) -> None:
    for export in (SERIES_EXPORT, TASKS):
        person = opened(export)
        session, sections = person.session, person.window.inspector.label.sections
        annotations = session.project.annotations
        free = next(id for id in annotations if not annotations[id].locked_reason)
        session.select([free])
        assert session.mode == "edit"
        person.bot.waitUntil(lambda sections=sections: sections["Note"].isHidden())
        assert not sections["Geometry"].isHidden()
