"""A range under a histogram, dragged and moved by keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viewer.ui.widgets.range_slider import BARS_PX, RangeSlider

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def slider(qtbot: QtBot) -> RangeSlider:
    made = RangeSlider("Probability")
    qtbot.addWidget(made)
    made.resize(216, 80)
    made.show_values(np.array([0.1, 0.5, np.nan, 1.0], dtype=np.float32))
    made.show()
    return made


def at(slider: RangeSlider, value: float) -> QPoint:
    return QPoint(round(slider.x_of(value)), BARS_PX + 9)


def test_dragging_an_end_tells_all_the_way_and_never_passes_the_other(slider: RangeSlider) -> None:
    told: list[tuple[float, float]] = []
    slider.changed.connect(lambda low, high: told.append((low, high)))
    QTest.mousePress(slider, LEFT, NONE, at(slider, 0.02))
    for value in (0.3, 0.6, 0.9):
        QTest.mouseMove(slider, at(slider, value))
    QTest.mouseRelease(slider, LEFT, NONE, at(slider, 0.9))
    lows = [low for low, _ in told]
    assert lows == sorted(lows)
    assert abs(slider.low - 0.9) <= 0.01
    QTest.mousePress(slider, LEFT, NONE, at(slider, 1.0))
    QTest.mouseMove(slider, at(slider, 0.2))
    assert slider.high == slider.low


def test_arrows_move_the_end_that_was_used_last(slider: RangeSlider) -> None:
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert (slider.low, slider.high) == (0.01, 1.0)
    QTest.mouseClick(slider, LEFT, NONE, at(slider, 0.97))
    QTest.keyClick(slider, Qt.Key.Key_PageDown)
    assert slider.low == 0.01
    assert abs(slider.high - 0.87) <= 0.011
    assert slider.accessibleName().startswith("Probability, 0.01 to")
