"""Fields that say how an entry is shown: media, numbers, order, and turns of its planes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QGridLayout, QLabel, QSpinBox, QWidget

from viewer.media.volume import Media, Video, Volume
from viewer.model.project import Entry
from viewer.model.subject import PLANES, Plane
from viewer.review.binding import NOTHING, OFFSET_LIMIT, Binding, Choice
from viewer.review.entry_spots import axes_of_planes, plane_size
from viewer.review.local_files import LocalFiles, unique_names
from viewer.review.slice_orders import SliceOrder
from viewer.review.turns import SCALE_LIMIT, Turn, chosen_turn
from viewer.ui.exports.match_readings import LEFT_OPEN, ReadingFields
from viewer.ui.widgets.chips import button, quiet, row_of
from viewer.ui.widgets.number_fields import inset_text
from viewer.ui.widgets.pick_box import PickBox, WheelLeft

ORDERS: tuple[tuple[SliceOrder | None, str], ...] = (
    (None, "Automatic"),
    ("stack", "By position"),
    ("reversed", "By position, reversed"),
    ("items", "As the files count"),
    ("numbers", "By Instance Number"),
    ("names", "By file name"),
)
MOST_FILES = 2_000
PARTED = frozenset(("planes", "readings"))  # fields of Choice that are mappings


class MatchFields(QWidget):
    """Shows one binding; every change is told as a function of the choice before it."""

    changed = Signal(dict, bool)  # fields of Choice; whether they may hold for the whole export
    plane_picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._binding = Binding("", "")
        self._choice = Choice()
        self._files = LocalFiles(())
        self.media = _box("Shown on")
        self.file = _box("Picture")
        self.first = _box("First frame")
        self.order = _box("Slice order")
        self.offset = QSpinBox()
        self.offset.setRange(-OFFSET_LIMIT, OFFSET_LIMIT)
        self.offset.setAccessibleName("Offset")
        self.offset.setKeyboardTracking(False)
        self.plane = _box("Plane")
        self.flip_x = QCheckBox("Flip left and right")
        self.flip_y = QCheckBox("Flip up and down")
        self.scale = QDoubleSpinBox()
        self.scale.setRange(0.01, SCALE_LIMIT)
        self.scale.setDecimals(4)
        self.scale.setSingleStep(0.1)
        self.scale.setKeyboardTracking(False)
        self.scale.setAccessibleName("Rows of the export per row")
        inset_text(self.offset, self.scale)
        wheel_left = WheelLeft(self)
        for field in (self.offset, self.scale):
            field.installEventFilter(wheel_left)
        self.equal = button("Equal spacing")
        self.readings = ReadingFields()
        self._build()
        self._connect()

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        self._words: dict[QWidget, QLabel] = {}
        lines: tuple[tuple[str, QWidget], ...] = (
            ("Shown on", self.media),
            ("Picture", self.file),
            ("First frame", self.first),
            ("Slice order", self.order),
            ("Plane", self.plane),
        )
        for row, (words, field) in enumerate(lines):
            self._words[field] = quiet(words)
            grid.addWidget(self._words[field], row, 0)
            grid.addWidget(field, row, 1, 1, 1 if field is self.first else 3)
        self._words[self.offset] = quiet("Offset")
        grid.addWidget(self._words[self.offset], 2, 2)
        grid.addWidget(self.offset, 2, 3)
        below = len(lines)
        grid.addLayout(row_of(self.flip_x, self.flip_y, 1, spacing=16), below, 1, 1, 3)
        self._words[self.scale] = quiet("Row height")
        self._words[self.scale].setToolTip("Rows of the export for one row shown")
        grid.addWidget(self._words[self.scale], below + 1, 0)
        grid.addLayout(row_of(self.scale, self.equal, 1), below + 1, 1, 1, 3)
        self._words[self.readings] = quiet("Left open")
        self._words[self.readings].setToolTip(LEFT_OPEN)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self._words[self.readings], below + 2, 0, top)
        grid.addWidget(self.readings, below + 2, 1, 1, 3)
        grid.setRowStretch(below + 3, 1)
        grid.setColumnStretch(1, 1)

    def _connect(self) -> None:
        self.media.activated.connect(self._pick_media)
        self.file.activated.connect(self._pick_file)
        self.first.activated.connect(
            lambda: self.changed.emit({"first_frame": self.first.currentData()}, True)
        )
        self.order.activated.connect(
            lambda: self.changed.emit({"slice_order": self.order.currentData()}, True)
        )
        self.offset.valueChanged.connect(
            lambda: self.changed.emit({"offset": self.offset.value()}, True)
        )
        self.plane.activated.connect(self._pick_plane)
        self.flip_x.clicked.connect(self._turn)
        self.flip_y.clicked.connect(self._turn)
        self.scale.valueChanged.connect(self._turn)
        self.equal.clicked.connect(self._set_equal)
        self.readings.changed.connect(self._read)

    @property
    def chosen_plane(self) -> Plane:
        """The plane whose turns are shown."""
        return cast("Plane", self.plane.currentData() or "acquired")

    def show_binding(
        self, entry: Entry, binding: Binding, choice: Choice, files: LocalFiles
    ) -> None:
        """Show an entry's binding, and what was chosen of it."""
        self._binding, self._choice, self._files = binding, choice, files
        fields = (*self._words, self.flip_x, self.flip_y)
        for field in fields:
            field.blockSignals(True)
        media = files.media[binding.index] if binding.index >= 0 else None
        self._list_media(media)
        self._list_files(media)
        count = f"Automatic ({entry.first_frame})"
        _fill(self.first, ((None, count), (0, "0"), (1, "1")), binding.first_frame)
        _fill(self.order, ORDERS, choice.slice_order)
        self.offset.setValue(binding.offset)
        self._list_planes(media)
        self._show_turn(media)
        self.readings.show_readings(entry.left_open, binding.readings)
        for shown in (self.readings, self._words[self.readings]):
            shown.setVisible(bool(entry.left_open))
        self._enable(media)
        for field in fields:
            field.blockSignals(False)

    def _list_media(self, media: Media | None) -> None:
        found = self._binding.media if self._choice.media is None else None
        auto = "Automatic" if media is None or found is None else f"Automatic: {media.title}"
        names = unique_names(self._files.media)
        titles = [item.title for item in self._files.media]
        rows: list[tuple[object, str]] = [(None, auto), (NOTHING, "Nothing")]
        rows += [
            (name, title if name == title else f"{title} · {name}")
            for name, title in zip(names, titles, strict=True)
        ]
        if self._choice.media not in (None, NOTHING, *names):
            rows.append((self._choice.media, f"{self._choice.media} (not open)"))
        _fill(self.media, rows, self._choice.media)

    def _list_files(self, media: Media | None) -> None:
        numbers = self._files.of_media[self._binding.index] if media is not None else []
        is_choice = len(numbers) > 1 and not isinstance(media, Volume | Video)
        rows: list[tuple[object, str]] = [(None, "All of them, in their order")]
        if is_choice:
            rows += [(self._files.names[n], self._files.names[n]) for n in numbers[:MOST_FILES]]
        own = self._binding.file
        _fill(self.file, rows, None if own is None else self._files.names[own])
        self.file.setVisible(is_choice)
        self._words[self.file].setVisible(is_choice)

    def _list_planes(self, media: Media | None) -> None:
        before = self.chosen_plane
        rows: list[tuple[object, str]] = [("acquired", "As acquired")]
        if isinstance(media, Volume):
            axes = axes_of_planes(media)
            named = list(zip(PLANES, axes, strict=True))[1:]
            own = next(name for name, axis in named if axis == 2)
            rows = [("acquired", f"{own.capitalize()}, as acquired")]
            rows += [(name, name.capitalize()) for name, axis in named if axis != 2]
        _fill(self.plane, rows, before if before in dict(rows) else "acquired")

    def _show_turn(self, media: Media | None) -> None:
        turn = Turn()
        if media is not None:
            plane = PLANES.index(self.chosen_plane)
            turn = chosen_turn(self._binding.planes, plane, axes_of_planes(media))
        self.flip_x.setChecked(turn.flip_x)
        self.flip_y.setChecked(turn.flip_y)
        self.scale.setValue(turn.scale_y)
        equal = self._equal_scale(media)
        self.equal.setEnabled(equal is not None)
        tip = "This plane is drawn on as it was acquired."
        if equal is not None:
            tip = f"As if pixels were as high as they are wide: {equal:.4g} rows per slice."
        self.equal.setToolTip(tip)

    def _enable(self, media: Media | None) -> None:
        is_whole = media is not None and self._binding.file is None
        for field in (self.first, self.offset):
            field.setEnabled(media is not None)
        self.order.setEnabled(is_whole)
        self.plane.setEnabled(is_whole)
        for field in (self.flip_x, self.flip_y, self.scale, self.readings):
            field.setEnabled(media is not None)

    def _equal_scale(self, media: Media | None) -> float | None:
        if not isinstance(media, Volume):
            return None
        axis = axes_of_planes(media)[PLANES.index(self.chosen_plane)]
        (_, rows), (_, equal) = plane_size(media, axis)
        return None if axis == 2 else equal / rows

    def _pick_media(self) -> None:
        self.changed.emit({"media": self.media.currentData(), "file": None}, False)

    def _pick_file(self) -> None:
        name = self._binding.media
        self.changed.emit({"media": name, "file": self.file.currentData()}, False)

    def _pick_plane(self) -> None:
        self.scale.blockSignals(True)
        index = self._binding.index
        self._show_turn(self._files.media[index] if index >= 0 else None)
        self.scale.blockSignals(False)
        self.plane_picked.emit(self.chosen_plane)

    def _set_equal(self) -> None:
        equal = self._equal_scale(self._files.media[self._binding.index])
        if equal is not None:
            self.scale.setValue(equal)

    def _read(self, chosen: dict[str, bool]) -> None:
        self.changed.emit({"readings": chosen}, True)

    def _turn(self) -> None:
        turn = Turn(self.flip_x.isChecked(), self.flip_y.isChecked(), self.scale.value())
        self.changed.emit({"planes": {self.chosen_plane: turn}}, True)


