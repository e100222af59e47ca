"""Saving a copy from the window, and what is asked before changes are lost."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from labelbox_kinds import KINDS
from labelbox_rows import image, sides, thing
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from windows import Person, labels_of

from viewer.formats import read_export
from viewer.geometry.measure import translated
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.review.binding import Choice
from viewer.review.matching import match
from viewer.session.commands import ChangeNote, DeleteAnnotations, Reshape
from viewer.session.sidecar import kept_choices
from viewer.ui.exports.rebinding import Rebinding
from viewer.ui.labels.cells import UNSAVED
from viewer.ui.saving.page import JOB, WORKING, SaveAsked
from viewer.ui.saving.saving import free_folder, free_name

CTRL = Qt.KeyboardModifier.ControlModifier


def note(person: Person, words: str) -> None:
    id = labels_of(person.session, "Right lung")[0]
    person.session.do(ChangeNote(id, words, person.session.stamp()))
    person.settle()


def answer(words: str) -> None:
    """Press the button with these words in the next question."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(button for button in box.buttons() if button.text().startswith(words)).click()

    QTimer.singleShot(200, press)


def open_anew(person: Person) -> AnnotationId:
    """The same export, read again as something else would be opened; with a change of its own."""
    session = person.session
    export = next(iter(session.project.exports.values()))
    project = read_export(export.sources[0].path)
    session.open(project, session.media, (), match(project, session.media))
    id = labels_of(session, "Liver")[0]
    session.do(ChangeNote(id, "other", session.stamp()))
    return id


def test_what_is_opened_while_a_save_runs_is_not_called_saved(
    person: Person, tmp_path: Path
) -> None:
    note(person, "seen")
    export = next(iter(person.session.project.exports))
    with person.bot.waitSignal(person.window.saving.saved, timeout=20_000):
        person.window.saving.save(SaveAsked(export, str(tmp_path / "copy.json"), replaces=False))
        other = open_anew(person)
    assert b"seen" in (tmp_path / "copy.json").read_bytes()
    assert person.session.history.unsaved_labels == {other}
    person.session.undo()
    assert not person.session.history.is_modified
    assert person.window.saving.page.isEnabled()


def test_what_a_save_would_change_is_worked_out_beside_the_window(person: Person) -> None:
    note(person, "seen")
    page = person.window.saving.page
    person.window.save()
    assert page.bytes.text() == WORKING
    assert not page.save.isEnabled()
    assert not page.replace.isEnabled()
    person.bot.waitUntil(page.save.isEnabled)
    assert page.replace.isEnabled()
    assert page.list.topLevelItemCount() == 1
    assert "bytes change" in page.bytes.text()
    assert page.save.hasFocus()


def test_a_place_that_is_typed_is_looked_at_before_it_can_be_saved_to(
    person: Person, tmp_path: Path
) -> None:
    page = person.window.saving.page
    person.window.save()
    person.bot.waitUntil(page.save.isEnabled)
    page.path.setText(str(tmp_path / "no" / "copy.json"))
    assert not page.save.isEnabled()
    person.bot.waitUntil(lambda: "does not exist" in page.refusal.text())
    assert not page.save.isEnabled()
    page.path.setText("")
    person.settle()
    assert not page.save.isEnabled()
    page.path.setText(str(tmp_path / "copy.json"))
    person.bot.waitUntil(page.save.isEnabled)
    assert not page.refusal.text()


def test_the_page_lets_go_when_it_closes_and_an_undo_on_it_is_worked_out_anew(
    person: Person,
) -> None:
    note(person, "seen")
    page = person.window.saving.page
    person.window.save()
    page.back.click()
    person.settle()
    assert not person.window.jobs.is_busy(JOB)
    assert page.list.topLevelItemCount() == 0  # no answer was heard
    assert not page.save.isEnabled()
    person.window.save()
    person.bot.waitUntil(page.save.isEnabled)
    assert page.list.topLevelItemCount() == 1
    person.session.undo()
    assert not page.save.isEnabled()
    person.bot.waitUntil(page.save.isEnabled)
    assert page.list.topLevelItemCount() == 0
    assert "byte for byte" in page.bytes.text()


