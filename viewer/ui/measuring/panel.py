"""The list of what was measured, and the plot of the profile that is selected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.media.volume import Media, Volume
from viewer.model.counted import counted
from viewer.model.csv_text import csv_text
from viewer.render.planes import planes_of
from viewer.review.measured import Measurement, patient_place, voxel_of
from viewer.review.measured_words import HEADS, cells_of, main_words, name_of, size_lines
from viewer.session.session import Session
from viewer.ui.measuring.profile_plot import ProfilePlot
from viewer.ui.view.measuring import Measuring
from viewer.ui.widgets.chips import button, quiet, row_of

NUMBER = Qt.ItemDataRole.UserRole
COLUMNS = ("Measurement", "Value", "Size", "Where")
LEFT_FREE_PX = 16  # behind the last column
NOTE = "No labels: in no export; kept for when these images are opened again."
NOTHING = "Nothing is measured. D takes the ruler, Q a region, J a probe."


class MeasurementPanel(QWidget):
    """Selecting a row goes to it; Delete takes it away."""

    def __init__(self, session: Session, measuring: Measuring) -> None:
        super().__init__()
        self._session = session
        self._measuring = measuring
        self._is_filling = False
        self.list = _Rows(self)
        self.plot = ProfilePlot()
        self.note = quiet(NOTHING)
        self.copy = button("Copy as CSV", icon_name="copy")
        self.copy_profile = button("Copy profile", icon_name="copy")
        self.clear = button("Clear all", icon_name="trash")
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        for part in (self.list, self.plot):
            self._split.addWidget(part)
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 8)
        layout.setSpacing(6)
        layout.addLayout(row_of(self.note, 1, self.copy_profile, self.copy, self.clear))
        layout.addWidget(self._split, 1)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._refresh)
        self._connect()
        self._refresh()

    def csv(self) -> str:
        """Return all measurements as CSV with a head, numbers as they are."""
        rows: list[Sequence[str]] = [HEADS]
        for one in self._session.measurements.by_number.values():
            numbers = self._measuring.numbers
            cells = cells_of(one, numbers.sizes(one), numbers.values(one)) | self._where_cells(one)
            rows.append([cells.get(head, "") for head in HEADS])
        return csv_text(rows)

    def profile_csv(self) -> str:
        """Return the samples of the profile that is selected as CSV."""
        one = self._chosen()
        values = None if one is None else self._measuring.numbers.values(one)
        if one is None or values is None or values.profile is None:
            return ""
        sizes, profile = self._measuring.numbers.sizes(one), values.profile
        columns = profile.values.reshape(len(profile.way), -1)
        names = ("red", "green", "blue") if columns.shape[1] == 3 else (values.unit or "value",)
        rows: list[Sequence[str]] = [("mm" if sizes.is_mm else "px", *names)]
        for way, row in zip(profile.way.tolist(), columns.tolist(), strict=True):
            rows.append((repr(way), *("" if np.isnan(each) else repr(each) for each in row)))
        return csv_text(rows)

    def delete(self, number: int) -> None:
        """Take one away."""
        self._session.measurements.delete(number)

    def _connect(self) -> None:
        session = self._session
        session.measurements.changed.connect(self._refresh_soon)
        session.media_changed.connect(self._refresh_soon)
        self._measuring.numbers.changed.connect(self._refresh_soon)
        self.list.currentItemChanged.connect(self._go_to)
        self.list.itemClicked.connect(self._go_to)
        self.plot.pointed.connect(self._mark)
        self.clear.clicked.connect(session.measurements.clear)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.csv()))
        self.copy_profile.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(self.profile_csv())
        )

    def _refresh_soon(self) -> None:
        self._soon.start()

    def _refresh(self) -> None:
        kept = list(self._session.measurements.by_number.values())
        self._is_filling = True
        if [item.data(0, NUMBER) for item in self.list.items] != [one.number for one in kept]:
            self.list.clear()
            for one in kept:
                self.list.addTopLevelItem(_row(one))
        for item, one in zip(self.list.items, kept, strict=True):
            for column, words in enumerate(self._words(one)):
                item.setText(column, words)
            if one.number == self._session.measurements.selected:
                self.list.setCurrentItem(item)
        if self._chosen() is None:
            self.list.clearSelection()
        self._is_filling = False
        self.note.setText(f"{counted(len(kept), 'measurement')}. {NOTE}" if kept else NOTHING)
        for part in (self.copy, self.clear):
            part.setEnabled(bool(kept))
        self._show_profile()

    def _show_profile(self) -> None:
        one = self._chosen()
        is_profile = one is not None and one.kind == "profile"
        if is_profile and self.plot.isHidden():
            self._share()
        self.plot.setVisible(is_profile)
        self.copy_profile.setVisible(is_profile)
        if one is None or not is_profile:
            return
        values, sizes = self._measuring.numbers.values(one), self._measuring.numbers.sizes(one)
        if values is not None:
            unit = "RGB" if values.profile is not None and values.profile.values.ndim == 2 else ""
            way = "mm" if sizes.is_mm else "px"
            self.plot.show_profile(values.profile, way, values.unit or unit)

    def _share(self) -> None:
        """Give the list the width of its columns, where that leaves the plot half of it."""
        room = self._split.width()
        wanted = self.list.header().length() + 2 * self.list.frameWidth() + LEFT_FREE_PX
        self._split.setSizes([min(wanted, room // 2), room - min(wanted, room // 2)])

    def _mark(self, sample: int) -> None:
        one = self._chosen()
        values = None if one is None else self._measuring.numbers.values(one)
        if one is None or values is None or values.profile is None:
            return
        p, q = values.profile.points[max(sample, 0)].tolist()
        self._measuring.point_on(one.number, None if sample < 0 else (p, q))

    def _chosen(self) -> Measurement | None:
        measurements = self._session.measurements
        return measurements.by_number.get(measurements.selected or 0)

    def _go_to(self, item: QTreeWidgetItem | None, _other: object = None) -> None:
        if item is None or self._is_filling:
            return
        session = self._session
        one = session.measurements.by_number[item.data(0, NUMBER)]
        media, axis, _index = one.spot
        session.measurements.select(one.number)
        session.places.leave()
        session.viewing.show(media)
        session.viewing.set_crosshair(voxel_of(one, session.media[media]))
        if axis != 2:
            session.viewing.bring_forward(axis)

    def _words(self, one: Measurement) -> tuple[str, str, str, str]:
        numbers = self._measuring.numbers
        sizes, values = numbers.sizes(one), numbers.values(one)
        value = (numbers.why_none(one) if values is None else "") or main_words(sizes, values)
        size = "" if value in size_lines(sizes)[:1] else ", ".join(size_lines(sizes))
        return name_of(one), value, size, self._where(one)

    def _where(self, one: Measurement) -> str:
        number, axis, index = one.spot
        media = self._session.media[number]
        named = f"{media.title} · " if len(self._session.media) > 1 else ""
        return f"{named}{_plane(media, axis)} {index + 1:,}"

    def _where_cells(self, one: Measurement) -> dict[str, str]:
        number, axis, index = one.spot
        media = self._session.media[number]
        cells = {"media": media.title, "plane": _plane(media, axis), "slice": str(index + 1)}
        place = patient_place(one, media)
        names = zip(("x_mm", "y_mm", "z_mm"), place or (), strict=False)
        return cells | {name: f"{value:.4f}" for name, value in names}


def _plane(media: Media, axis: int) -> str:
    if not isinstance(media, Volume):
        return "frame"
    return next(name for name, view in planes_of(media.stack).items() if view.axis == axis)


def _row(one: Measurement) -> QTreeWidgetItem:
    item = QTreeWidgetItem()
    item.setData(0, NUMBER, one.number)
    return item


class _Rows(QTreeWidget):
    def __init__(self, panel: MeasurementPanel) -> None:
        super().__init__()
        self._panel = panel
        self.setHeaderLabels(COLUMNS)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAccessibleName("Measurements")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    @property
    def items(self) -> list[QTreeWidgetItem]:
        """All rows, from the top."""
        found = (self.topLevelItem(row) for row in range(self.topLevelItemCount()))
        return [item for item in found if item is not None]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes the selected measurement away."""
        item = self.currentItem()
        keys = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        if event.key() in keys and item is not None:
            self._panel.delete(item.data(0, NUMBER))
        else:
            super().keyPressEvent(event)