def with_fields(choice: Choice, fields: dict[str, object]) -> Choice:
    """Return a choice with some fields changed: turns plane by plane, readings one by one."""
    for name in PARTED & fields.keys():
        parts = {**getattr(choice, name), **cast("dict[str, object]", fields[name])}
        fields = {**fields, name: parts}
    return msgspec.structs.replace(choice, **fields)


def without_fields(choice: Choice, fields: dict[str, object]) -> Choice:
    """Return a choice that leaves these fields open, of turns and readings those that are named."""
    blank: dict[str, object] = {name: getattr(Choice(), name) for name in fields}
    for name in PARTED & fields.keys():
        gone = cast("dict[str, object]", fields[name])
        blank[name] = {key: kept for key, kept in getattr(choice, name).items() if key not in gone}
    return msgspec.structs.replace(choice, **blank)


def _box(name: str) -> PickBox:
    made = PickBox()
    made.setAccessibleName(name)
    made.setMinimumWidth(90)
    return made


def _fill(box: PickBox, rows: Sequence[tuple[object, str]], chosen: object) -> None:
    """List rows of (data, words) unless they are listed, and choose one."""
    if [(box.itemData(n), box.itemText(n)) for n in range(box.count())] != list(rows):
        box.clear()
        for data, words in rows:
            box.addItem(words, data)
    number = next((n for n, (data, _) in enumerate(rows) if data == chosen), 0)
    box.setCurrentIndex(number)
    box.setToolTip(rows[number][1])