def test_an_export_that_is_gone_before_its_changes_are_known_cannot_be_saved(
    person: Person,
) -> None:
    session, page = person.session, person.window.saving.page
    person.window.save()
    session.open(Project(), session.media, (), match(Project(), session.media))
    person.settle()
    assert not person.window.jobs.is_busy(JOB)
    assert not page.save.isEnabled()
    assert not page.replace.isEnabled()


def test_a_file_that_is_no_longer_open_when_the_question_is_answered_is_not_replaced(
    person: Person,
) -> None:
    note(person, "seen")
    person.window.save()
    person.bot.waitUntil(person.window.saving.page.replace.isEnabled)
    source = next(iter(person.session.project.exports.values())).sources[0]
    said: list[str] = []
    person.session.said.connect(said.append)
    asked: list[SaveAsked] = []
    person.window.saving.page.save_asked.disconnect()
    person.window.saving.page.save_asked.connect(asked.append)
    QTimer.singleShot(100, lambda: open_anew(person))
    answer("Replace")
    person.window.saving.page.replace.click()
    assert asked == []
    assert said[-1] == f"{Path(source.path).name} is no longer open; nothing was written."


def test_an_unedited_copy_is_the_opened_file_byte_for_byte(person: Person, tmp_path: Path) -> None:
    source = next(iter(person.session.project.exports.values())).sources[0]
    person.save(tmp_path / "copy.json")
    assert (tmp_path / "copy.json").read_bytes() == bytes(source.base)


def test_an_edited_copy_holds_the_edit_and_the_star_goes(person: Person, tmp_path: Path) -> None:
    note(person, "seen twice")
    assert "*" in person.window.windowTitle()
    person.key(Qt.Key.Key_S, CTRL)
    assert person.window.centre.currentWidget() is person.window.saving.page
    person.save(tmp_path / "copy.json")
    assert "*" not in person.window.windowTitle()
    assert person.window.centre.currentWidget() is person.window.views
    project = read_export(tmp_path / "copy.json")
    notes = [project.annotations[id].note for id in project.annotations]
    assert notes.count("seen twice") == 1


def test_only_what_changed_since_the_last_save_is_called_unsaved(
    person: Person, tmp_path: Path
) -> None:
    window, session = person.window, person.session

    def states() -> list[str]:
        rows = window.inspector.label.provenance_facts.shown
        return [text for name, text in rows if name == "State"]

    note(person, "seen")
    first = labels_of(session, "Right lung")[0]
    session.select({first})
    person.settle()
    assert states() == ["changed, not saved"]
    person.save(tmp_path / "copy.json")
    assert not states()
    assert window.status.unsaved.text() == "No changes"
    model = window.label_panel.model
    assert UNSAVED not in model.data(model.index_of(first))
    other = next(id for id in session.project.annotations if id != first)
    session.do(ChangeNote(other, "also seen", session.stamp()))
    assert window.status.unsaved.text() == "1 label changed, not saved"
    assert UNSAVED in model.data(model.index_of(other))
    assert UNSAVED not in model.data(model.index_of(first))
    session.undo()
    session.undo()
    person.settle()
    assert window.status.unsaved.text() == "1 label changed, not saved"
    assert states() == ["changed, not saved"]


def test_a_refused_destination_is_said_and_the_changes_stay_unsaved(
    person: Person, tmp_path: Path
) -> None:
    note(person, "seen")
    said: list[str] = []
    person.session.said.connect(said.append)
    export = next(iter(person.session.project.exports))
    missing = tmp_path / "no" / "copy.json"
    person.window.saving.save(SaveAsked(export, str(missing), replaces=False))
    person.bot.waitUntil(lambda: bool(said) and "does not exist" in said[-1], timeout=20_000)
    assert person.session.history.is_modified
    assert person.window.saving.page.isEnabled()


def test_closing_with_changes_asks_and_cancel_and_save_keep_the_window(person: Person) -> None:
    note(person, "seen")
    answer("Cancel")
    assert not person.window.close()
    answer("Save")
    assert not person.window.close()
    assert person.window.centre.currentWidget() is person.window.saving.page
    answer("Discard")
    assert person.window.close()


