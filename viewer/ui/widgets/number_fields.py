"""Fields of numbers: what the style sheet cannot say of them."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractSpinBox

TEXT_INSET_PX = 6


def inset_text(*fields: QAbstractSpinBox) -> None:
    """Keep the text of fields off their left border; the style sheet's padding does not."""
    for field in fields:
        field.lineEdit().setTextMargins(TEXT_INSET_PX, 0, 0, 0)
