"""The rows of the media list."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionViewItem

from viewer.ui.media.delegate import MEDIA_ROLE, MediaDelegate, MediaItem

WIDTH, HEIGHT = 240, 52


@pytest.mark.parametrize("caution", [(), ("tilt 18.5 degrees: planes are drawn sheared.",)])
def test_focus_is_a_line_around_a_row_and_covers_none_of_its_words(
    qapp: QApplication, caution: tuple[str, ...]
) -> None:
    item = MediaItem("abdomen.mp4", "Video · 30 frames", caution, 4, None)
    plain, focused = _painted(item, is_focused=False), _painted(item, is_focused=True)
    differs = (plain != focused).any(axis=2)
    assert differs.any()
    assert not differs[1:-1, 1:-1].any()


def _painted(item: MediaItem, *, is_focused: bool) -> np.ndarray:
    """Return a selected row, (rows, columns, 4)."""
    model = QStandardItemModel()
    row = QStandardItem()
    row.setData(item, MEDIA_ROLE)
    model.appendRow(row)
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, WIDTH, HEIGHT)  # pyright: ignore[reportAttributeAccessIssue]
    state = QStyle.StateFlag.State_Enabled | QStyle.StateFlag.State_Selected
    if is_focused:
        state |= QStyle.StateFlag.State_HasFocus
    option.state = state  # pyright: ignore[reportAttributeAccessIssue]
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(0)
    with QPainter(image) as painter:
        MediaDelegate().paint(painter, option, model.index(0, 0))
    return np.frombuffer(image.constBits(), np.uint8).reshape(HEIGHT, WIDTH, 4).copy()
