"""All slices as small pictures over the views."""

from __future__ import annotations

import numpy as np
from composed import cine
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from windows import LEFT, NONE, Person

from viewer.review.matching import match
from viewer.ui.media.contact_sheet import SIDE_PX, ContactSheet
from viewer.ui.media.thumbnails import picture_of

CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def opened(person: Person) -> ContactSheet:
    """The sheet, once the pictures in sight are there."""
    person.view().setFocus()
    person.key(Qt.Key.Key_T, CTRL | SHIFT)
    sheet = person.window.sheet
    assert sheet.isVisible()
    number = person.session.slice
    person.bot.waitUntil(lambda: sheet.pictures.has(number))
    return sheet


def test_the_slice_shown_is_in_sight_and_a_click_on_another_goes_there_and_back_again(
    person: Person,
) -> None:
    before = person.session.slice
    sheet = opened(person)
    current = sheet.list.currentIndex()
    assert sheet.pictures.numbers[current.row()] == before
    wanted = sheet.pictures.index(current.row() + 1)
    assert sheet.list.viewport().rect().intersects(sheet.list.visualRect(wanted))
    QTest.mouseClick(sheet.list.viewport(), LEFT, NONE, sheet.list.visualRect(wanted).center())
    person.settle()
    assert not sheet.isVisible()
    assert person.session.slice == before + 1
    person.key(Qt.Key.Key_Left, ALT)
    assert person.session.slice == before


def test_pictures_are_made_of_what_is_in_sight_alone_and_those_are_the_slices(
    person: Person,
) -> None:
    sheet = opened(person)
    media = person.session.media[0]
    made = [number for number in range(media.count) if sheet.pictures.has(number)]
    assert 0 < len(made) < media.count // 2
    wanted = picture_of(media, made[0], 2 * SIDE_PX)
    shown = sheet.pictures.picture(made[0])
    assert wanted is not None
    assert shown is not None
    assert shown.toImage().convertToFormat(wanted.format()) == wanted


def test_those_with_labels_come_first_where_that_is_chosen(person: Person) -> None:
    sheet = opened(person)
    assert sheet.pictures.numbers == tuple(range(128))
    QTest.mouseClick(sheet.first, LEFT, NONE, sheet.first.rect().center() * 0.2)
    marks = sorted(person.session.matches.marks(0))
    assert sheet.first.isChecked()
    assert sheet.pictures.numbers[: len(marks)] == tuple(marks)
    assert sorted(sheet.pictures.numbers) == list(range(128))


def test_escape_closes_it_and_nothing_has_moved(person: Person) -> None:
    before = person.session.viewing.crosshair
    sheet = opened(person)
    person.key(Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert person.session.viewing.crosshair == before
    assert not person.window.jobs.is_busy("contact sheet")


def test_a_single_picture_has_no_sheet(empty: Person) -> None:
    media = (cine({"a": 0}, 1),)
    empty.session.open(empty.session.project, media, (), match(empty.session.project, media))
    said: list[str] = []
    empty.session.said.connect(said.append)
    empty.window.run["go.sheet"]()
    assert said == ["There is one picture only."]


def test_a_picture_that_is_not_decoded_is_none(empty: Person) -> None:
    media = cine({"a": 0}, 3)
    media.ready[1] = False
    assert picture_of(media, 1, 64) is None
    image = picture_of(media, 2, 64)
    assert image is not None
    assert (image.width(), image.height()) == (11, 9)
    assert np.array(image.bits()).size >= 99
