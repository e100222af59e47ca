"""What stands in place of the list where nothing is listed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from viewer.model.counted import counted
from viewer.ui.widgets.chips import button, titled


class EmptyList(QWidget):
    """Nothing fits the filter, or no label is a track: a sentence, and the way out beside it."""

    def __init__(self, take_off: Callable[[], None], list_labels: Callable[[], None]) -> None:
        super().__init__()
        self._title = titled("")
        self._words = QLabel()
        self._words.setProperty("kind", "quiet")
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.off = button("Take the filter off")
        self.off.clicked.connect(lambda: take_off())
        self.labels = button("List all labels")
        self.labels.clicked.connect(lambda: list_labels())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.addStretch(1)
        layout.addWidget(self._title, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self._words)
        for way_out in (self.off, self.labels):
            layout.addWidget(way_out, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(2)

    @property
    def words(self) -> str:
        """What is said."""
        return f"{self._title.text()}: {self._words.text()}"

    def say(self, left_out: int, filter_words: str, *, is_of_tracks: bool) -> None:
        """Show which filter it is, or that there are no tracks.

        Args:
            left_out: how many the filter leaves out; without any it is not the filter.
            filter_words: what has to fit.
        """
        noun = "track" if is_of_tracks else "label"
        self.off.setVisible(left_out > 0)
        self.labels.setVisible(is_of_tracks and not left_out)
        if left_out:
            is_or_are = "is" if left_out == 1 else "are"
            self._title.setText(f"No {noun} fits this filter")
            self._words.setText(
                f"{counted(left_out, noun)} {is_or_are} left out by: {filter_words}"
            )
        else:
            self._title.setText("No tracks")
            self._words.setText("No label stands on more than one frame or slice.")