def test_the_proposed_name_is_free_and_beside_the_opened_file(tmp_path: Path) -> None:
    opened = tmp_path / "labels.json"
    opened.write_text("{}")
    first = free_name(str(opened))
    assert first == tmp_path / "labels (edited).json"
    first.write_text("{}")
    assert free_name(str(opened)) == tmp_path / "labels (edited 2).json"
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(opened, "inner/labels.json")
    assert free_name(str(tmp_path / "all.zip!inner/labels.json")) == tmp_path / "all (edited).zip"
    folder = tmp_path.parent / f"{tmp_path.name} (edited)"
    assert free_folder(str(opened)) == folder / "labels.json"


def typed_note(person: Person, words: str) -> None:
    """Type a note and stay in its field."""
    session = person.session
    session.set_mode("edit")
    session.select({labels_of(session, "Right lung")[0]})
    person.settle()
    field = person.window.inspector.label.note
    field.setFocus()
    person.bot.keyClicks(field, words)


def test_a_note_still_being_typed_is_among_what_is_saved_and_asked_for(
    person: Person, tmp_path: Path
) -> None:
    typed_note(person, "half a thought")
    assert not person.session.history.is_modified
    answer("Cancel")
    assert not person.window.close()
    assert len(person.session.history.unsaved_labels) == 1
    typed_note(person, " more")
    person.window.run["save.copy"]()
    person.save(tmp_path / "copy.json")
    assert b"half a thought" in (tmp_path / "copy.json").read_bytes()
    assert b"more" in (tmp_path / "copy.json").read_bytes()


def test_the_export_line_counts_the_labels_that_there_are(person: Person) -> None:
    panel = person.window.media_panel
    export = next(iter(person.session.project.exports.values()))
    before, unplaced = panel._counts(export)
    gone = labels_of(person.session, "Right lung")[0]
    person.session.do(DeleteAnnotations((gone,), (), person.session.stamp()))
    assert panel._counts(export) == (before - 1, unplaced)
    assert sum(person.session.matches.counts().values()) == before - 1
    person.session.undo()
    assert panel._counts(export) == (before, unplaced)


def test_what_was_chosen_of_a_zips_media_is_found_again_in_the_zip_that_was_saved(
    person: Person, tmp_path: Path
) -> None:
    row = image(thing("m", "ImageBoundingBox", sides(1)))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("labels.ndjson", json.dumps(row))
        archive.writestr("other.txt", "x")
    window, session = person.window, person.session
    opened = read_export(tmp_path / "all.zip")
    session.open(opened, session.media, (), match(opened, session.media))
    (export,) = opened.exports.values()
    window.findChild(Rebinding).choose("1", export.entries[0].id, Choice(offset=7))
    session.do(DeleteAnnotations(tuple(opened.annotations), (), session.stamp()))
    person.save(tmp_path / "new.zip")
    person.bot.waitUntil(lambda: not window.jobs.is_busy("keep as"), timeout=20_000)
    kept, issues = kept_choices(read_export(tmp_path / "new.zip"))
    assert issues == ()
    assert kept["1"].entries[export.entries[0].id].offset == 7


def test_where_only_a_file_beside_the_export_changes_the_page_does_not_call_it_a_plain_copy(
    person: Person, tmp_path: Path
) -> None:
    (kind,) = (kind for kind in KINDS if kind.name == "v1, video in a file")
    session, project = person.session, kind.opened(tmp_path)
    session.open(project, session.media, (), match(project, session.media))
    (export,) = project.exports.values()
    tracks = (project.annotations[id] for id in project.annotations)
    track = next(one for one in tracks if one.placements[0].shape is not None)
    shape = track.placements[0].flat
    assert shape is not None
    session.do(Reshape(track.id, 0, translated(shape, 2.0, 1.0), session.stamp()))
    page = person.window.saving.page
    person.key(Qt.Key.Key_S, CTRL)
    person.bot.waitUntil(lambda: page.save.isEnabled())
    assert "byte for byte" not in page.bytes.text()
    assert "other files" in page.bytes.text()
    assert page.files.isVisible()
    assert len(project.exports[export.id].sources) > 1
