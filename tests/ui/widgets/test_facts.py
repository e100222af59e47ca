"""Values of the inspector: what does not fit says so, and all of it can be copied."""

from __future__ import annotations

import gc

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from shiboken6 import isValid
from studies import shown
from windows import LEFT

from viewer.ui.widgets.facts import Facts, Sentence, ValueLine

CTRL = Qt.KeyboardModifier.ControlModifier
FILE = "a_long_name_of_an_export_with_labels.json"
UID = "2.25.184484128227048598086804614455137947299"


def line_of(facts: Facts) -> ValueLine:
    (line,) = facts.findChildren(ValueLine)
    return line


def test_a_file_name_without_room_keeps_both_its_ends_until_it_is_clicked(qtbot: QtBot) -> None:
    facts = Facts()
    qtbot.addWidget(facts)
    facts.show_rows((("Export", FILE),))
    shown(facts, 240, 30)
    line = line_of(facts)
    assert line.text() != FILE
    assert line.text().startswith("a_")
    assert line.text().endswith("n")
    assert facts.shown == (("Export", FILE),)
    QTest.mouseClick(line, LEFT)
    QApplication.processEvents()
    QTest.keyClick(line, Qt.Key.Key_A, CTRL)
    QTest.keyClick(line, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == FILE
    line.clearFocus()
    assert line.text() != FILE
    shown(facts, 700, 30)
    assert line.text() == FILE


def test_numbers_without_room_are_cut_at_their_end_only(qtbot: QtBot) -> None:
    facts = Facts()
    qtbot.addWidget(facts)
    words = "R 72.0 A 18.0 H 63.8 mm, as acquired"
    facts.show_rows((("Patient", words),))
    shown(facts, 200, 30)
    cut = line_of(facts).text()
    assert cut != words
    assert words.startswith(cut.rstrip("…."))


def test_a_sentence_is_as_high_as_it_wraps_and_wraps_inside_a_long_uid(qtbot: QtBot) -> None:
    words = f"Exam {UID} is not in the export's list of exams, and it is not open."
    sentence = Sentence()
    qtbot.addWidget(sentence)
    sentence.setText(words)
    assert sentence.text() == words
    assert sentence.heightForWidth(120) > sentence.heightForWidth(600)
    shown(sentence, 120, sentence.heightForWidth(120))
    lines = sentence.document().firstBlock().layout()
    widths = [lines.lineAt(n).naturalTextWidth() for n in range(lines.lineCount())]
    assert max(widths) <= 120
    assert lines.lineCount() * sentence.fontMetrics().height() <= sentence.height() + 1
    sentence.setText("<b>not bold</b>")
    assert sentence.text() == "<b>not bold</b>"


def test_rows_that_wrap_show_every_letter_of_key_and_value(qtbot: QtBot) -> None:
    facts = Facts(wraps=True)
    qtbot.addWidget(facts)
    rows = (
        ("Axes run to", "L, P, H"),
        ("Stored as", "uncompressed, explicit little endian"),
        ("Files", "30"),
    )
    facts.show_rows(rows)
    shown(facts, 210, 200)
    assert facts.shown == rows
    for line in facts.findChildren(ValueLine):
        assert line.isHidden() or line.text() in {value for _, value in rows}
    for sentence in facts.findChildren(Sentence):
        assert sentence.height() >= sentence.heightForWidth(sentence.width())
    keys = [label for label in facts.findChildren(QLabel) if label.text() in dict(rows)]
    assert len(keys) == len(rows)
    for key in keys:
        assert key.height() >= key.heightForWidth(key.width())


def test_measuring_a_sentence_leaves_no_document_behind(qtbot: QtBot) -> None:
    sentence = Sentence()
    qtbot.addWidget(sentence)
    sentence.setText(UID)
    sentence.heightForWidth(90)
    before = documents()
    for width in range(100, 110):
        sentence.heightForWidth(width)
    assert documents() == before


def documents() -> int:
    return sum(isinstance(one, QTextDocument) and isValid(one) for one in gc.get_objects())
