"""Small parts: what is left out first where there is little room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from viewer.ui.widgets.chips import PART_GAP, Parts


@given(
    st.lists(st.text("abcdefgh 0123", min_size=1, max_size=12), min_size=1, max_size=5),
    st.integers(0, 400),
)
def test_a_line_of_parts_shows_whole_parts_from_its_beginning(
    qapp: object, names: list[str], width_px: int
) -> None:
    line = Parts()
    line.setText(PART_GAP.join(names))
    words = line.fitting(width_px)
    starts = [PART_GAP.join(names[: count + 1]) for count in range(len(names))]
    metrics = QFontMetrics(line.font())
    fitting = [start for start in starts if metrics.horizontalAdvance(start) <= width_px]
    if fitting:
        assert words == fitting[-1]
    else:
        assert words == metrics.elidedText(names[0], line._mode, width_px)
    assert line.toolTip() == line.text()


def test_a_line_of_parts_gives_way(qtbot: QtBot) -> None:
    line = Parts()
    qtbot.addWidget(line)
    line.setText("MD.ai · 90 labels · 87 placed")
    assert line.minimumSizeHint().width() < 30
