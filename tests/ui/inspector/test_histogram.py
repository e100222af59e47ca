"""The histogram under a label."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from studies import shown

from viewer.review.intensities import Intensity
from viewer.ui.inspector.histogram import APART_PX, BARS_PX, Histogram


@pytest.mark.parametrize(("unit", "words"), [("", 3), ("normalized", 2)])
def test_the_words_of_the_axis_never_touch(qtbot: QtBot, unit: str, words: int) -> None:
    histogram = Histogram()
    qtbot.addWidget(histogram)
    counts, edges = np.ones(16, np.int64), np.linspace(0.0, 1974.9, 17)
    histogram.show_intensity(
        Intensity(143, 113.2, 376.3, 0.0, 1974.9, 90.0, unit, counts, edges), "red"
    )
    shown(histogram, 208, 72)
    picture = histogram.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), -1)
    axis = rows[BARS_PX + 1 :, : picture.width()].astype(int)
    inked = np.flatnonzero((np.abs(axis - axis[0, 0]) > 40).any(axis=0))
    gaps = int((np.diff(inked) > APART_PX).sum())
    assert gaps == words - 1
