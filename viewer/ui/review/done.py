"""What is said at the end of a worklist: the counts, and what can be done with them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viewer.review.worklist import Counts
from viewer.ui.review.progress import COUNTED
from viewer.ui.widgets.chips import Picture, button, quiet, titled
from viewer.ui.widgets.strip import Strip


class DoneStrip(Strip):
    """Beside the work and not in its way; Esc closes it."""

    save_asked = Signal()
    sample_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName("The worklist is done")
        self.title = titled("", "subject")
        self.counts = quiet()
        self.counts.setWordWrap(True)
        self.save = button("Save review...", "primary")
        self.sample = button("New sample")
        self.close_ = button("Close")
        head = QHBoxLayout()
        head.addWidget(Picture("check-circle", 20, "ok"))
        head.addWidget(self.title, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        for part in (self.close_, self.sample, self.save):
            row.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(self.counts)
        layout.addLayout(row)
        self.save.clicked.connect(self.save_asked)
        self.sample.clicked.connect(self.sample_asked)
        self.close_.clicked.connect(self.dismiss)

    def open_with(self, counts: Counts, *, is_sample: bool) -> None:
        """Say that all are done, and how."""
        self.title.setText(f"All {counts.total:,} done")
        told = [
            f"{count:,} {one if count == 1 else many}"
            for _, name, one, many in COUNTED
            if (count := getattr(counts, name))
        ]
        self.counts.setText(", ".join(told) + ".")
        self.sample.setVisible(is_sample)
        self.open_at(self.save)
