"""One picture from its file into the media's array: read natively, or by a decoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.errors import CannotDecode
from viewer.media.files import Files
from viewer.media.images import NATIVE
from viewer.media.volume import Instance, Media, PixelFormat


@dataclass(frozen=True)
class Frame:
    """A picture to decode.

    Args:
        index: its place in the media.
        number: which frame of the instance it is, from 0.
    """

    index: int
    instance: Instance
    number: int


def decode_into(media: Media, frame: Frame, files: Files) -> None:
    """Decode one picture into `media.pixels[frame.index]`.

    Raises:
        CannotDecode: the pixels are damaged, of another size, or no decoder is installed.
        CannotRead: the file cannot be read any more.
    """
    target = media.pixels[frame.index]
    instance = frame.instance
    if instance.transfer_syntax in NATIVE and _is_plain(instance.format):
        _read_native(target, media, frame, files)
        return
    raise CannotDecode(f"{instance.file.name}: this transfer syntax is not decoded yet.")


def _is_plain(form: PixelFormat) -> bool:
    return form.samples == 1 and form.photometric != "PALETTE COLOR" and form.bits_allocated >= 8


def _read_native(target: NDArray[Any], media: Media, frame: Frame, files: Files) -> None:
    instance = frame.instance
    need = instance.frame_bytes
    stored = np.dtype(f"{instance.format.byte_order}{target.dtype.kind}{target.dtype.itemsize}")
    offset = instance.pixels_at + frame.number * need
    with files.open(instance.file) as reader:
        raw = np.empty(target.shape, stored)
        got = reader.read_into(offset, memoryview(raw).cast("B"))
    if got < need:
        raise CannotDecode(f"{instance.file.name}: pixel data ends after {got} of {need} bytes.")
    target[...] = raw
