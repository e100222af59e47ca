"""Where the labels of an export v1 stand: in its rows, their frames there or in other files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from viewer.formats.json_tools import Bytes, Span
from viewer.formats.labelbox.labels import plane_of
from viewer.formats.labelbox.layout import rows_of
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.spans import address
from viewer.model.source import Source
from viewer.model.subject import Plane


class _Group(msgspec.Struct):
    name: str | None = None
    frames: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Label(msgspec.Struct):
    frames: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    groups: list[_Group] = []


@dataclass(frozen=True)
class FramesAt:
    """Where the frames of a plane stand.

    Args:
        span: of a list; None for a whole file.
    """

    source: int
    span: Span | None


@dataclass(frozen=True, eq=False)
class OldPlace:
    """One label of v1.

    Args:
        span: of the value of `Label`.
        entry: id of its data row.
        groups: number of each plane's group.
        frames: of each plane whose frames are there.
        has_frames: it is one of a video or of DICOM, whether its frames are there or not.
    """

    span: Span
    entry: str
    author: str | None
    groups: dict[Plane, int] = field(default_factory=dict[Plane, int])
    frames: dict[Plane, FramesAt] = field(default_factory=dict[Plane, FramesAt])
    has_frames: bool = False


def old_places(sources: Sequence[Source]) -> list[OldPlace]:
    """Return the labels of v1 of an export, in the order of its file."""
    base = sources[0].base
    origin = address(memoryview(base))
    found: list[OldPlace] = []
    waiting: list[tuple[OldPlace, Plane]] = []
    for entry, row in rows_of(base):
        raw = row.v1_label
        if not isinstance(raw, msgspec.Raw):
            continue
        start = address(raw) - origin
        span = Span(start, start + len(memoryview(raw)))
        place = OldPlace(span, entry, row.v1_author)
        first = bytes(memoryview(raw)[:1])
        if first == b"[":
            place = OldPlace(span, entry, row.v1_author, has_frames=True)
            place.frames["acquired"] = FramesAt(0, span)
        elif first != b"{":
            continue
        else:
            label = _label(raw)
            is_framed = label.frames is not msgspec.UNSET or bool(label.groups)
            place = OldPlace(span, entry, row.v1_author, has_frames=is_framed)
            waiting += _framed(place, label, base, origin)
        found.append(place)
    _place_files(waiting, sources)
    return found


def _framed(
    place: OldPlace, label: _Label, base: Bytes, origin: int
) -> Iterator[tuple[OldPlace, Plane]]:
    """Note frames that stand in the row; yield the planes whose frames stand elsewhere."""
    planes: list[tuple[Plane, msgspec.Raw | msgspec.UnsetType]] = [("acquired", label.frames)]
    for number, group in enumerate(label.groups):
        plane = plane_of(group.name or "")
        if plane is not None:
            place.groups.setdefault(plane, number)
        planes.append((plane or "acquired", group.frames))
    for plane, raw in planes:
        if not isinstance(raw, msgspec.Raw):
            continue
        start = address(raw) - origin
        opener = bytes(base[start : start + 1])
        if opener == b"[":
            place.frames.setdefault(plane, FramesAt(0, Span(start, start + len(memoryview(raw)))))
        elif opener == b'"':
            yield place, plane


def _place_files(waiting: Sequence[tuple[OldPlace, Plane]], sources: Sequence[Source]) -> None:
    """Give each label that waits for frames the file that was read as them."""
    left: list[tuple[OldPlace, Plane]] = []
    for number, (place, plane) in enumerate(waiting, 1):
        if number < len(sources) and len(sources[number].base):
            place.frames.setdefault(plane, FramesAt(number, None))
        else:
            left.append((place, plane))
    others = [one.id for one in sources[len(waiting) + 1 :] if len(one.base)]
    if len(left) == 1 and others:
        place, plane = left[0]
        place.frames.setdefault(plane, FramesAt(others[0], None))


def _label(raw: msgspec.Raw) -> _Label:
    try:
        return msgspec.json.decode(raw, type=_Label)
    except FAST_REFUSES:
        return _Label()  # its frames are damaged: what stands beside them can be changed
