"""Functional groups of a multi-frame object: the header values of each frame (PS3.3 C.7.6.16)."""

from __future__ import annotations

import msgspec

from viewer.errors import CannotRead
from viewer.media.dicom import tags
from viewer.media.dicom.header import Header
from viewer.media.dicom.nested import BROKEN, elements_in, items_in
from viewer.media.dicom.walker import Encoding
from viewer.media.stopping import Cancel, never, stop_if

FRAMES_LIMIT = 65_536  # frames that are placed one by one; real objects have up to some 10^4
_DEPTH = 3  # of sequences: group, gradient direction, and one more
Values = dict[int, bytes]

# Sequences whose first item is looked into: the macros of PS3.3 C.7.6.16.2, C.8.13 to C.8.22.
_GROUPS = frozenset(
    {
        0x00189076,  # Diffusion Gradient Direction
        0x00189114,  # MR Echo
        0x00189117,  # MR Diffusion
        0x00189118,  # Cardiac Synchronization
        0x00189226,  # MR Image Frame Type
        0x00189329,  # CT Image Frame Type
        0x00189412,  # XA/XRF Frame Characteristics
        0x00189732,  # PET Frame Acquisition
        0x00189751,  # PET Frame Type
        0x00209111,  # Frame Content
        0x00209113,  # Plane Position
        0x00209116,  # Plane Orientation
        0x00209170,  # Unassigned Shared Converted Attributes
        0x00209171,  # Unassigned Per-Frame Converted Attributes
        0x00209310,  # Temporal Position
        0x00289110,  # Pixel Measures
        0x00289132,  # Frame VOI LUT
        0x00289145,  # Pixel Value Transformation
        0x0062000A,  # Segment Identification
    }
)
_LARGE = frozenset({tags.SHARED_GROUPS, tags.FRAME_GROUPS})
_VALUES = frozenset(
    {tags.POSITION, tags.ORIENTATION, tags.PIXEL_SPACING, tags.SLICE_THICKNESS}
    | {tags.SPACING_BETWEEN_SLICES, tags.SLOPE, tags.INTERCEPT, tags.RESCALE_TYPE}
    | {tags.WINDOW_CENTER, tags.WINDOW_WIDTH, tags.WINDOW_EXPLANATION, tags.VOI_FUNCTION}
    | {tags.VOI_LUT, tags.STACK_ID, tags.IN_STACK_POSITION, tags.DIMENSION_VALUES}
    | {tags.TEMPORAL_INDEX, tags.TEMPORAL_OFFSET, tags.TEMPORAL_POSITION}
    | {tags.FRAME_ACQUISITION_TIME, tags.FRAME_REFERENCE_TIME_OF_DAY, tags.FRAME_REFERENCE_TIME}
    | {tags.FRAME_ACQUISITION_NUMBER, tags.ACQUISITION_NUMBER, tags.ACQUISITION_TIME}
    | {tags.EFFECTIVE_ECHO_TIME, tags.ECHO_TIME, tags.ECHO_NUMBER, tags.TRIGGER_TIME}
    | {tags.B_VALUE, tags.DIFFUSION_DIRECTION, tags.DIFFUSION_DIRECTIONALITY}
    | {
        tags.SEGMENT,
        tags.TRIGGER_DELAY,
        tags.CARDIAC_PHASE_PERCENT,
        tags.FRAME_TYPE,
        tags.COMPLEX_COMPONENT,
    }
)


def has_groups(header: Header) -> bool:
    """Whether the values of the frames stand in functional groups."""
    return header.has(tags.SHARED_GROUPS) or header.has(tags.FRAME_GROUPS)


def frame_headers(header: Header, cancelled: Cancel = never) -> list[Header]:
    """Return a header for each frame that the functional groups describe, in stored order.

    The frame's own values stand before those shared by all, and those before the object's own.

    Raises:
        CannotRead: the groups are damaged, or describe absurdly many frames; the sentence lacks
            its subject.
        Cancelled: `cancelled` answered yes.
    """
    encoding = header.encoding
    try:
        shared = _frames(header.elements.get(tags.SHARED_GROUPS, b""), encoding, {}, cancelled)
        same: dict[bytes, bytes] = {}
        frames = _frames(header.elements.get(tags.FRAME_GROUPS, b""), encoding, same, cancelled)
    except BROKEN as error:
        raise CannotRead("the functional groups of its frames are damaged") from error
    common: Values = {tag: value for tag, value in header.elements.items() if tag not in _LARGE}
    common.update(shared[0] if shared else {})
    return [_with_values(header, {**common, **frame}) for frame in frames]


def _with_values(header: Header, values: Values) -> Header:
    if tags.FRAME_TYPE in values:
        values[tags.IMAGE_TYPE] = values[tags.FRAME_TYPE]
    return msgspec.structs.replace(header, elements=values)


def _frames(
    data: bytes, encoding: Encoding, same: dict[bytes, bytes], cancelled: Cancel
) -> list[Values]:
    """The wanted values of each item; equal values share one object."""
    found: list[Values] = []
    for start, end in items_in(data, 0, len(data), encoding):
        stop_if(cancelled)
        if len(found) == FRAMES_LIMIT:
            raise CannotRead(f"its header describes more than {FRAMES_LIMIT} frames")
        values: Values = {}
        _gather(data, (start, end), encoding, values, _DEPTH)
        found.append({tag: same.setdefault(value, value) for tag, value in values.items()})
    return found


def _gather(
    data: bytes, place: tuple[int, int], encoding: Encoding, values: Values, depth: int
) -> None:
    for tag, begin, end in elements_in(data, *place, encoding):
        if tag in _VALUES:
            values[tag] = data[begin:end]
        elif tag in _GROUPS and depth:
            for item in items_in(data, begin, end, encoding):
                _gather(data, item, encoding, values, depth - 1)
                break
