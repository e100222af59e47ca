"""Frames of one multi-frame object as images of their own, each with its place and values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
from msgspec.structs import replace

from viewer.errors import CannotRead
from viewer.geometry.space import SlicePlane
from viewer.media.dicom import tags
from viewer.media.dicom.functional_groups import frame_headers, has_groups
from viewer.media.dicom.header import Header
from viewer.media.dicom.images import Image, placed, rescale_of
from viewer.media.dicom.nested import BROKEN, elements_in, items_in
from viewer.media.stopping import Cancel, never, stop_if

RT_DOSE = "1.2.840.10008.5.1.4.1.1.481.2"
_OFFSETS = (1.0, 1e-3)  # a first offset this near to the position's z counts as the same
_STEP_MS = (0.1, 60_000.0)  # between frames: from high-speed cameras to slow dynamic studies
_MOST_SLOTS = 1024  # of a gated object; hearts are parted into eight to sixty-four


def frame_images(image: Image, cancelled: Cancel = never) -> list[Image]:
    """Return one image per frame where the header places frames, else none.

    A frame that is not described has no plane, and says why.

    Raises:
        CannotRead: the header's description of the frames is damaged; the sentence lacks its
            subject.
        CannotDecode: a frame's rescale gives no possible values.
        Cancelled: `cancelled` answered yes.
    """
    if has_groups(image.header):
        return _by_groups(image, cancelled)
    if image.header.has(tags.GRID_OFFSETS):
        frames = _by_offsets(image, _dose_offsets(image))
        if not frames:
            raise CannotRead("its Grid Frame Offset Vector does not say where they lie")
        return frames
    if image.header.has(tags.SLICE_VECTOR) and "RECON" in " ".join(image.image_type):
        return _by_slice_vector(image)
    return []


def _by_groups(image: Image, cancelled: Cancel) -> list[Image]:
    frames: list[Image] = []
    headers = frame_headers(image.header, cancelled)[: image.frames_said]
    for number, header in enumerate(headers):
        stop_if(cancelled)
        frames.append(_frame(image, number, header))
    if not any(frame.plane for frame in frames):
        return []
    nameless = range(len(frames), image.frames_said)
    problem = f"the header describes {len(frames)} of {image.frames_said} frames"
    return frames + [_at(image, n, None, problem) for n in nameless]


def _frame(image: Image, number: int, header: Header) -> Image:
    plane, problem, note = placed(header, image.instance.columns, image.instance.rows)
    instance = replace(image.instance, rescale=rescale_of(header), frame=number)
    there = int(number < image.frames_there)
    return Image(header, instance, plane, problem, note, there)


def _at(image: Image, number: int, plane: SlicePlane | None, problem: str = "") -> Image:
    instance = replace(image.instance, frame=number)
    there = int(number < image.frames_there)
    return Image(image.header, instance, plane, problem, image.plane_note, there)


def _by_offsets(image: Image, offsets_mm: Sequence[float]) -> list[Image]:
    """Frames at distances along the normal from the plane of the object."""
    first = image.plane
    if first is None or len(offsets_mm) != image.frames_said:
        return []
    return [
        _at(image, n, first.moved_to(first.origin_mm + offset * first.normal))
        for n, offset in enumerate(offsets_mm)
    ]


def _dose_offsets(image: Image) -> Sequence[float]:
    """Distances of dose planes from the first along the normal; none where they make no sense.

    The vector is relative when it begins with 0, and else holds the planes' z in the patient, which
    only transverse planes have.

    Source: DICOM PS3.3 C.8.8.3.2.
    """
    offsets = image.header.numbers(tags.GRID_OFFSETS)
    first = image.plane
    if first is None or not offsets or not all(map(math.isfinite, offsets)):
        return ()
    if offsets[0] == 0:
        return offsets
    up = float(first.normal[2])
    is_transverse, near = abs(up) > 1 - 1e-6, _OFFSETS[1]
    if is_transverse and math.isclose(offsets[0], float(first.origin_mm[2]), abs_tol=near):
        return [(offset - offsets[0]) * up for offset in offsets]
    return ()


def _by_slice_vector(image: Image) -> list[Image]:
    """Reconstructed NM slices: evenly along the normal of the first (PS3.3 C.8.4.15)."""
    header = _with_detector(image.header)
    numbers = header.binaries(tags.SLICE_VECTOR, "H")
    step = header.number(tags.SPACING_BETWEEN_SLICES) or header.number(tags.SLICE_THICKNESS)
    plane, _problem, note = placed(header, image.instance.columns, image.instance.rows)
    if plane is None or not step or 0 in numbers:
        return []
    first = replace(image, header=header, plane=plane, plane_note=note)
    return _in_own_slots(_by_offsets(first, [step * (number - 1) for number in numbers]))


def _in_own_slots(frames: list[Image]) -> list[Image]:
    """Each frame of a gated object with its own time slot, of the vector of all frames' slots.

    Source: DICOM PS3.3 C.8.4.8.
    """
    vector = frames[0].header.elements.get(tags.TIME_SLOT, b"") if frames else b""
    slots = [vector[at : at + 2] for at in range(0, len(vector), 2)]
    own: dict[bytes, Header] = {}
    if len(slots) != len(frames) or len(set(slots)) > _MOST_SLOTS:
        return frames
    for frame, slot in zip(frames, slots, strict=True):
        if slot not in own:
            elements = {**frame.header.elements, tags.TIME_SLOT: slot}
            own[slot] = msgspec.structs.replace(frame.header, elements=elements)
    return [replace(frame, header=own[slot]) for frame, slot in zip(frames, slots, strict=True)]


def _with_detector(header: Header) -> Header:
    """The header with position and orientation of its first detector, if it names them."""
    raw = header.elements.get(tags.DETECTORS, b"")
    values = dict(header.elements)
    try:
        for start, end in items_in(raw, 0, len(raw), header.encoding):
            for tag, begin, stop in elements_in(raw, start, end, header.encoding):
                if tag in (tags.POSITION, tags.ORIENTATION):
                    values.setdefault(tag, raw[begin:stop])
            break
    except BROKEN as error:
        raise CannotRead("the description of its detectors is damaged") from error
    return msgspec.structs.replace(header, elements=values)


def times_s_of(header: Header, count: int) -> np.ndarray | None:
    """(count,) when each frame of a cine is shown, from 0; None where the header does not say.

    Source: DICOM PS3.3 C.7.6.5 (Frame Time, Frame Time Vector, Cine Rate).
    """
    return next((times for _, times in _named_times(header, count) if times is not None), None)


def unusable_rate(header: Header, count: int) -> str:
    """What the header says of the times of frames that cannot be right, in words; "" mostly."""
    for words, times in _named_times(header, count):
        if times is None:
            return f"{words} makes no usable rate"
    return ""


def _named_times(header: Header, count: int) -> Iterator[tuple[str, np.ndarray | None]]:
    """What a header says of times, the best first: in words, and when each frame is shown.

    None instead of times where the steps between frames are no possible ones.
    """
    if count < 2:
        return
    steps = header.numbers(tags.FRAME_TIME_VECTOR)[1:]
    if len(steps) == count - 1 and any(steps):
        mean, least, most = sum(steps) / len(steps), min(steps), max(steps)
        usable = _is_step(mean) and least >= 0 and most <= _STEP_MS[1]
        times = np.cumsum((0.0, *steps)) / 1000 if usable else None
        yield f"a frame time vector from {least:g} to {most:g} ms", times
    said = [(header.number(tags.FRAME_TIME), tags.FRAME_TIME)]
    said += [(header.number(tag), tag) for tag in (tags.DISPLAY_RATE, tags.CINE_RATE)]
    for number, tag in said:
        if number:
            is_time = tag == tags.FRAME_TIME
            step_ms = number if is_time else 1000 / number
            times = np.arange(count) * (step_ms / 1000) if _is_step(step_ms) else None
            yield f"a frame {f'time of {number:g} ms' if is_time else f'rate of {number:g}'}", times


def _is_step(step_ms: float) -> bool:
    return _STEP_MS[0] <= step_ms <= _STEP_MS[1]
