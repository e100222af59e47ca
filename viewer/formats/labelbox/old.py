"""Rows of the export before v2: labels of images, and frames that may lie elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import msgspec

from viewer.formats.filling import filled
from viewer.formats.json_tools import text_of
from viewer.formats.labelbox.gather import Where
from viewer.formats.labelbox.labels import UNKNOWN_SIZE, Labels, plane_of
from viewer.formats.labelbox.names import file_name
from viewer.formats.labelbox.records import (
    OLD_OBJECT,
    DataRow,
    Frame,
    OldFrame,
    OldLabel,
    Row,
)
from viewer.formats.problems import FAST_REFUSES
from viewer.model.subject import PLANES

RAGGED = frozenset({"Label", "frames"})  # what is whole of these counts where a file breaks off
_LABEL = msgspec.json.Decoder(OldLabel)
_FRAMES = msgspec.json.Decoder(list[OldFrame])


@dataclass(eq=False)
class OldRows:
    """Takes rows of v1 into columns.

    Args:
        elsewhere: labels whose frames are not in the file: (label's id, where it says they are).
        waiting: what is known of each of these.
        left: numbers of those whose frames were not found.
    """

    labels: Labels
    elsewhere: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    waiting: list[Where] = field(default_factory=list[Where])
    left: set[int] = field(default_factory=set[int])

    def take(self, row: Row, where: Where) -> None:
        """Take one row's label."""
        if not isinstance(row.v1_label, msgspec.Raw):
            return
        first = bytes(memoryview(row.v1_label)[:1])
        if first == b"[":
            self.take_frames(_frames_of(row.v1_label), where)
        if first != b"{":
            return  # skipped rows have a word there, or nothing
        label = _label_of(row.v1_label)
        self.labels.take_listed(label.objects, label.classifications, where)
        if isinstance(label.frames, msgspec.Raw):
            self._framed(label.frames, row.v1_id or "", where)
        for group in label.groups:
            plane = plane_of(group.name or "")
            reason = None if plane else f"its group {group.name!r} is no plane that is known here"
            size = where.size if plane in (None, "axial") else UNKNOWN_SIZE
            code = PLANES.index(plane or "acquired")
            here = replace(where, plane=code, reason=reason, size=size)
            self.labels.group_names.add(group.name or "")
            self.labels.take_listed(group.objects, group.classifications, here)
            self._framed(group.frames, f"{row.v1_id or ''} {group.name}", here)

    def _framed(self, frames: msgspec.Raw, name: str, where: Where) -> None:
        text = bytes(memoryview(frames)[:1000])
        if text[:1] == b"[":
            self.take_frames(_frames_of(frames), where)
        elif text[:1] == b'"':
            self.left.add(len(self.waiting))
            self.elsewhere.append((name, text_of(text) if text[-1:] == b'"' else ""))
            self.waiting.append(where)

    def take_frames(self, records: Sequence[OldFrame], where: Where) -> None:
        """Take records of single frames."""
        frames: dict[str, Frame] = {}
        keys: dict[str, list[int]] = {}
        for record in records:
            name = str(record.number) if record.number is not None else "without number"
            frame = frames.setdefault(name, Frame({}, []))
            frame.classifications.extend(record.classifications)
            for at, raw in enumerate(record.objects):
                id, is_key = _head(raw)
                frame.objects.setdefault(id or f"without id {at}", raw)
                if record.number is not None:
                    keys.setdefault(id, []).extend([record.number] if is_key else [])
        self.labels.take_frames(frames, {**keys}, where)


def frame_files(name: str, address: str) -> tuple[str, ...]:
    """Return what the file of a label's frames may be called, beside its export.

    Args:
        name: id of the label, of DICOM with its group behind a space.
        address: what the export says: an address on the web, or a path.
    """
    id, _, group = name.partition(" ")
    stems = (f"{id}_{group}", f"{id}.{group}") if group else (id,)
    names = [f"{folder}{stem}.ndjson" for stem in stems for folder in ("frames/", "")]
    own = "" if "://" in address else file_name(address)
    safe = [one for one in (*names, own) if one and ".." not in one]
    return tuple(dict.fromkeys(safe))


def data_row_of(row: Row) -> DataRow:
    """Return what a row of v1 says of its data row."""
    return DataRow(row.v1_data_row, row.v1_global_key, row.v1_external_id, row.v1_file)


def frame_of(row: Row) -> OldFrame:
    """Return a row that is the record of one frame."""
    return OldFrame(row.frame_number, row.objects, row.classifications)


def _label_of(raw: msgspec.Raw) -> OldLabel:
    try:
        return _LABEL.decode(raw)
    except FAST_REFUSES:
        found, _ = filled(memoryview(raw), OldLabel, RAGGED)
        return found[0] if found else OldLabel()


def _frames_of(raw: msgspec.Raw) -> list[OldFrame]:
    try:
        return _FRAMES.decode(raw)
    except FAST_REFUSES:
        return filled(memoryview(raw), OldFrame)[0]


def _head(raw: msgspec.Raw) -> tuple[str, bool]:
    """Return id of an object and whether it was drawn on this frame."""
    try:
        found = OLD_OBJECT.decode(raw)
    except FAST_REFUSES:
        return "", True
    return found.feature_id or "", found.keyframe is not False
