"""The field of a path: at rest the file's name is whole, and nothing of the path is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QApplication
from windows import Person

from viewer.ui.widgets.path_field import LEAST_FOLDER_PX, path_fitting

FOLDER = "/mnt/hospital share/radiology/chest CT nodules 2024/exports/second reading/corrected"
NAMES = ("labels (edited).json", "export_project_annotations_labelgroup_all_2024-06-01-163542.json")
letters = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=30)


@given(st.lists(letters, min_size=1, max_size=9), st.integers(60, 900))
def test_a_path_that_is_shown_fits_and_its_name_is_whole_where_that_fits(
    qapp: QApplication, parts: list[str], width: int
) -> None:
    metrics, path = QFontMetrics(QFont()), "/" + "/".join(parts)
    fitting = path_fitting(path, metrics, width)
    assert metrics.horizontalAdvance(fitting) <= width + 1
    name_px = metrics.horizontalAdvance(parts[-1])
    if name_px + LEAST_FOLDER_PX <= width:
        assert fitting.endswith(parts[-1])
        assert fitting.startswith("/") or fitting.startswith("…")
    if metrics.horizontalAdvance(path) <= width:
        assert fitting == path


@pytest.mark.parametrize("name", NAMES)
def test_on_the_save_page_the_name_is_whole_in_a_small_window_and_the_path_in_the_tooltip(
    person: Person, name: str
) -> None:
    person.window.save()
    person.settle()
    field, path = person.window.saving.page.path, f"{FOLDER}/{name}"
    field.setText(path)
    person.settle()
    assert not field.hasFocus()
    assert field.fitting().endswith(name)
    assert field.fitting() != path
    assert field.toolTip() == path
    assert field.text() == path


def test_while_it_is_typed_in_the_field_shows_where_the_cursor_is(person: Person) -> None:
    person.window.save()
    person.settle()
    field = person.window.saving.page.path
    field.setText(str(Path(FOLDER) / NAMES[0]))
    at_rest = field.grab().toImage()
    field.setFocus()
    person.key(Qt.Key.Key_End)
    person.key(Qt.Key.Key_Backspace)
    assert field.text() == f"{FOLDER}/{NAMES[0]}"[:-1]
    assert field.rect().contains(field.cursorRect().center())
    assert field.grab().toImage() != at_rest
