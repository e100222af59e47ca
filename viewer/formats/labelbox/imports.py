"""Rows of an import: each a label of its own, with only the frames that were drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np

from viewer.formats.filling import filled
from viewer.formats.json_tools import BadJson, Walker, first_byte
from viewer.formats.labelbox.gather import Where
from viewer.formats.labelbox.labels import (
    MASK_REASON,
    MOST_DERIVED,
    Labels,
    class_of,
    plane_of,
)
from viewer.formats.labelbox.names import keys_of_row
from viewer.formats.labelbox.records import (
    DataRowKey,
    FrameRange,
    ImportRow,
    KeyFrame,
    Masks,
    Object,
    Segment,
)
from viewer.formats.labelbox.shapes import kind_of_object, object_of
from viewer.formats.labelbox.stretches import LARGEST, Range, stretches_of
from viewer.formats.problems import FAST_REFUSES
from viewer.model.project import Entry
from viewer.model.subject import PLANES

_RAWS = msgspec.json.Decoder(list[msgspec.Raw])
_LINES = msgspec.json.Decoder(msgspec.Raw)
_ROW = msgspec.json.Decoder(ImportRow)


def raw_rows(data: bytes | memoryview) -> tuple[list[msgspec.Raw], BadJson | None]:
    """Return the rows of a file, a line each or in a list, and where it breaks off."""
    view = memoryview(data)[first_byte(data) :]
    start = Walker(view).start()
    try:
        is_list = bytes(view[start : start + 1]) == b"["
        return (_RAWS.decode(view) if is_list else _LINES.decode_lines(view)), None
    except FAST_REFUSES:
        return _walked(memoryview(data))


def _walked(view: memoryview) -> tuple[list[msgspec.Raw], BadJson | None]:
    found: list[msgspec.Raw] = []
    walker = Walker(view, first_byte(view))
    try:
        while walker.start() < len(view):
            for _ in walker.elements() if walker.is_array() else (0,):
                span = walker.skip()
                found.append(msgspec.Raw(view[span.start : span.end]))
    except BadJson as error:
        return found, error
    return found, None


@dataclass(eq=False)
class ImportRows:
    """Takes rows of an import into columns."""

    labels: Labels
    entries: dict[str, Entry] = field(default_factory=dict[str, Entry])

    def take(self, raw: msgspec.Raw) -> None:
        """Take one row."""
        row = _row_of(raw)
        key = row.data_row or DataRowKey()
        entry = key.id or key.global_key or "no data row"
        kind = "volume" if row.group else None
        keys = keys_of_row(key.id, key.global_key)
        self.entries.setdefault(entry, Entry(entry, entry, (entry,), kind=kind, keys=keys))
        plane = plane_of(row.group or "")
        where = Where(entry, (-1, -1), None, plane=PLANES.index(plane or "acquired"))
        if plane is not None:
            self.labels.group_names.add(row.group or "")
        if isinstance(row.segments, list):
            self._segments(row, row.segments, where)
        elif isinstance(row.masks, Masks):
            self._masks(raw, row, row.masks, where)
        elif isinstance(row.answer, msgspec.Raw):
            self._answer(raw, row, where)
        elif not isinstance(row.relationship, msgspec.Raw):
            self.labels.take_listed([raw], [], where)

    def _segments(self, row: ImportRow, segments: Sequence[Segment], where: Where) -> None:
        gathered = self.labels.gathered
        numbers: list[int] = []
        records: list[int] = []
        ranges: list[Range] = []
        for segment in segments:
            inside = [(number, raw) for number, raw in _numbered(segment) if number not in numbers]
            if inside:
                ranges.append((inside[0][0], max(number for number, _ in inside)))
            numbers += [number for number, _ in inside]
            records += [gathered.keep_raw(raw, self.labels.source) for _, raw in inside]
        if not records:
            what = "it has no key frame with a number, and is not shown"
            gathered.problems.append(("no-frame", row.uuid or row.name or "", what))
            return
        found, reason = object_of(gathered.raws[records[0]])
        kind = kind_of_object(found) or "unknown"
        reason = reason or (None if kind != "unknown" else "it has no geometry known here")
        label = class_of(_headed(found, row))
        self.labels.base = 0 if 0 in numbers else self.labels.base
        gathered.add(row.uuid or "", label, where, reason, "unknown" if reason else kind)
        reach = sum(last - first for first, last in ranges)
        last = LARGEST if reach <= self.labels.room else -1
        self.labels.room -= reach if last > 0 else 0
        gathered.place_all(records, stretches_of(numbers, ranges, None, last))

    def _answer(self, raw: msgspec.Raw, row: ImportRow, where: Where) -> None:
        """Take an answer: about the whole, or about the frames that it lists."""
        gathered = self.labels.gathered
        frames = _frames_of(row.frames)
        if frames and frames[0] == 0 and self.labels.base == 1:
            what = "its answer begins on frame 0, where others count from 1; frame 0 is left out"
            gathered.problems.append(("frame-0", row.uuid or row.name or "", what))
            frames = frames[1:]
        if not frames:
            self.labels.take_listed([], [raw], where)
        elif len(frames) > self.labels.room:
            self.labels.without_room.append(row.uuid or row.name or "")
            self.labels.take_listed([], [raw], where)
        else:
            self.labels.room -= len(frames)
            self.labels.begin_answer(raw, where)
            record = gathered.keep_raw(raw, self.labels.source)
            found = stretches_of(np.array(frames), None, None, -1)
            gathered.place_all([record] * len(frames), found)

    def _masks(self, raw: msgspec.Raw, row: ImportRow, masks: Masks, where: Where) -> None:
        gathered = self.labels.gathered
        record = gathered.keep_raw(raw, self.labels.source)
        indices = [one.index for one in masks.frames]
        frames = sorted({one for one in indices if one is not None and _is_frame(one)})
        self.labels.base = 0 if 0 in frames else self.labels.base
        if len(frames) < len(set(indices)) or not frames:
            what = "some pictures of its masks have no frame with a number, and are not shown"
            what = what if frames else what.removeprefix("some ")
            gathered.problems.append(("no-frame", row.uuid or row.name or "", what))
        for instance in masks.instances if frames else ():
            label = class_of(Object(name=instance.name, annotation_kind="mask", mask=raw))
            gathered.add(row.uuid or "", label, where, MASK_REASON, "mask")
            found = stretches_of(frames, None, None, -1)
            gathered.place_all([record] * len(frames), found)


def _row_of(raw: msgspec.Raw) -> ImportRow:
    try:
        return _ROW.decode(raw)
    except FAST_REFUSES:
        found, _ = filled(memoryview(raw), ImportRow)
        return found[0] if found else ImportRow()


def _numbered(segment: Segment) -> Iterator[tuple[int, msgspec.Raw]]:
    for raw in segment.keyframes:
        try:
            number = msgspec.json.decode(raw, type=KeyFrame).frame
        except FAST_REFUSES:
            found, _ = filled(memoryview(raw), KeyFrame)
            number = found[0].frame if found else None
        if number is not None and _is_frame(number):
            yield number, raw


def _frames_of(ranges: Sequence[FrameRange]) -> Sequence[int]:
    """Return the frames of ranges, rising; none where they overlap or run backwards."""
    reached = -1
    for one in ranges:
        if not (reached < one.start <= one.end <= LARGEST):
            return ()
        reached = one.end
    every = [range(one.start, one.end + 1) for one in ranges]
    if sum(map(len, every)) > MOST_DERIVED:
        return range(1, MOST_DERIVED + 2)  # which there is no room for
    return [number for each in every for number in each]


def _is_frame(number: int) -> bool:
    return 0 <= number <= LARGEST


def _headed(found: Object, row: ImportRow) -> Object:
    """Return the object of a key frame with the name that its row has."""
    found.name, found.feature_schema_id = row.name, row.schema_id
    return found
