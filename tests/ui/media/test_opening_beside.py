"""Opening something beside unsaved changes: nothing is lost that nobody gave away."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from redbrick_masks import SHAPE, put, shared_file
from windows import Person, labels_of

from viewer.demo import demo_folder
from viewer.model.annotation import AnnotationId
from viewer.session.commands import ChangeNote
from viewer.ui.media.panel import ExportRow


def note(person: Person, words: str) -> AnnotationId:
    id = labels_of(person.session, "Right lung")[0]
    person.session.do(ChangeNote(id, words, person.session.stamp()))
    return id


def open_and_answer(person: Person, path: Path, words: str) -> list[str]:
    """Open a path, press the button with these words in the question; returns what was asked."""
    asked: list[str] = []

    def press() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(50, press)
            return
        asked.append(box.text())
        next(button for button in box.buttons() if button.text().startswith(words)).click()

    QTimer.singleShot(50, press)
    person.window.open([str(path)])
    person.wait()
    return asked


def some_slices(folder: Path) -> Path:
    series, _export = demo_folder()
    folder.mkdir()
    for path in sorted(series.iterdir())[:6]:
        shutil.copy(path, folder)
    return folder


def test_other_images_keep_the_changes_with_undo_and_ask_nothing(
    person: Person, tmp_path: Path
) -> None:
    id = note(person, "seen")
    person.session.set_mode("edit")
    person.window.open([str(some_slices(tmp_path / "series"))])
    person.wait()
    session = person.session
    assert session.current is not None
    assert session.current.count == 6
    assert session.mode == "view"
    assert session.project.annotations[id].note == "seen"
    assert session.history.unsaved == {id.export}
    session.undo()
    assert session.project.annotations[id].note != "seen"
    assert not session.history.is_modified
    session.redo()
    assert session.project.annotations[id].note == "seen"


def test_a_second_export_keeps_the_changes_even_those_made_while_it_is_read(
    person: Person, tmp_path: Path
) -> None:
    _series, export = demo_folder()
    other = tmp_path / "other.json"
    shutil.copy(export, other)
    id = note(person, "before")
    person.window.open([str(other)])
    note(person, "meanwhile")
    person.wait()
    session = person.session
    assert len(session.project.exports) == 2
    assert session.project.annotations[id].note == "meanwhile"
    assert session.matches.project.annotations[id].note == "meanwhile"
    session.undo()
    assert session.project.annotations[id].note == "before"
    session.undo()
    assert not session.history.is_modified
    assert len(session.project.exports) == 2


def test_the_same_export_again_asks_and_discard_reads_it_anew(person: Person) -> None:
    _series, export = demo_folder()
    id = note(person, "seen")
    assert open_and_answer(person, export, "Cancel") == ["1 label is changed."]
    assert person.session.project.annotations[id].note == "seen"
    assert open_and_answer(person, export, "Discard") == ["1 label is changed."]
    assert len(person.session.project.exports) == 1
    assert not person.session.history.is_modified
    assert not person.session.project.annotations.edits


def test_what_was_opened_while_the_question_stood_stays_open(
    person: Person, tmp_path: Path
) -> None:
    _series, export = demo_folder()
    note(person, "seen")

    def press() -> None:
        box, shown = QApplication.activeModalWidget(), person.session.current
        if isinstance(box, QMessageBox) and shown is not None and shown.count == 6:
            next(each for each in box.buttons() if each.text() == "Discard").click()
        else:
            QTimer.singleShot(20, press)

    person.window.open([str(some_slices(tmp_path / "series"))])
    QTimer.singleShot(20, press)
    person.window.open([str(export)])
    person.wait()
    assert person.session.current is not None
    assert person.session.current.count == 6
    assert not person.session.project.annotations.edits


def test_a_folder_with_an_export_of_its_own_asks_when_it_is_found(
    person: Person, tmp_path: Path
) -> None:
    _series, export = demo_folder()
    folder = some_slices(tmp_path / "series")
    shutil.copy(export, folder)
    id = note(person, "seen")
    assert open_and_answer(person, folder, "Cancel") == ["1 label is changed."]
    assert person.session.project.annotations[id].note == "seen"
    assert person.session.current is not None
    assert person.session.current.count > 6


def test_files_met_beside_images_that_are_no_exports_are_said(
    empty: Person, tmp_path: Path
) -> None:
    folder = some_slices(tmp_path / "series")
    (folder / "settings.json").write_text('{"neither": "nor"}')
    (folder / "labels.json").write_bytes(demo_folder()[1].read_bytes()[:200_000])
    empty.window.open([str(folder)])
    empty.wait()
    said = [issue.sentence for issue in empty.session.issues]
    assert any("settings.json is JSON, but no label export" in words for words in said)
    exports = list(empty.session.project.exports.values())
    assert [export.title for export in exports] == ["labels.json"]
    assert any(issue.severity == "error" for issue in exports[0].issues)


def test_a_zip_that_holds_labels_alone_is_laid_over_what_is_open(
    person: Person, tmp_path: Path
) -> None:
    _series, export = demo_folder()
    with zipfile.ZipFile(tmp_path / "labels.zip", "w") as archive:
        archive.write(export, "second.json")
    media = person.session.media
    id = note(person, "seen")
    person.window.open([str(tmp_path / "labels.zip")])
    person.wait()
    session = person.session
    assert session.media == media
    assert [export.title for export in session.project.exports.values()][-1] == "second.json"
    assert len(session.project.exports) == 2
    assert session.project.annotations[id].note == "seen"


def test_a_folder_that_holds_an_export_and_its_masks_is_laid_over_what_is_open(
    person: Person, tmp_path: Path
) -> None:
    shared_file(tmp_path, np.ones(SHAPE, np.uint8), {"1": {"category": "c"}})
    media = person.session.media
    id = note(person, "seen")
    person.window.open([str(tmp_path)])
    person.wait()
    assert person.session.media == media
    assert len(person.session.project.exports) == 2
    assert person.session.project.annotations[id].note == "seen"


def test_a_folder_of_pictures_and_masks_comes_instead_of_what_is_open(
    person: Person, tmp_path: Path
) -> None:
    shared_file(tmp_path, np.ones(SHAPE, np.uint8), {"1": {"category": "c"}})
    put(tmp_path, "brain.nii.gz", np.ones(SHAPE, np.uint8))
    person.window.open([str(tmp_path)])
    person.wait()
    assert [media.title for media in person.session.media] == ["brain.nii.gz"]
    assert [export.format for export in person.session.project.exports.values()] == ["redbrick"]


def test_each_of_several_exports_has_an_eye(person: Person, tmp_path: Path) -> None:
    _series, export = demo_folder()
    rows = person.window.media_panel.findChildren(ExportRow)
    assert [row.eye.isVisible() for row in rows] == [False]
    shutil.copy(export, tmp_path / "second.json")
    person.window.open([str(tmp_path / "second.json")])
    person.wait()
    rows = person.window.media_panel.findChildren(ExportRow)
    assert [row.eye.isVisible() for row in rows] == [True, True]
    person.bot.mouseClick(rows[1].eye, Qt.MouseButton.LeftButton)
    display = person.session.display
    assert [row.eye.isChecked() for row in rows] == [True, False]
    exports = list(person.session.project.exports)
    assert [display.is_drawn(AnnotationId(id, 0), "") for id in exports] == [True, False]


def test_an_export_is_told_by_its_content_whatever_it_is_called(
    person: Person, tmp_path: Path
) -> None:
    _series, export = demo_folder()
    shutil.copy(export, tmp_path / "labels.txt")
    media = person.session.media
    person.window.open([str(tmp_path / "labels.txt")])
    person.wait()
    assert person.session.media == media
    assert len(person.session.project.exports) == 2
