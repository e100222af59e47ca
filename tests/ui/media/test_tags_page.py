"""The tags of the file of the slice that is shown."""

from __future__ import annotations

from pathlib import Path

import pydicom
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from windows import Person

from viewer.media.volume import Volume

CTRL = Qt.KeyboardModifier.ControlModifier


def opened(person: Person) -> None:
    person.key(Qt.Key.Key_I, CTRL)
    settled(person)


def settled(person: Person) -> None:
    tree = person.window.tags.tree
    person.bot.waitUntil(lambda: tree.topLevelItemCount() > 0)
    person.bot.waitUntil(lambda: not person.window.jobs.is_busy())
    person.settle()


def value_of(person: Person, name: str) -> str:
    (found,) = (row.value for row in person.window.tags.tree.rows() if row.name == name)
    return found


def file_of(person: Person) -> pydicom.Dataset:
    media = person.session.current
    assert isinstance(media, Volume)
    path = Path(media.instances[person.session.slice].file.path)
    return pydicom.dcmread(path, stop_before_pixels=True)


def test_the_page_follows_the_slice_while_it_is_seen(person: Person) -> None:
    opened(person)
    assert value_of(person, "SOP Instance UID") == file_of(person).SOPInstanceUID
    person.window.views.active.setFocus()
    for _ in range(3):
        person.key(Qt.Key.Key_Up)
    uid = file_of(person).SOPInstanceUID  # under load the page may show slices on the way
    person.bot.waitUntil(lambda: value_of(person, "SOP Instance UID") == uid)
    assert value_of(person, "Instance Number") == str(file_of(person).InstanceNumber)


def test_search_finds_tags_names_and_values(person: Person) -> None:
    opened(person)
    page = person.window.tags
    for words, name in (
        ("0028,0030", "Pixel Spacing"),
        ("00280030", "Pixel Spacing"),
        ("pixelspacing", "Pixel Spacing"),
        ("slice thick", "Slice Thickness"),
        (str(file_of(person).SOPInstanceUID), "SOP Instance UID"),
    ):
        page.search.setFocus()
        QTest.keyClicks(page.search, words)
        person.bot.waitUntil(lambda: len(page.tree.rows()) <= 2)
        assert name in [row.name for row in page.tree.rows()]
        QTest.keyClick(page.search, Qt.Key.Key_Escape)
        assert page.isVisible()
        person.bot.waitUntil(lambda: len(page.tree.rows()) > 20)
    QTest.keyClicks(page.search, "xyzzy")
    person.bot.waitUntil(lambda: [row.name for row in page.tree.rows()] == ["Nothing found"])
    assert page.tree.rows()[0].value == "No tag, name or value holds xyzzy."


def test_rows_are_copied_with_tabs_between_their_cells(person: Person) -> None:
    opened(person)
    page = person.window.tags
    (item,) = page.tree.findItems("Modality", Qt.MatchFlag.MatchExactly, 1)
    page.tree.setCurrentItem(item)
    assert page.value.toPlainText() == "CT"
    page.copy_row.click()
    assert QApplication.clipboard().text() == "(0008,0060)\tModality\tCS\tCT"
    page.copy_all.click()
    lines = QApplication.clipboard().text().splitlines()
    assert len(lines) == len(page.tree.rows())
    assert "(0008,0060)\tModality\tCS\tCT" in lines


def test_one_key_hides_the_patient_in_corners_tags_and_says_so(person: Person) -> None:
    opened(person)
    name = str(file_of(person).PatientName).replace("^", " ").strip()
    window, held = person.window, CTRL | Qt.KeyboardModifier.ShiftModifier
    assert name in window.views.active.picture.corners.top_left
    window.views.active.setFocus()
    person.key(Qt.Key.Key_H, held)
    person.settle()
    assert [row.name for row in window.tags.tree.rows()] == ["Patient hidden"]
    assert window.hidden_patient.isVisible()
    for view in window.views.shown:
        assert view.picture.corners.top_left[0] == "Patient hidden"
        assert name not in view.picture.corners.top_left
    QTest.mouseClick(window.hidden_patient, Qt.MouseButton.LeftButton)
    person.settle()
    assert value_of(person, "Modality") == "CT"
    assert not window.hidden_patient.isVisible()


def test_nothing_is_read_while_the_page_is_closed(person: Person) -> None:
    person.key(Qt.Key.Key_Up)
    QTest.qWait(150)
    assert not person.window.jobs.is_busy("tags")
    assert person.window.tags.tree.topLevelItemCount() == 0
