"""What the table needs of each label record, and which of them cannot be understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

import msgspec
import numpy as np

from viewer.errors import BadRecord
from viewer.formats.json_tools import BadJson, Bytes, is_object, members
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.redbrick.forgiving import set_value
from viewer.formats.redbrick.gather import Rows
from viewer.formats.redbrick.label_columns import LabelColumns, wholes
from viewer.formats.redbrick.lists import FLAT, LISTS
from viewer.formats.redbrick.old_labels import label_of_raw, modern, reason_of_raw
from viewer.formats.redbrick.records import (
    BoxLabel,
    EllipseLabel,
    FrameLabel,
    Label,
    MeasuredLabel,
    OutlineLabel,
    PointLabel,
    Video,
)
from viewer.formats.redbrick.shapes import record_of, shape_of

READ_ONLY = "RedBrick AI has set it read-only"
OLD_LAYOUT = "it is in the layout of before August 2022, which is shown but not changed"
_CHUNK_BYTES = 2**19  # of records at once: their objects stay in the processor's cache
_UNIT = (1, 1)
_KINDS: Mapping[str, type[Label]] = {
    "landmarks": PointLabel,
    "boundingBoxes": BoxLabel,
    "ellipses": EllipseLabel,
    "polygons": OutlineLabel,
    "polylines": OutlineLabel,
    "instanceClassifications": FrameLabel,
    "measurements": MeasuredLabel,
}
_Decode: TypeAlias = Callable[[msgspec.Raw], Label]
_DECODERS: Sequence[_Decode] = [
    msgspec.json.Decoder(_KINDS.get(found.name, Label)).decode for found in LISTS
]


def labels_of(rows: Rows) -> tuple[LabelColumns, dict[int, str]]:
    """Return what labels say, and by row why some are locked."""
    found, reasons = LabelColumns(), dict[int, str]()
    steps = np.arange(0, int((rows.ends - rows.starts).sum()), _CHUNK_BYTES)
    bounds = np.searchsorted(np.cumsum(rows.ends - rows.starts), steps).tolist()
    for first, behind in pairwise((*bounds, len(rows.raws))):
        codes: list[int] = rows.codes[first:behind].tolist()
        found.add(codes, _decoded(rows, codes, first, reasons))
    _add_locks(found, reasons)
    return found, reasons


def _decoded(rows: Rows, codes: Sequence[int], first: int, reasons: dict[int, str]) -> list[Label]:
    """Return the labels from row `first` on, and note by row which cannot be understood."""
    labels: list[Label] = []
    keep = labels.append
    for code, raw in zip(codes, rows.raws[first : first + len(codes)], strict=True):
        try:
            keep(_DECODERS[code](raw))
        except FAST_REFUSES:
            keep(_refused(rows, first + len(labels), code, reasons))
    if rows.olds:
        _put_raw_labels(rows, first, labels, reasons)
    return labels


def _refused(rows: Rows, row: int, code: int, reasons: dict[int, str]) -> Label:
    """Return a label that the fast way refuses; one of the old format is read afterwards."""
    if row in rows.olds:
        return Label()
    label, reason = _careful(LISTS[code].name, rows.raws[row])
    if reason:
        reasons[row] = reason
    return label


def _put_raw_labels(rows: Rows, first: int, labels: list[Label], reasons: dict[int, str]) -> None:
    """Put what labels of the old format say in the place of what was read of them, and lock them.

    Args:
        first: row of the first of `labels`.
    """
    for row in range(first, first + len(labels)):
        record = rows.olds.get(row)
        if record is not None:
            name = LISTS[int(rows.codes[row])].name
            labels[row - first] = label_of_raw(name, record)
            damage = geometry_problem(name, modern(record))
            reasons[row] = reason_of_raw(record, damage, has_series=rows.entry_of(row) >= 0)


def _add_locks(labels: LabelColumns, reasons: dict[int, str]) -> None:
    """Add why labels without a damaged shape cannot be changed."""
    for row in np.flatnonzero(wholes(labels.frames) < 0).tolist():
        if labels.frames[row] is not None:
            reasons.setdefault(row, f"its frameIndex {labels.frames[row]} counts no frame")
    for row in labels.read_only:
        reasons.setdefault(row, READ_ONLY)


def _careful(list_name: str, raw: msgspec.Raw) -> tuple[Label, str]:
    """Return a label that the fast way refuses, and why it is locked; "" where it is not."""
    try:
        record = record_of(raw)
    except BadJson as error:
        return Label(), f"it is damaged: {error}"
    if not is_object(record):
        is_category = list_name == "segmentMap" and (isinstance(record, str | int | list))
        label = Label(category=msgspec.Raw(bytes(raw)))
        return label, "" if is_category and not isinstance(record, bool) else "it is no object"
    label, wrong = _forgiven(list_name, raw)
    if wrong:
        return label, "; ".join(wrong)
    return label, geometry_problem(list_name, record)


def geometry_problem(list_name: str, record: object) -> str:
    """Return why a label's shape cannot be shown or changed; "" where both can be done."""
    if list_name not in FLAT:
        return ""
    try:
        shape_of(list_name, record, _UNIT)
    except BadRecord as error:
        return str(error)
    is_old = is_object(record) and list_name == "landmarks" and "point" not in record
    return OLD_LAYOUT if is_old else ""


def _forgiven(list_name: str, raw: msgspec.Raw) -> tuple[Label, list[str]]:
    """Return what is sound of a label, and what is not."""
    kind = _KINDS.get(list_name, Label)
    kind = kind if kind in (FrameLabel, MeasuredLabel) else Label
    found = kind()
    fields = {item.encode_name: item for item in msgspec.structs.fields(kind)}
    wrong: list[str] = []
    for key, token in members_of(raw):
        item = fields.get(key)
        if item is None:
            continue
        if item.name == "category":
            found.category = msgspec.Raw(token)
        elif not set_value(found, item, token):
            wrong.append(f"its {key} is {token[:40].decode('utf-8', 'replace')}")
    found.video = found.video or _flat_video(list_name, raw)
    return found, wrong


def _flat_video(list_name: str, raw: msgspec.Raw) -> Video | None:
    """Return the frame of a landmark as exports before August 2022 have it, None without."""
    if list_name != "landmarks":
        return None
    video, is_found = Video(), False
    fields = {item.encode_name: item for item in msgspec.structs.fields(Video)}
    for key, token in members_of(raw):
        if key in fields:
            is_found = set_value(video, fields[key], token) or is_found
    return video if is_found else None


def members_of(raw: msgspec.Raw | Bytes) -> list[tuple[str, bytes]]:
    """Return (key, text of the value) of an object's members as far as it goes."""
    data = bytes(raw)
    found: list[tuple[str, bytes]] = []
    try:
        found.extend((member.key, data[member.start : member.end]) for member in members(data))
    except BadJson:
        return found
    return found
