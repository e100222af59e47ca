"""Volumes and frame stacks from grouped headers, with their pixels still to be loaded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import DTypeLike, NDArray

from viewer.errors import CannotDecode, Issue
from viewer.geometry.stack import stack_of
from viewer.media.dicom.calibration import common_calibration
from viewer.media.dicom.frames import times_s_of, unusable_rate
from viewer.media.dicom.images import (
    Image,
    facts_of,
    is_lossy,
    padding_of,
    title_by,
)
from viewer.media.dicom.presenting import presented
from viewer.media.health import health_of
from viewer.media.instance import FileRef, Instance, PixelFormat, Rescale
from viewer.media.memory import MEMORY_SHARE, free_bytes
from viewer.media.paging import can_page
from viewer.media.pixel_data.decoding import frames_of_instances
from viewer.media.pixel_data.stored import too_short
from viewer.media.volume import FrameStack, Pixels, Point, Stored, Volume


@dataclass
class Draft:
    """Images that belong together, and what is to be said of them.

    Args:
        label: what tells it from others of its series; "" when it is alone.
        is_volume: the images have planes that make a stack.
        id: of the media to be.
        point: which of several volumes at the same places it is.
        times_s: when each frame is shown, where the images say so one by one.
    """

    images: Sequence[Image]
    label: str = ""
    is_volume: bool = False
    id: str = ""
    issues: list[Issue] = field(default_factory=list[Issue])
    point: Point | None = None
    times_s: tuple[float, ...] = ()


def volume_of(draft: Draft) -> Volume:
    """Build the volume of images that have planes, in their order along the normal.

    Raises:
        CannotDecode: it would not fit into memory.
        GeometryError: the planes make no stack.
    """
    images = draft.images
    first = images[0]
    facts = facts_of(first.header)
    stack = stack_of(
        (image.plane for image in images if image.plane is not None), facts.slice_thickness_mm
    )
    rescale, dtype = _values_of([image.instance for image in images])
    shape = (len(images), stack.rows, stack.columns)
    volume = Volume(
        id=draft.id,
        title=title_of(first, draft.label),
        facts=facts,
        stack=stack,
        instances=tuple(image.instance for image in images),
        pixels=_allocated(shape, dtype, first),
        ready=np.zeros(len(images), dtype=np.bool_),
        reader=frames_of_instances([image.instance for image in images]),
        rescale=rescale,
        padding=padding_of(first.header, first.instance.format),
        slice_of=_places_of(image.instance for image in images),
        is_inverted=first.is_inverted,
        lossy=any(is_lossy(image.header) for image in images),
        point=draft.point,
    )
    odd = [
        Issue("warning", "stack-geometry", f"{volume.title}: {sentence}.", draft.id)
        for sentence in stack.oddities()
    ]
    volume.issues = (*draft.issues, *odd, *presented(volume, images), *short_files(volume, images))
    volume.health = health_of(volume, images)
    return volume


def frames_of(draft: Draft) -> FrameStack:
    """Build the frame stack of images of one size, frames in the order of `draft.images`.

    Raises:
        CannotDecode: it would not fit into memory.
    """
    images = draft.images
    first = images[0]
    instances = tuple(image.instance for image in images)
    rescale, dtype = _values_of(instances)
    count = sum(instance.pictures for instance in instances)
    shape: tuple[int, ...] = (count, first.instance.rows, first.instance.columns)
    if first.is_colour:
        shape, dtype, rescale = (*shape, 3), np.dtype(np.uint8), Rescale()
    calibration = common_calibration(image.header for image in images)
    stack = FrameStack(
        id=draft.id,
        title=title_of(first, draft.label),
        facts=facts_of(first.header),
        instances=instances,
        pixels=_allocated(shape, dtype, first),
        ready=np.zeros(count, dtype=np.bool_),
        reader=frames_of_instances(instances),
        rescale=rescale,
        spacing_mm=calibration.spacing_mm,
        padding=None if first.is_colour else padding_of(first.header, first.instance.format),
        frame_of=_firsts_of(instances),
        slice_of=_places_of(instances) if any(i.frame is not None for i in instances) else {},
        times_s=_times_s(draft, count),
        is_calibrated=calibration.is_known,
        regions=calibration.regions,
        is_inverted=first.is_inverted,
        lossy=any(is_lossy(image.header) for image in images),
    )
    said = (
        []
        if (doubt := calibration.doubt) is None
        else [Issue(doubt.severity, doubt.code, f"{stack.title}: {doubt.words}.", draft.id)]
    )
    rate = unusable_rate(first.header, count) if len(images) == 1 else ""
    if rate:
        said.append(Issue("warning", "rate-unusable", f"{stack.title}: {rate}.", draft.id))
    presenting = presented(stack, images)
    stack.issues = (*draft.issues, *said, *presenting, *short_files(stack, images))
    stack.health = health_of(stack, images)
    return stack


def _times_s(draft: Draft, count: int) -> NDArray[np.float64] | None:
    if draft.times_s:
        return np.array(draft.times_s)
    return times_s_of(draft.images[0].header, count) if len(draft.images) == 1 else None


def _firsts_of(instances: Iterable[Instance]) -> dict[str, int]:
    """Index of the first picture of each whole object, by SOP Instance UID."""
    found: dict[str, int] = {}
    index = 0
    for instance in instances:
        if instance.frame is None:
            found[instance.sop_uid] = index
        index += instance.pictures
    return found


def _places_of(instances: Iterable[Instance]) -> dict[tuple[str, int], int]:
    """Picture index by SOP Instance UID and frame."""
    found: dict[tuple[str, int], int] = {}
    index = 0
    for instance in instances:
        first = instance.frame or 0
        for frame in range(first, first + instance.pictures):
            found[instance.sop_uid, frame] = index
            index += 1
    return found


def short_files(media: Stored, images: Sequence[Image]) -> list[Issue]:
    """Say which files end before their pixels do; those pictures are not tried again."""
    short: dict[FileRef, Issue] = {}
    longer: dict[FileRef, Issue] = {}
    index = 0
    for image in images:
        file = image.instance.file
        if image.frames_there < image.frames_said:
            sentence = too_short(image.instance, image.instance.frame or image.frames_there)
            short.setdefault(file, Issue("error", "pixels-short", sentence, file.name))
            if image.frames_there == 0:
                media.slice_errors[index] = sentence
        elif file not in longer and _reaches_beyond(image):
            sentence = f"{file.name}: its pixel data claims to be longer than the file; the pixels"
            longer[file] = Issue("note", "pixels-length", f"{sentence} are whole.", file.name)
        index += image.instance.pictures
    return list({**longer, **short}.values())


def _reaches_beyond(image: Image) -> bool:
    """The length of the pixel data leads beyond the end of the file, give or take its padding."""
    length = image.instance.pixels_length
    return length is not None and image.instance.pixels_at + length > image.header.size + 1


def title_of(image: Image, label: str = "") -> str:
    """What a person calls the media: the series description, else modality and number."""
    title = title_by(facts_of(image.header))
    return f"{title} ({label})" if label else title


def dtype_of(form: PixelFormat) -> np.dtype[np.generic]:
    """The smallest type that holds the stored values."""
    if form.kind == "f":
        return np.dtype(np.float64 if form.bits_allocated == 64 else np.float32)
    size = max(8, form.bits_allocated)
    return np.dtype(f"{'i' if form.is_signed else 'u'}{size // 8}")


def _values_of(instances: Sequence[Instance]) -> tuple[Rescale, np.dtype[np.generic]]:
    """The first rescale, and the type that holds the stored values of all instances."""
    dtypes = {
        np.dtype(np.uint16) if instance.has_table else dtype_of(instance.format)
        for instance in instances
    }
    return instances[0].rescale, np.result_type(*dtypes)


def _allocated(shape: tuple[int, ...], dtype: DTypeLike, first: Image) -> Pixels:
    """Zeros that take memory only where they are written; none where they may be paged.

    Raises:
        CannotDecode: even a few pictures at a time do not fit into memory.
    """
    need = int(np.prod(shape, dtype=np.float64)) * np.dtype(dtype).itemsize
    free = free_bytes()
    if need <= MEMORY_SHARE * free:
        try:
            return np.zeros(shape, dtype)
        except MemoryError:
            free = 0
    if not can_page(shape, np.dtype(dtype), int(MEMORY_SHARE * free)):
        raise CannotDecode(
            f"{title_of(first)}: its {shape[0]} pictures of {shape[2]} x {shape[1]} pixels need"
            f" {need / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free; close other"
            " programs or open a part."
        )
    return np.broadcast_to(np.zeros((), dtype), shape)
