"""The inspector says what is so."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from studies import MADE, click_row, ids_of
from windows import Person

from viewer.formats import record_bytes
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Box, Point
from viewer.geometry.views import PlaneName, view_planes
from viewer.media.volume import Volume
from viewer.session.commands import AddAnnotation, ChangeClass, ChangeNote, Reshape
from viewer.session.session import Session
from viewer.ui.inspector.inspector import Inspector
from viewer.ui.inspector.intensities import Intensity, intensity, intensity_across
from viewer.ui.inspector.record_tab import raw_text
from viewer.ui.labels.facts import (
    geometry_rows,
    patient_text,
    signed,
    subject_of,
)

CTRL = Qt.KeyboardModifier.ControlModifier


def test_the_inspector_shows_the_one_label_that_is_selected(
    session: Session, inspector: Inspector
) -> None:
    wanted = ids_of(session, "Liver")
    session.select(wanted[:1])
    assert "Liver" in inspector.label.title.text()
    rows = dict(inspector.label.provenance_facts.shown)
    assert rows["Record"] == session.project.annotations[wanted[0]].native_id
    session.select(wanted[:2])
    assert inspector.label._stack.currentIndex() == 0


@pytest.mark.parametrize(
    ("reviews", "words"), [((0, 0), ""), ((3, 0), "3 for"), ((2, 1), "2 for, 1 against")]
)
def test_reviews_are_a_badge_that_says_how_many_agree(
    session: Session, inspector: Inspector, reviews: tuple[int, int], words: str
) -> None:
    annotation = session.project.annotations[ids_of(session, "Liver")[0]]
    reviewed = msgspec.structs.replace(annotation, reviews=reviews)
    session.do(AddAnnotation(reviewed, MADE))
    session.select([annotation.id])
    assert inspector.label.reviews.text() == words
    assert inspector.label.reviews.isVisible() == bool(words)


def test_sizes_are_those_of_the_pixels_spacing(session: Session) -> None:
    label_id = ids_of(session, "Nodule box")[0]
    session.do(Reshape(label_id, 0, Box(10.0, 20.0, 8.0, 4.0), MADE))
    media = session.media[0]
    dx, dy = media.spacing_mm
    rows = dict(geometry_rows(subject_of(session, label_id)))
    assert rows["Centre"] == "14.0, 22.0 px"
    assert rows["Size"].startswith(f"{8 * dx:,.1f} × {4 * dy:,.1f}")
    assert f"{32:,}" in rows["Area"]
    assert rows["Perimeter"].startswith(f"{16 * dx + 8 * dy:,.1f}")


def test_without_calibration_every_size_is_in_pixels(session: Session) -> None:
    label_id = ids_of(session, "Nodule box")[0]
    media = session.media[0]
    media.is_calibrated = False
    try:
        rows = dict(geometry_rows(subject_of(session, label_id)))
    finally:
        media.is_calibrated = True
    assert not any("mm" in rows[key] for key in ("Size", "Area", "Perimeter"))


def test_the_patient_position_is_that_of_the_slices_plane(session: Session) -> None:
    media = session.media[0]
    assert isinstance(media, Volume)
    ((x, y, z),) = media.stack.patient_of_voxel([(9.5, 20.5, 3.0)])
    view = next(view for view in view_planes(media.stack).values() if view.is_acquired)
    words = patient_text(view, (10.0, 21.0), 3)
    for value, ends in ((x, "LR"), (y, "PA"), (z, "HF")):
        assert f"{ends[0] if value >= 0 else ends[1]}\u00a0{abs(value):.1f}" in words


def test_intensities_are_those_of_the_pixels_whose_centre_is_inside(session: Session) -> None:
    media = session.media[0]
    shape = Box(100.2, 120.7, 9.0, 6.0)
    found = intensity(shape, media, media.pixels[60], 60)
    assert isinstance(found, Intensity)
    inside = np.zeros((media.rows, media.columns), dtype=bool)
    mask = rasterised(shape, media.columns, media.rows)
    inside[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    values = media.pixels[60][inside] * media.rescale.slope + media.rescale.intercept
    assert found.count == values.size
    assert found.mean == pytest.approx(values.mean())
    assert found.deviation == pytest.approx(values.std())
    assert (found.low, found.high) == (values.min(), values.max())
    assert found.counts.sum() == values.size


@pytest.mark.parametrize("plane", ["sagittal", "coronal"])
def test_intensities_on_a_reformat_are_those_of_the_voxels_it_cuts(
    session: Session, plane: PlaneName
) -> None:
    media = session.media[0]
    assert isinstance(media, Volume)
    view = view_planes(media.stack)[plane]
    found = intensity_across(Box(90.0, 20.0, 30.0, 25.0), media, view, 128)
    assert isinstance(found, Intensity)
    slices = range(20, 45)
    along = slice(90, 120)
    cut = (lambda k: media.pixels[k][along, 128]) if plane == "sagittal" else None
    cut = cut or (lambda k: media.pixels[k][128, along])
    values = np.concatenate([media.in_units(cut(k), k) for k in slices])
    assert found.count == values.size
    assert found.mean == pytest.approx(values.mean())
    assert (found.low, found.high) == (values.min(), values.max())


def test_a_point_outside_the_picture_has_no_intensity(session: Session) -> None:
    assert intensity(Point(-50.0, -50.0), session.media[0], session.media[0].pixels[0], 0) is None


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_class_can_be_changed_in_edit_only(session: Session, inspector: Inspector) -> None:
    label_id = ids_of(session, "Nodule box")[0]
    session.select([label_id])
    assert not inspector.label.class_box.isVisible()
    session.set_mode("edit")
    box = inspector.label.class_box
    assert box.isVisible()
    other = next(n for n in range(box.count()) if n != box.currentIndex())
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    click_row(box, other)
    assert session.project.annotations[label_id].class_id == box.itemData(other)
    assert isinstance(session.history.steps[-1].command, ChangeClass)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_ctrl_z_takes_a_change_of_class_back(person: Person) -> None:
    session, box = person.session, person.window.inspector.label.class_box
    label_id = ids_of(session, "Nodule box")[0]
    opened, model = session.project, person.window.label_panel.model
    model.unfold_to(label_id)
    group = model.head_of(model.group_number(model.index_of(label_id))).data()
    session.select([label_id])
    person.key(Qt.Key.Key_F3)
    before = box.currentIndex()
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    click_row(box, 1 - before)
    person.settle()
    assert model.head_of(model.group_number(model.index_of(label_id))).data() != group
    assert box.currentIndex() == 1 - before
    person.key(Qt.Key.Key_Z, CTRL)
    assert session.project is opened
    assert model.head_of(model.group_number(model.index_of(label_id))).data() == group
    assert box.currentIndex() == before


def test_ctrl_z_takes_back_what_is_typed_into_a_note_and_then_the_written_note(
    person: Person,
) -> None:
    session, note = person.session, person.window.inspector.label.note
    label_id = ids_of(session, "Nodule box")[0]
    opened, was = session.project, session.project.annotations[label_id].note or ""
    session.select([label_id])
    person.key(Qt.Key.Key_F3)
    note.setFocus()
    QTest.keyClicks(note, "soft edge")
    person.key(Qt.Key.Key_Z, CTRL)
    assert note.toPlainText() == was
    assert session.project is opened
    QTest.keyClicks(note, "soft edge")
    person.key(Qt.Key.Key_Return, CTRL)
    assert "soft edge" in (session.project.annotations[label_id].note or "")
    person.key(Qt.Key.Key_Z, CTRL)
    assert session.project is opened
    assert note.toPlainText() == was


def test_the_whole_note_field_is_in_sight_once_it_is_entered(person: Person) -> None:
    inspector = person.window.inspector
    person.session.select([ids_of(person.session, "Nodule box")[0]])
    person.key(Qt.Key.Key_F3)
    person.window.resize(1100, 640)
    person.settle()
    note = inspector.label.note
    note.setFocus()
    person.settle()
    assert note.visibleRegion().boundingRect() == note.rect()


def test_a_typed_note_is_written_when_the_field_is_left(
    session: Session, inspector: Inspector
) -> None:
    label_id = ids_of(session, "Nodule box")[0]
    session.select([label_id])
    session.set_mode("edit")
    note = inspector.label.note
    note.setFocus()
    note.clear()
    QTest.keyClicks(note, "edge is soft")
    assert session.history.steps == (), "nothing is written while typing"
    QTest.keyClick(note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert session.project.annotations[label_id].note == "edge is soft"
    assert isinstance(session.history.steps[-1].command, ChangeNote)


def test_a_note_typed_for_one_label_is_not_lost_by_selecting_another(
    session: Session, inspector: Inspector
) -> None:
    first, second = ids_of(session, "Nodule box")[:2]
    session.select([first])
    session.set_mode("edit")
    QTest.keyClicks(inspector.label.note, "mine")
    session.select([second])
    assert (session.project.annotations[first].note or "").endswith("mine")
    assert session.project.annotations[second].note in (None, "")


def test_the_note_cannot_be_typed_into_in_view(session: Session, inspector: Inspector) -> None:
    session.select(ids_of(session, "Nodule box")[:1])
    assert inspector.label.note.isReadOnly()


def test_the_record_is_shown_key_by_key_and_as_it_stands_in_the_file(
    session: Session, inspector: Inspector
) -> None:
    label_id = ids_of(session, "Liver")[0]
    session.select([label_id])
    raw = record_bytes(session.project, label_id)
    assert raw in bytes(session.project.exports[label_id.export].sources[0].base)
    assert raw.startswith(b"{")
    assert inspector.label.record.raw.toPlainText() == raw_text(raw)


def test_a_new_label_has_no_record_and_says_so() -> None:
    assert "no record" in raw_text(b"")


@pytest.mark.parametrize(
    ("value", "words"), [(-3.0, "−3"), (51.25, "51.25"), (0.0, "0"), (1234.5, "1,234.5")]
)
def test_numbers_have_a_real_minus_and_no_idle_zeros(value: float, words: str) -> None:
    assert signed(value) == words
